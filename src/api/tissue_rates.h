/* tissue_rates.h: figures made of runs of a tissue, before they are written. Internal to api.
 */
#ifndef PF_API_TISSUE_RATES_H
#define PF_API_TISSUE_RATES_H
#include "base/base.h"
#include "store/tissue_past.h"
#include "tissue/infer.h"

typedef enum { PF_SCALE_NONE, PF_SCALE_LOG, PF_SCALE_LOGIT } pf_rate_scale;

/* One figure. */
typedef struct pf_rate {
    const char *name, *unit, *how;
    const char *parameter; /* of the core model; NULL: none takes it */
    double value, low, high;
    double se; /* on `scale`; NaN: none (a definition, or no event) */
    pf_rate_scale scale;
} pf_rate;

/* What one run came to. */
typedef struct pf_rate_run {
    double targets, killers; /* alive, inside: means over the run */
    double density;          /* targets per mL at first */
    double present, held;    /* killer-days inside, and of them with a target */
    double expected;         /* held, by the fit to all runs; NaN without one */
    double kills, days;      /* with granules: kills, killer-days of holding of who can kill */
} pf_rate_run;

enum { PF_RATES_MAX = 20 };

typedef struct pf_rates {
    size_t n_run;
    pf_tissue_memory *memory; /* [n_run] */
    pf_rate_run *run;         /* [n_run] */
    pf_killing killing;
    pf_entry entry;
    size_t divided; /* killers that were followed until they divided */
    size_t n;
    pf_rate rate[PF_RATES_MAX];
    const char *source; /* of all, for a study */
} pf_rates;

/** Everything that runs say; `r->memory` is filled. Errors: NO_MEMORY, CONFIG */
PF_NODISCARD pf_err pf_rates_make(pf_ctx *ctx, pf_arena *a, pf_rates *r);
void pf_rates_text(const pf_rates *r, pf_buf *b);
void pf_rates_yaml(const pf_rates *r, pf_buf *b);
void pf_rates_csv(const pf_rates *r, pf_buf *b);
void pf_rates_json(const pf_rates *r, pf_buf *b);

#endif
