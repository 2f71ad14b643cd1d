/* random.h: random numbers by identity, never by thread, lane or order of calls.
 *
 * Philox4x32-10 (Salmon et al., SC11, doi 10.1145/2063384.2063405): the key is (seed, purpose),
 * the counter is (replicate, patient, stream, block). The same identity gives the same numbers
 * on any machine layout. A new kind of draw takes a new purpose, appended to the list, so that
 * adding biology never shifts the draws that older results were made of. Depends on: err.
 * Threads: a pf_random is plain data of its owner. */
#ifndef PF_BASE_RANDOM_H
#define PF_BASE_RANDOM_H
#include "base/err.h"

#include <stdint.h>

/* What a draw is for. Append only. */
typedef enum {
    PF_DRAW_PRIOR,      /* unknown parameters, one set per replicate */
    PF_DRAW_POPULATION, /* covariates of a virtual patient */
    PF_DRAW_ALLOCATION, /* arms */
    PF_DRAW_IMAGING,    /* visit windows and reader error */
    PF_DRAW_LESION,     /* new lesions */
    PF_DRAW_DEATH,      /* survival */
    PF_DRAW_DROPOUT,    /* leaving the study */
    PF_DRAW_SMALL,      /* birth and death of small populations */
    PF_DRAW_PRODUCT,    /* lots */
    PF_DRAW_DOSE,       /* delays, reductions, individual dose */
    PF_DRAW_TEST,       /* tests of the generator itself */
    PF_DRAW_EVENT,      /* order of events of one time and priority */
    PF_DRAW_JUMP,       /* reactions as a jump process */
    PF_DRAW_LAW,        /* draws that a model makes itself */
    PF_DRAW_LOT,        /* variables of a lot of cells */
    PF_DRAW_LOT_MAKING, /* what happens while it is made */
    PF_DRAW_LOT_ASSAY,  /* errors of its release tests */
    PF_DRAW_COUNTED,    /* counted events: thresholds of event-hazard roles */
    PF_DRAW_TISSUE,     /* seed of the tissue that stands for a lesion */
} pf_draw_purpose;

typedef struct pf_random {
    uint32_t key[2];
    uint32_t counter[4]; /* [0] block, [1] stream, [2] patient, [3] replicate */
    uint32_t word[4];
    unsigned left; /* words not yet used */
} pf_random;

/** Ten rounds of Philox4x32. */
void pf_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]);
/** Start the sequence of one identity. `stream` tells apart several sequences of one purpose
 * (a state's index, a lesion's number); 0 where there is one. Replicate and patient below 2^32.
 */
void pf_random_init(pf_random *r, uint64_t seed, pf_draw_purpose purpose, uint64_t replicate,
    uint64_t patient, uint32_t stream);
uint32_t pf_random_word(pf_random *r);
double pf_random_uniform(pf_random *r);     /**< in (0, 1), both ends excluded, 52 bits */
double pf_random_normal(pf_random *r);      /**< by inversion: one uniform each */
double pf_random_exponential(pf_random *r); /**< mean 1 */
double pf_random_gamma(pf_random *r, double shape); /**< scale 1; shape > 0 (Marsaglia-Tsang) */
/** Whole numbers, returned as doubles; exact in law. mean >= 0; above 1e12 a rounded normal. */
double pf_random_poisson(pf_random *r, double mean);
double pf_random_binomial(pf_random *r, double n, double p); /**< n >= 0 whole, 0 <= p <= 1 */
/** Sum of `n` geometric variables on 1, 2, ... with success probability `p` in (0, 1], minus n:
 * the negative binomial number of failures, for real n >= 0. */
double pf_random_negative_binomial(pf_random *r, double n, double p);
/** A uniform whole number below `n`, n >= 1, without bias. */
uint32_t pf_random_below(pf_random *r, uint32_t n);

/** The normal quantile (Wichura 1988, AS 241, PPND16), relative accuracy about 1e-16; -inf and
 * inf at 0, 1. */
double pf_normal_quantile(double p);
/** The normal distribution function, by erfc. */
double pf_normal_cdf(double x);

#endif
