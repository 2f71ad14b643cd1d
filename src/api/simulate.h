/* simulate.h: the pieces of pf_simulate. Internal to api. */
#ifndef PF_API_SIMULATE_H
#define PF_API_SIMULATE_H
#include "api/call.h"
#include "input/table.h"
#include "model/model.h"
#include "solve/engine.h"

/* A name that a column, a --set or a record means. */
typedef struct pf_sim_target {
    int is_state;
    uint32_t index;
} pf_sim_target;

typedef struct pf_sim_set {
    pf_sim_target target;
    double value;
} pf_sim_set;

typedef struct pf_sim_stop {
    const char *id; /* NULL: every patient */
    pf_stop stop;
} pf_sim_stop;

/* Everything that is the same for all threads. */
typedef struct pf_sim {
    const pf_simulate_options *o;
    pf_arena arena;
    pf_model *model;
    pf_program *program;
    double *defaults, *atol;
    size_t n_set;
    pf_sim_set *set;
    size_t n_patient;
    pf_table *patients;    /* NULL: one patient */
    size_t id_column;      /* SIZE_MAX: none */
    pf_sim_target *column; /* [columns of patients] */
    pf_table *records;
    size_t n_stop, stop_capacity;
    pf_sim_stop *stop;
    size_t n_input;
    uint32_t *input;   /* states that are infused into */
    const char **name; /* observables, [n_name] */
    size_t n_name;
} pf_sim;

/** Read the model, the settings, patients and records, and compile. Errors: MODEL, CONFIG,
 * RANGE, IO */
PF_NODISCARD pf_err pf_sim_read(pf_ctx *ctx, const pf_simulate_options *o, pf_sim *s);
void pf_sim_clear(pf_sim *s);
/** The name of patient `i` as it is written; `scratch` of 24 bytes. */
const char *pf_sim_id(const pf_sim *s, size_t i, char *scratch);

#endif
