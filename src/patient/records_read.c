/* Tables of records: columns, persons, covariates, and the plain form. */
#include "patient/records_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Doses of one person: more are a mistake in ADDL or II. */
enum { DOSES_MOST = 1000000 };

static const char *const COLUMN[PF_COLUMNS][2] = {[PF_COLUMN_ID] = {"ID", "patient"},
    [PF_COLUMN_TIME] = {"TIME", "time"},
    [PF_COLUMN_EVID] = {"EVID", "evid"},
    [PF_COLUMN_MDV] = {"MDV", "mdv"},
    [PF_COLUMN_AMT] = {"AMT", "amt"},
    [PF_COLUMN_RATE] = {"RATE", "rate"},
    [PF_COLUMN_DUR] = {"DUR", "dur"},
    [PF_COLUMN_ADDL] = {"ADDL", "addl"},
    [PF_COLUMN_II] = {"II", "ii"},
    [PF_COLUMN_SS] = {"SS", "ss"},
    [PF_COLUMN_CMT] = {"CMT", "cmt"}};

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

const char *pf_record_text(const pf_record_table *t, size_t row, size_t column)
{
    if (column == SIZE_MAX) return NULL;
    const char *text = pf_table_text(t->table, row, column);
    return pf_text_equal(text, ".") ? NULL : text;
}

pf_err pf_record_number(pf_record_reader *r, size_t row, size_t column, double *out)
{
    *out = NAN;
    if (!pf_record_text(r->t, row, column)) return PF_OK;
    return pf_table_number(r->ctx, r->t->table, row, column, out);
}

pf_err pf_record_fail(pf_record_reader *r, size_t row, size_t column, const char *fmt, ...)
{
    char sentence[900];
    va_list args;
    va_start(args, fmt);
    vsnprintf(sentence, sizeof sentence, fmt, args);
    va_end(args);
    return pf_table_fail(
        r->ctx, r->t->table, row, column == SIZE_MAX ? 0 : column, "%s", sentence);
}

/* ---- what doses ask of the model ---- */

/* "a.F_S" of a state "a.S" with the letter F; with `number`, "F2". */
static void ask_name(
    const pf_model *m, uint32_t state, const char *letter, int number, char *to, size_t room)
{
    const char *name = pf_model_symbol(m, PF_SYMBOL_STATE, state)->name;
    const char *dot = strrchr(name, '.');
    int before = dot ? (int)(dot - name) + 1 : 0;
    if (number)
        snprintf(to, room, "%s%u", letter, state + 1);
    else
        snprintf(to, room, "%.*s%s_%s", before, name, letter, name + before);
}

static pf_err add_ask(pf_record_reader *r, const char *name, uint32_t *out)
{
    pf_record_table *t = r->t;
    for (*out = 0; *out < t->n_ask; ++*out)
        if (pf_text_equal(t->ask[*out], name)) return PF_OK;
    t->ask[t->n_ask++] = name;
    return PF_OK;
}

pf_err pf_record_asks(
    pf_record_reader *r, size_t row, uint32_t state, pf_record_ask what, int must)
{
    static const char *const letter[PF_ASKS] = {"F", "ALAG", "R", "D", ""};
    const pf_model *m = r->t->model;
    uint32_t *at = &r->t->ask_of[state * PF_ASKS + what];
    if (*at != UINT32_MAX) return PF_OK;
    if (what == PF_ASK_SIZE) {
        const pf_symbol *size = pf_model_size(m, pf_model_symbol(m, PF_SYMBOL_STATE, state));
        return size ? add_ask(r, size->name, at) : PF_OK;
    }
    char name[2][200];
    /* Without RATE -1 or -2 nobody said that a parameter called F1 or ALAG1 is about doses. */
    for (int form = 0; form < (must ? 2 : 1); form++) {
        ask_name(m, state, letter[what], form, name[form], sizeof name[form]);
        const pf_symbol *s = pf_model_find(m, name[form]);
        if (s && s->kind != PF_SYMBOL_STATE) return add_ask(r, s->name, at);
    }
    if (!must) return PF_OK;
    return pf_record_fail(r, row, r->at[PF_COLUMN_RATE],
        "RATE is %s: the model says the %s, but model '%s' has neither '%s' nor '%s'; add one "
        "of "
        "them or give RATE a number",
        what == PF_ASK_RATE ? "-1" : "-2", what == PF_ASK_RATE ? "rate" : "duration",
        pf_model_name(m), name[0], name[1]);
}

/* ---- the plain form ---- */

