/* What pf_simulate reads: a model, settings, a table of patients, a table of records. */
#include "api/simulate.h"
#include "api/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* A column replaces the formula that the model has for its name, so every row must say it. */
static pf_err check_formulas(pf_ctx *ctx, const pf_sim *s)
{
    for (size_t c = 0; c < pf_table_columns(s->patients); c++) {
        if (c == s->id_column) continue;
        pf_symbol_kind kind = s->column[c].is_state ? PF_SYMBOL_STATE : PF_SYMBOL_PARAMETER;
        const pf_symbol *y = pf_model_symbol(s->model, kind, s->column[c].index);
        if (!isnan(y->value)) continue;
        for (size_t i = 0; i < s->n_patient; i++)
            if (!pf_table_text(s->patients, i, c))
                return pf_table_fail(ctx, s->patients, i, c,
                    "'%s' follows a formula of the model, which its column replaces; give it a "
                    "value in every row or take the column out",
                    y->name);
    }
    return PF_OK;
}

static pf_err read_patients(pf_ctx *ctx, pf_sim *s)
{
    s->n_patient = 1;
    s->id_column = SIZE_MAX;
    if (!s->o->patients) return PF_OK;
    PF_TRY(pf_table_read(ctx, s->o->patients, &s->patients));
    s->n_patient = pf_table_rows(s->patients);
    s->named = 1;
    s->id_column = column_of(s->patients, "ID");
    if (s->id_column == SIZE_MAX) s->id_column = column_of(s->patients, "patient");
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
    return check_formulas(ctx, s);
}

/* Records of somebody who is not among the patients would be lost. */
static pf_err check_ids(pf_ctx *ctx, pf_sim *s)
{
    pf_names known = {0};
    pf_err err = PF_OK;
    for (size_t i = 0; i < s->n_patient && !err; i++) {
        char scratch[24];
        const char *id = pf_sim_id(s, i, scratch);
        if (id == scratch) id = pf_arena_strdup(ctx, &s->arena, id);
        if (!id) err = PF_ERR_NO_MEMORY;
        if (!err && pf_names_find(&known, id) == PF_NO_NAME)
            err = pf_names_add(ctx, &known, id);
    }
    for (size_t k = 0; k < s->records.n_person && !err; k++) {
        const char *id = s->records.person[k].id;
        if (pf_names_find(&known, id) != PF_NO_NAME) continue;
        err =
            pf_table_fail(ctx, s->records.table, s->records.row[s->records.person[k].first].row,
                0, "ID %s is not among the patients of '%s'", id, s->o->patients);
    }
    pf_names_clear(&known);
    return err;
}

static void tell_unused(const pf_sim *s)
{
    const pf_record_table *t = &s->records;
    char list[400] = "";
    size_t used = 0;
    if (!s->o->log || !t->n_unused) return;
    for (size_t i = 0; i < t->n_unused && used < sizeof list; i++) {
        int n = snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "",
            pf_table_column(t->table, t->unused[i]));
        used += n > 0 ? (size_t)n : 0;
    }
    char text[520];
    snprintf(text, sizeof text,
        "columns that are no parameters of the model are only copied: %s", list);
    s->o->log(s->o->payload, PF_LEVEL_INFO, "records", text);
}

static pf_err read_records(pf_ctx *ctx, pf_sim *s)
{
    const pf_simulate_options *o = s->o;
    if (!o->records) {
        if (o->records_out)
            return pf_fail(ctx, PF_ERR_CONFIG, "records are written only where some are read");
        return PF_OK;
    }
    s->has_records = 1;
    PF_TRY(pf_record_table_read(ctx, o->records, s->model, o->start, &s->records));
    tell_unused(s);
    int named = s->records.n_person && s->records.person[0].id;
    if (named && s->patients) return check_ids(ctx, s);
    if (!named) return PF_OK;
    s->named = 1;
    s->n_patient = s->records.n_person;
    return PF_OK;
}

