// One kernel of SHA-256 over a vector of messages. Included with
//
//     LANE_WORDS  a name for the type of one word of every message
//     LANES       1, 8 or 16: messages side by side
//     KERNEL      the function's name
//     TARGET      its attribute
//
// Everything is macros, because a vector that is wider than the base processor's must not be passed to a function.

#include "kernel.h"

#include <string.h>

#if LANES == 1
typedef uint32_t LANE_WORDS;
#else
typedef uint32_t LANE_WORDS __attribute__((vector_size(4 * LANES)));
#endif

#define TURN(x, count) (((x) >> (count)) | ((x) << (32 - (count))))
#define BIG_ENDIAN(x) ((TURN(x, 8) & 0xff00ff00u) | (TURN(x, 24) & 0x00ff00ffu))

// Two rows change the off-diagonal squares of size `step`. Doing so with every step from half the width down to one
// turns rows of words into rows of lanes.
#define EXCHANGE(first, second, even, odd)                                                \
    do {                                                                                  \
        LANE_WORDS kept = __builtin_shufflevector(first, second, even);                   \
        second = __builtin_shufflevector(first, second, odd);                             \
        first = kept;                                                                     \
    } while (0)

#define STEP(rows, step, even, odd)                                                       \
    _Pragma("clang loop unroll(full)") for (int row = 0; row < LANES; row++) {            \
        if ((row & (step)) == 0) EXCHANGE((rows)[row], (rows)[row + (step)], LIST(even), LIST(odd)); \
    }

#define LIST(...) __VA_ARGS__

#if LANES == 8
#define TRANSPOSE(rows)                                                                   \
    STEP(rows, 4, LIST(0, 1, 2, 3, 8, 9, 10, 11), LIST(4, 5, 6, 7, 12, 13, 14, 15))       \
    STEP(rows, 2, LIST(0, 1, 8, 9, 4, 5, 12, 13), LIST(2, 3, 10, 11, 6, 7, 14, 15))       \
    STEP(rows, 1, LIST(0, 8, 2, 10, 4, 12, 6, 14), LIST(1, 9, 3, 11, 5, 13, 7, 15))
#elif LANES == 16
#define TRANSPOSE(rows)                                                                   \
    STEP(rows, 8, LIST(0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),           \
         LIST(8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))              \
    STEP(rows, 4, LIST(0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),         \
         LIST(4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))                \
    STEP(rows, 2, LIST(0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),         \
         LIST(2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))                \
    STEP(rows, 1, LIST(0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30),        \
         LIST(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
#else
#define TRANSPOSE(rows)
#endif

TARGET void KERNEL(uint32_t *restrict state, const uint8_t *const *restrict at, size_t blocks) {
    LANE_WORDS kept[WORDS];
    memcpy(kept, state, sizeof kept);
    for (size_t block = 0; block < blocks; block++) {
        LANE_WORDS w[16];
        for (int part = 0; part < 16 / LANES; part++) {
            LANE_WORDS *rows = w + part * LANES;
            _Pragma("clang loop unroll(full)") for (int lane = 0; lane < LANES; lane++) {
                memcpy(rows + lane, at[lane] + block * BLOCK + part * sizeof(LANE_WORDS), sizeof(LANE_WORDS));
            }
            TRANSPOSE(rows)
        }
        LANE_WORDS a = kept[0], b = kept[1], c = kept[2], d = kept[3];
        LANE_WORDS e = kept[4], f = kept[5], g = kept[6], h = kept[7];
        _Pragma("clang loop unroll(full)") for (int round = 0; round < 64; round++) {
            LANE_WORDS word;
            if (round < 16) {
                word = BIG_ENDIAN(w[round]);
            } else {
                LANE_WORDS near = w[(round + 14) & 15], far = w[(round + 1) & 15];
                word = w[round & 15] + w[(round + 9) & 15] + (TURN(near, 17) ^ TURN(near, 19) ^ (near >> 10)) +
                       (TURN(far, 7) ^ TURN(far, 18) ^ (far >> 3));
            }
            w[round & 15] = word;
            LANE_WORDS mixed = h + (TURN(e, 6) ^ TURN(e, 11) ^ TURN(e, 25)) + (g ^ (e & (f ^ g))) +
                               docket_sha256_rounds[round] + word;
            LANE_WORDS most = ((a & b) | (c & (a | b))) + (TURN(a, 2) ^ TURN(a, 13) ^ TURN(a, 22));
            h = g, g = f, f = e, e = d + mixed, d = c, c = b, b = a, a = mixed + most;
        }
        kept[0] += a, kept[1] += b, kept[2] += c, kept[3] += d;
        kept[4] += e, kept[5] += f, kept[6] += g, kept[7] += h;
    }
    memcpy(state, kept, sizeof kept);
}

#undef TURN
#undef BIG_ENDIAN
#undef EXCHANGE
#undef STEP
#undef LIST
#undef TRANSPOSE
#undef LANE_WORDS
#undef LANES
#undef KERNEL
#undef TARGET