static pf_err plain_row(pf_record_reader *r, size_t row, pf_record_row *out)
{
    const pf_table *t = r->t->table;
    const pf_model *m = r->t->model;
    size_t time = either(t, "time", "time_day"), action = column_of(t, "action");
    size_t value = column_of(t, "value"), target = column_of(t, "target");
    if (time == SIZE_MAX || action == SIZE_MAX || value == SIZE_MAX)
        return pf_fail(r->ctx, PF_ERR_CONFIG,
            "%s:1:1: records with a target need the columns time, target, action and value",
            pf_table_name(t));
    *out = (pf_record_row){.row = row};
    PF_TRY(pf_record_number(r, row, time, &out->t));
    PF_TRY(pf_record_number(r, row, value, &out->amount));
    const char *name = pf_record_text(r->t, row, target);
    const char *verb = pf_record_text(r->t, row, action);
    if (isnan(out->t) || isnan(out->amount) || !name || !verb)
        return pf_record_fail(r, row, target, "a field of this record is missing");
    if (out->t < r->start)
        return pf_record_fail(r, row, time,
            "time %g lies before the start %g; start earlier (--start %g)", out->t, r->start,
            out->t);
    const pf_symbol *s = pf_model_find(m, name);
    const char *near = s ? NULL : pf_model_nearest(m, name);
    if (!s)
        return pf_record_fail(r, row, target, "model '%s' has no '%.80s'%s%s%s",
            pf_model_name(m), name, near ? "; did you mean '" : "", near ? near : "",
            near ? "'?" : "");
    if (s->kind == PF_SYMBOL_ASSIGNED)
        return pf_record_fail(r, row, target, "'%s' follows a rule and cannot be set", name);
    int add = !strcmp(verb, "add"), state = s->kind == PF_SYMBOL_STATE;
    if (!add && strcmp(verb, "set"))
        return pf_record_fail(r, row, action, "'%.40s' is neither 'set' nor 'add'", verb);
    if (add && !state)
        return pf_record_fail(r, row, target, "'%s' is no state; it can only be set", name);
    out->kind = add ? PF_RECORD_ADD : state ? PF_RECORD_SET : PF_RECORD_PARAM;
    out->target = (uint32_t)s->index;
    return PF_OK;
}

/* ---- persons ---- */

static pf_err person_of(pf_record_reader *r, const char *id, size_t *out)
{
    pf_record_table *t = r->t;
    uint32_t known = id ? pf_names_find(&t->ids, id) : t->n_person ? 0 : PF_NO_NAME;
    *out = known;
    if (known != PF_NO_NAME) return PF_OK;
    PF_TRY(pf_reserve(r->ctx, &t->person, &t->person_capacity, t->n_person, sizeof *t->person));
    if (id) PF_TRY(pf_names_add(r->ctx, &t->ids, id));
    *out = t->n_person;
    t->person[t->n_person++] = (pf_record_person){.id = id};
    return PF_OK;
}

/* Rows of each person together, in the order of the file. */
static pf_err gather(pf_record_reader *r, const size_t *owner)
{
    pf_record_table *t = r->t;
    pf_record_row *sorted = pf_calloc(r->ctx, t->n_row + 1, sizeof *sorted);
    if (!sorted) return PF_ERR_NO_MEMORY;
    size_t at = 0;
    for (size_t k = 0; k < t->n_person; k++) {
        t->person[k].first = at;
        at += t->person[k].n;
        t->person[k].n = 0;
    }
    for (size_t i = 0; i < t->n_row; i++) {
        pf_record_person *p = &t->person[owner[i]];
        sorted[p->first + p->n++] = t->row[i];
    }
    pf_free(t->row);
    t->row = sorted;
    return PF_OK;
}

static pf_err read_rows(pf_record_reader *r, size_t *owner)
{
    pf_record_table *t = r->t;
    int plain = column_of(t->table, "target") != SIZE_MAX;
    if (!plain && r->at[PF_COLUMN_TIME] == SIZE_MAX)
        return pf_fail(r->ctx, PF_ERR_CONFIG,
            "%s:1:1: there is no column TIME; records have TIME and for doses AMT, or the "
            "plain "
            "form time, target, action, value",
            pf_table_name(t->table));
    if (column_of(t->table, "DATE") != SIZE_MAX)
        return pf_fail(r->ctx, PF_ERR_CONFIG,
            "%s:1:1: a column DATE is not read; give all times in TIME, as numbers",
            pf_table_name(t->table));
    for (size_t i = 0; i < pf_table_rows(t->table); i++) {
        const char *id = pf_record_text(t, i, r->at[PF_COLUMN_ID]);
        if (!id && r->at[PF_COLUMN_ID] != SIZE_MAX)
            return pf_record_fail(r, i, r->at[PF_COLUMN_ID], "the ID is missing");
        PF_TRY(plain ? plain_row(r, i, &t->row[i]) : pf_record_read_row(r, i, &t->row[i]));
        PF_TRY(person_of(r, id, &owner[i]));
        t->person[owner[i]].n++;
        t->n_row++;
    }
    return PF_OK;
}