static pf_err plan_times(pf_ctx *ctx, pf_sim *s)
{
    const pf_simulate_options *o = s->o;
    double last = s->has_records ? pf_record_table_last(&s->records) : o->start;
    s->end = o->duration > 0 ? o->start + o->duration : last > o->start ? last : o->start + 1.0;
    if (!isfinite(s->end))
        return pf_fail(ctx, PF_ERR_RANGE, "the simulation would end at time %g", s->end);
    if (!(s->end > o->start))
        return pf_fail(ctx, PF_ERR_RANGE,
            "a duration of %g is lost beside the start %g; start nearer to 0",
            o->duration > 0 ? o->duration : 1.0, o->start);
    if (s->has_records) PF_TRY(pf_record_table_check_end(ctx, &s->records, s->end));
    if (s->has_records && s->records.goes_back && (o->steps || s->end < last))
        return pf_fail(ctx, PF_ERR_CONFIG,
            "'%s': after a reset the time starts again, so output at evenly spaced times is "
            "not "
            "defined; write the records alone (--records-out, --steps 0, no --duration)",
            o->records);
    s->n_look = o->steps ? o->steps + 1 : 0;
    s->look = pf_calloc(ctx, s->n_look, sizeof *s->look);
    if (!s->look) return PF_ERR_NO_MEMORY;
    double duration = s->end - o->start;
    for (size_t i = 0; i < s->n_look; i++)
        s->look[i] = o->start + duration * (double)i / (double)o->steps;
    return PF_OK;
}

/* What is written must not replace what is read, nor each other. */
static pf_err check_files(pf_ctx *ctx, const pf_simulate_options *o)
{
    const char *file[] = {
        o->model, o->patients, o->records, o->out, o->records_out, o->runs_out};
    const char *what[] = {"model", "patients", "records", "output"};
    for (size_t i = 3; i < PF_COUNT(file); i++)
        for (size_t k = 0; k < i; k++)
            if (pf_path_same(file[i], file[k]))
                return pf_fail(ctx, PF_ERR_CONFIG,
                    "'%s' would be written over the %s '%s'; write to another file", file[i],
                    what[k < 3 ? k : 3], file[k]);
    return PF_OK;
}

static pf_err check_options(pf_ctx *ctx, const pf_simulate_options *o)
{
    if (o->size != sizeof *o)
        return pf_fail(ctx, PF_ERR_CONFIG, "the options were made for another version");
    if (!o->model) return pf_fail(ctx, PF_ERR_CONFIG, "no model was named");
    if (!(o->duration >= 0) || !isfinite(o->duration) || !isfinite(o->start))
        return pf_fail(ctx, PF_ERR_RANGE,
            "start and duration must be numbers, and the duration "
            "not negative");
    if (!(o->rtol >= 0) || !(o->atol >= 0))
        return pf_fail(ctx, PF_ERR_RANGE, "tolerances must be numbers that are not negative");
    if (!o->steps && !o->records_out)
        return pf_fail(ctx, PF_ERR_RANGE, "without steps nothing is written but records");
    if (o->steps > 100000000)
        return pf_fail(ctx, PF_ERR_RANGE, "%zu steps are more than 100,000,000", o->steps);
    if (!pf_path_exists(o->model))
        return pf_fail(ctx, PF_ERR_CONFIG, "there is no model '%s'", o->model);
    return check_files(ctx, o);
}

pf_err pf_sim_read(pf_ctx *ctx, const pf_simulate_options *o, pf_sim *s)
{
    *s = (pf_sim){.o = o};
    pf_arena_init(&s->arena);
    PF_TRY(check_options(ctx, o));
    const pf_unit_ask ask = {.model = o->model, .strict = o->strict};
    PF_TRY(pf_call_units_log(ctx, &ask, &s->model, o->log, o->payload));
    PF_TRY(read_sets(ctx, s));
    PF_TRY(read_patients(ctx, s));
    PF_TRY(read_records(ctx, s));
    PF_TRY(plan_times(ctx, s));
    return pf_sim_compile(ctx, s);
}

void pf_sim_clear(pf_sim *s)
{
    pf_native_free(s->native);
    pf_program_free(s->program);
    if (s->has_records) pf_record_table_clear(&s->records);
    pf_table_free(s->patients);
    pf_model_free(s->model);
    pf_free(s->look);
    pf_arena_clear(&s->arena);
}

const char *pf_sim_id(const pf_sim *s, size_t i, char *scratch)
{
    const char *text =
        s->id_column == SIZE_MAX ? NULL : pf_table_text(s->patients, i, s->id_column);
    if (!s->patients && s->named) text = s->records.person[i].id;
    if (text) return text;
    snprintf(scratch, 24, "%zu", i + 1);
    return scratch;
}

const pf_record_person *pf_sim_person(const pf_sim *s, size_t i)
{
    char scratch[24];
    if (!s->has_records) return NULL;
    return pf_record_table_find(&s->records, pf_sim_id(s, i, scratch));
}
