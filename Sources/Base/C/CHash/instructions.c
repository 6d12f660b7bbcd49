#if defined(__x86_64__)

#include "kernel.h"

#include <immintrin.h>

// The round instructions wait for one another. With two messages in turns, one works while the other waits.
enum { PAIR = 2 };

__attribute__((target("sha,sse4.1"))) void docket_sha256_instructions(
    uint32_t *restrict state, const uint8_t *const *restrict at, size_t blocks) {
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i abef[PAIR], cdgh[PAIR];
    for (int lane = 0; lane < PAIR; lane++) {
        const uint32_t *s = state + lane;
        abef[lane] = _mm_set_epi32(s[0], s[1 * PAIR], s[4 * PAIR], s[5 * PAIR]);
        cdgh[lane] = _mm_set_epi32(s[2 * PAIR], s[3 * PAIR], s[6 * PAIR], s[7 * PAIR]);
    }
    for (size_t block = 0; block < blocks; block++) {
        __m128i w[PAIR][4], kept_abef[PAIR], kept_cdgh[PAIR];
        for (int lane = 0; lane < PAIR; lane++) {
            kept_abef[lane] = abef[lane], kept_cdgh[lane] = cdgh[lane];
            const __m128i *words = (const __m128i *)(at[lane] + block * BLOCK);
            for (int four = 0; four < 4; four++) {
                w[lane][four] = _mm_shuffle_epi8(_mm_loadu_si128(words + four), big_endian);
            }
        }
        // Four rounds a time, and the four words that are wanted sixteen rounds later.
        _Pragma("clang loop unroll(full)") for (int four = 0; four < 16; four++) {
            const __m128i constants = _mm_loadu_si128((const __m128i *)docket_sha256_rounds + four);
            _Pragma("clang loop unroll(full)") for (int lane = 0; lane < PAIR; lane++) {
                __m128i *words = w[lane];
                __m128i mixed = _mm_add_epi32(words[four & 3], constants);
                cdgh[lane] = _mm_sha256rnds2_epu32(cdgh[lane], abef[lane], mixed);
                abef[lane] = _mm_sha256rnds2_epu32(abef[lane], cdgh[lane], _mm_shuffle_epi32(mixed, 0x0e));
                if (four < 12) {
                    __m128i early = _mm_sha256msg1_epu32(words[four & 3], words[(four + 1) & 3]);
                    __m128i middle = _mm_alignr_epi8(words[(four + 3) & 3], words[(four + 2) & 3], 4);
                    words[four & 3] = _mm_sha256msg2_epu32(_mm_add_epi32(early, middle), words[(four + 3) & 3]);
                }
            }
        }
        for (int lane = 0; lane < PAIR; lane++) {
            abef[lane] = _mm_add_epi32(abef[lane], kept_abef[lane]);
            cdgh[lane] = _mm_add_epi32(cdgh[lane], kept_cdgh[lane]);
        }
    }
    for (int lane = 0; lane < PAIR; lane++) {
        uint32_t *s = state + lane;
        s[0] = _mm_extract_epi32(abef[lane], 3), s[1 * PAIR] = _mm_extract_epi32(abef[lane], 2);
        s[4 * PAIR] = _mm_extract_epi32(abef[lane], 1), s[5 * PAIR] = _mm_extract_epi32(abef[lane], 0);
        s[2 * PAIR] = _mm_extract_epi32(cdgh[lane], 3), s[3 * PAIR] = _mm_extract_epi32(cdgh[lane], 2);
        s[6 * PAIR] = _mm_extract_epi32(cdgh[lane], 1), s[7 * PAIR] = _mm_extract_epi32(cdgh[lane], 0);
    }
}

#endif