/* Times of a person do not go back, but with a reset. The plain form need not be in order. */
static pf_err check_order(pf_record_reader *r)
{
    pf_record_table *t = r->t;
    for (size_t k = 0; k < t->n_person; k++)
        for (size_t i = t->person[k].first + 1; i < t->person[k].first + t->person[k].n; i++) {
            const pf_record_row *x = &t->row[i];
            if (x->t >= t->row[i - 1].t) continue;
            if (x->kind != PF_RECORD_RESET && x->kind != PF_RECORD_RESET_DOSE)
                return pf_record_fail(r, x->row, r->at[PF_COLUMN_TIME],
                    "TIME goes back from %g to %g%s%s; sort the rows, or begin again with EVID "
                    "3 "
                    "or 4",
                    t->row[i - 1].t, x->t, t->person[k].id ? " in ID " : "",
                    t->person[k].id ? t->person[k].id : "");
            t->goes_back = 1;
        }
    return PF_OK;
}

static int by_time(const void *a, const void *b)
{
    const pf_record_row *x = a, *y = b;
    if (x->t != y->t) return x->t < y->t ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static pf_err order_rows(pf_record_reader *r)
{
    pf_record_table *t = r->t;
    if (column_of(t->table, "target") == SIZE_MAX) return check_order(r);
    for (size_t k = 0; k < t->n_person; k++)
        qsort(t->row + t->person[k].first, t->person[k].n, sizeof *t->row, by_time);
    return PF_OK;
}

/* ---- covariates ---- */

static int is_item(const char *name)
{
    static const char *const other[] = {"DV", "dv", "target", "action", "value", "time_day"};
    for (size_t i = 0; i < PF_COLUMNS; i++)
        if (!strcmp(name, COLUMN[i][0]) || !strcmp(name, COLUMN[i][1])) return 1;
    for (size_t i = 0; i < PF_COUNT(other); i++)
        if (!strcmp(name, other[i])) return 1;
    return 0;
}

static pf_err list_covariates(pf_record_reader *r)
{
    pf_record_table *t = r->t;
    size_t n = pf_table_columns(t->table);
    t->covariate = pf_arena_alloc(r->ctx, &t->arena, n + 1, sizeof *t->covariate);
    t->column = pf_arena_alloc(r->ctx, &t->arena, n + 1, sizeof *t->column);
    t->unused = pf_arena_alloc(r->ctx, &t->arena, n + 1, sizeof *t->unused);
    if (!t->covariate || !t->column || !t->unused) return PF_ERR_NO_MEMORY;
    for (size_t c = 0; c < n; c++) {
        const char *name = pf_table_column(t->table, c);
        if (is_item(name)) continue;
        const pf_symbol *s = pf_model_find(t->model, name);
        if (!s || s->kind != PF_SYMBOL_PARAMETER) {
            t->unused[t->n_unused++] = c;
            continue;
        }
        t->column[t->n_covariate] = c;
        t->covariate[t->n_covariate++] = (uint32_t)s->index;
    }
    return PF_OK;
}

/* Missing values are those of the row before; before the first, those of the first. */
static pf_err read_covariate(pf_record_reader *r, const pf_record_person *p, size_t j)
{
    pf_record_table *t = r->t;
    size_t n = t->n_covariate;
    double last = NAN, x;
    for (size_t i = p->first; i < p->first + p->n; i++) {
        PF_TRY(pf_record_number(r, t->row[i].row, t->column[j], &x));
        for (size_t b = p->first; b < i && !isnan(x) && isnan(last); b++)
            t->covariate_value[b * n + j] = x;
        if (!isnan(x)) last = x;
        t->covariate_value[i * n + j] = last;
    }
    const pf_symbol *s = pf_model_symbol(t->model, PF_SYMBOL_PARAMETER, t->covariate[j]);
    if (!isnan(last) || !isnan(s->value) || !p->n) return PF_OK;
    return pf_record_fail(r, t->row[p->first].row, t->column[j],
        "'%s' follows a formula of the model, which its column replaces; give it a value%s%s "
        "or "
        "take the column out",
        s->name, p->id ? " for ID " : "", p->id ? p->id : "");
}

static pf_err read_covariates(pf_record_reader *r)
{
    pf_record_table *t = r->t;
    PF_TRY(list_covariates(r));
    t->covariate_value = pf_arena_alloc(
        r->ctx, &t->arena, t->n_row * t->n_covariate + 1, sizeof *t->covariate_value);
    if (!t->covariate_value) return PF_ERR_NO_MEMORY;
    for (size_t k = 0; k < t->n_person; k++)
        for (size_t j = 0; j < t->n_covariate; j++) PF_TRY(read_covariate(r, &t->person[k], j));
    return PF_OK;
}

/* ---- all ---- */

static pf_err list_inputs(pf_record_reader *r)
{
    pf_record_table *t = r->t;
    for (size_t i = 0; i < t->n_row; i++) {
        const pf_record_row *x = &t->row[i];
        if (x->kind != PF_RECORD_DOSE && x->kind != PF_RECORD_RESET_DOSE) continue;
        if (x->rate == 0 && !(x->duration > 0)) continue;
        if (t->input_of[x->target] != UINT32_MAX) continue;
        t->input_of[x->target] = (uint32_t)t->n_input;
        t->input[t->n_input++] = x->target;
    }
    return PF_OK;
}

static pf_err make_room(pf_record_reader *r)
{
    pf_record_table *t = r->t;
    size_t n = pf_model_count(t->model, PF_SYMBOL_STATE);
    t->ask_of = pf_arena_alloc(r->ctx, &t->arena, n * PF_ASKS + 1, sizeof *t->ask_of);
    t->ask = pf_arena_alloc(r->ctx, &t->arena, n * PF_ASKS + 1, sizeof *t->ask);
    t->input = pf_arena_alloc(r->ctx, &t->arena, n + 1, sizeof *t->input);
    t->input_of = pf_arena_alloc(r->ctx, &t->arena, n + 1, sizeof *t->input_of);
    t->row = pf_calloc(r->ctx, pf_table_rows(t->table) + 1, sizeof *t->row);
    if (!t->ask_of || !t->ask || !t->input || !t->input_of || !t->row) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n * PF_ASKS; i++) t->ask_of[i] = UINT32_MAX;
    for (size_t i = 0; i < n; i++) t->input_of[i] = UINT32_MAX;
    return PF_OK;
}

