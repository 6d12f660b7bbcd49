#define LANE_WORDS sixteen_words
#define LANES 16
#define KERNEL docket_sha256_sixteen
#define TARGET
#include "vector.h"

#if defined(__x86_64__)
#define LANE_WORDS sixteen_words_avx512
#define LANES 16
#define KERNEL docket_sha256_sixteen_avx512
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl")))
#include "vector.h"
#endif
