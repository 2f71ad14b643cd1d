/* couple.h: a tissue that stands for a site of a patient, stepped from exchange to exchange.
 *
 * The site is so many copies of the nodule: one of its cells stands for
 *     F = tumour cells of the site / living tumour cells of the nodule,
 * anew at each exchange, so that killers per tumour cell are the same in both. At an exchange
 * the nodule gets as many killers as the site has, E / F: new ones come where the file places
 * killers, evenly over the time until the next exchange; if there are too many (a surgeon, or F
 * that rose) some go, free ones first. Until the next exchange killers die at the rate at which
 * the patient loses product cells there, besides what the file says of their death; at its end
 * each one that holds no target goes back to blood with the chance 1 - exp(-free_out dt). What
 * comes back are rates per cell and day:
 *     kill = kills / tumour-cell-days,  loss = deaths of killers / killer-days,
 *     back = returns / killer-days.
 * A nodule without tumour cells is over: kill is then such that half a cell is left of it, for
 * one exchange.
 *
 * Depends on: tissue, study_tissue. Threads: belongs to one patient; the same bits always. */
#ifndef PF_TRIAL_COUPLE_H
#define PF_TRIAL_COUPLE_H
#include "trial/study_tissue.h"

typedef struct pf_couple pf_couple;

/* What the tissue sees of the patient. */
typedef struct pf_couple_seen {
    double killers, tumour; /* cells of the site */
    double loss;            /* 1/day: product cells that die there, whoever they fight */
    double free_out;        /* 1/day: return to blood of killers that hold nothing */
    const double *level;    /* [n_level] */
} pf_couple_seen;

/* What the patient sees of the tissue until the next exchange. */
typedef struct pf_couple_told {
    int over;             /* nothing is left to stand for; no rates */
    double kill[2];       /* 1/day: clones p, m */
    double loss, back;    /* 1/day */
    double factor;        /* F */
    size_t came, killers; /* new ones; alive at the end */
    size_t dead, gone;    /* killers that died, that went back */
    size_t targets;       /* alive at the end */
    size_t kills;
} pf_couple_told;

/** `how` is borrowed. Errors: NO_MEMORY, RANGE. Free with pf_couple_free. */
PF_NODISCARD pf_err pf_couple_new(
    pf_ctx *ctx, const pf_study_tissue *how, uint64_t seed, pf_couple **out);
void pf_couple_free(pf_couple *c); /**< NULL is allowed */
/** One exchange, and the tissue until the next one. Errors: NO_MEMORY, RANGE, CANCELLED */
PF_NODISCARD pf_err pf_couple_step(
    pf_ctx *ctx, pf_couple *c, const pf_couple_seen *seen, pf_couple_told *told);

#endif
