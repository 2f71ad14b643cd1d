/* Names and units of one instance of a model. */
#include "model/flatten_parts.h"
#include "model/unit_text.h"

#include <string.h>

enum { MOST_VARS = 100000 };

int pf_name_dotted(const char *name)
{
    return name && strchr(name, '.') != NULL;
}

const char *pf_scope_joined(pf_flat *f, const char *prefix, const char *name)
{
    return *prefix ? pf_arena_printf(f->ctx, f->arena, "%s%s", prefix, name) : name;
}

static pf_err not_deleted(const pf_flat *f, uint32_t v, pf_place at)
{
    if (!(f->var[v].says & PF_SAYS_DELETED)) return PF_OK;
    return pf_fail_at(f->ctx, f->ast->file, at, "'%s' was deleted; remove one of the two lines",
        f->var[v].name);
}

pf_err pf_scope_own(const pf_scope *s, const char *name, pf_place at, uint32_t *out)
{
    pf_flat *f = s->f;
    const char *full = pf_scope_joined(f, s->prefix, name);
    if (!full) return PF_ERR_NO_MEMORY;
    *out = pf_names_find(&f->names, full);
    if (*out != PF_NO_NAME) return not_deleted(f, *out, at);
    if (f->names.n >= MOST_VARS)
        return pf_fail_at(f->ctx, f->ast->file, at,
            "the model has over %d names; make it smaller", MOST_VARS);
    PF_TRY(pf_flat_add(f, full, at, out));
    f->var[*out].level = s->level;
    return PF_OK;
}

static pf_err inside(const pf_scope *s, const char *name, pf_place at, uint32_t *out)
{
    pf_flat *f = s->f;
    const char *dot = strchr(name, '.');
    const char *first = pf_arena_strndup(f->ctx, f->arena, name, (size_t)(dot - name));
    const char *full = first ? pf_scope_joined(f, s->prefix, first) : NULL;
    if (!full) return PF_ERR_NO_MEMORY;
    if (pf_names_find(&f->instances, full) == PF_NO_NAME) {
        const char *near = pf_names_nearest(&f->instances, full);
        return pf_fail_at(f->ctx, f->ast->file, at, "there is no submodel '%s' here%s%s%s",
            first, near ? "; did you mean '" : "; write a line such as A: name()",
            near ? near : "", near ? "'?" : "");
    }
    *out = pf_flat_find(f, s->prefix, name, at);
    if (*out == PF_NO_NAME) return f->ctx->code ? f->ctx->code : PF_ERR_MODEL;
    return not_deleted(f, *out, at);
}

pf_err pf_scope_variable(const pf_scope *s, const char *name, pf_place at, uint32_t *out)
{
    return pf_name_dotted(name) ? inside(s, name, at, out) : pf_scope_own(s, name, at, out);
}

pf_def pf_scope_def(const pf_scope *s, const pf_expr *e, pf_place at)
{
    return (pf_def){.expr = e, .prefix = s->prefix, .level = s->level, .at = at};
}

static int defines_unit(const pf_module *m, const char *name)
{
    for (size_t i = 0; i < m->n_st; i++)
        if (m->st[i].kind == PF_ST_UNIT && strcmp(m->st[i].name, name) == 0) return 1;
    return 0;
}

pf_err pf_scope_unit_name(const pf_scope *s, const char *name, const char **out)
{
    *out = defines_unit(s->module, name) ? pf_scope_joined(s->f, s->prefix, name) : name;
    return *out ? PF_OK : PF_ERR_NO_MEMORY;
}

pf_err pf_scope_unit(const pf_scope *s, const pf_expr *e, const char **out)
{
    pf_flat *f = s->f;
    pf_unit_product u;
    PF_TRY(pf_unit_of_expr(f->ctx, f->ast->file, e, &u));
    for (size_t i = 0; i < u.n; i++)
        PF_TRY(pf_scope_unit_name(s, u.factor[i].name, &u.factor[i].name));
    *out = pf_unit_text(f->ctx, f->arena, &u);
    return *out ? PF_OK : PF_ERR_NO_MEMORY;
}

/* Of the main model these names say the units of the model. */
static void of_model(pf_flat *f, const char *name)
{
    if (strcmp(name, "time_unit") == 0) f->time_unit = name;
    if (strcmp(name, "substance") == 0) f->substance_unit = name;
    if (strcmp(name, "volume") == 0) f->volume_unit = name;
    if (strcmp(name, "extent") == 0) f->extent_unit = name;
}

pf_err pf_scope_unit_def(const pf_scope *s, const pf_st *st)
{
    pf_flat *f = s->f;
    pf_unit_def def = {.at = st->at};
    def.name = pf_scope_joined(f, s->prefix, st->name);
    if (!def.name) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < f->n_unit; i++)
        if (strcmp(f->unit[i].name, def.name) == 0)
            return pf_fail_at(f->ctx, f->ast->file, st->at,
                "unit '%s' is defined already, in line %d; remove one of them", def.name,
                f->unit[i].at.line);
    PF_TRY(pf_scope_unit(s, &st->expr, &def.text));
    PF_TRY(pf_reserve(f->ctx, &f->unit, &f->unit_capacity, f->n_unit, sizeof *f->unit));
    f->unit[f->n_unit++] = def;
    if (!*s->prefix) of_model(f, def.name);
    return PF_OK;
}
