#include "trial/given.h"

#include "trial/worker.h"

#include <math.h>

/* One row to be. */
typedef struct {
    size_t patient;
    uint32_t item, state;
    double day, amount, rate;
} given;

typedef struct {
    pf_ctx *ctx;
    pf_worker *w;
    uint64_t number; /* of the patient at hand */
    int done;
    pf_err err;
    given *row;
    size_t n, capacity;
    size_t n_column;
    uint32_t *column; /* [n_column] parameters that the study sets */
    uint8_t *whole;   /* [n_column] every patient has a number there */
    double *value;    /* [patients][n_column] */
    uint32_t *arm;    /* [patients] */
} collector;

static pf_err add(collector *k, given row)
{
    PF_TRY(pf_reserve(k->ctx, &k->row, &k->capacity, k->n, sizeof *k->row));
    k->row[k->n++] = row;
    return PF_OK;
}

static pf_err collect(collector *k, pf_case *c, const person *who)
{
    const pf_trial *t = k->w->t;
    size_t p = (size_t)who->patient;
    k->arm[p] = who->arm;
    for (size_t i = 0; i < k->n_column; i++)
        k->value[p * k->n_column + i] = pf_case_get(c, k->column[i]);
    for (size_t i = 0; i < k->w->records.n; i++) {
        const pf_record *r = &k->w->records.row[i];
        uint32_t state = t->dose_state[who->arm][r->item];
        PF_TRY(add(k, (given){p, r->item, state, r->day, r->amount, r->rate}));
        if (t->study->arm[who->arm].item[r->item].drug) continue;
        for (size_t j = 0; j < t->n_scaled; j++) {
            double more = r->amount * pf_case_get(c, t->scaled[j].parameter);
            double rate = r->rate * pf_case_get(c, t->scaled[j].parameter);
            PF_TRY(add(k, (given){p, r->item, t->scaled[j].state, r->day, more, rate}));
        }
    }
    return PF_OK;
}

/* The case is only set up, never run. */
static int begin(void *payload, pf_case *c)
{
    collector *k = payload;
    if (k->done) return 0;
    k->done = 1;
    person *who = &k->w->people[0];
    k->err = pf_plan_person(k->w, c, who, k->number);
    if (!k->err) k->err = collect(k, c, who);
    pf_case_finish(c);
    return 1;
}

static void mark(uint8_t *set, const pf_target *to, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (to[i].parameter != PF_NO_SLOT) set[to[i].parameter] = 1;
}

static pf_err list_columns(collector *k)
{
    const pf_trial *t = k->w->t;
    const pf_study *s = t->study;
    size_t params = pf_model_count(t->model, PF_SYMBOL_PARAMETER), n = pf_study_size(s);
    uint8_t *set = pf_calloc(k->ctx, params, 1);
    k->column = pf_calloc(k->ctx, params, sizeof *k->column);
    if (set && k->column) {
        mark(set, t->variable, s->population.n_variable);
        mark(set, t->setting, s->population.n_setting);
        mark(set, t->unknown, s->unknowns.n_variable);
        mark(set, t->override, s->n_override);
        for (size_t a = 0; a < s->n_arm; a++)
            for (size_t i = 0; i < s->arm[a].n_without; i++) set[t->without[a][i]] = 1;
        for (size_t i = 0; i < s->n_product; i++) {
            mark(set, t->attribute[i], s->product[i].attributes.n_variable);
            mark(set, t->product_setting[i], s->product[i].attributes.n_setting);
        }
        for (uint32_t i = 0; i < params; i++)
            if (set[i]) k->column[k->n_column++] = i;
    }
    pf_err err = set && k->column ? PF_OK : PF_ERR_NO_MEMORY;
    pf_free(set);
    if (err) return err;
    k->value = pf_calloc(k->ctx, n * k->n_column, sizeof *k->value);
    k->arm = pf_calloc(k->ctx, n, sizeof *k->arm);
    k->whole = pf_calloc(k->ctx, k->n_column, 1);
    return k->value && k->arm && k->whole ? PF_OK : PF_ERR_NO_MEMORY;
}

/* Does every patient have a number in this column? */
static int whole(const collector *k, size_t column)
{
    for (size_t p = 0; p < pf_study_size(k->w->t->study); p++)
        if (!isfinite(k->value[p * k->n_column + column])) return 0;
    return 1;
}

static void write_row(const collector *k, const given *g, pf_buf *to)
{
    const pf_trial *t = k->w->t;
    const pf_arm *arm = &t->study->arm[k->arm[g->patient]];
    const pf_regimen_item *item = &arm->item[g->item];
    pf_csv_number(to, (double)g->patient);
    pf_csv_text(to, arm->name);
    pf_csv_number(to, g->day);
    pf_csv_text(to, "1");
    pf_csv_number(to, g->amount);
    pf_csv_text(to, pf_model_symbol(t->model, PF_SYMBOL_STATE, g->state)->name);
    pf_csv_number(to, g->rate);
    pf_csv_text(to, item->drug ? item->drug : t->study->product[item->product].name);
    for (size_t i = 0; i < k->n_column; i++)
        if (k->whole[i]) pf_csv_number(to, k->value[g->patient * k->n_column + i]);
    pf_csv_end(to);
}

static void write_table(const collector *k, pf_buf *to)
{
    static const char *const head[] = {
        "ID", "ARM", "TIME", "EVID", "AMT", "CMT", "RATE", "DRUG"};
    for (size_t i = 0; i < PF_COUNT(head); i++) pf_csv_text(to, head[i]);
    for (size_t i = 0; i < k->n_column; i++) {
        k->whole[i] = (uint8_t)whole(k, i);
        if (!k->whole[i]) continue;
        pf_csv_text(
            to, pf_model_symbol(k->w->t->model, PF_SYMBOL_PARAMETER, k->column[i])->name);
    }
    pf_csv_end(to);
    for (size_t i = 0; i < k->n; i++) write_row(k, &k->row[i], to);
}

static pf_err plan_all(collector *k, uint64_t replicate)
{
    const pf_source source = {.payload = k, .begin = begin};
    size_t size = pf_study_size(k->w->t->study);
    for (size_t p = 0; p < size; p++) {
        uint32_t program;
        k->number = replicate * size + p;
        k->done = 0;
        PF_TRY(pf_person_program(k->w, k->number, &program));
        PF_TRY(pf_engine_run(k->ctx, k->w->engine[program], &source));
        if (!k->err) continue;
        pf_fail_in(k->ctx, "patient %zu", p);
        return k->err;
    }
    return PF_OK;
}

pf_err pf_trial_given(pf_ctx *ctx, const pf_trial *t, uint64_t replicate, pf_buf *to)
{
    collector k = {.ctx = ctx};
    if (replicate >= t->study->replicates)
        return pf_fail(ctx, PF_ERR_RANGE,
            "replicate %llu is not in the study; it has the replicates 0 to %llu",
            (unsigned long long)replicate, (unsigned long long)t->study->replicates - 1);
    pf_err err = pf_worker_new(ctx, t, 1, &k.w);
    if (!err) {
        k.w->ctx = ctx;
        err = list_columns(&k);
    }
    if (!err) err = plan_all(&k, replicate);
    if (!err) write_table(&k, to);
    if (!err) err = pf_buf_ok(to);
    pf_worker_free(k.w);
    pf_free(k.row);
    pf_free(k.column);
    pf_free(k.whole);
    pf_free(k.value);
    pf_free(k.arm);
    return err;
}
