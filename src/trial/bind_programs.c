/* Programs: what each arm uses of the model, compiled. */
#include "trial/bind_parts.h"
#include "trial/study_tissue.h"

#include <math.h>

/* What no patient of an arm changes: parameters that are the same for all, and states that
 * nothing is given into. What the arm does not use of the model is left out of its program. */
typedef struct known {
    double *fixed;    /* [n_param] */
    uint8_t *touched; /* [n_state] */
} known;

/* A variable of a population: its value when it is the same for everyone, else NaN. */
static void set_known(known *k, const pf_target *to, const pf_population *p)
{
    for (size_t i = 0; i < p->n_variable; i++) {
        const pf_variable *v = &p->variable[i];
        double value = v->kind == PF_DIST_CONSTANT ? v->centre : NAN;
        if (to[i].parameter != PF_NO_SLOT) k->fixed[to[i].parameter] = value;
        if (to[i].state != PF_NO_SLOT) k->touched[to[i].state] = 1;
    }
}

static void set_varying(known *k, const pf_target *to, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (to[i].parameter != PF_NO_SLOT) k->fixed[to[i].parameter] = NAN;
        if (to[i].state != PF_NO_SLOT) k->touched[to[i].state] = 1;
    }
}

/* Can it be that a patient of this arm gets none of the product? Doses of nothing, lots that
 * fail, and schedules of which nothing may be left. */
static int may_be_bare(const pf_trial *t, size_t a)
{
    const pf_study *s = t->study;
    for (size_t i = 0; i < s->arm[a].n_item; i++) {
        const pf_regimen_item *it = &s->arm[a].item[i];
        double first = INFINITY;
        if (it->drug) continue;
        for (size_t k = 0; k < it->n_dose; k++)
            if (it->dose[k] <= 0.0) return 1;
        for (size_t k = 0; k < it->n_on; k++) first = fmin(first, it->start + it->on[k]);
        if (s->product[it->product].lot || t->dose_share[it->product] != SIZE_MAX ||
            it->delay_chance > 0.0 || first >= fmin(it->stop, s->horizon))
            return 1;
    }
    return 0;
}

/* Patients of an arm: those without its product, those with a tissue, and the others. */
typedef enum { USUAL, BARE, TISSUE } whose;

/* What is known of them, in the order in which person.c sets values. */
static pf_err know(binder *b, size_t a, whose who, known *k)
{
    int bare = who == BARE;
    pf_trial *t = b->t;
    const pf_study *s = t->study;
    const pf_arm *arm = &s->arm[a];
    size_t n_param = pf_model_count(t->model, PF_SYMBOL_PARAMETER);
    size_t n_state = pf_model_count(t->model, PF_SYMBOL_STATE);
    k->fixed = pf_arena_alloc(b->ctx, &t->memory, n_param + 1, sizeof *k->fixed);
    k->touched = pf_arena_alloc(b->ctx, &t->memory, n_state + 1, 1);
    if (!k->fixed || !k->touched) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n_param; i++)
        k->fixed[i] = pf_model_symbol(t->model, PF_SYMBOL_PARAMETER, i)->value;
    set_known(k, t->variable, &s->population);
    set_varying(k, t->setting, s->population.n_setting);
    for (size_t i = 0; i < arm->n_item; i++) {
        if (arm->item[i].when) { /* the model's events do the rest */
            k->fixed[t->rescue[a][i].amount] = NAN;
            k->fixed[t->rescue[a][i].grade] = arm->item[i].grade;
            continue;
        }
        if (bare && !arm->item[i].drug) continue;
        k->touched[t->dose_state[a][i]] = 1;
        if (arm->item[i].drug) continue;
        size_t p = arm->item[i].product;
        set_known(k, t->attribute[p], &s->product[p].attributes);
        set_varying(k, t->product_setting[p], s->product[p].attributes.n_setting);
        for (size_t j = 0; j < t->n_scaled; j++) k->touched[t->scaled[j].state] = 1;
    }
    set_varying(k, t->unknown, s->unknowns.n_variable);
    for (size_t i = 0; i < arm->n_without; i++) k->fixed[t->without[a][i]] = 0.0;
    for (size_t i = 0; i < s->n_override; i++) {
        const pf_target to = t->override[i];
        double old = to.parameter == PF_NO_SLOT ? NAN : k->fixed[to.parameter];
        double value = s->override[i].value;
        if (to.parameter != PF_NO_SLOT)
            k->fixed[to.parameter] = s->override[i].is_factor ? old * value : value;
        if (to.state != PF_NO_SLOT) k->touched[to.state] = 1;
    }
    if (t->progressed != PF_NO_SLOT) k->fixed[t->progressed] = NAN;
    if (who != TISSUE) return PF_OK;
    k->fixed[t->tissue_weight] = k->fixed[t->tissue_loss] = k->fixed[t->tissue_back] = NAN;
    k->fixed[t->tissue_kill[0]] = k->fixed[t->tissue_kill[1]] = NAN;
    return PF_OK;
}

