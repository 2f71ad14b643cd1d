/* From names to a program: observables, inputs from outside, tolerances. */
#include "api/simulate.h"
#include "model/lanes.h"

#include <math.h>
#include <string.h>

/* Absolute tolerance, as a share of what is large in the model when that is below 1. */
static const double ATOL = 1e-9, ATOL_LEAST = 1e-60;

/* ---- observables ---- */

static int has(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (pf_text_equal(names[i], name)) return 1;
    return 0;
}

/* What is asked for by `name`: "{name}" of an amount, "[name]" of a concentration. */
static const char *output_of(pf_ctx *ctx, pf_sim *s, const char *name)
{
    const pf_simulate_options *o = s->o;
    if (has(o->amount, o->n_amount, name)) return pf_arena_printf(ctx, &s->arena, "{%s}", name);
    if (has(o->concentration, o->n_concentration, name))
        return pf_arena_printf(ctx, &s->arena, "[%s]", name);
    return name;
}

static pf_err add_name(pf_ctx *ctx, pf_sim *s, const char *name)
{
    s->name[s->n_name] = name;
    s->output[s->n_name] = output_of(ctx, s, name);
    return s->output[s->n_name++] ? PF_OK : PF_ERR_NO_MEMORY;
}

/* All states; of a species that is held as a hidden amount its name. */
static pf_err list_states(pf_ctx *ctx, pf_sim *s)
{
    size_t states = pf_model_count(s->model, PF_SYMBOL_STATE);
    for (size_t i = 0; i < states; i++) {
        const pf_symbol *y = pf_model_symbol(s->model, PF_SYMBOL_STATE, i);
        const char *name = y->name;
        if (y->hidden && name[0] != '{') continue;
        if (y->hidden) name = pf_arena_strndup(ctx, &s->arena, name + 1, strlen(name) - 2);
        if (!name) return PF_ERR_NO_MEMORY;
        PF_TRY(add_name(ctx, s, name));
    }
    if (s->n_name) return PF_OK;
    return pf_fail(ctx, PF_ERR_CONFIG,
        "model '%s' has no states that could be written; say what is wanted (--variables)",
        pf_model_name(s->model));
}

static pf_err list_names(pf_ctx *ctx, pf_sim *s)
{
    const pf_simulate_options *o = s->o;
    size_t states = pf_model_count(s->model, PF_SYMBOL_STATE), more = o->n_amount;
    size_t room = o->n_variables + states + more + o->n_concentration + s->records.n_ask + 1;
    s->name = pf_arena_alloc(ctx, &s->arena, room, sizeof *s->name);
    s->output = pf_arena_alloc(ctx, &s->arena, room, sizeof *s->output);
    if (!s->name || !s->output) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < o->n_variables; i++) PF_TRY(add_name(ctx, s, o->variables[i]));
    for (size_t i = 0; i < more + o->n_concentration; i++) {
        const char *name = i < more ? o->amount[i] : o->concentration[i - more];
        if (i >= more && has(o->amount, more, name))
            return pf_fail(ctx, PF_ERR_CONFIG,
                "'%s' is asked for as an amount and as a concentration; once is enough", name);
        if (!has(s->name, s->n_name, name)) PF_TRY(add_name(ctx, s, name));
    }
    if (!s->n_name) PF_TRY(list_states(ctx, s));
    s->n_output = s->n_name;
    for (size_t i = 0; i < s->records.n_ask; i++) s->output[s->n_output++] = s->records.ask[i];
    return PF_OK;
}

/* ---- values from outside ---- */

static pf_err add_input(const char **list, size_t *n, const pf_symbol *y)
{
    if (isnan(y->value) && !has(list, *n, y->name)) list[(*n)++] = y->name;
    return PF_OK;
}

/* Whatever is set from outside loses its own expression. */
static pf_err list_inputs(pf_ctx *ctx, pf_sim *s, const char ***list, size_t *n)
{
    size_t columns = s->patients ? pf_table_columns(s->patients) : 0;
    size_t room = s->n_set + columns + s->records.n_covariate + 1;
    *list = pf_arena_alloc(ctx, &s->arena, room, sizeof **list);
    if (!*list) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < s->n_set + columns; i++) {
        if (i >= s->n_set && i - s->n_set == s->id_column) continue;
        pf_sim_target to = i < s->n_set ? s->set[i].target : s->column[i - s->n_set];
        pf_symbol_kind kind = to.is_state ? PF_SYMBOL_STATE : PF_SYMBOL_PARAMETER;
        PF_TRY(add_input(*list, n, pf_model_symbol(s->model, kind, to.index)));
    }
    for (size_t i = 0; i < s->records.n_covariate; i++)
        PF_TRY(add_input(
            *list, n, pf_model_symbol(s->model, PF_SYMBOL_PARAMETER, s->records.covariate[i])));
    return PF_OK;
}

