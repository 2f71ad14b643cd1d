/* rules.h: how cells answer what they sense, written as a table instead of as code.
 *
 * A rule says that a signal increases or decreases a behaviour of a type of cell. For one
 * behaviour of one type, with s the value of a signal, half and p the rule's half-max and Hill
 * power,
 *   U = X / (1 + X),  X = sum over the increasing rules of (s / half)^p,
 *   D = Y / (1 + Y),  Y = the same sum over the decreasing rules,
 *   b = (1 - D) ((1 - U) b0 + U high) + D low,
 * b0 the behaviour's base value, `high` and `low` the saturation values of the increasing and
 * of the decreasing rules: the published combination (Johnson et al. 2025, Cell,
 * doi:10.1016/j.cell.2025.06.048), in which what decreases has the last word. A cell that is
 * dead hears only the rules that apply to the dead. Rules are kept in the order of their names'
 * numbers, so that the order of the rows of a file means nothing, not even in the last bit.
 * Depends on: setup, input. Threads: read-only once read. */
#ifndef PF_TISSUE_RULES_H
#define PF_TISSUE_RULES_H
#include "input/diag.h"
#include "input/quantity.h"
#include "tissue/setup.h"

/* Signals and behaviours by number; those of one substance, type, phase or molecule stand in a
 * row. */
enum {
    PF_SENSE_LEVEL,                                           /* of a substance, at the cell */
    PF_SENSE_GRADIENT = PF_SENSE_LEVEL + PF_SUBSTANCES_MAX,   /* its size, per um */
    PF_SENSE_CONTACT = PF_SENSE_GRADIENT + PF_SUBSTANCES_MAX, /* living cells of a type */
    PF_SENSE_ANTIGEN = PF_SENSE_CONTACT + PF_CELL_TYPES_MAX,  /* own number */
    PF_SENSE_RECEPTOR = PF_SENSE_ANTIGEN + PF_MOLECULES_MAX,
    PF_SENSE_LIVE = PF_SENSE_RECEPTOR + PF_MOLECULES_MAX, /* cells within reach */
    PF_SENSE_DEAD,
    PF_SENSE_PRESSURE, /* see PF_PRESSURE_ONE */
    PF_SENSE_VOLUME,   /* um3 */
    PF_SENSE_TIME,     /* min */
    PF_SENSE_KILLS,
    PF_SENSE_GRANULES,
    PF_SENSE_EXHAUSTION,
    PF_SENSE_BOUND, /* 1: holds a target */
    PF_SENSE_HELD,  /* killers that hold it */
    PF_SENSE_COUNT
};
enum {
    PF_DO_EXIT, /* from a phase, 1/min; cycle entry is the exit from phase 0 */
    PF_DO_TAXIS = PF_DO_EXIT + PF_PHASES_MAX,          /* weight of a substance's gradient */
    PF_DO_SECRETION = PF_DO_TAXIS + PF_SUBSTANCES_MAX, /* 1/min */
    PF_DO_TARGET = PF_DO_SECRETION + PF_SUBSTANCES_MAX,
    PF_DO_UPTAKE = PF_DO_TARGET + PF_SUBSTANCES_MAX,
    PF_DO_ANTIGEN = PF_DO_UPTAKE + PF_SUBSTANCES_MAX, /* per cell */
    PF_DO_RECEPTOR = PF_DO_ANTIGEN + PF_MOLECULES_MAX,
    PF_DO_APOPTOSIS = PF_DO_RECEPTOR + PF_MOLECULES_MAX, /* 1/min */
    PF_DO_NECROSIS,
    PF_DO_SPEED, /* um/min */
    PF_DO_BIAS,
    PF_DO_PERSISTENCE, /* min */
    PF_DO_BIND,        /* the rest: pf_killer */
    PF_DO_ATTEMPTS,
    PF_DO_HOLD,
    PF_DO_SLOW,
    PF_DO_REFILL,
    PF_DO_COUNT
};

/* Pressure is the sum over neighbours that overlap of (1 - d / (r_i + r_j))^2, divided by this:
 * twelve neighbours, each as near as makes circles of a close packing in the plane fill it,
 * 12 (1 - sqrt(pi / (2 sqrt 3)))^2. So it is counted in published rules, whose half-maxima can
 * be taken over. */
#define PF_PRESSURE_ONE 0.027288820670331

typedef struct pf_rule {
    size_t type;
    int signal, behaviour;
    int decreases, dead;
    double saturation, half, power; /* in the units of words.h */
    pf_place place;                 /* of its row */
    const char *source;             /* NULL: none given */
} pf_rule;

/* One behaviour of one type: its increasing rules [from, middle), its decreasing [middle, to).
 */
typedef struct pf_answer {
    size_t type;
    int behaviour;
    size_t from, middle, to, column;
} pf_answer;

typedef struct pf_rules {
    pf_arena arena;
    const pf_setup *setup; /* for which they were read; borrowed */
    const char *text;      /* the table as it was read */
    size_t text_size;
    size_t n, n_response;
    pf_rule *rule;                       /* [n] by type, behaviour, direction, signal */
    pf_answer *response;                 /* [n_response] in the same order */
    size_t first[PF_CELL_TYPES_MAX + 1]; /* of a type: response[first[t]] .. [first[t + 1]] */
    /* what is remembered for each cell between two phenotype steps */
    size_t n_column;
    int *behaviour;  /* [n_column] */
    int16_t *column; /* [type][PF_DO_COUNT]; -1: no rule of that type changes it */
    uint8_t *hears;  /* [type][PF_SENSE_COUNT]: some rule of the type asks for it */
    uint8_t walks[PF_CELL_TYPES_MAX]; /* asks for what only neighbours tell */
    int neighbours, held;             /* some type does; some rule asks who is held */
} pf_rules;

/** Read a table of rules (docs/reference/tissue-rules.md) for this setup, all of whose names
 * stand already. Problems go to `diag`, all of them, the first into the context too. Errors:
 * CONFIG, IO, NO_MEMORY. Free with pf_rules_free. */
PF_NODISCARD pf_err pf_rules_read(pf_ctx *ctx, pf_diag *diag, pf_units *units,
    const pf_setup *setup, const char *path, pf_rules **out);
/* Where a table comes from. */
typedef struct pf_rules_text {
    const char *name, *bytes;
    size_t size;
} pf_rules_text;
/** The same from memory. */
PF_NODISCARD pf_err pf_rules_parse(pf_ctx *ctx, pf_diag *diag, pf_units *units,
    const pf_setup *setup, const pf_rules_text *text, pf_rules **out);
void pf_rules_free(pf_rules *r); /**< NULL is allowed */

/** The order of rules; 0: the same type, behaviour, direction and signal. */
int pf_rule_order(const pf_rule *a, const pf_rule *b);
/** Responses, columns and what is heard, from the rules, which are in order. For the reader.
 * Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_rules_plan(pf_ctx *ctx, pf_rules *r);
/** The largest value that rules can give to a behaviour of a type; `base` without rules. */
double pf_rules_most(const pf_rules *r, size_t type, int behaviour, double base);
/** The behaviour under these signals [PF_SENSE_COUNT], from its base value. */
double pf_answer_value(
    const pf_rules *r, const pf_answer *p, const double *signal, int dead, double base);

#endif
