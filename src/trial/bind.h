/* bind.h: the study's names tied to the compiled model: which slot a variable sets, which state
 * a dose enters, what is looked at. Internal to trial.
 *
 * Roles it reads (docs/biology/core-model.md lists the core model's):
 *   target-lesion [mm], target-lesion.viable [mm] (used with Lugano criteria), kinetics,
 * marker.<name>, grade.<name> (expression), other-site [mm] (a lesion under criteria:
 * recurrence), death-hazard, new-lesion-hazard, event-hazard.<name> (states: cumulative
 * hazards), on-progression (parameter set to 1), dose.<drug>, dose.product (states),
 * dose.product.scaled.<parameter> (state: a dose of n cells also adds n times the parameter, as
 * fast as the cells are infused),
 * dose.<drug>.<site> and dose.product.<site> (states), rescue.<drug> and rescue-at.<drug>
 * (parameters set to the amount of each rescue dose and the grade from which on it is given),
 * switch.<mechanism> (parameter set to 0 in arms without the mechanism) Depends on: study,
 * result, model, solve. */
#ifndef PF_TRIAL_BIND_H
#define PF_TRIAL_BIND_H
#include "model/model.h"
#include "solve/engine.h"
#include "trial/simulate.h"

enum { PF_NO_SLOT = UINT32_MAX, PF_SCALED_MAX = 8 };

/* Where a value of a person goes. */
typedef struct pf_target {
    uint32_t parameter; /* PF_NO_SLOT: none */
    uint32_t state;     /* initial value; PF_NO_SLOT: none */
} pf_target;

typedef struct pf_scaled {
    uint32_t state, parameter;
} pf_scaled;

/* The parameters that tell the model's events of a rescue. */
typedef struct pf_rescue {
    uint32_t amount, grade; /* 0 in arms without it: the model's own value */
} pf_rescue;

struct pf_trial {
    const pf_study *study;
    pf_model *model;
    size_t n_program; /* arms that differ in what they use of the model have programs of their
                         own */
    pf_program **program;
    const pf_native **native; /* [n_program] for the workers made from now on; NULL: bytecode */
    uint32_t *program_of;     /* [n_arm] */
    uint32_t *program_bare;   /* [n_arm] of its patients who do not get the product after all;
                                 PF_NO_SLOT: every patient gets what the arm gets */
    pf_layout layout;
    pf_arena memory;
    double *defaults;            /* [n_param]; NaN: decided by an expression */
    double *initial;             /* [n_state] of states that the study sets; NaN: the model's */
    double *atol;                /* [n_state] */
    pf_target *variable;         /* [population.n_variable] */
    pf_target *setting;          /* [population.n_setting] */
    pf_target *unknown;          /* [unknowns.n_variable] */
    pf_target *override;         /* [study.n_override] */
    pf_target **attribute;       /* [n_product][attributes.n_variable] */
    size_t *dose_share;          /* [n_product] attribute by which doses are multiplied, 0 to 1;
                                    SIZE_MAX: none */
    pf_target **product_setting; /* [n_product][attributes.n_setting] */
    /* [n_product][study.n_attribute] variable, n_variable + setting; SIZE_MAX: none */
    size_t **asked;
    uint32_t **dose_state; /* [n_arm][n_item]; PF_NO_SLOT: a rescue into no such state */
    pf_rescue **rescue;    /* [n_arm][n_item] of items with `when` */
    uint32_t **without;    /* [n_arm][n_without] parameters that become 0 */
    size_t n_scaled;
    pf_scaled scaled[PF_SCALED_MAX];
    size_t n_lesion;   /* outputs 0 .. n_lesion - 1: diameters, mm */
    size_t n_observed; /* then kinetics (if any) and markers; then grades */
    int has_kinetics;
    uint32_t death, new_lesion; /* watch numbers; PF_NO_SLOT: the model has none */
    size_t n_watch;
    uint32_t watch[2 + PF_COUNTED_MAX];
    uint32_t event; /* watch of the first of assess.event; the others follow */
    size_t n_input;
    uint32_t *input;     /* states that are infused into */
    uint32_t progressed; /* parameter; PF_NO_SLOT: none */
    size_t weight, bsa;  /* population variables; SIZE_MAX: none */
    /* `tissue:` (bind_tissue.c); program_tissue[n_arm]: PF_NO_SLOT where no patient has one */
    uint32_t *program_tissue;
    uint32_t tissue_weight, tissue_kill[2], tissue_loss, tissue_back; /* parameters */
    size_t tissue_out, n_tissue_out; /* where its outputs begin in a look; see PF_TISSUE_SEEN */
    double first_day;                /* day of the earliest record of any arm, at most 0 */
};

/** Number of state `s` among the inputs; SIZE_MAX when it is not infused into. */
size_t pf_trial_input(const pf_trial *t, uint32_t s);

/* Outputs of a program for a tissue, behind all others; then its levels. */
enum {
    PF_TISSUE_KILLERS,
    PF_TISSUE_TUMOUR,
    PF_TISSUE_LOSS,
    PF_TISSUE_FREE_OUT,
    PF_TISSUE_SEEN
};

/** Name the columns of all tables (layout.c). Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_trial_lay_out(pf_ctx *ctx, pf_trial *t);

#endif
