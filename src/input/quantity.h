/* quantity.h: numbers with units: `2e6 cell/kg`, `3 week`, `18.5 %`, `1e9..1e10 cell`.
 *
 * Units are those of UDUNITS-2, with these added or fixed:
 *     cell, copies, IU, item    base units of their own: cells never convert to milligrams
 *     month                 30.4375 day;  year 365.25 day (so 12 month = 1 year)
 *     dose, lesion, patient, doubling, event    counts, the same as 1
 *     EU                    endotoxin: 1 EU is 1 IU (of the WHO standard)
 *     M                     mol/L
 * `%` is 0.01, `m2` is m^2, `uL` and the micro sign both work. Plurals are accepted.
 * Depends on: base. Threads: an object belongs to one thread; UDUNITS keeps state of its own,
 * so calls into it queue up behind a lock. */
#ifndef PF_INPUT_QUANTITY_H
#define PF_INPUT_QUANTITY_H
#include "base/base.h"

enum { PF_UNIT_LENGTH = 64 };

/* A quantity as written. `low` equals `high` unless it is a range. */
typedef struct pf_quantity {
    double low, high;
    int is_range;
    char unit[PF_UNIT_LENGTH]; /* "1" when none is written */
    int has_unit;
    size_t unit_at, unit_length; /* bytes of the text, for messages */
} pf_quantity;

/** Read `text`. 1 on success; else 0, with what is wrong and, unless NULL, the mend. Numbers
 * that are not finite, hexadecimal, or grouped by commas or blanks are refused. */
int pf_quantity_read(const char *text, pf_quantity *q, const char **wrong, const char **mend);

typedef struct pf_units pf_units;

/** Errors: IO (the unit database is not installed), NO_MEMORY */
PF_NODISCARD pf_err pf_units_new(pf_ctx *ctx, pf_units **out);
void pf_units_free(pf_units *u); /**< NULL is allowed */
/** Is this a unit? */
int pf_unit_known(pf_units *u, const char *unit);
/** Are both the same unit? */
int pf_unit_equal(pf_units *u, const char *a, const char *b);
/** `x` in unit `from`, in unit `to`: 1 and `*out`, or 0 when they do not fit. */
int pf_unit_convert(pf_units *u, double x, const char *from, const char *to, double *out);
/* What a unit is made of: `factor` times a product of base units, each to its power. */
enum { /* m, kg, s, A, K, mol, cd, and then */
    PF_BASE_SECOND = 2,
    PF_BASE_CELL = 7,
    PF_BASE_COPIES,
    PF_BASE_IU,
    PF_BASE_ITEM,
    PF_UNIT_BASES
};
typedef struct pf_unit_split {
    double factor;
    double power[PF_UNIT_BASES];
} pf_unit_split;

/** 1, and what it is made of, an angle being a number; 0 when it is no unit, or has a zero of
 * its own (degC) or a logarithm. */
int pf_unit_split_up(pf_units *u, const char *unit, pf_unit_split *out);
/** A unit that was probably meant; NULL when none is near. */
const char *pf_unit_nearest(const char *unit);

#endif
