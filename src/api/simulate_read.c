/* What pf_simulate reads: a model, settings, a table of patients, a table of records. */
#include "api/simulate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One row can ask for any number of doses (ADDL), so their number has an end. */
enum { STOPS_MOST = 1000000 };

static pf_err unknown(pf_ctx *ctx, const pf_sim *s, const char *what, const char *name)
{
    const char *near = pf_model_nearest(s->model, name);
    return pf_fail(ctx, PF_ERR_CONFIG, "%s: model '%s' has no '%s'%s%s%s", what,
        pf_model_name(s->model), name, near ? "; did you mean '" : "", near ? near : "",
        near ? "'?" : "");
}

/* A parameter, a state (its initial value), or a state's name with a 0 behind it. */
static pf_err find(
    pf_ctx *ctx, const pf_sim *s, const char *what, const char *name, pf_sim_target *out)
{
    const pf_symbol *y = pf_model_find(s->model, name);
    size_t n = strlen(name);
    char bare[128];
    if (!y && n > 1 && n < sizeof bare && name[n - 1] == '0') {
        memcpy(bare, name, n - 1);
        bare[n - 1] = '\0';
        y = pf_model_find(s->model, bare);
        if (y && y->kind != PF_SYMBOL_STATE) y = NULL;
    }
    if (!y) return unknown(ctx, s, what, name);
    if (y->kind == PF_SYMBOL_ASSIGNED)
        return pf_fail(
            ctx, PF_ERR_CONFIG, "%s: '%s' follows a rule and cannot be set", what, name);
    *out = (pf_sim_target){y->kind == PF_SYMBOL_STATE, (uint32_t)y->index};
    return PF_OK;
}

static pf_err read_sets(pf_ctx *ctx, pf_sim *s)
{
    const pf_simulate_options *o = s->o;
    s->set = pf_arena_alloc(ctx, &s->arena, o->n_set + 1, sizeof *s->set);
    if (!s->set) return PF_ERR_NO_MEMORY;
    for (; s->n_set < o->n_set; s->n_set++) {
        const char *text = o->set[s->n_set], *equals = strchr(text, '=');
        pf_sim_set *to = &s->set[s->n_set];
        if (!equals || !pf_text_number(equals + 1, &to->value))
            return pf_fail(ctx, PF_ERR_CONFIG, "set '%s': expected name=number", text);
        char *name = pf_arena_strndup(ctx, &s->arena, text, (size_t)(equals - text));
        if (!name) return PF_ERR_NO_MEMORY;
        PF_TRY(find(ctx, s, "set", name, &to->target));
    }
    return PF_OK;
}

static size_t column_of(const pf_table *t, const char *name)
{
    for (size_t i = 0; i < pf_table_columns(t); i++)
        if (pf_text_equal(pf_table_column(t, i), name)) return i;
    return SIZE_MAX;
}

static size_t either(const pf_table *t, const char *a, const char *b)
{
    size_t i = column_of(t, a);
    return i == SIZE_MAX ? column_of(t, b) : i;
}

static pf_err read_patients(pf_ctx *ctx, pf_sim *s)
{
    s->n_patient = 1;
    s->id_column = SIZE_MAX;
    if (!s->o->patients) return PF_OK;
    PF_TRY(pf_table_read(ctx, s->o->patients, &s->patients));
    s->n_patient = pf_table_rows(s->patients);
    s->id_column = either(s->patients, "ID", "patient");
    size_t n = pf_table_columns(s->patients);
    s->column = pf_arena_alloc(ctx, &s->arena, n + 1, sizeof *s->column);
    if (!s->column) return PF_ERR_NO_MEMORY;
    if (!s->n_patient)
        return pf_fail(ctx, PF_ERR_CONFIG, "'%s' has no patients", s->o->patients);
    for (size_t i = 0; i < n; i++) {
        if (i == s->id_column) continue;
        const char *name = pf_table_column(s->patients, i);
        PF_TRY(find(ctx, s, s->o->patients, name, &s->column[i]));
    }
    return PF_OK;
}

/* ---- records ---- */

/* The number in a column that may be absent or empty. */
static pf_err optional(
    pf_ctx *ctx, const pf_table *t, size_t row, size_t column, double otherwise, double *out)
{
    *out = otherwise;
    if (column == SIZE_MAX) return PF_OK;
    PF_TRY(pf_table_number(ctx, t, row, column, out));
    if (isnan(*out)) *out = otherwise;
    return PF_OK;
}

static pf_err add_stop(pf_ctx *ctx, pf_sim *s, const char *id, pf_stop stop)
{
    if (s->n_stop >= STOPS_MOST)
        return pf_fail(ctx, PF_ERR_CONFIG, "'%s': more than %d doses and changes",
            s->o->records, (int)STOPS_MOST);
    PF_TRY(pf_reserve(ctx, &s->stop, &s->stop_capacity, s->n_stop, sizeof *s->stop));
    s->stop[s->n_stop++] = (pf_sim_stop){id, stop};
    return PF_OK;
}

