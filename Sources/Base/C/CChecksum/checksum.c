#include "checksum.h"

#include <string.h>

// One table row for each byte value of the reflected polynomial 0x82F63B78, made at first use of the
// portable form: sixteen lines of code instead of 256 numbers that nobody can check by eye.
static uint32_t table[256];
static int table_ready;

static void make_table(void) {
    for (uint32_t value = 0; value < 256; value++) {
        uint32_t crc = value;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1)));
        table[value] = crc;
    }
    // Another thread may make the same table at the same time: it writes the same numbers.
    __atomic_store_n(&table_ready, 1, __ATOMIC_RELEASE);
}

uint32_t docket_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    if (!__atomic_load_n(&table_ready, __ATOMIC_ACQUIRE)) make_table();
    crc = ~crc;
    while (count-- > 0) crc = (crc >> 8) ^ table[(crc ^ *at++) & 0xFF];
    return ~crc;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) static uint32_t crc32c_sse42(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    uint64_t state = (uint32_t)~crc;
    for (; count >= 8; count -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        state = __builtin_ia32_crc32di(state, word);
    }
    uint32_t rest = (uint32_t)state;
    while (count-- > 0) rest = __builtin_ia32_crc32qi(rest, *at++);
    return ~rest;
}

uint32_t docket_crc32c(uint32_t crc, const void *bytes, size_t count) {
    if (__builtin_cpu_supports("sse4.2")) return crc32c_sse42(crc, bytes, count);
    return docket_crc32c_portable(crc, bytes, count);
}

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)

#include <arm_acle.h>

uint32_t docket_crc32c(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    crc = ~crc;
    for (; count >= 8; count -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        crc = __crc32cd(crc, word);
    }
    while (count-- > 0) crc = __crc32cb(crc, *at++);
    return ~crc;
}

#else

uint32_t docket_crc32c(uint32_t crc, const void *bytes, size_t count) {
    return docket_crc32c_portable(crc, bytes, count);
}

#endif
