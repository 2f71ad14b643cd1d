/* Antimony statements but for reactions, events and directives. */
#include "model/reader.h"

#include <string.h>

static pf_err next(pf_reader *r)
{
    return pf_parser_next(&r->p);
}

static int at(const pf_reader *r, const char *word)
{
    return pf_parser_at(&r->p, word);
}

/* The token after the one at hand. */
static pf_err peek(const pf_reader *r, int *kind)
{
    pf_parser ahead = r->p;
    pf_err err = pf_parser_next(&ahead);
    *kind = ahead.t.kind;
    return err;
}

/* A value that is a number with a unit gives its name the unit. */
static const char *value_unit(const pf_expr *e)
{
    return pf_expr_is_number(e) ? e->item[0].name : NULL;
}

/* '=', ':=', or "' =" at hand: `*kind` and the formula. `x = ;` says nothing about x. */
static pf_err definition(pf_reader *r, pf_st st)
{
    int k = r->p.t.kind;
    st.kind = k == '=' ? PF_ST_VALUE : k == PF_TOKEN_ASSIGN ? PF_ST_RULE : PF_ST_RATE;
    PF_TRY(next(r));
    if (k == '\'') {
        if (r->p.t.kind == '\'')
            return pf_reader_fail(
                r, r->p.t.at, "only first derivatives are read; give x' a name of its own");
        if (r->p.t.kind != '=') return pf_parser_expected(&r->p, "'='");
        PF_TRY(next(r));
    }
    if (k == '=' && pf_reader_at_end(r)) {
        st.kind = PF_ST_DECLARE;
        return pf_reader_keep(r, st);
    }
    PF_TRY(pf_parser_expr(&r->p, &st.expr));
    st.unit = st.kind == PF_ST_VALUE ? value_unit(&st.expr) : NULL;
    return pf_reader_keep(r, st);
}

static int defines(int token)
{
    return token == '=' || token == PF_TOKEN_ASSIGN || token == '\'';
}

/* name has unit, from `has` on */
static pf_err has_unit(pf_reader *r, const char *name, pf_place place)
{
    pf_st st = {.kind = PF_ST_HAS, .name = name, .at = place};
    PF_TRY(next(r));
    PF_TRY(pf_parser_expr(&r->p, &st.expr));
    return pf_reader_keep(r, st);
}

/* [$]name [in C] [= value | := rule | ' = rate | has unit] {, name ...} */
static pf_err declaration(pf_reader *r, unsigned says)
{
    for (;;) {
        pf_st st = {.kind = PF_ST_DECLARE, .says = says, .at = r->p.t.at};
        if (r->p.t.kind == '$') {
            st.says |= says & PF_SAYS_SPECIES ? PF_SAYS_BOUNDARY : PF_SAYS_CONST;
            PF_TRY(next(r));
        }
        PF_TRY(pf_reader_name(r, "a name", &st.name));
        if (at(r, "in")) {
            PF_TRY(next(r));
            PF_TRY(pf_reader_name(r, "the name of a compartment", &st.other));
        }
        PF_TRY(pf_reader_keep(r, st));
        if (defines(r->p.t.kind))
            PF_TRY(definition(r, (pf_st){.name = st.name, .at = st.at}));
        else if (at(r, "has"))
            PF_TRY(has_unit(r, st.name, st.at));
        if (r->p.t.kind != ',') return pf_reader_finish(r);
        PF_TRY(next(r));
    }
}

/* const, var, species, compartment in any order, then names */
static pf_err declared(pf_reader *r, int *yes)
{
    static const struct {
        const char *word;
        unsigned says;
    } word[] = {{"species", PF_SAYS_SPECIES}, {"compartment", PF_SAYS_COMPARTMENT},
        {"const", PF_SAYS_CONST}, {"ext", PF_SAYS_CONST}, {"var", PF_SAYS_VAR},
        {"substanceOnly", PF_SAYS_SPECIES | PF_SAYS_AMOUNT}};
    unsigned says = 0;
    *yes = 0;
    for (size_t i = 0; i < PF_COUNT(word); i++) {
        if (!at(r, word[i].word)) continue;
        says |= word[i].says;
        *yes = 1;
        PF_TRY(next(r));
        i = (size_t)-1;
    }
    /* a species that nothing changes is one that reactions leave alone */
    if (says & PF_SAYS_SPECIES && says & PF_SAYS_CONST)
        says = (says & ~(unsigned)PF_SAYS_CONST) | PF_SAYS_BOUNDARY;
    return *yes ? declaration(r, says) : PF_OK;
}

