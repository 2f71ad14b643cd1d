/* expect.h: a published figure against the replicates of a simulated one.
 *
 * A response or survival figure passes when it lies in the central 95 % of the replicates AND
 * their mean lies in the published interval (of a share without one: the exact binomial
 * interval from n; of a median or ratio without one: the first criterion alone, and the
 * sentence says so). Kinetics, markers, persistence, attributes and covariates pass when the
 * simulated median lies in the published interval. A published direction passes when 95 % of
 * the replicates agree with it: above (below) 1 for a ratio, 0 for a difference. Fewer than two
 * replicates with a value cannot say. Below PF_EXPECT_REPLICATES replicates the verdict is
 * provisional. Depends on: endpoints, spread, proportion. Threads: pure functions. */
#ifndef PF_TRIAL_EXPECT_H
#define PF_TRIAL_EXPECT_H
#include "trial/endpoints.h"
#include "trial/spread.h"

enum { PF_EXPECT_REPLICATES = 200 };

typedef enum { PF_VERDICT_CANNOT_SAY, PF_VERDICT_PASS, PF_VERDICT_MISS } pf_verdict_kind;
const char *pf_verdict_text(pf_verdict_kind kind); /**< "cannot say", "pass", "miss" */
const char *pf_role_text(pf_expect_role role);     /**< "fit", "check", "predict", "claim" */

typedef struct pf_verdict {
    pf_verdict_kind kind;
    int provisional;
    double percentile; /* of the published value among the replicates; NaN below two */
    double agree;      /* share of replicates that go the published direction; NaN: none was */
    double low, high;  /* published interval that was used; NaN when unknown */
    int exact;         /* the interval is the exact binomial one */
    int in_centre;     /* published value in the central 95 % of replicates */
    int in_interval;   /* simulated mean (kinetics: median) in the published interval */
    pf_spread spread;
    char sentence[600];
} pf_verdict;

/** Judge `e` by the measure's value in each of `n` replicates. `arm_size` is the number of
 * patients simulated for it. Errors: RANGE (a published share outside 0 to 1), NO_MEMORY */
PF_NODISCARD pf_err pf_expect_judge(pf_ctx *ctx, const pf_expect *e, size_t arm_size,
    const double *value, size_t n, pf_verdict *out);

#endif
