/* Tests with their error, limits, results that come late, and what follows. */
#include "product/lot.h"

#include <math.h>

/* What cannot be above 1, however wrong an assay is. */
static int is_share(pf_attribute a)
{
    switch (a) {
    case PF_ATTRIBUTE_VIABILITY:
    case PF_ATTRIBUTE_VIABILITY_GIVEN:
    case PF_ATTRIBUTE_PURITY:
    case PF_ATTRIBUTE_MOTILE:
    case PF_ATTRIBUTE_LYSIS:
    case PF_ATTRIBUTE_CAR:
    case PF_ATTRIBUTE_MEMORY:
    case PF_ATTRIBUTE_LASTING:
        return 1;
    default:
        return 0;
    }
}

static double measure(const pf_lot_test *t, const pf_lot_identity *who, uint32_t i, double x)
{
    pf_random r;
    pf_random_init(&r, who->seed, PF_DRAW_LOT_ASSAY, who->replicate, who->number, who->stream);
    r.counter[0] = i;
    double z = pf_random_normal(&r);
    if (t->measures == PF_ATTRIBUTE_STERILE || isnan(x)) return x;
    double y = fmax(t->cv > 0 ? x * exp(t->cv * z) : x + t->sd * z, 0);
    return is_share(t->measures) ? fmin(y, 1) : y;
}

void pf_lot_release(const pf_lot_plan *plan, const pf_lot_identity *who, pf_lot *lot)
{
    const pf_specification *s = &plan->specification;
    int hard = 0, soft = 0, hard_now = 0, soft_now = 0, waits = 0;
    double used = lot->quantity[PF_QUANTITY_USE_AFTER];
    lot->wait = 0;
    for (size_t i = 0; i < s->n; i++) {
        const pf_lot_test *t = &s->test[i];
        double x = lot->x[t->measures];
        lot->measured[i] = measure(t, who, (uint32_t)i, x);
        int good = lot->measured[i] >= t->least && lot->measured[i] <= t->most;
        int late = t->result_day > used;
        if (!good) lot->missed |= 1u << i;
        if (late) lot->pending |= 1u << i;
        if (late && t->wait) {
            waits = 1;
            lot->wait = fmax(lot->wait, t->result_day - used);
        }
        *(t->exception ? &soft : &hard) |= !good;
        if (!late) *(t->exception ? &soft_now : &hard_now) |= !good;
    }
    lot->last = hard ? PF_LOT_REJECTED : soft ? PF_LOT_EXCEPTION : PF_LOT_RELEASED;
    lot->disposition = hard_now   ? PF_LOT_REJECTED
                       : waits    ? PF_LOT_QUARANTINED
                       : soft_now ? PF_LOT_EXCEPTION
                                  : PF_LOT_RELEASED;
    /* A result that nobody waits for comes too late to change anything. */
    if (!waits) lot->last = lot->disposition;
}