/* ---- tolerances ---- */

/* The largest initial state of a patient without columns of its own; 0 when there is none. */
static pf_err largest_start(pf_ctx *ctx, const pf_sim *s, double *out)
{
    const pf_program *p = s->program;
    pf_arena arena;
    pf_linked prep, init;
    *out = 0.0;
    pf_arena_init(&arena);
    double *slot = pf_calloc64(ctx, p->n_slots + 8, sizeof *slot);
    pf_err err = slot ? PF_OK : PF_ERR_NO_MEMORY;
    if (!err) err = pf_lanes_link(ctx, &arena, 1, p->code[PF_CODE_PREP], p->n_slots, &prep);
    if (!err) err = pf_lanes_link(ctx, &arena, 1, p->code[PF_CODE_INIT], p->n_slots, &init);
    if (!err) {
        pf_run_fn run = pf_lanes_run(1);
        for (uint32_t i = 0; i < p->n_constant; i++) slot[p->constant0 + i] = p->constant[i];
        for (uint32_t i = 0; i < p->n_param; i++)
            slot[p->param0 + i] = isnan(s->defaults[i]) ? 0.0 : s->defaults[i];
        slot[p->time] = s->o->start;
        for (size_t i = 0; i < s->n_set; i++)
            slot[(s->set[i].target.is_state ? p->state0 : p->param0) + s->set[i].target.index] =
                s->set[i].value;
        run(prep, slot);
        run(init, slot);
        for (size_t i = 0; i < s->n_set; i++)
            if (s->set[i].target.is_state)
                slot[p->state0 + s->set[i].target.index] = s->set[i].value;
        for (uint32_t i = 0; i < p->n_state; i++)
            if (isfinite(slot[p->state0 + i])) *out = fmax(*out, fabs(slot[p->state0 + i]));
    }
    pf_free(slot);
    pf_arena_clear(&arena);
    return err;
}

static pf_err choose_tolerances(pf_ctx *ctx, pf_sim *s)
{
    double atol = s->o->atol, scale = 0.0;
    s->rtol = s->o->rtol > 0 ? s->o->rtol : 1e-6;
    s->atol = pf_arena_alloc(ctx, &s->arena, s->program->n_state + 1, sizeof *s->atol);
    if (!s->atol) return PF_ERR_NO_MEMORY;
    if (!(atol > 0)) {
        PF_TRY(largest_start(ctx, s, &scale));
        for (size_t i = 0; i < s->records.n_row; i++)
            if (s->records.row[i].kind != PF_RECORD_PARAM)
                scale = fmax(scale, fabs(s->records.row[i].amount));
        atol = ATOL * (scale > 0.0 && scale < 1.0 ? scale : 1.0);
        atol = fmax(atol, ATOL_LEAST);
    }
    for (uint32_t i = 0; i < s->program->n_state; i++) s->atol[i] = atol;
    return PF_OK;
}

pf_err pf_sim_compile(pf_ctx *ctx, pf_sim *s)
{
    size_t params = pf_model_count(s->model, PF_SYMBOL_PARAMETER);
    pf_compile_options co = {0};
    const char **inputs;
    PF_TRY(list_names(ctx, s));
    s->defaults = pf_arena_alloc(ctx, &s->arena, params + 1, sizeof *s->defaults);
    if (!s->defaults) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < params; i++)
        s->defaults[i] = pf_model_symbol(s->model, PF_SYMBOL_PARAMETER, i)->value;
    PF_TRY(list_inputs(ctx, s, &inputs, &co.n_inputs));
    co.inputs = inputs;
    co.outputs = s->output;
    co.n_outputs = s->n_output;
    co.stochastic = s->o->stochastic;
    PF_TRY(pf_model_compile(ctx, s->model, &co, &s->program));
    return choose_tolerances(ctx, s);
}
