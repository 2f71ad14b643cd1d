/* result.h: what a simulated trial leaves behind: tables of doubles, column by column
 * described.
 *
 * Everything a run keeps of its patients is rows of doubles, so that a chunk on disk is the
 * rows themselves and a table is a chunk with names. Missing is NaN. Times are days. Depends
 * on: study. Threads: a layout is read-only once made; a pf_rows belongs to one thread. */
#ifndef PF_TRIAL_RESULT_H
#define PF_TRIAL_RESULT_H
#include "trial/daily.h"
#include "trial/study.h"

/* Columns of `patients`, one row for each patient; covariates and samples follow (pf_layout).
 */
enum {
    PF_P_REPLICATE, /* 0, 1, ... */
    PF_P_PATIENT,   /* 0, 1, ... within the replicate */
    PF_P_ARM,       /* index */
    PF_P_STRATUM,   /* index; 0 without strata */
    PF_P_FAILED,    /* 1: the integration failed; endpoints are missing */
    PF_P_TREATED,   /* number of doses actually given */
    PF_P_BASELINE,  /* measured sum of diameters, mm */
    PF_P_BEST,      /* pf_response */
    PF_P_CHANGE,    /* best % change of the sum */
    PF_P_PFS,
    PF_P_PFS_EVENT,
    PF_P_PROGRESSION, /* day, 0/1, pf_progression */
    PF_P_OS,
    PF_P_OS_EVENT,
    PF_P_TTR,
    PF_P_DOR,
    PF_P_DOR_EVENT,
    PF_P_CMAX,
    PF_P_TMAX,
    PF_P_AUC28,   /* of the kinetics observable; day 0 to 28 */
    PF_P_INFUSED, /* number of doses of a product actually given */
    PF_P_FIXED
};
enum { PF_LOT_COLUMNS = 2 };

/* Columns of the other tables. */
enum {
    PF_A_REPLICATE,
    PF_A_PATIENT,
    PF_A_ARM,
    PF_A_VISIT,
    PF_A_DAY,
    PF_A_SLD,
    PF_A_CHANGE,
    PF_A_NADIR,
    PF_A_RESPONSE,
    PF_A_NEW_LESION,
    PF_A_COLUMNS
};
enum {
    PF_K_REPLICATE,
    PF_K_PATIENT,
    PF_K_ARM,
    PF_K_DAY,
    PF_K_FIXED
}; /* then kinetics, markers and grades */
enum { PF_E_REPLICATE, PF_E_PATIENT, PF_E_ARM, PF_E_DAY, PF_E_KIND, PF_E_VALUE, PF_E_COLUMNS };
enum {
    PF_F_REPLICATE,
    PF_F_PATIENT,
    PF_F_ARM,
    PF_F_DAY,
    PF_F_REASON,
    PF_F_STATE,
    PF_F_COLUMNS
};

typedef enum {
    PF_EVENT_DOSE = 1, /* value: amount */
    PF_EVENT_NEW_LESION,
    PF_EVENT_PROGRESSION, /* value: pf_progression */
    PF_EVENT_DEATH,
    PF_EVENT_DROPOUT,
    PF_EVENT_END,
    PF_EVENT_RESCUE,       /* value: amount */
    PF_EVENT_COUNTED = 100 /* plus the number in assess.event; its text is that name */
} pf_event_kind;
const char *pf_event_text(int kind);

/* A reason in failures beyond the engine's own (pf_case_status): a value of the patient cannot
 * be used, or its regimen cannot be worked out; the log has the sentence. */
enum { PF_FAILURE_VALUES = 100 };
const char *pf_failure_text(int reason);

typedef enum {
    PF_TABLE_PATIENTS,
    PF_TABLE_ASSESSMENTS,
    PF_TABLE_KINETICS,
    PF_TABLE_EVENTS,
    PF_TABLE_FAILURES,
    PF_TABLE_COUNT
} pf_table_kind;

typedef struct pf_layout {
    size_t n_column[PF_TABLE_COUNT];
    const char *const *column[PF_TABLE_COUNT]; /* names as in the CSV files */
    size_t n_covariate; /* columns PF_P_FIXED .. of patients: population variables, in order */
    size_t n_sample;    /* then kinetics at each assess.kinetics day */
    /* Then what the study has of these, each beginning at its column; 0: none. */
    size_t marker_at;      /* [assess.n_marker][assess.n_kinetics] samples */
    size_t persistence_at; /* last day of kinetics at or above assess.lloq; 0: never */
    size_t grade_at;       /* [assess.n_grade] worst grade, 0 to 5 */
    size_t event_at;       /* [assess.n_event] day; NaN: it did not happen */
    size_t attribute_at;   /* [study->n_attribute] of the product */
    size_t daily_at; /* [assess.n_grade][PF_DAILY_COLUMNS] grades by day (daily.h), when there
                        is a product */
    size_t n_daily;  /* how many columns that are */
    size_t quality_at,
        n_quality; /* what the lot that was given is like, when a product has lots */
    const char *const *quality; /* [n_quality] names as formulas have them, "lot_viability" */
    size_t n_lot; /* last of all, when a product has lots: PF_LOT_COLUMNS, how the lot came
                     about (pf_served_how) and by how many days it was late; else 0 */
    int no_lesions, no_death;       /* the model or the study has none: nothing to report */
    const char *kinetics_unit;      /* e.g. "cell/uL" */
    const char *const *marker_unit; /* [assess.n_marker]; NULL: unknown */
    size_t n_state;
    const char *const *state; /* names, for failures */
    pf_arena arena;
} pf_layout;

/** Name the columns of `patients` and say where each part begins. `l` is zeroed but for its
 * arena, which owns the names. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_layout_patients(
    pf_ctx *ctx, const pf_study *s, int has_kinetics, pf_layout *l);
/** Is this column of `patients` a code that stands for text? */
int pf_patient_column_is_text(const pf_layout *l, size_t column);

/* Rows of one table. */
typedef struct pf_rows {
    size_t n_column, n, capacity; /* rows, not doubles */
    double *x;                    /* [n][n_column] */
} pf_rows;

/* What a range of patients left behind. */
typedef struct pf_chunk {
    uint64_t first, count; /* linear patient numbers: replicate * study size + patient */
    pf_rows table[PF_TABLE_COUNT];
} pf_chunk;

void pf_chunk_init(pf_chunk *c, const pf_layout *layout);
void pf_chunk_empty(pf_chunk *c); /**< forget the rows, keep the memory */
void pf_chunk_clear(pf_chunk *c);
/** A new row of NaN at the end of a table; NULL when there is no memory. */
double *pf_chunk_row(pf_ctx *ctx, pf_chunk *c, pf_table_kind kind);
/** Order rows by (replicate, patient), keeping the order within a patient. Patients finish out
 * of order in lanes; sorted, a chunk's bytes do not depend on lanes. */
PF_NODISCARD pf_err pf_chunk_sort(pf_ctx *ctx, pf_chunk *c);

#endif
