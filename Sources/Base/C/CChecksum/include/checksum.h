#ifndef DOCKET_CHECKSUM_H
#define DOCKET_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli, RFC 3720 appendix B.4), continued from `crc`; start with 0.
uint32_t docket_crc32c(uint32_t crc, const void *bytes, size_t count);

// The same by a table, for processors without the instruction; here so that a test can compare the two.
uint32_t docket_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

#endif