/* name(args) from the name of the model on */
static pf_err instance(pf_reader *r, const char *name, pf_place place)
{
    pf_st st = {.kind = PF_ST_INSTANCE, .name = name, .at = place};
    PF_TRY(pf_reader_name(r, "the name of a model", &st.other));
    PF_TRY(pf_reader_parts(r, 1));
    PF_TRY(pf_reader_keep_parts(r, &st.part, &st.n_part));
    PF_TRY(pf_reader_keep(r, st));
    if (r->p.t.kind == ',')
        return pf_reader_fail(r, r->p.t.at,
            "timeconv and extentconv are not supported; write the submodel in the units of "
            "the outer model");
    if (at(r, "in"))
        return pf_reader_fail(r, r->p.t.at,
            "a submodel is not put into a compartment; give its compartment as an argument");
    return pf_reader_finish(r);
}

/* 0 = formula */
static pf_err algebraic(pf_reader *r, const char *name, pf_place place)
{
    pf_st st = {.kind = PF_ST_ALGEBRAIC, .name = name, .at = place};
    if (r->p.t.number != 0)
        return pf_reader_fail(r, r->p.t.at, "an algebraic rule starts with 0; write 0 = ...");
    PF_TRY(next(r));
    PF_TRY(next(r)); /* = */
    PF_TRY(pf_parser_expr(&r->p, &st.expr));
    PF_TRY(pf_reader_keep(r, st));
    return pf_reader_finish(r);
}

static pf_err after_colon(pf_reader *r, const char *name, pf_place place)
{
    int ahead;
    PF_TRY(next(r)); /* : */
    if (at(r, "at")) return pf_reader_event(r, name, place);
    PF_TRY(peek(r, &ahead));
    if (r->p.t.kind == PF_TOKEN_NAME && ahead == '(') return instance(r, name, place);
    if (r->p.t.kind == PF_TOKEN_NUMBER && ahead == '=') return algebraic(r, name, place);
    if (at(r, "maximize") || at(r, "minimize"))
        return pf_reader_fail(r, place, "objectives are not read; remove this line");
    return pf_reader_reaction(r, name, place);
}

/* name in C, and what may come after it: ": reaction" or "= value" */
static pf_err in_compartment(pf_reader *r, const char *name, pf_place place)
{
    pf_st st = {.kind = PF_ST_IN, .name = name, .at = place};
    PF_TRY(next(r));
    PF_TRY(pf_reader_name(r, "the name of a compartment", &st.other));
    if (r->p.t.kind == ':') return after_colon(r, name, place);
    PF_TRY(pf_reader_keep(r, st));
    if (defines(r->p.t.kind)) PF_TRY(definition(r, (pf_st){.name = name, .at = place}));
    return pf_reader_finish(r);
}

/* The name that people read: of a model when it stands outside all, else of a variable. */
static pf_err title(pf_reader *r, const char *name, pf_place place)
{
    pf_st st = {.kind = PF_ST_TITLE, .name = name, .at = place};
    if (!(st.other = pf_reader_string(r))) return PF_ERR_NO_MEMORY;
    PF_TRY(next(r));
    for (size_t i = 1; i < r->ast->n_module && r->into == r->ast->module; i++) {
        pf_module *m = &r->ast->module[i];
        if (strcmp(m->name, name) != 0) continue;
        m->title = st.other;
        return pf_reader_finish(r);
    }
    if (r->into == r->ast->module && pf_ast_function(r->ast, name)) {
        r->n_annotation++;
        return pf_reader_finish(r);
    }
    PF_TRY(pf_reader_keep(r, st));
    return pf_reader_finish(r);
}

