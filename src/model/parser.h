/* parser.h: what the readers of statements and of formulas share. Depends on: lexer. */
#ifndef PF_MODEL_PARSER_H
#define PF_MODEL_PARSER_H
#include "model/lexer.h"

typedef struct pf_parser {
    pf_ctx *ctx;
    const char *file;
    pf_arena *arena;
    pf_lexer lexer;
    pf_token t; /* the token at hand */
    /* the formula being read */
    pf_item *item;
    size_t n_item, item_capacity;
    size_t stack, depth; /* values on the stack, now and at most */
    unsigned nested;
    /* names with a meaning of their own: arguments of a function, variables of a formula */
    const char *const *arg;
    size_t n_arg;
    int closed;  /* only the names in `arg` may be read */
    int formula; /* a single formula, without a file's functions and time */
} pf_parser;

PF_NODISCARD pf_err pf_parser_next(pf_parser *p);
/** Is the token at hand the name `word`? */
int pf_parser_at(const pf_parser *p, const char *word);
/** Fail at the token at hand: "expected ..., but found ...". */
pf_err pf_parser_expected(pf_parser *p, const char *what);
/** The text of the token in the arena; NULL when there is no memory. */
const char *pf_parser_text(pf_parser *p);
/** Read a formula from the token at hand on; `out` lives in the arena. */
PF_NODISCARD pf_err pf_parser_expr(pf_parser *p, pf_expr *out);
void pf_parser_clear(pf_parser *p);

#endif
