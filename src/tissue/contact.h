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

/** 0 to 1: how well this killer sees that target. */
double pf_recognition(const pf_killer *k, const pf_cell *killer, const pf_cell *target);
/** All killers act once; springs between the bound stand in t->spring afterwards, and what was
 * done in t->event. Cells are sorted. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_tissue_contacts(pf_ctx *ctx, pf_tissue *t);

#endif
