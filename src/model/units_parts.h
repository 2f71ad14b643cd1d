/* units_parts.h: what the parts of unit checking share; for units*.c only. Depends on: units.
 */
#ifndef PF_MODEL_UNITS_PARTS_H
#define PF_MODEL_UNITS_PARTS_H
#include "model/reading.h"
#include "model/units.h"

enum { PF_SIZE_TERMS = 20, PF_TOUCHED_MOST = 32 };

/* factor times powers of atoms, sorted by atom, none with power 0. An atom is the unknown unit
 * of a variable (its number in the flat model; time comes after the last) or a named unit. */
typedef struct pf_size {
    double factor;
    size_t n;
    struct {
        uint32_t atom;
        double power;
    } term[PF_SIZE_TERMS];
} pf_size;

typedef enum {
    PF_VALUE_ANY,  /* nothing can be said of it */
    PF_VALUE_BARE, /* made of bare numbers */
    PF_VALUE_SIZED
} pf_value_kind;

typedef struct pf_value {
    pf_value_kind kind;
    pf_size size;
    double number;       /* of constants; else NaN */
    const pf_item *item; /* [n_item] where it is written */
    size_t n_item;
    const pf_function *in; /* the function whose body that is; NULL */
} pf_value;

/* The unit of a variable, or of time. */
typedef struct pf_unit_of {
    int declared;
    uint32_t bound;      /* 0: unknown; when it became known, 1, 2, ... */
    const pf_size *size; /* declared or bound */
    pf_place at;         /* of the formula that it was inferred from */
    int confirmed, doubtful;
} pf_unit_of;

typedef struct pf_unit_name { /* one definition of the model */
    int busy, status;         /* status: as of pf_size_read, 2: not read yet */
    pf_size *size;
} pf_unit_name;

typedef struct pf_checker {
    pf_ctx *ctx;
    const pf_flat *flat;
    pf_units *units;
    pf_arena arena;
    pf_unit_of *of; /* [n_var] */
    uint32_t n_var; /* time: n_var - 1 */
    pf_names defined;
    pf_unit_name *definition; /* [flat->n_unit] */
    pf_names atoms;
    pf_unit_split *atom; /* factor 0: no unit */
    const char **legend; /* what an atom of the model is, where its name does not tell; NULL */
    size_t atom_capacity, legend_capacity;
    const char *unknown; /* the last name that is no unit */
    pf_names told;       /* those that were told */
    unsigned depth;
    int quiet; /* look only: nothing is learnt or told */
    uint32_t n_bound;
    uint32_t touched[PF_TOUCHED_MOST]; /* inferred variables of the last equation */
    size_t n_touched;
    pf_value *stack;
    size_t n_stack, stack_capacity, work;
    unsigned calls;
    const char *what, *name; /* "the rate of", "x": whose formula it is */
    const pf_item *call;     /* the outermost call; NULL */
    pf_place *place;         /* [n_place] of all clashes; of those kept in their order */
    size_t n_place, place_capacity;
    pf_clashes *out;
    pf_err failed;
} pf_checker;

/* units_size.c */

/** Read a unit. 1: `*out`; 0: one that the model leaves open (substance, volume); -1: `unknown`
 * of the checker is no unit. */
int pf_size_read(pf_checker *c, const char *text, const char *prefix, pf_size *out);
/** a := a b^power; 0 when it becomes too long. */
int pf_size_times(pf_size *a, const pf_size *b, double power);
pf_size pf_size_of_atom(uint32_t atom);
/** Replace named units by base units; 0 when some atom is a variable. */
int pf_size_split(const pf_checker *c, const pf_size *s, pf_unit_split *out);
void pf_size_text(const pf_checker *c, const pf_size *s, pf_buf *out);
/** ", where unit_0 is 3600 second" of the atoms of s; `told`: how many were, at most 2. */
void pf_size_legend(const pf_checker *c, const pf_size *s, int *told, pf_buf *out);

/* units_solve.c */

typedef enum { PF_AGREE, PF_CLASH, PF_DOUBT } pf_verdict;
/** Replace what is inferred; 0 when it becomes too long. Fills `touched`. */
int pf_units_resolve(pf_checker *c, pf_size *s);
/** a and b have one unit: learn from it, or say that they have not. PF_DOUBT: they have not,
 * but a clash that was told already may be why. `prefer`: learn the unit of this variable if
 * possible. `*factor`: one unit of a in units of b, 0 when they measure different things. */
pf_verdict pf_units_equate(pf_checker *c, const pf_size *a, const pf_size *b, uint32_t prefer,
    pf_place at, double *factor);

/* units_time.c */

/** When the model does not say its unit of time: what most of its rates say. */
PF_NODISCARD pf_err pf_units_time(pf_checker *c);
/** The amount of species `v`: what its name is in, times the size of its compartment. */
pf_value pf_units_amount(const pf_checker *c, uint32_t v);

/* units_infer.c */

/** The unit of a formula, with its clashes told. */
PF_NODISCARD pf_err pf_units_expr(pf_checker *c, const pf_def *d, pf_value *out);
/** What `v`, a root, is in. */
pf_value pf_units_var(const pf_checker *c, uint32_t v);
uint32_t pf_units_find(const pf_checker *c, const char *prefix, const char *name);

/* units_tell.c */

/** Tell a clash unless something was told of that place. */
void pf_units_tell(pf_checker *c, pf_place at, const char *mend, const char *fmt, ...)
    PF_PRINTF(4, 5);
/** Tell once that `unknown` of the checker is no unit. */
void pf_units_tell_unknown(pf_checker *c, pf_place at);
/** `a` and `b` must agree; 0 when they do not. `want`: what b is, NULL: its formula. */
int pf_units_agree(pf_checker *c, const pf_value *a, const pf_value *b, pf_place at,
    uint32_t prefer, const char *want);
/** `a` must be a pure number; `what`: "the argument of exp". */
void pf_units_pure(pf_checker *c, const pf_value *a, pf_place at, const char *what);

/* units_text.c */

/** A formula in infix, cut short when it is long. `in`: its function, NULL. */
void pf_units_formula(const pf_item *item, size_t n, const pf_function *in, pf_buf *out);
const char *pf_units_word(uint32_t word);

#endif
