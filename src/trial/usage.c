#include "trial/usage.h"

#include "trial/spread.h"
#include "trial/worker.h"

#include <math.h>
#include <string.h>

enum { TYPICAL_PATIENTS = 200 };

/* ---- what a program reads ---- */

static int code_reads(const pf_code *c, uint32_t slot)
{
    for (size_t i = 0; i < c->n; i++) {
        const pf_instr *x = &c->instr[i];
        unsigned arity = pf_op_arity((pf_op)x->op);
        if ((arity > 0 && x->a == slot) || (arity > 1 && x->b == slot) ||
            (arity > 2 && x->c == slot))
            return 1;
    }
    return 0;
}

int pf_program_reads(const pf_program *p, size_t index)
{
    uint32_t slot = p->param0 + (uint32_t)index;
    for (int c = 0; c < PF_CODES; c++)
        if (code_reads(&p->code[c], slot)) return 1;
    for (size_t i = 0; i < p->n_population; i++)
        if (p->population[i].birth == slot || p->population[i].death == slot ||
            p->population[i].arrival == slot)
            return 1;
    for (size_t i = 0; i < p->n_assign; i++)
        if (p->assign[i].value == slot || p->assign[i].scale == slot) return 1;
    return 0;
}

/* ---- what a study uses ---- */

typedef struct {
    pf_ctx *ctx;
    const pf_study *study;
    const pf_trial *trial;
    uint8_t *other; /* [n] 1: some value that everybody of an arm has is neither 0 nor 1 */
    uint8_t *given; /* [n] 1: a file sets it */
} search;

static void look(search *s, const pf_target *to, const pf_population *p, int settings)
{
    size_t n = settings ? p->n_setting : p->n_variable;
    for (size_t i = 0; i < n; i++) {
        if (to[i].parameter == PF_NO_SLOT) continue;
        const pf_variable *v = settings ? NULL : &p->variable[i];
        s->given[to[i].parameter] = 1;
        if (!v || v->kind != PF_DIST_CONSTANT || (v->centre != 0.0 && v->centre != 1.0))
            s->other[to[i].parameter] = 1;
    }
}

static void look_everywhere(search *s)
{
    const pf_study *y = s->study;
    const pf_trial *t = s->trial;
    for (size_t i = 0; i < pf_model_count(t->model, PF_SYMBOL_PARAMETER); i++) {
        double x = pf_model_symbol(t->model, PF_SYMBOL_PARAMETER, i)->value;
        s->other[i] = isfinite(x) && x != 0.0 && x != 1.0;
    }
    look(s, t->variable, &y->population, 0);
    look(s, t->setting, &y->population, 1);
    look(s, t->unknown, &y->unknowns, 0);
    for (size_t i = 0; i < y->n_product; i++) {
        look(s, t->attribute[i], &y->product[i].attributes, 0);
        look(s, t->product_setting[i], &y->product[i].attributes, 1);
    }
}

/* Every parameter that is not a switch is multiplied by what nobody knows yet, so that it stays
 * a parameter. */
static size_t free_all(const search *s, pf_override *list)
{
    size_t n = 0;
    for (size_t i = 0; i < s->study->n_override; i++) list[n++] = s->study->override[i];
    for (size_t i = 0; i < pf_model_count(s->trial->model, PF_SYMBOL_PARAMETER); i++) {
        const pf_symbol *y = pf_model_symbol(s->trial->model, PF_SYMBOL_PARAMETER, i);
        if (!s->other[i] || y->hidden || (isnan(y->value) && !s->given[i])) continue;
        list[n++] = (pf_override){.name = y->name, .is_factor = 1, .value = NAN};
    }
    return n;
}

static pf_err count_used(const search *s, uint8_t *used, size_t n_param, size_t *n)
{
    pf_study open = *s->study;
    pf_trial *t = NULL;
    pf_override *list =
        pf_calloc(s->ctx, n_param + s->study->n_override + 1, sizeof(pf_override));
    if (!list) return PF_ERR_NO_MEMORY;
    open.n_override = free_all(s, list);
    open.override = list;
    pf_err err = pf_trial_new(s->ctx, &open, &t);
    for (size_t i = 0; i < n_param && !err; i++) {
        for (size_t k = 0; k < pf_trial_program_count(t) && !used[i]; k++)
            used[i] = (uint8_t)pf_program_reads(pf_trial_program(t, k), i);
        *n += used[i];
    }
    pf_trial_free(t);
    pf_free(list);
    return err;
}

