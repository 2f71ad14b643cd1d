/* zip.h: bytes made smaller and back: zlib streams (RFC 1950), through the library zlib.
 *
 * The same bytes and level give the same stream with one version of zlib. Depends on: buf.
 * Threads: any. */
#ifndef PF_BASE_ZIP_H
#define PF_BASE_ZIP_H
#include "base/buf.h"

/** Append the stream of `n` bytes; level 1 (quick) to 9 (small). Returns its size; failures
 * stick to the buffer. */
size_t pf_zip_put(pf_buf *b, const void *bytes, size_t n, int level);
/** Unpack a stream that holds exactly `size` bytes into `out`. Errors: CORRUPT, NO_MEMORY */
PF_NODISCARD pf_err pf_unzip(pf_ctx *ctx, const void *bytes, size_t n, void *out, size_t size);
/** CRC-32 as in zlib, gzip and PNG. Start with crc = 0. */
uint32_t pf_crc32(uint32_t crc, const void *bytes, size_t n);
/** Of the library, e.g. "1.2.13". */
const char *pf_zip_version(void);

#endif
