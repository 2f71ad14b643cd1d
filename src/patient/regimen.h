/* regimen.h: what is given when, and its lowering to NONMEM-style records for one person.
 *
 * Times are days from the start of treatment (day 0), which may be negative for
 * lymphodepletion. Depends on: population. Threads: read-only, may be shared. */
#ifndef PF_PATIENT_REGIMEN_H
#define PF_PATIENT_REGIMEN_H
#include "patient/population.h"

typedef enum { PF_PER_PATIENT, PF_PER_KG, PF_PER_M2 } pf_dose_per;

typedef struct pf_regimen_item {
    const char *drug;   /* name of a `dose.<drug>` role; NULL for a product */
    size_t product;     /* index among the study's products, when drug is NULL */
    const char *site;   /* where it goes: `dose.<drug>.<site>`; NULL: `dose.<drug>` */
    const char *when;   /* a rescue: given by the model's own events when the grade of this name
                           reaches `grade`; NULL: given by the schedule */
    double grade;       /* 1 to 5 */
    size_t n_dose;      /* 1, or the number of dose levels given in turn by order of entry */
    const double *dose; /* [n_dose] amount in `unit`, per `per` */
    const char *unit;   /* of the model's role: mg, cell, gray, 1 ...; NULL: mg, or cell */
    double dose_high;   /* > dose[0]: the dose is unknown, drawn once per replicate, log-uniform
                           from dose[0] to dose_high; else equal to dose[0] */
    pf_dose_per per;
    double max_dose; /* cap on the amount given; INFINITY when none */
    size_t n_on;
    const double *on; /* days in the cycle (or from start); {0} by default */
    double every;     /* day; 0: not repeated */
    double cycle;     /* length of a cycle, day; 0: no cycles */
    int cycles_low,
        cycles_high; /* number of cycles, drawn evenly for each patient; 1, 1 by default */
    double start;    /* day 0 of the schedule, usually 0 */
    double stop;     /* no dose at or after this day; INFINITY when open */
    int until_progression; /* doses after progression are cancelled */
    double infusion;       /* duration, day; 0: at once */
    double delay_chance;   /* probability that a dose comes late */
    double delay_days;     /* by this much; later doses of the item move with it */
    uint32_t stream; /* of random numbers: the same in arms that share the item; 0: 1 + its
                        index */
    pf_place place;
} pf_regimen_item;

/* One event of one person, NONMEM-style. EVID 1 with RATE 0 is a bolus; RATE > 0 an infusion
 * that ends after AMT / RATE. */
typedef struct pf_record {
    double day;
    double amount; /* mg or cell */
    double rate;   /* amount per day; 0: bolus */
    uint32_t item; /* index of the regimen item: what, and whether it stops at progression */
} pf_record;

typedef struct pf_person {
    uint64_t seed, replicate, patient;
    uint64_t order_in_arm;    /* 0, 1, ...: decides the dose level */
    double weight_kg, bsa_m2; /* NaN when the population has none */
    const double *dose; /* of pf_regimen_resolve for this replicate; may be NULL when no item of
                           the regimen has a range */
} pf_person;

/* A list of records that keeps its room for the next person; {0} to start. */
typedef struct pf_records {
    pf_record *row;
    size_t n, capacity;
} pf_records;
void pf_records_clear(pf_records *r);

/** Draw the unknown doses of one replicate into `dose[n]`: log-uniform for an item with a
 * range, NaN for the others. Items with the same stream in two arms get the same quantile, so
 * that a dose both arms share stays the same. */
void pf_regimen_resolve(
    const pf_regimen_item *items, size_t n, uint64_t seed, uint64_t replicate, double *dose);

/** Lower a regimen to records in time order (equal days: in the order of the items).
 *
 * Without a cycle, doses come at start + on[j] (+ k every). With a cycle, each of the person's
 * cycles begins at start + c cycle and holds doses at + on[j] (+ k every while inside the
 * cycle). A late dose pushes the item's later doses. Doses at or after `stop` or `horizon`, and
 * amounts of 0, are left out, and so are rescues. Errors: RANGE (a dose per kg without a
 * weight, over 100,000 doses), NO_MEMORY */
PF_NODISCARD pf_err pf_regimen_lower(pf_ctx *ctx, const pf_regimen_item *items, size_t n_items,
    const pf_person *who, double horizon, pf_records *out);

/** What one dose of item `index` is for this person: levels, weight, surface and cap applied;
 * mg or cell. Errors: RANGE, BUG (a range that was not resolved) */
PF_NODISCARD pf_err pf_regimen_amount(
    pf_ctx *ctx, const pf_regimen_item *items, size_t index, const pf_person *who, double *out);

#endif
