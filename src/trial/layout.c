/* The columns of the tables that a trial fills. */
#include "trial/bind.h"

#include <string.h>

static const char **columns(pf_ctx *ctx, pf_layout *l, pf_table_kind kind,
    const char *const *fixed, size_t n, size_t more)
{
    const char **name = pf_arena_alloc(ctx, &l->arena, n + more + 1, sizeof *name);
    if (!name) return NULL;
    memcpy(name, fixed, n * sizeof *name);
    l->column[kind] = name;
    l->n_column[kind] = n + more;
    return name + n;
}

pf_err pf_trial_lay_out(pf_ctx *ctx, pf_trial *t)
{
    static const char *const assessments[] = {"REPLICATE", "PATIENT", "ARM", "VISIT", "DAY",
        "SLD", "PCHG", "NADIR", "RESPONSE", "NEW_LESION"};
    static const char *const kinetics[] = {"REPLICATE", "PATIENT", "ARM", "DAY"};
    static const char *const events[] = {
        "REPLICATE", "PATIENT", "ARM", "DAY", "EVENT", "VALUE"};
    static const char *const failures[] = {
        "REPLICATE", "PATIENT", "ARM", "DAY", "REASON", "STATE"};
    pf_layout *l = &t->layout;
    PF_TRY(pf_layout_patients(ctx, t->study, t->has_kinetics, l));
    l->no_lesions = t->n_lesion == 0 || !(t->study->assess.every > 0);
    l->no_death = t->death == PF_NO_SLOT;
    const char **more = columns(ctx, l, PF_TABLE_KINETICS, kinetics, PF_K_FIXED,
        t->n_observed + t->study->assess.n_grade);
    if (!more || !columns(ctx, l, PF_TABLE_ASSESSMENTS, assessments, PF_A_COLUMNS, 0) ||
        !columns(ctx, l, PF_TABLE_EVENTS, events, PF_E_COLUMNS, 0) ||
        !columns(ctx, l, PF_TABLE_FAILURES, failures, PF_F_COLUMNS, 0))
        return PF_ERR_NO_MEMORY;
    if (t->has_kinetics) *more++ = "KINETICS";
    for (size_t i = 0; i < t->study->assess.n_marker; i++) *more++ = t->study->assess.marker[i];
    for (size_t i = 0; i < t->study->assess.n_grade; i++)
        *more++ = l->column[PF_TABLE_PATIENTS][l->grade_at + i];
    l->n_state = pf_model_count(t->model, PF_SYMBOL_STATE);
    const char **state = pf_arena_alloc(ctx, &l->arena, l->n_state + 1, sizeof *state);
    if (!state) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < l->n_state; i++)
        state[i] = pf_model_symbol(t->model, PF_SYMBOL_STATE, i)->name;
    l->state = state;
    return PF_OK;
}
