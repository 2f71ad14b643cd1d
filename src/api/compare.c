/* pf_compare_runs: runs side by side. */
#include "api/compare.h"

#include <string.h>

static pf_err check_options(pf_ctx *ctx, const pf_compare_options *o)
{
    if (o->n < 2)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "a comparison needs two runs or more; perforin show tells of one alone");
    if (o->n > PF_COMPARE_MOST)
        return pf_fail(ctx, PF_ERR_CONFIG, "at most %d runs can be compared, not %zu",
            PF_COMPARE_MOST, o->n);
    if (o->n_label && o->n_label != o->n)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "%zu label%s for %zu runs; give one for each, in their order", o->n_label,
            o->n_label == 1 ? "" : "s", o->n);
    for (size_t i = 0; i < o->n_label; i++)
        if (!*o->label[i]) return pf_fail(ctx, PF_ERR_CONFIG, "label %zu is empty", i + 1);
    for (size_t i = 0; i < o->n_label; i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(o->label[i], o->label[k]))
                return pf_fail(ctx, PF_ERR_CONFIG, "two runs are labelled '%s'", o->label[i]);
    return PF_OK;
}

/* The same run by whatever path. */
static pf_err check_twice(pf_comparison *c, const pf_compare_options *o, size_t i)
{
    char *mine = pf_path_join(c->ctx, &c->arena, o->folder[i], "manifest.json");
    if (!mine) return PF_ERR_NO_MEMORY;
    for (size_t k = 0; k < i; k++) {
        char *other = pf_path_join(c->ctx, &c->arena, o->folder[k], "manifest.json");
        if (!other) return PF_ERR_NO_MEMORY;
        if (pf_path_same(mine, other))
            return pf_fail(c->ctx, PF_ERR_CONFIG, "'%s' and '%s' are the same run",
                o->folder[k], o->folder[i]);
    }
    return PF_OK;
}

static pf_err compare(pf_comparison *c, const pf_compare_options *o)
{
    PF_TRY(check_options(c->ctx, o));
    if (o->out) PF_TRY(pf_call_page_target(c->ctx, &c->arena, o->out));
    for (size_t i = 0; i < o->n; i++) {
        c->run[i].label = o->n_label ? o->label[i] : o->folder[i];
        PF_TRY(check_twice(c, o, i));
        PF_TRY(pf_compare_read(c, o->folder[i], &c->run[i]));
        c->n++;
    }
    for (size_t i = 1; i < c->n; i++) PF_TRY(pf_compare_changes(c, i));
    return pf_compare_rows(c);
}

void pf_compare_clear(pf_comparison *c)
{
    for (size_t i = 0; i < PF_COMPARE_MOST; i++) {
        pf_free(c->run[i].key);
        for (int l = 0; l < PF_CHANGE_LISTS; l++) pf_free(c->change[i][l].item);
    }
    pf_free(c->row);
    pf_free(c->arm);
    pf_arena_clear(&c->arena);
}

/* The page: the runs without their single patients, and this comparison. */
static pf_err write_page(pf_comparison *c, const pf_compare_options *o, pf_page *page)
{
    pf_buf json, text, title;
    pf_buf_init(&json, c->ctx);
    pf_buf_init(&text, c->ctx);
    pf_buf_init(&title, c->ctx);
    pf_compare_json(c, &json);
    pf_compare_text(c, 0, &text);
    pf_err err = pf_buf_ok(&json);
    for (size_t i = 0; i < c->n && !err; i++) {
        pf_buf_printf(&title, "%s%s", i ? " | " : "", c->run[i].label);
        err = pf_call_page_add(
            c->ctx, page, c->run[i].folder, c->run[i].label, PF_PAGE_NO_DETAIL);
    }
    if (!err) err = pf_buf_ok(&text);
    if (!err) err = pf_page_compare(c->ctx, page, json.bytes, text.bytes);
    if (!err) err = pf_buf_ok(&title);
    if (!err) err = pf_call_page_write(c->ctx, page, title.bytes, o->page_template, o->out);
    pf_buf_clear(&title);
    pf_buf_clear(&text);
    pf_buf_clear(&json);
    return err;
}

static pf_err page_of(pf_comparison *c, const pf_compare_options *o)
{
    pf_page *page = NULL;
    if (!o->out) return PF_OK;
    pf_err err = pf_page_new(c->ctx, pf_version(), &page);
    if (!err) err = write_page(c, o, page);
    pf_page_free(page);
    return err;
}

pf_status pf_compare_runs(const pf_compare_options *options, char **text, pf_error *error)
{
    pf_ctx ctx;
    pf_buf b;
    pf_comparison c = {.ctx = &ctx};
    *text = NULL;
    pf_ctx_init(&ctx);
    pf_arena_init(&c.arena);
    pf_buf_init(&b, &ctx);
    pf_err err =
        options->size == sizeof *options
            ? compare(&c, options)
            : pf_fail(&ctx, PF_ERR_CONFIG, "the options were made for another version");
    if (!err) err = page_of(&c, options);
    if (!err && options->json)
        pf_compare_json(&c, &b);
    else if (!err)
        pf_compare_text(&c, options->all, &b);
    if (!err && options->out && !options->json) pf_buf_printf(&b, "\npage  %s\n", options->out);
    if (!err) err = pf_call_text(&ctx, &b, text);
    pf_status status = pf_call_end(&ctx, err, error);
    pf_buf_clear(&b);
    pf_compare_clear(&c);
    return status;
}
