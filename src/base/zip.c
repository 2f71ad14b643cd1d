#include "base/zip.h"

#include <string.h>
#include <zlib.h>

size_t pf_zip_put(pf_buf *b, const void *bytes, size_t n, int level)
{
    if (b->failed) return 0;
    uLongf size = compressBound((uLong)n);
    Bytef *out = pf_calloc(b->ctx, size, 1);
    int err = out ? compress2(out, &size, bytes, (uLong)n, level) : Z_MEM_ERROR;
    if (err)
        b->failed = pf_fail(b->ctx, PF_ERR_NO_MEMORY, "no memory to pack %zu bytes", n);
    else
        pf_buf_put(b, out, size);
    pf_free(out);
    return err ? 0 : size;
}

pf_err pf_unzip(pf_ctx *ctx, const void *bytes, size_t n, void *out, size_t size)
{
    unsigned char none;
    uLongf got = (uLongf)size;
    uLong used = (uLong)n;
    int err = uncompress2(size ? out : &none, &got, bytes, &used);
    if (err == Z_MEM_ERROR) return pf_fail(ctx, PF_ERR_NO_MEMORY, "no memory to unpack");
    if (err || got != size || used != n)
        return pf_fail(ctx, PF_ERR_CORRUPT, "packed bytes do not unpack to %zu bytes", size);
    return PF_OK;
}

uint32_t pf_crc32(uint32_t crc, const void *bytes, size_t n)
{
    const Bytef *at = bytes;
    while (n) {
        uInt part = n < 1u << 30 ? (uInt)n : 1u << 30;
        crc = (uint32_t)crc32(crc, at, part);
        at += part;
        n -= part;
    }
    return crc;
}

const char *pf_zip_version(void)
{
    return zlibVersion();
}
