/* pf_validate: from the runs of studies to a table of cases. */
#include "api/validate.h"

#include "api/call.h"
#include "perforin/validate.h"
#include "trial/endpoint_kind.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const PF_GROUP_TEXT[PF_GROUPS] = {"FIT", "CHECK", "PREDICT", "VERIFY"};

/* ---- cases ---- */

static pf_err copy(pf_ctx *ctx, pf_validation *v, const char *text, const char **out)
{
    *out = pf_arena_strdup(ctx, &v->catalogue.arena, text ? text : "");
    return *out ? PF_OK : PF_ERR_NO_MEMORY;
}

static pf_err read_outcomes(pf_ctx *ctx, pf_validation *v, const pf_table *t)
{
    static const char *const NAME[] = {"case_id", "title", "role", "observed"};
    size_t column[PF_COUNT(NAME)];
    for (size_t i = 0; i < PF_COUNT(NAME); i++)
        PF_TRY(pf_table_find(ctx, t, NAME[i], &column[i]));
    v->outcome =
        pf_arena_alloc(ctx, &v->catalogue.arena, pf_table_rows(t) + 1, sizeof *v->outcome);
    if (!v->outcome) return PF_ERR_NO_MEMORY;
    for (size_t r = 0; r < pf_table_rows(t); r++) {
        pf_outcome *o = &v->outcome[v->n_outcome++];
        PF_TRY(copy(ctx, v, pf_table_text(t, r, column[0]), &o->id));
        PF_TRY(copy(ctx, v, pf_table_text(t, r, column[1]), &o->title));
        PF_TRY(copy(ctx, v, pf_table_text(t, r, column[2]), &o->role));
        PF_TRY(copy(ctx, v, pf_table_text(t, r, column[3]), &o->observed));
    }
    return PF_OK;
}

static size_t find_outcome(const pf_validation *v, const char *id)
{
    size_t i = 0;
    while (i < v->n_outcome && strcmp(v->outcome[i].id, id) != 0) i++;
    return i;
}

static pf_err unknown_case(pf_ctx *ctx, pf_validation *v, const char *id)
{
    const char **name =
        pf_arena_alloc(ctx, &v->catalogue.arena, v->n_outcome + 1, sizeof *name);
    if (!name) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < v->n_outcome; i++) name[i] = v->outcome[i].id;
    ptrdiff_t near = pf_text_nearest(id, name, v->n_outcome);
    return pf_fail(ctx, PF_ERR_CONFIG, "evidence/outcomes.csv has no case '%s'%s%s%s", id,
        near >= 0 ? "; did you mean '" : "", near >= 0 ? name[near] : "",
        near >= 0 ? "'?" : "");
}

static pf_err open_all(pf_ctx *ctx, const pf_validate_options *o, pf_validation *v)
{
    if (o->size != sizeof *o)
        return pf_fail(ctx, PF_ERR_CONFIG, "the options were made for another version");
    PF_TRY(pf_catalogue_read(ctx, o->root, o->runs ? o->runs : "runs/validate", &v->catalogue));
    const char *path = pf_catalogue_path(ctx, &v->catalogue, "evidence/outcomes.csv");
    pf_table *t = NULL;
    if (!path) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_table_read(ctx, path, &t));
    pf_err err = read_outcomes(ctx, v, t);
    pf_table_free(t);
    if (!err && o->only && find_outcome(v, o->only) == v->n_outcome)
        err = unknown_case(ctx, v, o->only);
    return err;
}

static int names_case(const pf_system_file *f, const char *only)
{
    for (size_t i = 0; i < f->n_case; i++)
        if (!only || !strcmp(f->cases[i], only)) return 1;
    return 0;
}

/* ---- figures ---- */

static void value_text(double x, const char *unit, char *text, size_t size)
{
    if (isnan(x))
        snprintf(text, size, "-");
    else if (!strcmp(unit, "share"))
        snprintf(text, size, "%.3g %%", 100 * x);
    else if (!strcmp(unit, "day") && fabs(x) >= 60)
        snprintf(text, size, "%.3g mo", x / PF_MONTH_DAYS);
    else if (!strcmp(unit, "day"))
        snprintf(text, size, "%.3g d", x);
    else
        snprintf(text, size, "%.3g%s%s", x, !*unit || !strcmp(unit, "1") ? "" : " ",
            !strcmp(unit, "1") ? "" : unit);
}