static pf_err make(pf_ctx *ctx, const pf_model *model, double start, pf_record_table *t)
{
    pf_record_reader r = {.ctx = ctx, .t = t, .start = start};
    t->model = model;
    for (size_t i = 0; i < PF_COLUMNS; i++)
        r.at[i] = either(t->table, COLUMN[i][0], COLUMN[i][1]);
    PF_TRY(make_room(&r));
    size_t *owner = pf_calloc(ctx, pf_table_rows(t->table) + 1, sizeof *owner);
    if (!owner) return PF_ERR_NO_MEMORY;
    pf_err err = read_rows(&r, owner);
    if (!err) err = gather(&r, owner);
    pf_free(owner);
    if (err) return err;
    PF_TRY(order_rows(&r));
    PF_TRY(read_covariates(&r));
    return list_inputs(&r);
}

static void begin(pf_record_table *t)
{
    *t = (pf_record_table){0};
    pf_arena_init(&t->arena);
}

pf_err pf_record_table_read(
    pf_ctx *ctx, const char *path, const pf_model *model, double start, pf_record_table *t)
{
    begin(t);
    PF_TRY(pf_table_read(ctx, path, &t->table));
    return make(ctx, model, start, t);
}

pf_err pf_record_table_parse(pf_ctx *ctx, const char *text, size_t size, const char *name,
    const pf_model *model, double start, pf_record_table *t)
{
    begin(t);
    PF_TRY(pf_table_parse(ctx, text, size, name, &t->table));
    return make(ctx, model, start, t);
}

void pf_record_table_clear(pf_record_table *t)
{
    pf_table_free(t->table);
    pf_free(t->row);
    pf_free(t->person);
    pf_names_clear(&t->ids);
    pf_arena_clear(&t->arena);
    *t = (pf_record_table){0};
}

const pf_record_person *pf_record_table_find(const pf_record_table *t, const char *id)
{
    if (t->n_person && !t->person[0].id) return &t->person[0];
    uint32_t k = pf_names_find(&t->ids, id);
    return k == PF_NO_NAME ? NULL : &t->person[k];
}

double pf_record_table_last(const pf_record_table *t)
{
    double last = -INFINITY;
    for (size_t i = 0; i < t->n_row; i++)
        last = fmax(last, t->row[i].t + (double)t->row[i].more * t->row[i].interval);
    return last;
}

pf_err pf_record_table_check_end(pf_ctx *ctx, const pf_record_table *t, double end)
{
    for (size_t k = 0; k < t->n_person; k++) {
        double doses = 0;
        for (size_t i = t->person[k].first; i < t->person[k].first + t->person[k].n; i++) {
            const pf_record_row *x = &t->row[i];
            doses++;
            if (x->more && x->t <= end)
                doses += fmin((double)x->more, floor((end - x->t) / x->interval));
            if (doses > DOSES_MOST)
                return pf_table_fail(ctx, t->table, x->row, 0,
                    "more than %d doses of one person before %g; are ADDL and II right?",
                    (int)DOSES_MOST, end);
        }
    }
    return PF_OK;
}
