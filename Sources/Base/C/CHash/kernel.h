#ifndef DOCKET_KERNEL_H
#define DOCKET_KERNEL_H

#include <stddef.h>
#include <stdint.h>

enum { WORDS = 8, BLOCK = 64, MOST_LANES = 16 };

// The round constants and the first state of SHA-256.
extern const uint32_t docket_sha256_rounds[64];
extern const uint32_t docket_sha256_start[WORDS];

// Takes in `blocks` blocks for each lane, starting at `at[lane]`.
//
// `state` holds word after word, and in each word lane after lane: state[word * lanes + lane].
typedef void docket_kernel(uint32_t *state, const uint8_t *const *at, size_t blocks);

docket_kernel docket_sha256_scalar;
docket_kernel docket_sha256_eight;
docket_kernel docket_sha256_sixteen;
#if defined(__x86_64__)
docket_kernel docket_sha256_eight_avx2;
docket_kernel docket_sha256_sixteen_avx512;
docket_kernel docket_sha256_instructions;
#endif

#endif
