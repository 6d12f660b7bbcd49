#define LANE_WORDS eight_words
#define LANES 8
#define KERNEL docket_sha256_eight
#define TARGET
#include "vector.h"

#if defined(__x86_64__)
#define LANE_WORDS eight_words_avx2
#define LANES 8
#define KERNEL docket_sha256_eight_avx2
#define TARGET __attribute__((target("avx2")))
#include "vector.h"
#endif
