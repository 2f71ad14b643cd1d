/* simulate.h: the pieces of pf_simulate. Internal to api. */
#ifndef PF_API_SIMULATE_H
#define PF_API_SIMULATE_H
#include "api/back_end.h"
#include "api/call.h"
#include "model/model.h"
#include "patient/course.h"

/* A name that a column or a --set means. */
typedef struct pf_sim_target {
    int is_state;
    uint32_t index;
} pf_sim_target;

typedef struct pf_sim_set {
    pf_sim_target target;
    double value;
} pf_sim_set;

/* Everything that is the same for all threads. */
typedef struct pf_sim {
    const pf_simulate_options *o;
    pf_arena arena;
    pf_model *model;
    pf_program *program;
    pf_native *native; /* NULL: bytecode */
    double *defaults, *atol;
    double rtol, end;
    size_t n_set;
    pf_sim_set *set;
    size_t n_patient;
    pf_table *patients;      /* NULL: one patient, or those of the records */
    size_t id_column;        /* of `patients`; SIZE_MAX: none */
    pf_sim_target *column;   /* [columns of patients] */
    pf_record_table records; /* without a table: none */
    int has_records, named;  /* named: patients have IDs that are worth a column */
    const char **name;       /* [n_name] as asked for: header of the output */
    const char **output;     /* [n_output] what is computed: those, then what doses ask for */
    size_t n_name, n_output;
    double *look; /* [n_look] */
    size_t n_look;
} pf_sim;

/** Read the model, the settings, patients and records, and compile. Errors: MODEL, CONFIG,
 * RANGE, IO */
PF_NODISCARD pf_err pf_sim_read(pf_ctx *ctx, const pf_simulate_options *o, pf_sim *s);
void pf_sim_clear(pf_sim *s);
/** The name of patient `i` as it is written; `scratch` of 24 bytes. */
const char *pf_sim_id(const pf_sim *s, size_t i, char *scratch);
/** The records of patient `i`; NULL: none. */
const pf_record_person *pf_sim_person(const pf_sim *s, size_t i);
/** Names, tolerances and the program (simulate_compile.c). Errors: MODEL, CONFIG, NO_MEMORY */
PF_NODISCARD pf_err pf_sim_compile(pf_ctx *ctx, pf_sim *s);

/* What one patient's records led to, in the order of happening. */
typedef struct pf_sim_seen {
    size_t row, after; /* of the table's rows */
    uint64_t nth;
    size_t order;
} pf_sim_seen;

typedef struct pf_sim_rows {
    pf_sim_seen *seen;
    size_t n, capacity;
    double *value; /* [n][n_name] */
    size_t value_capacity;
    pf_err failed;
} pf_sim_rows;

/** Keep what a course tells. Errors stick in `failed`. */
void pf_sim_rows_add(pf_ctx *ctx, const pf_sim *s, pf_sim_rows *rows, const pf_course_row *x);
void pf_sim_rows_clear(pf_sim_rows *rows);
/** The header and one patient's rows of the table of records. `rows` is sorted. */
void pf_sim_write_header(const pf_sim *s, pf_buf *to);
void pf_sim_write_rows(const pf_sim *s, size_t patient, pf_sim_rows *rows, pf_buf *to);
/** Are there runs, rather than patients? */
static inline int pf_sim_repeats(const pf_simulate_options *o)
{
    return o->stochastic || o->runs > 0 || o->runs_out;
}
/** What a case failed on: a reaction, an event or a state, by its name. */
const char *pf_sim_culprit(const pf_sim *s, const pf_case_end *how, char text[200]);
/** All runs of a stochastic simulation, or of a model in which something else is random: the
 * table of their means and deviations, or of the one run. Errors: MODEL, RANGE, SOLVER,
 * NO_MEMORY */
PF_NODISCARD pf_err pf_sim_runs(pf_ctx *ctx, const pf_sim *s, pf_buf *text);

#endif
