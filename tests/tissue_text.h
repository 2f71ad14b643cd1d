/* tissue_text.h: a tissue file in memory, read, and what is said of it. */
#ifndef PF_TEST_TISSUE_TEXT_H
#define PF_TEST_TISSUE_TEXT_H
#include "ct.h"
#include "tissue/setup_read.h"

#include <string.h>

typedef struct {
    pf_ctx ctx;
    pf_diag diag;
    pf_arena trees;
    pf_setup setup;
    pf_buf told;
} world;

/* Read `text`, or one of its variants; `folder` is where its tables are, NULL: it has none. */
static inline void read_text(
    world *w, const char *text, const char *folder, const char *variant)
{
    const pf_yaml *root;
    pf_units *units;
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    pf_diag_init(&w->diag, &w->ctx);
    pf_arena_init(&w->trees);
    pf_arena_init(&w->setup.arena);
    pf_buf_init(&w->told, &w->ctx);
    assert_ok(&w->ctx, pf_units_new(&w->ctx, &units));
    pf_reader r = {.ctx = &w->ctx, .diag = &w->diag, .arena = &w->setup.arena, .units = units};
    assert_ok(&w->ctx, pf_yaml_parse(&w->diag, &w->trees, "f", text, strlen(text), &root));
    assert_non_null(root);
    pf_setup_fill_variant(&r, root, folder, variant, &w->setup);
    assert_int_equal(r.failed, 0);
    pf_diag_text(&w->diag, &w->told);
    pf_units_free(units);
}
static inline void end(world *w)
{
    pf_buf_clear(&w->told);
    pf_diag_clear(&w->diag);
    pf_arena_clear(&w->setup.arena);
    pf_arena_clear(&w->trees);
}

#endif
