/* The CSV reader on any bytes: it must answer, and what it accepts must be whole. */
#include "input/table.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pf_ctx ctx;
    pf_table *t;
    pf_ctx_init(&ctx);
    if (pf_table_parse(&ctx, (const char *)data, size, "fuzz.csv", &t)) {
        if (!ctx.message[0] || t) abort();
        return 0;
    }
    size_t rows = pf_table_rows(t), columns = pf_table_columns(t), found;
    if (!columns) abort();
    for (size_t c = 0; c < columns; c++) {
        pf_ctx_reset(&ctx);
        if (pf_table_find(&ctx, t, pf_table_column(t, c), &found) || found != c) abort();
        (void)pf_table_is_numeric(t, c);
    }
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            const char *text = pf_table_text(t, r, c);
            double x;
            pf_ctx_reset(&ctx);
            if (text && strlen(text) > size) abort();
            if (pf_table_number(&ctx, t, r, c, &x) && !ctx.message[0]) abort();
            if (!pf_table_line(t, r, c)) abort();
        }
    pf_ctx_reset(&ctx);
    if (!pf_table_find(&ctx, t, "no such column at all", &found) && found >= columns) abort();
    pf_table_free(t);
    return 0;
}
