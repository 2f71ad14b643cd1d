/* The reader of our own tables on any bytes: it must answer, and what it accepts must come out
 * the same when it is written again. */
#include "base/csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pf_err read_all(pf_ctx *ctx, const char *bytes, size_t size, pf_buf *out)
{
    pf_csv *c;
    int more = 1;
    pf_err err = pf_csv_of(ctx, "fuzz.csv", bytes, size, &c);
    if (err) return err;
    size_t n = pf_csv_columns(c);
    if (!n) abort();
    for (size_t i = 0; i < n; i++) {
        if (pf_csv_find(c, pf_csv_name(c, i)) != i) abort();
        pf_csv_text(out, pf_csv_name(c, i));
    }
    pf_csv_end(out);
    while (!(err = pf_csv_next(c, &more)) && more) {
        for (size_t i = 0; i < n; i++) pf_csv_text(out, pf_csv_field(c, i));
        pf_csv_end(out);
        double x;
        pf_ctx kept = *ctx;
        if (!pf_csv_value(c, 0, &x) && !*pf_csv_field(c, 0) && !isnan(x)) abort();
        *ctx = kept;
    }
    pf_csv_close(c);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pf_ctx ctx;
    pf_buf once, twice;
    pf_ctx_init(&ctx);
    pf_buf_init(&once, &ctx);
    pf_buf_init(&twice, &ctx);
    if (read_all(&ctx, (const char *)data, size, &once)) {
        if (!ctx.message[0]) abort();
    } else {
        if (read_all(&ctx, once.bytes, once.size, &twice)) abort();
        if (once.size != twice.size || memcmp(once.bytes, twice.bytes, once.size) != 0) abort();
    }
    pf_buf_clear(&once);
    pf_buf_clear(&twice);
    return 0;
}
