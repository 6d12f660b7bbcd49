#ifndef DOCKET_BYTE_CLASSES_H
#define DOCKET_BYTE_CLASSES_H

#include <stddef.h>
#include <stdint.h>

// What the bytes of a block are, one bit for each; the lowest bit is the first byte.
typedef struct {
    uint64_t digits;
    /// 0–9 A–Z a–z
    uint64_t words;
    /// Both alphabets of base 64, with its padding.
    uint64_t base64;
    /// Bytes that may begin another spelling of a character: \ % & and the leads of UTF-8 that look-alikes begin with.
    uint64_t escapes;
} docket_byte_classes;

enum { docket_byte_block = 64 };

/// Classifies whole blocks, and pads the last one with zeros.
///
/// - blocks: room for (count + 63) / 64.
void docket_classify_bytes(const uint8_t *bytes, size_t count, docket_byte_classes *blocks);

#endif
