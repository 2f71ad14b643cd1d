/* records.h: NONMEM-style records: who gets what when, as a table that people write.
 *
 * They live in patient, above solve and below everything that has several patients: a course
 * (course.h) plays them on one case of the engine. What a study gives is a list of its own
 * (regimen.h), which trial/given.h writes as such a table. The columns and
 * their meaning stand in docs/reference/records.md; they follow NONMEM's data items (TIME,
 * EVID, AMT, CMT, RATE, ADDL, II, SS, MDV, ID) with DUR added. A second, plain form (time,
 * target, action, value) sets or adds to any state or parameter.
 *
 * Times are in the model's unit, doses are amounts: into a species that is held as a
 * concentration goes the amount over the size of its compartment. Dose parameters are names of
 * the model: for a state S, bioavailability F_S and lag ALAG_S where the model has them, rate
 * R_S or R<number> for RATE -1, duration D_S or D<number> for RATE -2; of a state a.S they are
 * a.F_S and so on. Depends on: input, model. Threads: read-only once read, so it may be shared.
 */
#ifndef PF_PATIENT_RECORDS_H
#define PF_PATIENT_RECORDS_H
#include "input/table.h"
#include "model/model.h"
#include "model/names.h"

typedef enum {
    PF_RECORD_OBSERVE,    /**< EVID 0: somebody looks */
    PF_RECORD_DOSE,       /**< EVID 1 */
    PF_RECORD_OTHER,      /**< EVID 2: a covariate changes, or somebody looks */
    PF_RECORD_RESET,      /**< EVID 3: all states as at the start, no dose under way */
    PF_RECORD_RESET_DOSE, /**< EVID 4 */
    PF_RECORD_ADD,        /**< plain form: state `target` += amount */
    PF_RECORD_SET,        /**< plain form: state `target` = amount */
    PF_RECORD_PARAM,      /**< plain form: parameter `target` = amount */
} pf_record_kind;

/* RATE of a dose: > 0 as given; 0 at once, or by `duration`; else one of these. */
enum { PF_RATE_BY_MODEL = -1, PF_DURATION_BY_MODEL = -2 };

typedef struct pf_record_row {
    pf_record_kind kind;
    size_t row; /**< of the table */
    double t;
    double amount;   /**< of the dose; of the plain form, the value */
    double rate;     /**< see above */
    double duration; /**< DUR; 0: none */
    double interval; /**< II; 0: none */
    uint64_t more;   /**< ADDL */
    int ss;          /**< SS: 0, 1, 2 */
    uint32_t target; /**< state, or of PF_RECORD_PARAM parameter */
} pf_record_row;

/* Rows first .. first + n - 1 of one ID, in the order of the file. */
typedef struct pf_record_person {
    const char *id; /**< NULL: the table has no ID, its rows are for everybody */
    size_t first, n;
} pf_record_person;

/* What the model says of doses into one state. */
typedef enum {
    PF_ASK_F,
    PF_ASK_LAG,
    PF_ASK_RATE,
    PF_ASK_DURATION,
    PF_ASK_SIZE, /**< of the compartment, when the state is a concentration */
    PF_ASKS
} pf_record_ask;

typedef struct pf_record_table {
    pf_table *table; /* owned */
    const pf_model *model;
    pf_arena arena;
    pf_record_row *row;
    size_t n_row, row_capacity;
    pf_record_person *person;
    size_t n_person, person_capacity;
    pf_names ids; /* of the persons, in their order; empty without ID */
    size_t n_covariate;
    uint32_t *covariate;     /**< [n_covariate] parameters that have a column */
    size_t *column;          /**< [n_covariate] that column */
    double *covariate_value; /**< [n_row][n_covariate], carried forward; NaN: not given yet, the
                                model's own holds */
    size_t n_ask;
    const char **ask; /**< [n_ask] names of the model that doses need: observables */
    uint32_t *ask_of; /**< [n_state][PF_ASKS] number in `ask`; UINT32_MAX: none */
    size_t n_input;
    uint32_t *input;    /**< [n_input] states that are infused into */
    uint32_t *input_of; /**< [n_state] number in `input`; UINT32_MAX: none */
    size_t n_unused;
    size_t *unused; /**< [n_unused] columns that mean nothing to the model */
    int has_steady; /**< some row asks for a steady state */
    int goes_back;  /**< after some reset the time starts again */
} pf_record_table;

/** Read a table for a model, which is borrowed. `start` is the time of the initial state: no
 * record may lie before it. On failure `t` still wants pf_record_table_clear. Errors: IO,
 * CONFIG
 * ("file:line:column: what is wrong; the mend"), NO_MEMORY */
PF_NODISCARD pf_err pf_record_table_read(
    pf_ctx *ctx, const char *path, const pf_model *model, double start, pf_record_table *t);
/** The same from memory; `name` stands in messages. */
PF_NODISCARD pf_err pf_record_table_parse(pf_ctx *ctx, const char *text, size_t size,
    const char *name, const pf_model *model, double start, pf_record_table *t);
void pf_record_table_clear(pf_record_table *t);

/** The person with that ID, the only one of a table without ID; NULL when there is none. */
const pf_record_person *pf_record_table_find(const pf_record_table *t, const char *id);
/** The latest time of any row, additional doses included; -INFINITY without rows. */
double pf_record_table_last(const pf_record_table *t);
/** Refuse a table that would give more than a million doses to one person before `end`.
 * Errors: CONFIG */
PF_NODISCARD pf_err pf_record_table_check_end(
    pf_ctx *ctx, const pf_record_table *t, double end);

#endif
