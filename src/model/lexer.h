/* lexer.h: Antimony text as tokens. A newline is a token, for it ends a statement; comments are
 * skipped, `//!` lines are kept. Depends on: ast. */
#ifndef PF_MODEL_LEXER_H
#define PF_MODEL_LEXER_H
#include "model/ast.h"

/* Single characters stand for themselves. */
enum {
    PF_TOKEN_END = 0,
    PF_TOKEN_NEWLINE = '\n',
    PF_TOKEN_NAME = 256, /* with its dots: lung.phi */
    PF_TOKEN_NUMBER,
    PF_TOKEN_STRING,    /* with its quotes: "..." or ```...``` */
    PF_TOKEN_DIRECTIVE, /* the text after `//!` */
    PF_TOKEN_ARROW,     /* -> or <==> */
    PF_TOKEN_ARROW_ONE, /* => */
    PF_TOKEN_INHIBITS,  /* -| */
    PF_TOKEN_ASSIGN,    /* := */
    PF_TOKEN_EQ,
    PF_TOKEN_NE,
    PF_TOKEN_LE,
    PF_TOKEN_GE,
    PF_TOKEN_AND,
    PF_TOKEN_OR
};

typedef struct pf_token {
    int kind;
    pf_place at;
    const char *text; /* into the source, not ended by NUL */
    size_t size;
    double number;
} pf_token;

typedef struct pf_lexer {
    pf_ctx *ctx;
    const char *file;
    const char *p, *end, *line_start;
    int line;
} pf_lexer;

void pf_lexer_init(pf_lexer *l, pf_ctx *ctx, const char *text, size_t size, const char *file);
PF_NODISCARD pf_err pf_lexer_next(pf_lexer *l, pf_token *out);

#endif