/* The number alone, in the scale of value_text. */
static void bare(double x, double like, const char *unit, char *text, size_t size)
{
    int months = !strcmp(unit, "day") && fabs(like) >= 60;
    if (isnan(x))
        snprintf(text, size, "-");
    else
        snprintf(text, size, "%.3g",
            !strcmp(unit, "share") ? 100 * x
            : months               ? x / PF_MONTH_DAYS
                                   : x);
}

static double number(const pf_jvalue *v, const char *key)
{
    return pf_jvalue_number(pf_jvalue_get(v, key));
}

static const char *text_of(const pf_jvalue *v, const char *key)
{
    return pf_jvalue_text(pf_jvalue_get(v, key), "");
}

static const char *published(pf_ctx *ctx, pf_validation *v, const pf_jvalue *f)
{
    char value[60], low[40], high[40];
    const char *unit = text_of(f, "unit"), *direction = text_of(f, "direction");
    double x = number(f, "published");
    if (*direction) return pf_arena_strdup(ctx, &v->catalogue.arena, direction);
    value_text(x, unit, value, sizeof value);
    if (isnan(number(f, "published_low")) || isnan(number(f, "published_high")))
        return pf_arena_strdup(ctx, &v->catalogue.arena, value);
    bare(number(f, "published_low"), x, unit, low, sizeof low);
    bare(number(f, "published_high"), x, unit, high, sizeof high);
    return pf_arena_printf(ctx, &v->catalogue.arena, "%s (%s to %s)", value, low, high);
}

static const char *simulated(pf_ctx *ctx, pf_validation *v, const pf_jvalue *f)
{
    char value[60], low[40], high[40];
    const char *unit = text_of(f, "unit");
    double x = number(f, "simulated_mean");
    if (isnan(x) || !strcmp(text_of(f, "centre"), "median")) x = number(f, "simulated_median");
    if (isnan(x))
        return pf_arena_strdup(ctx, &v->catalogue.arena,
            number(f, "replicates_defined") > 0 ? "not reached" : "no value");
    value_text(x, unit, value, sizeof value);
    bare(number(f, "simulated_q025"), x, unit, low, sizeof low);
    bare(number(f, "simulated_q975"), x, unit, high, sizeof high);
    return pf_arena_printf(ctx, &v->catalogue.arena, "%s [%s, %s]", value, low, high);
}

static const char *what(pf_ctx *ctx, pf_validation *v, const pf_jvalue *f)
{
    const char *written = text_of(f, "written"), *against = text_of(f, "against");
    return pf_arena_printf(ctx, &v->catalogue.arena, "%s, %s%s%s",
        *written ? written : text_of(f, "endpoint"), text_of(f, "arm"),
        *against ? " against " : "", against);
}

static pf_err add_figure(pf_ctx *ctx, pf_validation *v, const pf_system_file *file,
    pf_group group, const pf_jvalue *f)
{
    const char *id = text_of(f, "case");
    size_t at = find_outcome(v, id);
    if (at == v->n_outcome) return PF_OK; /* told when the study is read */
    const pf_outcome *o = &v->outcome[at];
    pf_case_figure x = {.outcome = at,
        .group = !strcmp(o->role, "VERIFY") ? PF_GROUP_VERIFY : group,
        .study = file->path,
        .verdict = text_of(f, "verdict"),
        .sentence = text_of(f, "sentence")};
    x.role_differs = x.group != PF_GROUP_VERIFY && !strstr(o->role, PF_GROUP_TEXT[group]);
    x.what = what(ctx, v, f);
    x.published = published(ctx, v, f);
    x.simulated = simulated(ctx, v, f);
    if (!x.what || !x.published || !x.simulated) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_reserve(ctx, &v->figure, &v->figure_capacity, v->n_figure, sizeof x));
    v->figure[v->n_figure++] = x;
    return PF_OK;
}

static pf_err add_study(
    pf_ctx *ctx, pf_validation *v, const pf_system_file *file, const char *only)
{
    static const char *const ROLE[] = {"fit", "check", "predict"};
    const pf_jvalue *roles = pf_jvalue_get(file->last.summary, "expectations");
    if (!file->last.summary) {
        v->waiting[v->n_waiting++] = file;
        return PF_OK;
    }
    if (!v->least || file->last.replicates < v->least) v->least = file->last.replicates;
    for (size_t g = 0; g < PF_COUNT(ROLE); g++) {
        const pf_jvalue *list = pf_jvalue_get(pf_jvalue_get(roles, ROLE[g]), "figures");
        for (const pf_jvalue *f = list ? list->first : NULL; f; f = f->next) {
            const char *id = text_of(f, "case");
            if (*id && (!only || !strcmp(id, only)))
                PF_TRY(add_figure(ctx, v, file, (pf_group)g, f));
        }
    }
    return PF_OK;
}

