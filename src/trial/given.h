/* given.h: what a study gives its patients, as records (patient/records.h). Depends on:
 * simulate. */
#ifndef PF_TRIAL_GIVEN_H
#define PF_TRIAL_GIVEN_H
#include "trial/simulate.h"

/** The planned doses of all patients of one replicate as a table of records, and as further
 * columns the parameters that the study sets for each patient: ID (the patient's number as in
 * patients.csv), ARM, TIME [day], EVID, AMT, CMT, RATE, DRUG (or the product), parameters. What
 * a dose of a product adds elsewhere (roles dose.product.scaled) is a row too. Nothing is
 * integrated, so doses that progression or dropout would cancel are there. Parameters that some
 * patients leave to a formula of the model have no column. Errors: RANGE (a replicate that is
 * not in the study, a dose that cannot be computed), NO_MEMORY */
PF_NODISCARD pf_err pf_trial_given(
    pf_ctx *ctx, const pf_trial *t, uint64_t replicate, pf_buf *to);

#endif
