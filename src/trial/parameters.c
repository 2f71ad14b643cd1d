#include "trial/parameters.h"

#include "trial/bind.h"
#include "trial/usage.h"

#include <math.h>

static int names(const pf_population *p, const char *parameter)
{
    for (size_t i = 0; i < p->n_variable; i++)
        if (pf_text_equal(p->variable[i].name, parameter)) return 1;
    for (size_t i = 0; i < p->n_setting; i++)
        if (pf_text_equal(p->setting[i].parameter, parameter)) return 1;
    return 0;
}

static int is_set(const pf_study *s, const char *parameter)
{
    int set = names(&s->population, parameter) || names(&s->unknowns, parameter);
    for (size_t i = 0; i < s->n_product && !set; i++)
        set = names(&s->product[i].attributes, parameter);
    for (size_t i = 0; i < s->n_override && !set; i++)
        set = pf_text_equal(s->override[i].name, parameter);
    return set;
}

static pf_err keep(pf_ctx *ctx, pf_used_parameters *out, const char **text)
{
    *text = pf_arena_strdup(ctx, &out->arena, *text ? *text : "");
    return *text ? PF_OK : PF_ERR_NO_MEMORY;
}

/* All texts are copied: the model and the table of evidence go. */
static pf_err add(pf_ctx *ctx, const pf_study *study, const pf_symbol *y,
    const pf_evidence_row *row, pf_used_parameters *out)
{
    pf_used_parameter *p = &out->parameter[out->n++];
    *p = (pf_used_parameter){.name = y->name,
        .value = y->value,
        .low = row ? row->low : NAN,
        .high = row ? row->high : NAN,
        .text = row ? row->name : "",
        .unit = row ? row->unit : y->unit,
        .kind = row ? row->kind : "",
        .source = row ? row->source : "",
        .set = is_set(study, y->name),
        .unknown = row && row->unknown};
    PF_TRY(keep(ctx, out, &p->name));
    PF_TRY(keep(ctx, out, &p->text));
    PF_TRY(keep(ctx, out, &p->unit));
    PF_TRY(keep(ctx, out, &p->kind));
    return keep(ctx, out, &p->source);
}

static pf_err list(pf_ctx *ctx, const pf_study *study, const pf_evidence *evidence,
    const uint8_t *used, size_t n_used, pf_used_parameters *out)
{
    pf_model *m = NULL;
    out->parameter = pf_arena_alloc(ctx, &out->arena, n_used + 1, sizeof *out->parameter);
    if (!out->parameter) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_model_read(ctx, study->model_path, &m));
    pf_err err = PF_OK;
    for (size_t i = 0; i < pf_model_count(m, PF_SYMBOL_PARAMETER) && !err; i++) {
        const pf_symbol *y = pf_model_symbol(m, PF_SYMBOL_PARAMETER, i);
        if (!used[i] || y->hidden) continue;
        if (isnan(y->value) && !is_set(study, y->name)) continue; /* computed from others */
        err = add(ctx, study, y, pf_evidence_of(evidence, y->name), out);
    }
    pf_model_free(m);
    return err;
}

pf_err pf_study_parameters(
    pf_ctx *ctx, const pf_study *study, const pf_evidence *evidence, pf_used_parameters *out)
{
    uint8_t *used = NULL;
    size_t n = 0;
    *out = (pf_used_parameters){0};
    pf_arena_init(&out->arena);
    PF_TRY(pf_study_usage(ctx, study, &used, &n));
    pf_err err = list(ctx, study, evidence, used, n, out);
    pf_free(used);
    return err;
}

void pf_used_parameters_clear(pf_used_parameters *p)
{
    pf_arena_clear(&p->arena);
}

void pf_used_parameters_json(const pf_used_parameters *p, pf_buf *out)
{
    pf_json_open(out, "parameters", '[');
    for (size_t i = 0; i < p->n; i++) {
        const pf_used_parameter *u = &p->parameter[i];
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "name", u->name);
        pf_json_text(out, "is", u->text);
        pf_json_number(out, "value", u->value);
        pf_json_number(out, "low", u->low);
        pf_json_number(out, "high", u->high);
        pf_json_text(out, "unit", u->unit);
        pf_json_text(out, "kind", u->kind);
        pf_json_bool(out, "set", u->set);
        pf_json_bool(out, "unknown", u->unknown);
        pf_json_text(out, "source", u->source);
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
}
