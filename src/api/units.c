#include "api/units.h"

#include "input/diag.h"
#include "model/units.h"

#include <stdio.h>
#include <string.h>

enum { LARGEST_FILE = 64 << 20, LOGGED = 5 };

int pf_call_is_model(const char *path)
{
    static const char *const ENDINGS[] = {".ant", ".xml", ".sbml"};
    size_t n = path ? strlen(path) : 0;
    for (size_t i = 0; i < PF_COUNT(ENDINGS); i++) {
        size_t k = strlen(ENDINGS[i]);
        if (n > k && strcmp(path + n - k, ENDINGS[i]) == 0) return 1;
    }
    return 0;
}

static void render(pf_ctx *ctx, const pf_unit_ask *ask, const pf_clashes *all, pf_buf *text)
{
    pf_diag d;
    char *lines = NULL;
    size_t size = 0;
    pf_diag_init(&d, ctx);
    if (!pf_file_read(ctx, ask->model, LARGEST_FILE, &lines, &size))
        pf_diag_file(&d, ask->model, lines, size);
    for (size_t i = 0; i < all->kept; i++) {
        const pf_clash *c = &all->clash[i];
        pf_place at = {c->file ? c->file : ask->model, c->line, c->column, c->column + 1};
        if (ask->strict)
            pf_diag_error(&d, &at, "%s", c->sentence);
        else
            pf_diag_warning(&d, &at, "%s", c->sentence);
        pf_diag_mend(&d, "%s", c->mend);
    }
    if (ask->json)
        pf_diag_json(&d, NULL, text);
    else
        pf_diag_text(&d, text);
    if (all->n > all->kept && !ask->json)
        pf_buf_printf(text, "%zu more clashes of units are not shown\n", all->n - all->kept);
    pf_free(lines);
    pf_diag_clear(&d);
}

/* The first of them, for those who see one sentence only. */
static pf_err refuse(pf_ctx *ctx, const pf_unit_ask *ask, const pf_clashes *all)
{
    const pf_clash *c = &all->clash[0];
    return pf_fail(ctx, PF_ERR_UNIT, "%s:%d:%d: %s; %s (%zu clash%s of units in all)",
        c->file ? c->file : ask->model, c->line, c->column, c->sentence, c->mend, all->n,
        all->n == 1 ? "" : "es");
}

/* A model that is refused is not kept. */
static pf_err outcome(
    pf_ctx *ctx, const pf_unit_ask *ask, const pf_clashes *all, pf_err err, pf_model **model)
{
    if (!err && all->n && ask->strict) err = refuse(ctx, ask, all);
    if (err && model) {
        pf_model_free(*model);
        *model = NULL;
    }
    return err;
}

pf_err pf_call_units(pf_ctx *ctx, const pf_unit_ask *ask, pf_model **model, pf_buf *text)
{
    pf_clashes all;
    if (model) *model = NULL;
    pf_err err = pf_units_check_file(ctx, ask->model, &all, model);
    if (!err && (all.n || ask->json)) {
        render(ctx, ask, &all, text);
        err = pf_buf_ok(text);
    }
    err = outcome(ctx, ask, &all, err, model);
    pf_clashes_clear(&all);
    return err;
}

pf_err pf_call_units_log(
    pf_ctx *ctx, const pf_unit_ask *ask, pf_model **model, pf_on_log log, void *payload)
{
    pf_clashes all;
    char text[1200];
    if (model) *model = NULL;
    pf_err err = pf_units_check_file(ctx, ask->model, &all, model);
    err = outcome(ctx, ask, &all, err, model);
    for (size_t i = 0; !err && log && i < all.kept && i < LOGGED; i++) {
        const pf_clash *c = &all.clash[i];
        snprintf(text, sizeof text, "%s:%d:%d: %s; %s", c->file ? c->file : ask->model, c->line,
            c->column, c->sentence, c->mend);
        log(payload, PF_LEVEL_WARN, "units", text);
    }
    if (!err && log && all.n > LOGGED) {
        snprintf(text, sizeof text, "%zu more clashes; see perforin check %s", all.n - LOGGED,
            ask->model);
        log(payload, PF_LEVEL_WARN, "units", text);
    }
    pf_clashes_clear(&all);
    return err;
}

pf_err pf_call_check_model(pf_ctx *ctx, const pf_unit_ask *ask, pf_buf *text)
{
    pf_model *m = NULL;
    if (!pf_path_exists(ask->model))
        return pf_fail(ctx, PF_ERR_CONFIG, "there is no model '%s'", ask->model);
    pf_err err = pf_call_units(ctx, ask, &m, text);
    if (!err && !ask->json && !text->size)
        pf_buf_printf(text,
            "%s: no errors; %zu states, %zu parameters, %zu rules; no units clash\n",
            pf_model_name(m), pf_model_count(m, PF_SYMBOL_STATE),
            pf_model_count(m, PF_SYMBOL_PARAMETER), pf_model_count(m, PF_SYMBOL_ASSIGNED));
    pf_model_free(m);
    return err;
}
