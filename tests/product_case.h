/* product_case.h: lot plans from text, for the tests of product. */
#ifndef PF_TESTS_PRODUCT_CASE_H
#define PF_TESTS_PRODUCT_CASE_H
#include "ct.h"

#include <stdlib.h>
#include <string.h>

#include "product/judge.h"

/* A plan read from memory, with its specification. */
typedef struct book {
    pf_ctx ctx;
    pf_diag diag;
    pf_arena arena;
    pf_units *units;
    pf_lot_plan plan;
    const char *spec;
} book;

static inline const pf_yaml *book_tree(book *b, const char *name, const char *text)
{
    const pf_yaml *root = NULL;
    pf_diag_file(&b->diag, name, text, strlen(text));
    assert_ok(&b->ctx, pf_yaml_parse(&b->diag, &b->arena, name, text, strlen(text), &root));
    assert_non_null(root);
    return root;
}

static inline const pf_yaml *book_open(void *payload, const char *name, const pf_place *place)
{
    (void)place;
    book *b = payload;
    return b->spec ? book_tree(b, name, b->spec) : NULL;
}

/* Read `text`; `spec` is the text of whatever specification it names. */
static inline void book_read(book *b, const char *text, const char *spec)
{
    memset(b, 0, sizeof *b);
    b->spec = spec;
    pf_ctx_init(&b->ctx);
    pf_diag_init(&b->diag, &b->ctx);
    pf_arena_init(&b->arena);
    assert_ok(&b->ctx, pf_units_new(&b->ctx, &b->units));
    pf_reader r = {.ctx = &b->ctx, .diag = &b->diag, .arena = &b->arena, .units = b->units};
    const pf_lot_opener open = {b, book_open};
    const pf_yaml *root = book_tree(b, "lot.yaml", text);
    pf_lot_plan_read(&r, root, &open, NULL, &b->plan);
    pf_lot_plan_check(&r, root, NULL, 0, &b->plan);
    assert_int_equal(r.failed, PF_OK);
}

static inline void book_told(book *b, char *text, size_t room)
{
    pf_buf out;
    pf_buf_init(&out, &b->ctx);
    pf_diag_text(&b->diag, &out);
    assert_ok(&b->ctx, pf_buf_ok(&out));
    snprintf(text, room, "%s", out.bytes ? out.bytes : "");
    pf_buf_clear(&out);
}

/* The same, and nothing may be wrong with it. */
static inline void book_good(book *b, const char *text, const char *spec)
{
    char told[4000];
    book_read(b, text, spec);
    if (!b->diag.n) return;
    book_told(b, told, sizeof told);
    print_error("%s\n", told);
    assert_int_equal(b->diag.n, 0);
}

static inline void book_done(book *b)
{
    pf_lot_plan_release(&b->plan);
    pf_units_free(b->units);
    pf_arena_clear(&b->arena);
    pf_diag_clear(&b->diag);
}

/* A lot file with these parts and variables. */
static inline const char *lot_text(
    char *room, size_t size, const char *parts, const char *variables)
{
    snprintf(room, size,
        "lot: x\ndonor: {source: allogeneic}\n"
        "dose: {amount: 1e6 cell, counts: viable, source: test}\n%svariables:\n"
        "  - {name: collected, value: 1e8 cell, source: test}\n%s",
        parts, variables);
    return room;
}
#endif
