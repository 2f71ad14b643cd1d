/* Patients of whom a site is a tissue. */
#include "base/random.h"
#include "trial/couple.h"
#include "trial/worker.h"

#include <math.h>

int pf_person_has_tissue(const pf_worker *w, uint64_t replicate, uint64_t patient)
{
    const pf_study_tissue *how = w->t->study->tissue;
    return how && replicate < how->replicates && w->order[patient] < how->patients &&
           w->t->program_tissue[w->arm[patient]] != PF_NO_SLOT;
}

static int exchanges(const pf_study_tissue *how)
{
    return (int)fmax(1, round(how->lasts / how->every));
}

pf_err pf_plan_tissue(pf_worker *w, pf_case *c, person *who)
{
    const pf_study_tissue *how = w->t->study->tissue;
    pf_random r;
    pf_person_end_tissue(who);
    if (!pf_person_has_tissue(w, who->replicate, who->patient) ||
        w->program != w->t->program_tissue[who->arm])
        return PF_OK;
    pf_random_init(&r, w->t->study->seed, PF_DRAW_TISSUE, who->replicate, who->self, 0);
    uint64_t seed = (uint64_t)pf_random_word(&r) << 32 | pf_random_word(&r);
    PF_TRY(pf_couple_new(w->ctx, how, seed, &who->couple));
    for (int k = 0; k <= exchanges(how); k++) {
        double day = how->from + k * how->every;
        if (day <= who->stop_at) pf_case_look(c, day, (uint32_t)(k * LOOK_KINDS + LOOK_TISSUE));
    }
    return PF_OK;
}

void pf_person_end_tissue(person *who)
{
    pf_couple_free(who->couple);
    who->couple = NULL;
}

/* The model's own equations go on from what there is. */
static void leave(pf_worker *w, pf_case *c, person *who)
{
    pf_person_end_tissue(who);
    if (w->t->study->tissue->weight > 0) pf_case_set(c, w->t->tissue_weight, 0);
}

static void tell(const pf_worker *w, const person *who, double day, const pf_couple_told *x)
{
    pf_log(w->ctx, PF_LOG_DEBUG, "tissue",
        "replicate = %llu, patient = %llu, arm = %s, day = %.10g, cells per cell = %.6g, "
        "came = %zu, died = %zu, went back = %zu, killers = %zu, targets = %zu, kills = %zu, "
        "kill per day = %.6g",
        (unsigned long long)who->replicate, (unsigned long long)who->patient,
        w->t->study->arm[who->arm].name, day, x->factor, x->came, x->dead, x->gone, x->killers,
        x->targets, x->kills, x->kill[0]);
}

void pf_person_exchange(
    pf_worker *w, pf_case *c, person *who, double day, int number, const double *seen)
{
    const pf_trial *t = w->t;
    const pf_study_tissue *how = t->study->tissue;
    pf_couple_told told;
    if (!who->couple || w->failed) return;
    if (number >= exchanges(how)) {
        leave(w, c, who);
        return;
    }
    const pf_couple_seen in = {.killers = seen[PF_TISSUE_KILLERS],
        .tumour = seen[PF_TISSUE_TUMOUR],
        .loss = seen[PF_TISSUE_LOSS],
        .free_out = seen[PF_TISSUE_FREE_OUT],
        .level = seen + PF_TISSUE_SEEN};
    pf_err err = pf_couple_step(w->ctx, who->couple, &in, &told);
    if (err) { /* a run that is asked to stop does so by itself */
        w->failed = err == PF_ERR_CANCELLED ? PF_OK : err;
        pf_person_end_tissue(who);
        pf_case_finish(c);
        return;
    }
    if (told.over) {
        leave(w, c, who);
        return;
    }
    tell(w, who, day, &told);
    if (!(how->weight > 0)) return;
    pf_case_set(c, t->tissue_weight, how->weight);
    for (int k = 0; k < 2; k++) pf_case_set(c, t->tissue_kill[k], told.kill[k]);
    pf_case_set(c, t->tissue_loss, told.loss);
    pf_case_set(c, t->tissue_back, told.back);
}
