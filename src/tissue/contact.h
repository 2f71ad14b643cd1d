/* contact.h: killers and those they touch.
 *
 * In each step of the mechanics every killer decides, from what stood before the step: a free
 * one whether it binds somebody within touch, a bound one whether it tries to kill and whether
 * it lets go. Decisions are made in parallel and take effect afterwards in the order of the
 * store, so that two killers of one target do not race. Laws: setup.h, pf_killer. Depends on:
 * tissue. Threads: one caller; the crew works inside. */
#ifndef PF_TISSUE_CONTACT_H
#define PF_TISSUE_CONTACT_H
#include "tissue/tissue.h"

/* What a killer did. */
typedef enum { PF_CONTACT_BOUND, PF_CONTACT_KILLED, PF_CONTACT_LET_GO } pf_contact_kind;
typedef struct pf_contact_event {
    double minute;
    uint64_t killer, target; /* ids */
    double at[3];            /* of the killer, um */
    pf_contact_kind kind;
} pf_contact_event;

/* A killer, a target, and the concentration of each substance at the target; `level` may be
 * NULL for a killer without drugs. */
typedef struct pf_meeting {
    const pf_killer *k;
    const pf_cell *killer, *target;
    const double *level;
} pf_meeting;
/** What a drug of this concentration makes of a pair: a factor, 0 to 1. */
double pf_drug_factor(const pf_drug_pair *pair, double level);
/** 0 to 1: how well this killer sees that target. */
double pf_recognition(const pf_meeting *m);
/** 0 to 1: what slow killing is multiplied by. */
double pf_slow_share(const pf_meeting *m);
/** All killers act once; springs between the bound stand in t->spring afterwards, and what was
 * done in t->event. Cells are sorted. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_tissue_contacts(pf_ctx *ctx, pf_tissue *t);

#endif
