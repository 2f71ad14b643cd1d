/* Any bytes as a tissue file: no crash, no leak, messages that can be written; what is read
 * without a mistake can be computed. */
#include "tissue/setup_read.h"
#include "tissue/tissue.h"
#include "udunits.h"

#include <math.h>
#include <stdlib.h>

static pf_units *units;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    if (pf_units_new(NULL, &units)) abort();
    return 0;
}

/* A few steps of what is small enough. */
static void step(const pf_setup *s)
{
    pf_ctx ctx;
    pf_tissue *t;
    pf_ctx_init(&ctx);
    if ((double)s->mesh.n[0] * (double)s->mesh.n[1] * (double)s->mesh.n[2] > 1e5) return;
    if (s->mechanics_step / s->field_step > 100) return;
    if (pf_tissue_new(&ctx, s, 1, &t)) {
        if (!ctx.message[0]) abort();
        return;
    }
    for (int k = 0; k < 3 && t->cells.n < 3000; k++)
        if (pf_tissue_step(&ctx, t) && !ctx.message[0]) abort();
    for (size_t i = 0; i < t->cells.n; i++)
        for (int d = 0; d < 3; d++)
            if (!isfinite(t->cells.at[d][i])) abort();
    pf_tissue_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pf_ctx ctx;
    pf_diag diag;
    pf_arena trees;
    pf_buf out;
    const pf_yaml *root;
    pf_setup setup = {.n_type = 0};
    pf_ctx_init(&ctx);
    pf_diag_init(&diag, &ctx);
    pf_arena_init(&trees);
    pf_arena_init(&setup.arena);
    pf_buf_init(&out, &ctx);
    if (pf_yaml_parse(&diag, &trees, "f", (const char *)data, size, &root)) abort();
    pf_reader r = {.ctx = &ctx, .diag = &diag, .arena = &setup.arena, .units = units};
    if (root) pf_setup_fill_variant(&r, root, NULL, NULL, &setup);
    if (root && !diag.errors && !r.failed) step(&setup);
    pf_diag_text(&diag, &out);
    if (pf_buf_ok(&out)) abort();
    pf_buf_clear(&out);
    pf_arena_clear(&setup.arena);
    pf_arena_clear(&trees);
    pf_diag_clear(&diag);
    return 0;
}
