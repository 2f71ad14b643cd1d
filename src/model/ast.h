/* ast.h: an Antimony file as statements; formulas as postfix items, so that reading, checking
 * and evaluating them are loops. Everything lives in one arena. Depends on: ops. */
#ifndef PF_MODEL_AST_H
#define PF_MODEL_AST_H
#include "model/ops.h"

typedef struct pf_place {
    int line, column;
    const char *file; /* NULL: the one that was asked for */
} pf_place;

/* Operators of formulas that are no instructions; the rest are those of PF_OP_LIST. */
enum {
    PF_WORD_GT = PF_OP_COUNT,
    PF_WORD_GE,
    PF_WORD_XOR,
    PF_WORD_LOGB,     /* base, x */
    PF_WORD_ROOT,     /* degree, x */
    PF_WORD_PIECE,    /* value, condition, otherwise */
    PF_WORD_DELAY,    /* x, how long ago */
    PF_WORD_RATE,     /* rateOf(x): x is one name */
    PF_WORD_REM,      /* a - b*quotient(a, b) */
    PF_WORD_QUOTIENT, /* a/b without what follows the point */
    PF_WORD_IMPLIES,
    PF_WORD_FACTORIAL,
    PF_WORD_ASINH,
    PF_WORD_ACOSH,
    PF_WORD_ATANH,
    PF_WORD_COUNT
};

typedef enum {
    PF_ITEM_NUMBER, /* may be infinite or NaN; `name`: its unit, NULL when there is none */
    PF_ITEM_NAME,   /* name */
    PF_ITEM_TIME,
    PF_ITEM_ARG,  /* of a function: `index` */
    PF_ITEM_WORD, /* operator: `index` */
    PF_ITEM_CALL, /* a function of the file: name, `index` arguments */
} pf_item_kind;

typedef struct pf_item {
    pf_item_kind kind;
    uint32_t index;
    double number;
    const char *name;
    pf_place at;
} pf_item;

typedef struct pf_expr {
    const pf_item *item;
    size_t n, depth; /* depth: values on the stack at most */
    pf_place at;
} pf_expr;

/** Operands of an operator of formulas. */
unsigned pf_word_arity(uint32_t word);
/** How many of the values before it an item takes. */
unsigned pf_item_arity(const pf_item *item);
/** Its value on plain numbers. */
double pf_word_value(uint32_t word, const double *x);
/** 1 when the formula is a plain number, maybe with a minus sign. */
int pf_expr_is_number(const pf_expr *e);

typedef enum {
    PF_ST_DECLARE,     /* species S, ... in C; const k; $S; compartment */
    PF_ST_VALUE,       /* name = expr */
    PF_ST_RULE,        /* name := expr */
    PF_ST_RATE,        /* name' = expr */
    PF_ST_REACTION,    /* [name:] sides; expr */
    PF_ST_INTERACTION, /* [name:] S -| J: parts, of which those with a number above 0 are J */
    PF_ST_ALGEBRAIC,   /* [name:] 0 = expr */
    PF_ST_INSTANCE,    /* name: other(args) */
    PF_ST_IS,          /* name is other */
    PF_ST_TITLE,       /* name is "other" */
    PF_ST_HAS,         /* name has expr, a unit */
    PF_ST_UNIT,        /* unit name = expr */
    PF_ST_IN,          /* name in other */
    PF_ST_DELETE,      /* delete name */
    PF_ST_EVENT,       /* [name:] at [delay after] trigger, options: assignments */
    PF_ST_SMALL,       /* //! small name below number */
    PF_ST_DISCRETE,    /* //! discrete name */
    PF_ST_ROLE,        /* //! role other name [unit] */
} pf_st_kind;

enum { /* what a declaration says */
    PF_SAYS_SPECIES = 1,
    PF_SAYS_COMPARTMENT = 2,
    PF_SAYS_CONST = 4,
    PF_SAYS_VAR = 8,
    PF_SAYS_BOUNDARY = 16,
    PF_SAYS_AMOUNT = 32, /* a species whose name stands for its amount, not concentration */
    PF_SAYS_STARTS_AMOUNT = 64, /* its value at the start is an amount */
    PF_SAYS_REACTION = 128,     /* the name stands for the rate of a reaction */
    PF_SAYS_SIDE = 256,         /* the name stands for a stoichiometry */
    PF_SAYS_LOCAL = 512,        /* a parameter of one reaction (SBML localParameter) */
};

/* One participant of a reaction, or one argument of a submodel. */
typedef struct pf_part {
    const char *name; /* NULL: the argument is `number` */
    double number;    /* of a reaction: stoichiometry, negative on the left side */
    const char *by;   /* of a reaction: a name that the number is multiplied with; NULL: none */
    int boundary;
    pf_place at;
} pf_part;

typedef struct pf_st_set { /* one assignment of an event */
    const char *name;
    pf_expr expr;
    pf_place at;
} pf_st_set;

typedef struct pf_st_event { /* the trigger is the statement's formula */
    pf_expr delay, priority; /* n 0: absent */
    int initial, persistent, from_trigger;
    const pf_st_set *set;
    size_t n_set;
} pf_st_event;

typedef struct pf_st {
    pf_st_kind kind;
    pf_place at;
    const char *name, *other, *unit;
    double number;
    unsigned says;
    int reversible;
    pf_expr expr;
    const pf_part *part;
    size_t n_part;
    const pf_st_event *event; /* of PF_ST_EVENT */
} pf_st;

typedef struct pf_function {
    const char *name;
    size_t n_arg;
    const char *const *arg;
    pf_expr body;
    pf_place at;
} pf_function;

typedef struct pf_module {
    const char *name;
    pf_place at;
    const char *title; /* a name for people; NULL */
    int starred, imported;
    const pf_part *arg;
    size_t n_arg;
    pf_st *st;
    size_t n_st, capacity;
} pf_module;

/* A file that was read: the one asked for, and those it imports. */
typedef struct pf_source {
    const char *path;
    uint64_t hash; /* pf_hash of its bytes */
    int open;      /* being read */
} pf_source;

/* How imported files are read; `read` NULL: from the disk. `*text` is freed with pf_free. */
typedef struct pf_files {
    pf_err (*read)(void *payload, pf_ctx *ctx, const char *path, char **text, size_t *size);
    void *payload;
} pf_files;

typedef struct pf_ast {
    pf_ctx *ctx;
    const char *file; /* what messages call the text */
    pf_arena arena;
    pf_module *module;
    size_t n_module, module_capacity;
    pf_function *function;
    size_t n_function, function_capacity;
    pf_source *source;
    size_t n_source, source_capacity;
} pf_ast;

/** Read `text` and what it imports, looked for beside `file`; `files` NULL: on the disk. On
 * failure `ast` still wants pf_ast_clear. Errors: IO, MODEL, NO_MEMORY */
PF_NODISCARD pf_err pf_ast_read(pf_ctx *ctx, const char *text, size_t size, const char *file,
    const pf_files *files, pf_ast *ast);
void pf_ast_clear(pf_ast *ast);
const pf_function *pf_ast_function(const pf_ast *ast, const char *name);

/** "file:line:column: ..."; code MODEL. `file` NULL: "column c: ...". A line below 1 (not
 * known) is left out. */
pf_err pf_fail_at(pf_ctx *ctx, const char *file, pf_place at, const char *fmt, ...)
    PF_PRINTF(4, 5);

#endif