static int same(const pf_trial *t, const known *a, const known *b)
{
    size_t n = pf_model_count(t->model, PF_SYMBOL_STATE);
    if (memcmp(a->touched, b->touched, n) != 0) return 0;
    for (size_t i = 0; i < pf_model_count(t->model, PF_SYMBOL_PARAMETER); i++)
        if (a->fixed[i] != b->fixed[i] && !(isnan(a->fixed[i]) && isnan(b->fixed[i]))) return 0;
    return 1;
}

/* The program for what is known: an earlier one, or a new one. `k` has room for one more. */
static pf_err program_for(binder *b, size_t a, whose who, known *k, uint32_t *out)
{
    pf_trial *t = b->t;
    known *mine = &k[t->n_program]; /* of the arm, and of the program if it is a new one */
    uint32_t p = 0;
    PF_TRY(know(b, a, who, mine));
    while (p < t->n_program && !same(t, mine, &k[p])) p++;
    *out = p;
    if (p < t->n_program) return PF_OK;
    uint8_t *watched =
        pf_arena_alloc(b->ctx, &t->memory, pf_model_count(t->model, PF_SYMBOL_STATE) + 1, 1);
    if (!watched) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < t->n_watch; i++) watched[t->watch[i]] = 1;
    pf_compile_options options = {.fixed = mine->fixed,
        .touched = mine->touched,
        .watched = watched,
        .outputs = b->output,
        .n_outputs = b->n_output + (who == TISSUE ? t->n_tissue_out : 0),
        .inputs = b->input,
        .n_inputs = b->n_input};
    PF_TRY(pf_model_compile(b->ctx, t->model, &options, &t->program[p]));
    t->n_program++;
    return PF_OK;
}

static int has_tissue(const pf_trial *t, size_t a)
{
    const pf_study_tissue *how = t->study->tissue;
    int any = how && !how->n_arm;
    for (size_t i = 0; how && i < how->n_arm; i++)
        any |= !strcmp(how->arm[i], t->study->arm[a].name);
    return any;
}

pf_err pf_bind_programs(binder *b)
{
    pf_trial *t = b->t;
    size_t n = t->study->n_arm;
    known *k = pf_arena_alloc(b->ctx, &t->memory, 3 * n + 1, sizeof *k);
    t->program = pf_arena_alloc(b->ctx, &t->memory, 3 * n + 1, sizeof *t->program);
    t->native = pf_arena_alloc(b->ctx, &t->memory, 3 * n + 1, sizeof *t->native);
    t->program_of = pf_arena_alloc(b->ctx, &t->memory, n + 1, sizeof *t->program_of);
    t->program_bare = pf_arena_alloc(b->ctx, &t->memory, n + 1, sizeof *t->program_bare);
    t->program_tissue = pf_arena_alloc(b->ctx, &t->memory, n + 1, sizeof *t->program_tissue);
    if (!t->program_tissue || !k || !t->program || !t->native || !t->program_of ||
        !t->program_bare)
        return PF_ERR_NO_MEMORY;
    for (size_t a = 0; a < n; a++) {
        PF_TRY(program_for(b, a, USUAL, k, &t->program_of[a]));
        t->program_bare[a] = PF_NO_SLOT;
        if (may_be_bare(t, a)) PF_TRY(program_for(b, a, BARE, k, &t->program_bare[a]));
        t->program_tissue[a] = PF_NO_SLOT;
        if (has_tissue(t, a)) PF_TRY(program_for(b, a, TISSUE, k, &t->program_tissue[a]));
    }
    return PF_OK;
}
