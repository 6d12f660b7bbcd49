#ifndef DOCKET_HASH_H
#define DOCKET_HASH_H

#include <stddef.h>
#include <stdint.h>

// SHA-256 (FIPS 180-4) of many messages that do not depend on one another, several at a time.

// How the work is done. All give the same digests.
typedef enum {
    DOCKET_HASH_SCALAR = 0,        // one message at a time, plain C
    DOCKET_HASH_EIGHT = 1,         // eight messages side by side (AVX2 where there is one)
    DOCKET_HASH_SIXTEEN = 2,       // sixteen messages side by side (AVX-512 where there is one)
    DOCKET_HASH_INSTRUCTIONS = 3,  // two messages in turns by the processor's SHA instructions
} docket_hash_path;

// From `lower` up to, but not including, `upper`, in bytes.
typedef struct {
    size_t lower;
    size_t upper;
} docket_hash_range;

// Whether this processor has the instructions that the path is made for. Without them, eight and sixteen
// still answer, slowly; DOCKET_HASH_INSTRUCTIONS answers as DOCKET_HASH_SCALAR does.
int docket_hash_is_native(docket_hash_path path);

// Digests of ranges of `bytes`, 32 bytes each, in their order. A `prefix` of 0 to 255 goes before every message,
// a negative one does not.
void docket_hash_ranges(docket_hash_path path, const uint8_t *bytes, const docket_hash_range *ranges, size_t count,
                        int prefix, uint8_t *digests);

// Digests of `count` messages of `stride` bytes that follow one another.
void docket_hash_strides(docket_hash_path path, const uint8_t *bytes, size_t stride, size_t count, int prefix,
                         uint8_t *digests);

#endif
