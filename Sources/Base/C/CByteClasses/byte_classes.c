#include "byte_classes.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>

static inline __m128i between(__m128i bytes, uint8_t first, uint8_t count) {
    __m128i distance = _mm_sub_epi8(bytes, _mm_set1_epi8((char)first));
    return _mm_cmpeq_epi8(_mm_min_epu8(distance, _mm_set1_epi8((char)(count - 1))), distance);
}

static inline __m128i is(__m128i bytes, uint8_t byte) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)byte)); }

static inline uint64_t bits(__m128i mask) { return (uint64_t)(uint32_t)_mm_movemask_epi8(mask); }

static void classify(const uint8_t *block, docket_byte_classes *classes) {
    docket_byte_classes found = {0, 0, 0, 0};
    for (unsigned part = 0; part < 4; part++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(block + 16 * part));
        __m128i digits = between(bytes, '0', 10);
        __m128i letters = between(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 26);
        __m128i words = _mm_or_si128(digits, letters);
        // + , - . / are five neighbours, of which three count.
        __m128i signs = _mm_or_si128(_mm_or_si128(is(bytes, '+'), is(bytes, '/')),
                                     _mm_or_si128(_mm_or_si128(is(bytes, '-'), is(bytes, '_')), is(bytes, '=')));
        // C2: soft hyphen, no-break space; D9, DB: Arabic digits; E2: marks and hyphens; EF: full width.
        __m128i leads = _mm_or_si128(_mm_or_si128(is(bytes, 0xC2), is(bytes, 0xD9)),
                                     _mm_or_si128(_mm_or_si128(is(bytes, 0xDB), is(bytes, 0xE2)), is(bytes, 0xEF)));
        __m128i escapes = _mm_or_si128(_mm_or_si128(is(bytes, '\\'), is(bytes, '%')), _mm_or_si128(is(bytes, '&'), leads));
        found.digits |= bits(digits) << (16 * part);
        found.words |= bits(words) << (16 * part);
        found.base64 |= bits(_mm_or_si128(words, signs)) << (16 * part);
        found.escapes |= bits(escapes) << (16 * part);
    }
    *classes = found;
}

#else

static int is_escape(uint8_t byte) {
    switch (byte) {
    case '\\': case '%': case '&': case 0xC2: case 0xD9: case 0xDB: case 0xE2: case 0xEF: return 1;
    default: return 0;
    }
}

static void classify(const uint8_t *block, docket_byte_classes *classes) {
    docket_byte_classes found = {0, 0, 0, 0};
    for (unsigned place = 0; place < docket_byte_block; place++) {
        uint8_t byte = block[place];
        uint64_t digit = (uint8_t)(byte - '0') < 10;
        uint64_t word = digit | ((uint8_t)((byte | 0x20) - 'a') < 26);
        uint64_t sign = byte == '+' || byte == '/' || byte == '-' || byte == '_' || byte == '=';
        found.digits |= digit << place;
        found.words |= word << place;
        found.base64 |= (word | sign) << place;
        found.escapes |= (uint64_t)is_escape(byte) << place;
    }
    *classes = found;
}

#endif

void docket_classify_bytes(const uint8_t *bytes, size_t count, docket_byte_classes *blocks) {
    size_t place = 0;
    for (; count - place >= docket_byte_block; place += docket_byte_block) classify(bytes + place, blocks++);
    if (place < count) {
        uint8_t last[docket_byte_block] = {0};
        memcpy(last, bytes + place, count - place);
        classify(last, blocks);
    }
}