static uint32_t input_of(pf_sim *s, uint32_t state)
{
    size_t i = 0;
    while (i < s->n_input && s->input[i] != state) i++;
    if (i == s->n_input) s->input[s->n_input++] = state; /* room for every state */
    return (uint32_t)i;
}

static pf_err compartment(pf_ctx *ctx, pf_sim *s, size_t row, size_t column, uint32_t *out)
{
    int64_t number;
    pf_sim_target to;
    const char *text = column == SIZE_MAX ? "1" : pf_table_text(s->records, row, column);
    if (!text) return pf_table_fail(ctx, s->records, row, column, "a dose needs a compartment");
    int is_number = pf_text_integer(text, &number);
    if (is_number) {
        if (number < 1 || (size_t)number > pf_model_count(s->model, PF_SYMBOL_STATE))
            return pf_table_fail(ctx, s->records, row, column == SIZE_MAX ? 0 : column,
                "compartment %lld is not between 1 and the number of states",
                (long long)number);
        *out = (uint32_t)(number - 1);
        return PF_OK;
    }
    PF_TRY(find(ctx, s, s->o->records, text, &to));
    if (!to.is_state)
        return pf_table_fail(ctx, s->records, row, column, "'%s' is no state", text);
    *out = to.index;
    return PF_OK;
}

static pf_err dose(pf_ctx *ctx, pf_sim *s, const char *id, uint32_t state, const double x[5])
{
    double amount = x[1], rate = x[2], more = x[3], interval = x[4];
    for (double k = 0; k <= more; k++) {
        double t = x[0] + k * interval;
        if (t > s->o->start + s->o->duration) break;
        if (rate > 0) {
            uint32_t input = input_of(s, state);
            PF_TRY(add_stop(ctx, s, id, (pf_stop){t, PF_STOP_RATE, input, rate, 0}));
            PF_TRY(add_stop(
                ctx, s, id, (pf_stop){t + amount / rate, PF_STOP_RATE, input, -rate, 0}));
        } else {
            PF_TRY(add_stop(ctx, s, id, (pf_stop){t, PF_STOP_ADD, state, amount, 0}));
        }
    }
    return PF_OK;
}

/* TIME, EVID, AMT, CMT, RATE, ADDL, II as in NONMEM. */
static pf_err nonmem_row(pf_ctx *ctx, pf_sim *s, size_t row, const char *id)
{
    static const char *const name[5] = {"TIME", "AMT", "RATE", "ADDL", "II"};
    const pf_table *t = s->records;
    double x[5], evid;
    uint32_t state = 0;
    size_t evid_column = column_of(t, "EVID");
    PF_TRY(optional(ctx, t, row, evid_column, 1, &evid));
    if (evid == 0) return PF_OK;
    if (evid != 1)
        return pf_table_fail(
            ctx, t, row, evid_column, "EVID %g is not known; doses are 1", evid);
    for (size_t i = 0; i < 5; i++)
        PF_TRY(optional(ctx, t, row, column_of(t, name[i]), i < 2 ? NAN : 0, &x[i]));
    if (isnan(x[0]) || isnan(x[1]))
        return pf_table_fail(ctx, t, row, 0, "a dose needs TIME and AMT");
    if (x[0] < s->o->start)
        return pf_table_fail(ctx, t, row, column_of(t, "TIME"), "a dose before the start");
    if (x[2] < 0 || x[3] < 0 || (x[3] > 0 && !(x[4] > 0)))
        return pf_table_fail(
            ctx, t, row, 0, "RATE, ADDL and II must not be negative, and ADDL needs II");
    PF_TRY(compartment(ctx, s, row, column_of(t, "CMT"), &state));
    return dose(ctx, s, id, state, x);
}

/* time, target, action (set, add), value: the plain form. */
static pf_err plain_row(pf_ctx *ctx, pf_sim *s, size_t row, const char *id)
{
    const pf_table *t = s->records;
    size_t time = either(t, "time", "time_day"), action = column_of(t, "action");
    size_t value = column_of(t, "value"), target = column_of(t, "target");
    double when, x;
    pf_sim_target to;
    if (time == SIZE_MAX || action == SIZE_MAX || value == SIZE_MAX)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "'%s': records need the columns time, target, action and value", s->o->records);
    PF_TRY(pf_table_number(ctx, t, row, time, &when));
    PF_TRY(pf_table_number(ctx, t, row, value, &x));
    const char *name = pf_table_text(t, row, target), *verb = pf_table_text(t, row, action);
    if (isnan(when) || isnan(x) || !name || !verb)
        return pf_table_fail(ctx, t, row, 0, "a field is missing");
    if (when < s->o->start)
        return pf_table_fail(ctx, t, row, time, "a record before the start");
    PF_TRY(find(ctx, s, s->o->records, name, &to));
    int add = !strcmp(verb, "add");
    if (!add && strcmp(verb, "set"))
        return pf_table_fail(ctx, t, row, action, "'%s' is neither 'set' nor 'add'", verb);
    if (add && !to.is_state)
        return pf_table_fail(ctx, t, row, target, "'%s' is no state; it can only be set", name);
    pf_stop_kind kind = add ? PF_STOP_ADD : to.is_state ? PF_STOP_SET : PF_STOP_PARAM;
    return add_stop(ctx, s, id, (pf_stop){when, kind, to.index, x, 0});
}

