/* sbml_text.h: tiny SBML documents for tests, and flat models said back as text. */
#ifndef PF_TESTS_SBML_TEXT_H
#define PF_TESTS_SBML_TEXT_H
#include "ct.h"
#include "model/build.h"
#include "model/reading.h"
#include "model/sbml_read.h"

#include <string.h>

#define SBML_L3                                                                                \
    "<sbml xmlns='http://www.sbml.org/sbml/level3/version2/core' level='3' version='2'>"
#define SBML_L2 "<sbml xmlns='http://www.sbml.org/sbml/level2/version4' level='2' version='4'>"
#define MATH "<math xmlns='http://www.w3.org/1998/Math/MathML'>"
#define END_MATH "</math>"
#define END "</model></sbml>"

typedef struct sbml_case {
    pf_ctx ctx;
    pf_reading r;
} sbml_case;

static inline pf_err sbml_try(sbml_case *c, const char *text)
{
    memset(c, 0, sizeof *c);
    pf_ctx_init(&c->ctx);
    return pf_reading_parse(&c->ctx, text, strlen(text), "m.xml", &c->r);
}

static inline void sbml_open(sbml_case *c, const char *text)
{
    assert_ok(&c->ctx, sbml_try(c, text));
}

static inline void sbml_close(sbml_case *c)
{
    pf_reading_close(&c->r);
}

/** `text` is refused with a sentence that contains `part`. */
static inline void sbml_refused(const char *text, const char *part)
{
    sbml_case c;
    pf_model *m = NULL;
    pf_err err = sbml_try(&c, text);
    if (!err) err = pf_model_build(&c.ctx, &c.r.flat, &c.r.ast.arena, &m);
    assert_int_not_equal(err, PF_OK);
    assert_contains(c.ctx.message, part);
    sbml_close(&c);
}

static inline const pf_var *sbml_var(const sbml_case *c, const char *name)
{
    uint32_t v = pf_names_find(&c->r.flat.names, name);
    assert_int_not_equal(v, PF_NO_NAME);
    return &c->r.flat.var[v];
}

/** A formula as postfix text, "S 2 MUL"; static storage, until the next call. */
static inline const char *sbml_postfix(const pf_expr *e)
{
    static char text[1000];
    static const char *const word[] = {
#define NAME_OF(name, arity) #name,
        PF_OP_LIST(NAME_OF)
#undef NAME_OF
            "GT",
        "GE", "XOR", "LOGB", "ROOT", "PIECE", "DELAY", "RATE", "REM", "QUOTIENT", "IMPLIES",
        "FACTORIAL", "ASINH", "ACOSH", "ATANH"};
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; e && i < e->n && n < sizeof text - 100; i++) {
        const pf_item *x = &e->item[i];
        const char *gap = i ? " " : "";
        char *to = text + n;
        size_t room = sizeof text - n;
        if (x->kind == PF_ITEM_NUMBER)
            n += (size_t)snprintf(to, room, "%s%.10g", gap, x->number);
        else if (x->kind == PF_ITEM_WORD)
            n += (size_t)snprintf(to, room, "%s%s", gap, word[x->index]);
        else if (x->kind == PF_ITEM_ARG)
            n += (size_t)snprintf(to, room, "%s#%u", gap, (unsigned)x->index);
        else if (x->kind == PF_ITEM_CALL)
            n += (size_t)snprintf(to, room, "%s%s/%u", gap, x->name, (unsigned)x->index);
        else
            n += (size_t)snprintf(
                to, room, "%s%s", gap, x->kind == PF_ITEM_TIME ? "TIME" : x->name);
    }
    return text;
}

#endif
