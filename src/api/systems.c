/* pf_systems: which rows, and how they are told. */
#include "api/systems.h"

#include "api/call.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const KINDS[] = {
    "study", "ablation", "product", "specification", "population", "claim", "out-of-scope"};

static int mentions(const char *text, const char *part)
{
    size_t n = strlen(part);
    for (; *text; text++) {
        size_t i = 0;
        while (i < n && tolower((unsigned char)text[i]) == tolower((unsigned char)part[i])) i++;
        if (i == n) return 1;
    }
    return n == 0;
}

static int row_mentions(const pf_system *s, const char *part)
{
    for (size_t i = 0; i < PF_SYSTEM_TEXTS; i++)
        if (mentions(s->text[i], part)) return 1;
    for (size_t i = 0; i < s->n_file; i++)
        if (mentions(s->file[i]->path, part)) return 1;
    return mentions(s->reason, part);
}

static int wanted(const pf_systems_options *o, const pf_system *s)
{
    if (o->id && strcmp(s->text[PF_SYSTEM_ID], o->id) != 0) return 0;
    if (o->kind && strcmp(s->kind, o->kind) != 0) return 0;
    if (o->article && strcmp(s->text[PF_SYSTEM_ARTICLE], o->article) != 0) return 0;
    if (o->text && !row_mentions(s, o->text)) return 0;
    return !o->missing || s->missing;
}

static pf_err unknown(
    pf_ctx *ctx, const char *what, const char *name, const char *const *list, size_t n)
{
    ptrdiff_t near = pf_text_nearest(name, list, n);
    return pf_fail(ctx, PF_ERR_CONFIG, "there is no %s '%s'%s%s%s", what, name,
        near >= 0 ? "; did you mean '" : "", near >= 0 ? list[near] : "",
        near >= 0 ? "'?" : "");
}

/* A filter that no row can pass is a mistake, not an empty list. */
static pf_err check_filters(pf_ctx *ctx, pf_catalogue *c, const pf_systems_options *o)
{
    const char **name = pf_arena_alloc(ctx, &c->arena, c->n_system + 1, sizeof *name);
    if (!name) return PF_ERR_NO_MEMORY;
    size_t k = 0;
    while (o->kind && k < PF_COUNT(KINDS) && strcmp(KINDS[k], o->kind) != 0) k++;
    if (k == PF_COUNT(KINDS)) return unknown(ctx, "kind", o->kind, KINDS, k);
    const struct {
        const char *what, *value;
        size_t column;
    } FILTERS[] = {{"system", o->id, PF_SYSTEM_ID}, {"article", o->article, PF_SYSTEM_ARTICLE}};
    for (size_t f = 0; f < PF_COUNT(FILTERS); f++) {
        int found = !FILTERS[f].value;
        for (size_t i = 0; i < c->n_system; i++) {
            name[i] = c->system[i].text[FILTERS[f].column];
            if (FILTERS[f].value && !strcmp(name[i], FILTERS[f].value)) found = 1;
        }
        if (!found) return unknown(ctx, FILTERS[f].what, FILTERS[f].value, name, c->n_system);
    }
    return PF_OK;
}

/* The chosen rows, in the table's order. */
static pf_err choose(pf_ctx *ctx, pf_catalogue *c, const pf_systems_options *o,
    const pf_system ***out, size_t *n)
{
    if (o->size != sizeof *o)
        return pf_fail(ctx, PF_ERR_CONFIG, "the options were made for another version");
    PF_TRY(pf_catalogue_read(ctx, o->root, o->runs, c));
    PF_TRY(check_filters(ctx, c, o));
    *out = pf_arena_alloc(ctx, &c->arena, c->n_system + 1, sizeof **out);
    if (!*out) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < c->n_system; i++)
        if (wanted(o, &c->system[i])) (*out)[(*n)++] = &c->system[i];
    return PF_OK;
}

pf_status pf_systems(const pf_systems_options *options, char **text, pf_error *error)
{
    pf_ctx ctx;
    pf_buf b;
    pf_catalogue c = {0};
    const pf_system **row = NULL;
    size_t n = 0;
    *text = NULL;
    pf_ctx_init(&ctx);
    pf_buf_init(&b, &ctx);
    pf_err err = choose(&ctx, &c, options, &row, &n);
    if (!err && options->json)
        pf_system_json(row, n, &b);
    else if (!err && options->id && n)
        pf_system_full(row[0], &b);
    else if (!err)
        pf_system_table(row, n, options->width, &b);
    if (!err) err = pf_call_text(&ctx, &b, text);
    pf_status status = pf_call_end(&ctx, err, error);
    pf_buf_clear(&b);
    pf_catalogue_clear(&c);
    return status;
}

static pf_err list_studies(
    pf_ctx *ctx, pf_catalogue *c, const pf_system *const *row, size_t n, pf_buf *b)
{
    size_t n_path = 0;
    const char **path = pf_arena_alloc(ctx, &c->arena, c->n_file + 1, sizeof *path);
    if (!path) return PF_ERR_NO_MEMORY;
    for (size_t f = 0; f < c->n_file; f++) {
        int used = 0;
        for (size_t i = 0; i < n && !used; i++)
            for (size_t k = 0; k < row[i]->n_file && !used; k++)
                used = row[i]->file[k] == c->file[f] && c->file[f]->study;
        if (used) path[n_path++] = c->file[f]->path;
    }
    return pf_catalogue_list(ctx, c, path, n_path, b);
}

pf_status pf_systems_studies(const pf_systems_options *options, char **paths, pf_error *error)
{
    pf_ctx ctx;
    pf_buf b;
    pf_catalogue c = {0};
    const pf_system **row = NULL;
    size_t n = 0;
    *paths = NULL;
    pf_ctx_init(&ctx);
    pf_buf_init(&b, &ctx);
    pf_err err = choose(&ctx, &c, options, &row, &n);
    if (!err) err = list_studies(&ctx, &c, row, n, &b);
    if (!err) err = pf_call_text(&ctx, &b, paths);
    pf_status status = pf_call_end(&ctx, err, error);
    pf_buf_clear(&b);
    pf_catalogue_clear(&c);
    return status;
}
