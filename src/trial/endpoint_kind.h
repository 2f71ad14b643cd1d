/* endpoint_kind.h: everything that can be said about the patients of an arm, in one table: how
 * it is written in a study, its key in summary.json, what it is measured in, what it needs.
 *
 * An endpoint is written as a phrase (PF_PHRASE): words, and places for a time, a name or a
 * number. ` ratio` or ` difference` behind it compares `arm` with `against`. Under `criteria:
 * recurrence` the curve PFS is the time to recurrence or death and is called RFS.
 * Depends on: study. Threads: constants and pure functions. */
#ifndef PF_TRIAL_ENDPOINT_KIND_H
#define PF_TRIAL_ENDPOINT_KIND_H
#include "trial/study.h"

#define PF_MONTH_DAYS 30.4375
/* Closer than this, in days and relative, figures are the same: arms with programs of their own
 * agree to the tolerance of the integration, not to the last bit. */
#define PF_SAME_DAYS 0.05
#define PF_SAME_LEVEL 1e-3

/* Measures beyond those that a study can expect (pf_endpoint). */
enum {
    PF_MEASURE_TTR = PF_ENDPOINT_COUNT, /* median of the responders, days */
    PF_MEASURE_AUC28,                   /* median */
    PF_MEASURE_PFS_LOGRANK,
    PF_MEASURE_OS_LOGRANK, /* p */
    PF_MEASURE_COUNT
};

typedef enum {
    PF_FORM_SHARE, /* 0 to 1 */
    PF_FORM_TIME,  /* days, told in months */
    PF_FORM_DAYS,  /* days, told in days */
    PF_FORM_LEVEL, /* in the unit of what is measured */
    PF_FORM_RATIO,
    PF_FORM_P
} pf_form;

/* What a study must have for a kind of measure to mean something. */
enum {
    PF_NEED_LESIONS = 1,   /* imaging, of a model with lesions */
    PF_NEED_RESPONSE = 2,  /* criteria other than recurrence */
    PF_NEED_KINETICS = 4,  /* the model's role `kinetics` */
    PF_NEED_LLOQ = 8,      /* assess: lloq */
    PF_NEED_DEATH = 16,    /* the model's role `death-hazard` */
    PF_NEED_BASELINE = 32, /* a sample at or before the first dose */
    PF_NEED_SLOPE = 64,    /* two samples within the span */
    PF_NEED_SAMPLE = 128,  /* a sample on that day */
};

typedef struct pf_endpoint_kind {
    const char *key; /* in summary.json, e.g. "PFS_at" */
    pf_form form;
    unsigned need;
    int timed;    /* `at` tells it apart from others of its kind */
    int versus;   /* is itself a comparison of two arms */
    int interval; /* judged by the published interval alone, by the median over replicates */
} pf_endpoint_kind;
extern const pf_endpoint_kind PF_ENDPOINT_KIND[PF_MEASURE_COUNT];

/* A way to write an endpoint. Places: <time> with its unit; <day>, <from>, <until> in days
 * unless a unit is given; <level>, <k>, and names: <marker>, <grade>, <event>, <attribute>,
 * <covariate>. */
typedef struct pf_phrase {
    pf_endpoint kind;
    const char *words;
    const char *example;
} pf_phrase;
extern const pf_phrase PF_PHRASE[];
extern const size_t PF_PHRASE_COUNT;

/* One figure about one arm, or about an arm against another. */
typedef struct pf_measure {
    int kind;            /* pf_endpoint or PF_MEASURE_* */
    double at;           /* day, for kinds that need one; else 0 */
    size_t arm, against; /* against: for comparisons; else 0 */
    pf_compare compare;
    double to, level; /* as in pf_expect */
    size_t index;
    const pf_subgroup *among, *against_among; /* borrowed; NULL: everyone */
    const char *unit;                         /* of PF_FORM_LEVEL; NULL: unknown */
} pf_measure;

/** The measure that a published figure is about; it borrows from `e`. */
pf_measure pf_measure_of(const pf_expect *e);
/** What it is measured in: PF_FORM_RATIO for ratios, else as its kind. */
pf_form pf_measure_form(const pf_measure *m);
int pf_measure_is_share(const pf_measure *m); /**< of patients, not a difference of shares */
int pf_measure_is_comparison(const pf_measure *m); /**< needs `against` */
int pf_measure_same(const pf_measure *a, const pf_measure *b);
/** Key in summary.json: "PFS_at", "ORR_difference"; "RFS" for "PFS" where the study says so. */
void pf_measure_key(const pf_study *s, const pf_measure *m, char *text, size_t size);
/** As one would write it in the study, with subgroups: "marker CEA fold day 28, among age >
 * 65".
 */
void pf_measure_label(const pf_study *s, const pf_measure *m, char *text, size_t size);
/** "share", "day", the unit of what is measured, or "1". */
const char *pf_measure_unit(const pf_measure *m);
/** "18.5 %", "4.1 months" (days for short ones: "9.3 days"), or the number with its unit. */
void pf_measure_print(char *text, size_t size, const pf_measure *m, double value);

#endif