static pf_err read_records(pf_ctx *ctx, pf_sim *s)
{
    s->input = pf_arena_alloc(
        ctx, &s->arena, pf_model_count(s->model, PF_SYMBOL_STATE) + 1, sizeof *s->input);
    if (!s->input) return PF_ERR_NO_MEMORY;
    if (!s->o->records) return PF_OK;
    PF_TRY(pf_table_read(ctx, s->o->records, &s->records));
    size_t id = either(s->records, "ID", "patient");
    int plain = column_of(s->records, "target") != SIZE_MAX;
    for (size_t row = 0; row < pf_table_rows(s->records); row++) {
        const char *who = id == SIZE_MAX ? NULL : pf_table_text(s->records, row, id);
        PF_TRY(plain ? plain_row(ctx, s, row, who) : nonmem_row(ctx, s, row, who));
    }
    return PF_OK;
}

/* ---- compile ---- */

/* Whatever is set from outside loses its own expression. */
static pf_err list_inputs(pf_ctx *ctx, pf_sim *s, const char ***list, size_t *n)
{
    size_t columns = s->patients ? pf_table_columns(s->patients) : 0;
    *list = pf_arena_alloc(ctx, &s->arena, s->n_set + columns + 1, sizeof **list);
    if (!*list) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < s->n_set + columns; i++) {
        if (i >= s->n_set && i - s->n_set == s->id_column) continue;
        pf_sim_target to = i < s->n_set ? s->set[i].target : s->column[i - s->n_set];
        pf_symbol_kind kind = to.is_state ? PF_SYMBOL_STATE : PF_SYMBOL_PARAMETER;
        const pf_symbol *y = pf_model_symbol(s->model, kind, to.index);
        if (isnan(y->value)) (*list)[(*n)++] = y->name;
    }
    return PF_OK;
}

static pf_err compile(pf_ctx *ctx, pf_sim *s)
{
    size_t states = pf_model_count(s->model, PF_SYMBOL_STATE);
    size_t params = pf_model_count(s->model, PF_SYMBOL_PARAMETER);
    pf_compile_options co = {0};
    const char **inputs;
    s->n_name = s->o->n_variables ? s->o->n_variables : states;
    s->name = pf_arena_alloc(ctx, &s->arena, s->n_name + 1, sizeof *s->name);
    s->atol = pf_arena_alloc(ctx, &s->arena, states + 1, sizeof *s->atol);
    s->defaults = pf_arena_alloc(ctx, &s->arena, params + 1, sizeof *s->defaults);
    if (!s->name || !s->atol || !s->defaults) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < s->n_name; i++)
        s->name[i] = s->o->n_variables ? s->o->variables[i]
                                       : pf_model_symbol(s->model, PF_SYMBOL_STATE, i)->name;
    for (size_t i = 0; i < states; i++) s->atol[i] = s->o->atol > 0 ? s->o->atol : 1e-9;
    for (size_t i = 0; i < params; i++)
        s->defaults[i] = pf_model_symbol(s->model, PF_SYMBOL_PARAMETER, i)->value;
    PF_TRY(list_inputs(ctx, s, &inputs, &co.n_inputs));
    co.inputs = inputs;
    co.outputs = s->name;
    co.n_outputs = s->n_name;
    return pf_model_compile(ctx, s->model, &co, &s->program);
}

pf_err pf_sim_read(pf_ctx *ctx, const pf_simulate_options *o, pf_sim *s)
{
    *s = (pf_sim){.o = o};
    pf_arena_init(&s->arena);
    if (o->size != sizeof *o)
        return pf_fail(ctx, PF_ERR_CONFIG, "the options were made for another version");
    if (!o->model) return pf_fail(ctx, PF_ERR_CONFIG, "no model was named");
    if (!(o->duration > 0) || !o->steps || !isfinite(o->start) || o->rtol < 0 || o->atol < 0)
        return pf_fail(
            ctx, PF_ERR_RANGE, "duration and steps must be positive, tolerances not negative");
    if (!pf_path_exists(o->model))
        return pf_fail(ctx, PF_ERR_CONFIG, "there is no model '%s'", o->model);
    PF_TRY(pf_model_read(ctx, o->model, &s->model));
    PF_TRY(read_sets(ctx, s));
    PF_TRY(read_patients(ctx, s));
    PF_TRY(read_records(ctx, s));
    return compile(ctx, s);
}

void pf_sim_clear(pf_sim *s)
{
    pf_program_free(s->program);
    pf_table_free(s->records);
    pf_table_free(s->patients);
    pf_model_free(s->model);
    pf_free(s->stop);
    pf_arena_clear(&s->arena);
}

const char *pf_sim_id(const pf_sim *s, size_t i, char *scratch)
{
    const char *text =
        s->id_column == SIZE_MAX ? NULL : pf_table_text(s->patients, i, s->id_column);
    if (text) return text;
    snprintf(scratch, 24, "%zu", i + 1);
    return scratch;
}
