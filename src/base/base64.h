/* base64.h: bytes as text, RFC 4648 section 4, with padding and without line breaks. Depends
 * on: buf. Threads: any. */
#ifndef PF_BASE_BASE64_H
#define PF_BASE_BASE64_H
#include "base/buf.h"

/** Append `n` bytes as base64; failures stick to the buffer. */
void pf_base64_put(pf_buf *b, const void *bytes, size_t n);
/** How many characters `n` bytes take. */
size_t pf_base64_size(size_t n);

#endif
