/* Any bytes as a lot file that names itself as its specification, and lots made of what is
 * good: no crash, no leak, messages and pages that can be written. Seeds: products/lots. */
#include "product/lots.h"

#include <stdlib.h>
#include <string.h>

static pf_units *units;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    if (pf_units_new(NULL, &units)) abort();
    return 0;
}

static const char SPEC[] =
    "specification: s\nversion: 1\nsource: s\ntests:\n"
    "  - {measures: viability, at_least: 70 %, sd: 2 %, method: m, source: s}\n"
    "  - {measures: doses, at_least: 2, method: m, source: s}\n";

typedef struct {
    pf_diag *diag;
    pf_arena *arena;
} shelf;

static const pf_yaml *open_spec(void *payload, const char *name, const pf_place *place)
{
    shelf *s = payload;
    const pf_yaml *root = NULL;
    if (!name || !place) abort();
    if (pf_yaml_parse(s->diag, s->arena, "s", SPEC, strlen(SPEC), &root)) abort();
    return root;
}

static void make(const pf_lot_plan *plan)
{
    pf_ctx ctx;
    pf_lots lots;
    pf_buf out;
    pf_ctx_init(&ctx);
    pf_buf_init(&out, &ctx);
    if (pf_lots_make(&ctx, plan, 1, 3, &lots)) {
        if (!ctx.message[0]) abort();
        return;
    }
    if (pf_lots_text(&ctx, &lots, &out) || pf_lots_json(&ctx, &lots, &out) ||
        pf_lots_compare(&ctx, &lots, &lots, 0, &out))
        abort();
    pf_lot_certificate(&lots, 2, &out);
    pf_lots_csv(&lots, &out);
    if (pf_buf_ok(&out)) abort();
    for (size_t i = 0; i < 3; i++) {
        double v = lots.lot[i].x[PF_ATTRIBUTE_VIABILITY];
        if (!(v >= 0 && v <= 1)) abort();
    }
    pf_buf_clear(&out);
    pf_lots_clear(&lots);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pf_ctx ctx;
    pf_diag diag;
    pf_arena arena;
    pf_buf out;
    const pf_yaml *root;
    pf_ctx_init(&ctx);
    pf_diag_init(&diag, &ctx);
    pf_arena_init(&arena);
    pf_buf_init(&out, &ctx);
    pf_lot_plan plan = {0};
    pf_specification spec;
    if (pf_yaml_parse(&diag, &arena, "f", (const char *)data, size, &root)) abort();
    pf_reader r = {.ctx = &ctx, .diag = &diag, .arena = &arena, .units = units};
    shelf s = {&diag, &arena};
    const pf_lot_opener open = {&s, open_spec};
    if (root && root->kind == PF_YAML_MAP) {
        pf_lot_plan_read(&r, root, &open, NULL, &plan);
        pf_lot_plan_check(&r, root, NULL, 0, &plan);
        if (!diag.errors) make(&plan);
        pf_specification_read(&r, root, &spec);
    }
    pf_diag_text(&diag, &out);
    if (pf_buf_ok(&out)) abort();
    pf_lot_plan_release(&plan);
    pf_buf_clear(&out);
    pf_arena_clear(&arena);
    pf_diag_clear(&diag);
    return 0;
}