/* By group and case; figures of one case stay in their order. */
static void sort_figures(pf_validation *v)
{
    for (size_t i = 1; i < v->n_figure; i++) {
        pf_case_figure x = v->figure[i];
        size_t k = i;
        for (; k &&
               (v->figure[k - 1].group > x.group ||
                   (v->figure[k - 1].group == x.group && v->figure[k - 1].outcome > x.outcome));
             k--)
            v->figure[k] = v->figure[k - 1];
        v->figure[k] = x;
    }
}

static pf_err gather(pf_ctx *ctx, const pf_validate_options *o, pf_validation *v)
{
    PF_TRY(open_all(ctx, o, v));
    const pf_catalogue *c = &v->catalogue;
    v->waiting = pf_arena_alloc(ctx, &v->catalogue.arena, c->n_file + 1, sizeof(*v->waiting));
    if (!v->waiting) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < c->n_file; i++) {
        const pf_system_file *f = c->file[i];
        for (size_t k = 0; k < f->n_case; k++) {
            size_t at = find_outcome(v, f->cases[k]);
            if (at < v->n_outcome) v->outcome[at].n_study++;
        }
        if (names_case(f, o->only)) PF_TRY(add_study(ctx, v, f, o->only));
    }
    sort_figures(v);
    if (!o->only) return PF_OK;
    for (size_t i = 0; i < v->n_outcome; i++) /* the others are not asked for */
        if (strcmp(v->outcome[i].id, o->only) != 0) v->outcome[i].n_study++;
    return PF_OK;
}

pf_group_count pf_validation_count(const pf_validation *v, pf_group group)
{
    pf_group_count n = {0};
    for (size_t o = 0; o < v->n_outcome; o++) {
        size_t figures = 0, passed = 0;
        for (size_t i = 0; i < v->n_figure; i++) {
            const pf_case_figure *f = &v->figure[i];
            if (f->group != group || f->outcome != o) continue;
            figures++;
            passed += !strcmp(f->verdict, "pass");
        }
        n.figures += figures;
        n.passed += passed;
        n.cases += figures > 0;
        n.cases_passed += figures && passed == figures;
    }
    return n;
}

/* ---- calls ---- */

static void clear(pf_validation *v)
{
    pf_free(v->figure);
    pf_catalogue_clear(&v->catalogue);
}

static pf_err list_studies(
    pf_ctx *ctx, const pf_validate_options *o, pf_validation *v, pf_buf *b)
{
    PF_TRY(open_all(ctx, o, v));
    pf_catalogue *c = &v->catalogue;
    size_t n = 0;
    const char **path = pf_arena_alloc(ctx, &c->arena, c->n_file + 1, sizeof *path);
    if (!path) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < c->n_file; i++)
        if (names_case(c->file[i], o->only)) path[n++] = c->file[i]->path;
    return pf_catalogue_list(ctx, c, path, n, b);
}

pf_status pf_validate_studies(const pf_validate_options *options, char **paths, pf_error *error)
{
    pf_ctx ctx;
    pf_buf b;
    pf_validation v = {0};
    *paths = NULL;
    pf_ctx_init(&ctx);
    pf_buf_init(&b, &ctx);
    pf_err err = list_studies(&ctx, options, &v, &b);
    if (!err) err = pf_call_text(&ctx, &b, paths);
    pf_status status = pf_call_end(&ctx, err, error);
    pf_buf_clear(&b);
    clear(&v);
    return status;
}

static pf_err write_markdown(pf_ctx *ctx, const pf_validation *v, const char *path)
{
    pf_buf b;
    pf_buf_init(&b, ctx);
    pf_validation_markdown(v, &b);
    pf_err err = pf_buf_ok(&b);
    if (!err) err = pf_file_write(ctx, path, b.bytes, b.size);
    pf_buf_clear(&b);
    return err;
}

pf_status pf_validate(const pf_validate_options *options, char **text, pf_error *error)
{
    pf_ctx ctx;
    pf_buf b;
    pf_validation v = {0};
    *text = NULL;
    pf_ctx_init(&ctx);
    pf_buf_init(&b, &ctx);
    pf_err err = gather(&ctx, options, &v);
    if (!err && options->json)
        pf_validation_json(&v, &b);
    else if (!err)
        pf_validation_text(&v, &b);
    if (!err && options->markdown) err = write_markdown(&ctx, &v, options->markdown);
    if (!err) err = pf_call_text(&ctx, &b, text);
    pf_status status = pf_call_end(&ctx, err, error);
    pf_buf_clear(&b);
    clear(&v);
    return status;
}