pf_err pf_study_usage(pf_ctx *ctx, const pf_study *study, uint8_t **used, size_t *n)
{
    pf_trial *t = NULL;
    *used = NULL;
    *n = 0;
    PF_TRY(pf_trial_new(ctx, study, &t));
    size_t n_param = pf_model_count(t->model, PF_SYMBOL_PARAMETER);
    search s = {.ctx = ctx, .study = study, .trial = t};
    s.other = pf_calloc(ctx, n_param + 1, 1);
    s.given = pf_calloc(ctx, n_param + 1, 1);
    *used = pf_calloc(ctx, n_param + 1, 1);
    pf_err err = s.other && s.given && *used ? PF_OK : PF_ERR_NO_MEMORY;
    if (!err) {
        look_everywhere(&s);
        err = count_used(&s, *used, n_param, n);
    }
    pf_free(s.other);
    pf_free(s.given);
    pf_trial_free(t);
    if (err) {
        pf_free(*used);
        *used = NULL;
    }
    return err;
}

/* ---- what patients have ---- */

typedef struct {
    pf_worker *w;
    const uint32_t *parameter;
    size_t n, arm;
    uint64_t number;
    int done, mine;
    double *x; /* [n] of this patient */
    pf_err err;
} asker;

/* The case is only set up, never run. */
static int begin(void *payload, pf_case *c)
{
    asker *k = payload;
    if (k->done) return 0;
    k->done = 1;
    person *who = &k->w->people[0];
    k->err = pf_plan_person(k->w, c, who, k->number);
    k->mine = !k->err && who->arm == k->arm;
    for (size_t i = 0; i < k->n && k->mine; i++) k->x[i] = pf_case_get(c, k->parameter[i]);
    pf_case_finish(c);
    return 1;
}

/* `value`[n][TYPICAL_PATIENTS]; a patient whose values cannot be worked out is passed over. */
static pf_err ask_patients(pf_ctx *ctx, asker *k, double *value, size_t *count)
{
    const pf_source source = {.payload = k, .begin = begin};
    const pf_study *s = k->w->t->study;
    uint64_t last = (uint64_t)s->replicates * pf_study_size(s);
    for (k->number = 0; k->number < last && *count < TYPICAL_PATIENTS; k->number++) {
        uint32_t program;
        k->done = 0;
        PF_TRY(pf_person_program(k->w, k->number, &program));
        PF_TRY(pf_engine_run(ctx, k->w->engine[program], &source));
        if (k->err == PF_ERR_NO_MEMORY) return k->err;
        if (k->err) pf_ctx_reset(ctx);
        if (!k->mine) continue;
        for (size_t i = 0; i < k->n; i++) value[i * TYPICAL_PATIENTS + *count] = k->x[i];
        ++*count;
    }
    return PF_OK;
}

pf_err pf_trial_typical(pf_ctx *ctx, const pf_trial *t, size_t arm, const uint32_t *parameter,
    size_t n, double *median)
{
    asker k = {.parameter = parameter, .n = n, .arm = arm};
    size_t count = 0;
    double *value = pf_calloc(ctx, n * TYPICAL_PATIENTS + n, sizeof *value);
    if (!value) return PF_ERR_NO_MEMORY;
    k.x = value + n * TYPICAL_PATIENTS;
    pf_err err = pf_worker_new(ctx, t, 1, &k.w);
    if (!err) {
        k.w->ctx = ctx;
        err = ask_patients(ctx, &k, value, &count);
    }
    for (size_t i = 0; i < n && !err; i++) {
        double *x = value + i * TYPICAL_PATIENTS;
        median[i] = pf_sort_numbers(x, count) < count || !count
                        ? NAN
                        : pf_quantile_sorted(x, count, 0.5);
    }
    pf_worker_free(k.w);
    pf_free(value);
    return err;
}