static pf_err same(pf_reader *r, const char *name, pf_place place)
{
    pf_st st = {.kind = PF_ST_IS, .name = name, .at = place};
    PF_TRY(next(r));
    if (r->p.t.kind == PF_TOKEN_STRING) return title(r, name, place);
    PF_TRY(pf_reader_name(r, "a name", &st.other));
    if (r->p.t.kind == '/')
        return pf_reader_fail(
            r, r->p.t.at, "'is' with a factor is not read; write a rule: x := y/c");
    PF_TRY(pf_reader_keep(r, st));
    return pf_reader_finish(r);
}

/* up to the end of the statement */
static pf_err skip(pf_reader *r)
{
    while (!pf_reader_at_end(r)) PF_TRY(next(r));
    return pf_reader_finish(r);
}

/* A formula that should hold. It changes nothing, so it is only read. */
static pf_err constraint(pf_reader *r)
{
    pf_expr e;
    r->n_constraint++;
    PF_TRY(pf_parser_expr(&r->p, &e));
    return pf_reader_finish(r);
}

static pf_err named_constraint(pf_reader *r)
{
    const char *name;
    PF_TRY(next(r));
    if (r->p.t.kind == PF_TOKEN_NAME) PF_TRY(pf_reader_name(r, "a name", &name));
    if (r->p.t.kind != ':') return pf_parser_expected(&r->p, "':' and a condition");
    PF_TRY(next(r));
    return constraint(r);
}

pf_err pf_reader_annotation(pf_reader *r)
{
    r->n_annotation++;
    PF_TRY(next(r));
    for (;;) {
        if (r->p.t.kind != PF_TOKEN_STRING && r->p.t.kind != PF_TOKEN_NUMBER)
            return pf_parser_expected(&r->p, "a text in quotes");
        PF_TRY(next(r));
        if (r->p.t.kind != ',') return pf_reader_finish(r);
        PF_TRY(next(r));
        PF_TRY(pf_reader_newlines(r));
    }
}

static int compares(int k)
{
    return k == '<' || k == '>' || k == PF_TOKEN_LE || k == PF_TOKEN_GE || k == PF_TOKEN_NE;
}

static void back(pf_reader *r, const pf_parser *start)
{
    r->p.lexer = start->lexer;
    r->p.t = start->t;
}

static int is_sbo(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && strcmp(dot, ".sboTerm") == 0;
}

static pf_err word_after_name(pf_reader *r, const char *name, const pf_parser *start)
{
    int ahead;
    pf_place place = start->t.at;
    if (at(r, "is")) return same(r, name, place);
    if (at(r, "in")) return in_compartment(r, name, place);
    if (at(r, "has")) {
        PF_TRY(has_unit(r, name, place));
        return pf_reader_finish(r);
    }
    PF_TRY(peek(r, &ahead));
    if (ahead == PF_TOKEN_STRING || ahead == PF_TOKEN_NUMBER) return pf_reader_annotation(r);
    if (ahead != '+' && ahead != '-' && ahead != '$' && ahead != PF_TOKEN_ARROW &&
        ahead != PF_TOKEN_ARROW_ONE && ahead != PF_TOKEN_NAME)
        return pf_parser_expected(&r->p, "'=', ':=', \"'\", ':', 'is', 'has', 'in' or '->'");
    back(r, start);
    return pf_reader_reaction(r, NULL, place);
}

static pf_err named(pf_reader *r)
{
    const char *name = NULL;
    pf_parser start = r->p;
    PF_TRY(pf_reader_name(r, "a statement", &name));
    int k = r->p.t.kind;
    if (k == ':') return after_colon(r, name, start.t.at);
    if (k == '=' && is_sbo(name)) {
        r->n_annotation++;
        return skip(r);
    }
    if (defines(k)) {
        PF_TRY(definition(r, (pf_st){.name = name, .at = start.t.at}));
        return pf_reader_finish(r);
    }
    if (k == '+' || k == '-' || k == '$' || k == PF_TOKEN_ARROW || k == PF_TOKEN_ARROW_ONE ||
        k == PF_TOKEN_INHIBITS) {
        back(r, &start);
        return pf_reader_reaction(r, NULL, start.t.at);
    }
    if (compares(k)) {
        back(r, &start);
        return constraint(r);
    }
    if (k == '(')
        return pf_reader_fail(r, start.t.at, "a submodel needs a name; write A: name()");
    if (k == '*')
        return pf_reader_fail(
            r, r->p.t.at, "'is' with a factor is not read; write a rule: x := c*y");
    if (k == PF_TOKEN_NAME && !pf_reader_at_end(r)) return word_after_name(r, name, &start);
    return pf_parser_expected(&r->p, "'=', ':=', \"'\", ':', 'is', 'has', 'in' or '->'");
}

