/* Which parameters a claim may pull at. */
#include "trial/bind.h"
#include "trial/claims.h"

#include <math.h>
#include <string.h>

/* Without `levers:`, what decides most therapies: how many cells get in and live, how well they
 * kill, what holds them back, how the tumour grows and hides. "*." stands for all instances of
 * a submodel. */
static const char *const DEFAULTS[] = {"kappa", "motile", "q_tum", "sup", "d0", "*.delta",
    "n_ref", "b_I", "z0", "comp", "h_d", "*.g_obs", "T_host", "in_D", "k_rej", "e_k", "k_off",
    "kill_D", "chem_p", "rad_p", "h_b", "PDL1"};

static int is_instance_of(const char *name, const char *pattern)
{
    const char *dot = strrchr(name, '.');
    return !strncmp(pattern, "*.", 2) && dot && !strcmp(dot + 1, pattern + 2);
}

static int has(const pf_lever *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].name, name)) return 1;
    return 0;
}

/* A number of the model, or one that a file gives; a formula of the model cannot be multiplied.
 */
static int can_move(const pf_trial *t, size_t parameter)
{
    const pf_symbol *y = pf_model_symbol(t->model, PF_SYMBOL_PARAMETER, parameter);
    return !y->hidden && isfinite(y->value) && parameter != t->progressed;
}

static void add(const pf_trial *t, const char *name, pf_lever *list, size_t *n)
{
    if (*n == PF_LEVER_CANDIDATES || has(list, *n, name)) return;
    pf_lever *l = &list[*n];
    *l = (pf_lever){.name = name};
    for (size_t i = 0; i < pf_model_count(t->model, PF_SYMBOL_PARAMETER); i++) {
        const char *own = pf_model_symbol(t->model, PF_SYMBOL_PARAMETER, i)->name;
        if (strcmp(own, name) != 0 && !is_instance_of(own, name)) continue;
        if (can_move(t, i) && l->n < PF_LEVER_PARAMETERS) l->parameter[l->n++] = (uint32_t)i;
    }
    if (l->n) ++*n;
}

size_t pf_claim_candidates(
    const pf_study *study, const pf_expect *claim, const pf_trial *t, pf_lever *out)
{
    size_t n = 0;
    for (size_t i = 0; i < claim->n_lever; i++) add(t, claim->lever[i], out, &n);
    if (claim->n_lever) return n;
    for (size_t i = 0; i < study->unknowns.n_variable; i++)
        add(t, study->unknowns.variable[i].name, out, &n);
    for (size_t i = 0; i < PF_COUNT(DEFAULTS); i++) add(t, DEFAULTS[i], out, &n);
    return n;
}