static pf_err refused(pf_reader *r)
{
    static const struct {
        const char *word, *text;
    } refusal[] = {
        {"import", "import stands outside of models; move it to the top of the file"},
        {"gene", "gene is not read; write species and reactions"},
        {"DNA", "strands of DNA are not read; write species and reactions"},
        {"formula", "formula is not needed; write name = value"},
        {"reaction", "reaction is not needed; write name: A -> B; rate"},
        {"operator", "operator is not needed; write name := rule"},
        {"maximize", "objectives are not read; remove this line"},
        {"minimize", "objectives are not read; remove this line"},
    };
    for (size_t i = 0; i < PF_COUNT(refusal); i++)
        if (at(r, refusal[i].word)) return pf_reader_fail(r, r->p.t.at, refusal[i].text);
    return PF_OK;
}

/* unit u [= formula] */
static pf_err unit_definition(pf_reader *r)
{
    pf_st st = {.kind = PF_ST_UNIT, .at = r->p.t.at};
    PF_TRY(next(r));
    PF_TRY(pf_reader_name(r, "the name of a unit", &st.name));
    if (r->p.t.kind != '=') return pf_reader_finish(r);
    PF_TRY(next(r));
    PF_TRY(pf_parser_expr(&r->p, &st.expr));
    PF_TRY(pf_reader_keep(r, st));
    return pf_reader_finish(r);
}

static pf_err deletion(pf_reader *r)
{
    do {
        pf_st st = {.kind = PF_ST_DELETE};
        PF_TRY(next(r));
        st.at = r->p.t.at;
        PF_TRY(pf_reader_name(r, "what to delete, such as A.x", &st.name));
        PF_TRY(pf_reader_keep(r, st));
    } while (r->p.t.kind == ',');
    return pf_reader_finish(r);
}

/* $x = 3 is a constant; $A -> B a reaction */
static pf_err after_dollar(pf_reader *r)
{
    pf_parser start = r->p;
    const char *name;
    PF_TRY(next(r));
    PF_TRY(pf_reader_name(r, "a name", &name));
    int constant = defines(r->p.t.kind);
    back(r, &start);
    return constant ? declaration(r, 0) : pf_reader_reaction(r, NULL, start.t.at);
}

/* 2 A -> B, 0 = x - y, 3 < x */
static pf_err after_number(pf_reader *r)
{
    int ahead;
    PF_TRY(peek(r, &ahead));
    if (ahead == '=') return algebraic(r, NULL, r->p.t.at);
    return compares(ahead) ? constraint(r) : pf_reader_reaction(r, NULL, r->p.t.at);
}

pf_err pf_reader_statement(pf_reader *r)
{
    int declares, k = r->p.t.kind;
    if (k == ';' || k == PF_TOKEN_NEWLINE) return next(r);
    if (k == PF_TOKEN_DIRECTIVE) return pf_reader_directive(r);
    if (k == '$') return after_dollar(r);
    if (k == PF_TOKEN_NUMBER) return after_number(r);
    if (k == PF_TOKEN_ARROW || k == PF_TOKEN_ARROW_ONE || k == PF_TOKEN_INHIBITS || k == '-')
        return pf_reader_reaction(r, NULL, r->p.t.at);
    PF_TRY(declared(r, &declares));
    if (declares) return PF_OK;
    if (at(r, "unit")) return unit_definition(r);
    if (at(r, "at")) return pf_reader_event(r, NULL, r->p.t.at);
    if (at(r, "delete")) return deletion(r);
    if (at(r, "model")) { /* model notes "..." */
        PF_TRY(next(r));
        return pf_reader_annotation(r);
    }
    if (at(r, "constraint")) return named_constraint(r);
    if (at(r, "assert")) {
        PF_TRY(next(r));
        return constraint(r);
    }
    PF_TRY(refused(r));
    return named(r);
}
