/* Antimony statements. */
#include "model/reader.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 1000 }; /* models or functions of one file */

typedef pf_reader reader;

pf_err pf_fail_at(pf_ctx *ctx, const char *file, pf_place at, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (!file) return pf_fail(ctx, PF_ERR_MODEL, "column %d: %s", at.column, text);
    if (at.line < 1) return pf_fail(ctx, PF_ERR_MODEL, "%s: %s", file, text);
    return pf_fail(ctx, PF_ERR_MODEL, "%s:%d:%d: %s", file, at.line, at.column, text);
}

pf_err pf_parser_next(pf_parser *p)
{
    return pf_lexer_next(&p->lexer, &p->t);
}

static int is(const pf_token *t, const char *word)
{
    return t->kind == PF_TOKEN_NAME && strlen(word) == t->size &&
           memcmp(t->text, word, t->size) == 0;
}

int pf_parser_at(const pf_parser *p, const char *word)
{
    return is(&p->t, word);
}

pf_err pf_parser_expected(pf_parser *p, const char *what)
{
    int size = p->t.size > 40 ? 40 : (int)p->t.size;
    if (p->t.kind == PF_TOKEN_END)
        return pf_fail_at(
            p->ctx, p->file, p->t.at, "expected %s, but the text ends here", what);
    if (p->t.kind == PF_TOKEN_NEWLINE)
        return pf_fail_at(p->ctx, p->file, p->t.at,
            "expected %s, but the line ends here; a statement stands on one line", what);
    return pf_fail_at(
        p->ctx, p->file, p->t.at, "expected %s, but found '%.*s'", what, size, p->t.text);
}

const char *pf_parser_text(pf_parser *p)
{
    return pf_arena_strndup(p->ctx, p->arena, p->t.text, p->t.size);
}

void pf_parser_clear(pf_parser *p)
{
    pf_free(p->item);
    p->item = NULL;
}

static pf_err next(reader *r)
{
    return pf_parser_next(&r->p);
}

static pf_err fail(reader *r, pf_place at, const char *text)
{
    return pf_fail_at(r->p.ctx, r->p.file, at, "%s", text);
}

pf_err pf_reader_name(reader *r, const char *what, const char **out)
{
    static const char *const reserved[] = {"time", "pi", "exponentiale", "avogadro", "true",
        "false", "inf", "infinity", "nan", "end"};
    if (r->p.t.kind != PF_TOKEN_NAME) return pf_parser_expected(&r->p, what);
    for (size_t i = 0; i < PF_COUNT(reserved); i++)
        if (pf_parser_at(&r->p, reserved[i]))
            return pf_fail_at(r->p.ctx, r->p.file, r->p.t.at,
                "'%s' has a meaning of its own; choose another name", reserved[i]);
    *out = pf_parser_text(&r->p);
    return *out ? next(r) : PF_ERR_NO_MEMORY;
}

int pf_reader_at_end(const reader *r)
{
    int k = r->p.t.kind;
    return k == ';' || k == PF_TOKEN_NEWLINE || k == PF_TOKEN_END || k == PF_TOKEN_DIRECTIVE ||
           pf_parser_at(&r->p, "end");
}

pf_err pf_reader_finish(reader *r)
{
    if (!pf_reader_at_end(r)) return pf_parser_expected(&r->p, "';' or the end of the line");
    return r->p.t.kind == ';' || r->p.t.kind == PF_TOKEN_NEWLINE ? next(r) : PF_OK;
}

pf_err pf_reader_keep(reader *r, pf_st st)
{
    pf_module *m = r->into;
    PF_TRY(pf_reserve(r->p.ctx, &m->st, &m->capacity, m->n_st, sizeof *m->st));
    m->st[m->n_st++] = st;
    return PF_OK;
}

static pf_err keep_parts(reader *r, const pf_part **out, size_t *n)
{
    pf_part *copy = pf_arena_alloc(r->p.ctx, r->p.arena, r->n_part, sizeof *copy);
    if (!copy) return PF_ERR_NO_MEMORY;
    if (r->n_part) memcpy(copy, r->part, r->n_part * sizeof *copy);
    *out = copy;
    *n = r->n_part;
    return PF_OK;
}

static pf_err add_part(reader *r, pf_part part)
{
    PF_TRY(pf_reserve(r->p.ctx, &r->part, &r->part_capacity, r->n_part, sizeof *r->part));
    r->part[r->n_part++] = part;
    return PF_OK;
}

/* (a, b, 3): names, and numbers where `numbers` */
static pf_err parts_in_brackets(reader *r, int numbers)
{
    r->n_part = 0;
    if (r->p.t.kind != '(') return pf_parser_expected(&r->p, "'('");
    PF_TRY(next(r));
    while (r->p.t.kind != ')') {
        pf_part part = {.at = r->p.t.at};
        if (r->n_part) {
            if (r->p.t.kind != ',') return pf_parser_expected(&r->p, "',' or ')'");
            PF_TRY(next(r));
            part.at = r->p.t.at;
        }
        double sign = 1;
        if (numbers && r->p.t.kind == '-') {
            sign = -1;
            PF_TRY(next(r));
        }
        if (numbers && r->p.t.kind == PF_TOKEN_NUMBER) {
            part.number = sign * r->p.t.number;
            PF_TRY(next(r));
        } else {
            PF_TRY(pf_reader_name(r, "a name", &part.name));
        }
        PF_TRY(add_part(r, part));
    }
    return next(r);
}

/* A value that is a number with a unit gives its name the unit. */
static const char *value_unit(const pf_expr *e)
{
    return pf_expr_is_number(e) ? e->item[0].name : NULL;
}

/* name [in C] [= value] {, name ...} */
static pf_err declaration(reader *r, unsigned says)
{
    for (;;) {
        pf_st st = {.kind = PF_ST_DECLARE, .says = says, .at = r->p.t.at};
        if (r->p.t.kind == '$') {
            st.says |= PF_SAYS_BOUNDARY;
            PF_TRY(next(r));
        }
        PF_TRY(pf_reader_name(r, "a name", &st.name));
        if (pf_parser_at(&r->p, "in")) {
            PF_TRY(next(r));
            PF_TRY(pf_reader_name(r, "the name of a compartment", &st.other));
        }
        PF_TRY(pf_reader_keep(r, st));
        if (r->p.t.kind == '=' || r->p.t.kind == PF_TOKEN_ASSIGN) {
            pf_st value = {.kind = r->p.t.kind == '=' ? PF_ST_VALUE : PF_ST_RULE,
                .at = st.at,
                .name = st.name};
            PF_TRY(next(r));
            PF_TRY(pf_parser_expr(&r->p, &value.expr));
            value.unit = value.kind == PF_ST_VALUE ? value_unit(&value.expr) : NULL;
            PF_TRY(pf_reader_keep(r, value));
        }
        if (r->p.t.kind != ',') return pf_reader_finish(r);
        PF_TRY(next(r));
    }
}

/* one side of a reaction, up to the arrow or the semicolon */
static pf_err side(reader *r, double sign)
{
    for (int first = 1;; first = 0) {
        int k = r->p.t.kind;
        if (k == PF_TOKEN_ARROW || pf_reader_at_end(r)) {
            if (first) return PF_OK;
            return pf_parser_expected(&r->p, "the name of a species");
        }
        pf_part part = {.number = sign, .at = r->p.t.at};
        if (k == PF_TOKEN_NUMBER) {
            part.number = sign * r->p.t.number;
            PF_TRY(next(r));
        }
        if (r->p.t.kind == '$') {
            part.boundary = 1;
            PF_TRY(next(r));
        }
        PF_TRY(pf_reader_name(r, "the name of a species", &part.name));
        PF_TRY(add_part(r, part));
        if (r->p.t.kind != '+') return PF_OK;
        PF_TRY(next(r));
    }
}

static pf_err reaction(reader *r, const char *name, pf_place at)
{
    pf_st st = {.kind = PF_ST_REACTION, .name = name, .at = at};
    r->n_part = 0;
    PF_TRY(side(r, -1));
    if (r->p.t.kind != PF_TOKEN_ARROW) return pf_parser_expected(&r->p, "'->' or '=>'");
    PF_TRY(next(r));
    PF_TRY(side(r, 1));
    if (r->p.t.kind == ';') PF_TRY(next(r));
    if (pf_reader_at_end(r))
        return fail(
            r, at, "this reaction has no rate; write it after a semicolon: A -> B; k*A");
    PF_TRY(keep_parts(r, &st.part, &st.n_part));
    PF_TRY(pf_parser_expr(&r->p, &st.expr));
    PF_TRY(pf_reader_keep(r, st));
    return pf_reader_finish(r);
}

static pf_err equation(reader *r, pf_st_kind kind, const char *name, pf_place at)
{
    pf_st st = {.kind = kind, .name = name, .at = at};
    PF_TRY(next(r));
    PF_TRY(pf_parser_expr(&r->p, &st.expr));
    st.unit = kind == PF_ST_VALUE ? value_unit(&st.expr) : NULL;
    PF_TRY(pf_reader_keep(r, st));
    return pf_reader_finish(r);
}

static pf_err rate_rule(reader *r, const char *name, pf_place at)
{
    PF_TRY(next(r)); /* ' */
    if (r->p.t.kind == '\'')
        return fail(r, r->p.t.at, "only first derivatives are read; give x' a name of its own");
    if (r->p.t.kind != '=') return pf_parser_expected(&r->p, "'='");
    return equation(r, PF_ST_RATE, name, at);
}

static pf_err after_colon(reader *r, const char *name, pf_place at)
{
    PF_TRY(next(r)); /* : */
    if (pf_parser_at(&r->p, "at")) return pf_reader_event(r, name, at);
    pf_parser ahead = r->p; /* a look at the token after the name */
    if (r->p.t.kind == PF_TOKEN_NAME) PF_TRY(pf_parser_next(&ahead));
    if (r->p.t.kind != PF_TOKEN_NAME || ahead.t.kind != '(') return reaction(r, name, at);
    pf_st st = {.kind = PF_ST_INSTANCE, .name = name, .at = at};
    PF_TRY(pf_reader_name(r, "the name of a model", &st.other));
    PF_TRY(parts_in_brackets(r, 1));
    PF_TRY(keep_parts(r, &st.part, &st.n_part));
    PF_TRY(pf_reader_keep(r, st));
    return pf_reader_finish(r);
}

static pf_err relation(reader *r, pf_st_kind kind, const char *name, pf_place at)
{
    pf_st st = {.kind = kind, .name = name, .at = at};
    PF_TRY(next(r));
    if (kind == PF_ST_IS && r->p.t.kind == PF_TOKEN_STRING) { /* a name for people */
        PF_TRY(next(r));
        return pf_reader_finish(r);
    }
    PF_TRY(pf_reader_name(r, "a name", &st.other));
    PF_TRY(pf_reader_keep(r, st));
    return pf_reader_finish(r);
}

static pf_err named(reader *r)
{
    pf_place at = r->p.t.at;
    const char *name = NULL;
    pf_parser start = r->p;
    PF_TRY(pf_reader_name(r, "a statement", &name));
    switch (r->p.t.kind) {
    case ':':
        return after_colon(r, name, at);
    case '=':
        return equation(r, PF_ST_VALUE, name, at);
    case PF_TOKEN_ASSIGN:
        return equation(r, PF_ST_RULE, name, at);
    case '\'':
        return rate_rule(r, name, at);
    case '+':
    case PF_TOKEN_ARROW:
        r->p.lexer = start.lexer;
        r->p.t = start.t;
        return reaction(r, NULL, at);
    default:
        break;
    }
    if (pf_parser_at(&r->p, "is")) return relation(r, PF_ST_IS, name, at);
    if (pf_parser_at(&r->p, "has")) return relation(r, PF_ST_HAS, name, at);
    if (pf_parser_at(&r->p, "in")) return relation(r, PF_ST_IN, name, at);
    return pf_parser_expected(&r->p, "'=', ':=', \"'\", ':', 'is', 'has', 'in' or '->'");
}

/* const, var, species, compartment in any order, then names */
static pf_err declared(reader *r, int *yes)
{
    static const struct {
        const char *word;
        unsigned says;
    } word[] = {{"species", PF_SAYS_SPECIES}, {"compartment", PF_SAYS_COMPARTMENT},
        {"const", PF_SAYS_CONST}, {"var", PF_SAYS_VAR}};
    unsigned says = 0;
    *yes = 0;
    for (size_t i = 0; i < PF_COUNT(word); i++) {
        if (!pf_parser_at(&r->p, word[i].word)) continue;
        says |= word[i].says;
        *yes = 1;
        PF_TRY(next(r));
        i = (size_t)-1;
    }
    return *yes ? declaration(r, says) : PF_OK;
}

static pf_err refused(reader *r)
{
    static const struct {
        const char *word, *text;
    } refusal[] = {
        {"import", "import is not read; put the models into one file"},
        {"delete", "delete is not read; leave the element out of the submodel"},
        {"substanceOnly", "substanceOnly species are not read; use a compartment of size 1"},
        {"assert", "assert is not read; remove it"},
        {"gene", "gene is not read; write a species"},
        {"formula", "formula is not needed; write name = value"},
        {"operator", "operator is not needed; write name := rule"},
    };
    for (size_t i = 0; i < PF_COUNT(refusal); i++)
        if (pf_parser_at(&r->p, refusal[i].word)) return fail(r, r->p.t.at, refusal[i].text);
    return PF_OK;
}

/* unit u = ...; units are text to us: the line is skipped */
static pf_err unit_definition(reader *r)
{
    do {
        PF_TRY(next(r));
    } while (!pf_reader_at_end(r));
    return pf_reader_finish(r);
}

static pf_err small(reader *r, pf_st *st)
{
    st->kind = PF_ST_SMALL;
    PF_TRY(next(r));
    PF_TRY(pf_reader_name(r, "the name of a state", &st->name));
    if (!pf_parser_at(&r->p, "below")) return pf_parser_expected(&r->p, "'below'");
    PF_TRY(next(r));
    if (r->p.t.kind != PF_TOKEN_NUMBER || !(r->p.t.number > 0))
        return pf_parser_expected(&r->p, "a number above 0");
    st->number = r->p.t.number;
    return next(r);
}

/* role target-lesion diameter [mm]: the role may hold anything but space */
static pf_err role(reader *r, pf_st *st)
{
    st->kind = PF_ST_ROLE;
    pf_lexer *l = &r->p.lexer;
    while (l->p < l->end && (*l->p == ' ' || *l->p == '\t')) l->p++;
    const char *start = l->p;
    while (l->p < l->end && (unsigned char)*l->p > ' ') l->p++;
    st->other = pf_arena_strndup(r->p.ctx, r->p.arena, start, (size_t)(l->p - start));
    if (!st->other) return PF_ERR_NO_MEMORY;
    if (!*st->other) return fail(r, st->at, "this role has no name; write //! role ROLE NAME");
    PF_TRY(next(r));
    PF_TRY(pf_reader_name(r, "the name the role applies to", &st->name));
    if (r->p.t.kind != '[') return PF_OK;
    start = l->p;
    while (l->p < l->end && *l->p != ']') l->p++;
    if (l->p == l->end) return fail(r, r->p.t.at, "this unit has no closing bracket; add ']'");
    st->unit = pf_arena_strndup(r->p.ctx, r->p.arena, start, (size_t)(l->p - start));
    if (!st->unit) return PF_ERR_NO_MEMORY;
    l->p++;
    return next(r);
}

/* A directive is read by a lexer of its own over its line. */
static pf_err directive(reader *r)
{
    static const char *const known[] = {"small", "role"};
    pf_parser outer = r->p;
    pf_st st = {.at = r->p.t.at};
    pf_lexer *l = &r->p.lexer;
    l->line_start = outer.t.text - (outer.t.at.column + 2);
    l->line = outer.t.at.line;
    l->p = outer.t.text;
    l->end = outer.t.text + outer.t.size;
    PF_TRY(next(r));
    if (pf_parser_at(&r->p, known[0])) {
        PF_TRY(small(r, &st));
    } else if (pf_parser_at(&r->p, known[1])) {
        PF_TRY(role(r, &st));
    } else {
        return pf_parser_expected(&r->p, "'small' or 'role' after //!");
    }
    if (r->p.t.kind != PF_TOKEN_END)
        return pf_parser_expected(&r->p, "nothing more on this line");
    r->p.lexer = outer.lexer;
    r->p.t = outer.t;
    PF_TRY(pf_reader_keep(r, st));
    return next(r);
}

static pf_err statement(reader *r)
{
    int declares;
    int k = r->p.t.kind;
    if (k == ';' || k == PF_TOKEN_NEWLINE) return next(r);
    if (k == PF_TOKEN_DIRECTIVE) return directive(r);
    if (k == '$' || k == PF_TOKEN_NUMBER || k == PF_TOKEN_ARROW)
        return reaction(r, NULL, r->p.t.at);
    PF_TRY(declared(r, &declares));
    if (declares) return PF_OK;
    if (pf_parser_at(&r->p, "unit")) return unit_definition(r);
    if (pf_parser_at(&r->p, "at")) return pf_reader_event(r, NULL, r->p.t.at);
    PF_TRY(refused(r));
    return named(r);
}

static pf_err function(reader *r)
{
    pf_function f = {.at = r->p.t.at};
    const char **names = NULL;
    PF_TRY(next(r));
    PF_TRY(pf_reader_name(r, "the name of the function", &f.name));
    PF_TRY(parts_in_brackets(r, 0));
    f.n_arg = r->n_part;
    names = pf_arena_alloc(r->p.ctx, r->p.arena, f.n_arg, sizeof *names);
    if (!names) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < f.n_arg; i++) names[i] = r->part[i].name;
    while (r->p.t.kind == PF_TOKEN_NEWLINE || r->p.t.kind == ';') PF_TRY(next(r));
    r->p.arg = names;
    r->p.n_arg = f.n_arg;
    r->p.closed = 1;
    PF_TRY(pf_parser_expr(&r->p, &f.body));
    r->p.arg = NULL;
    r->p.n_arg = 0;
    r->p.closed = 0;
    while (r->p.t.kind == PF_TOKEN_NEWLINE || r->p.t.kind == ';') PF_TRY(next(r));
    if (!pf_parser_at(&r->p, "end")) return pf_parser_expected(&r->p, "'end'");
    if (pf_ast_function(r->ast, f.name))
        return pf_fail_at(
            r->p.ctx, r->p.file, f.at, "there are two functions '%s'; rename one", f.name);
    pf_ast *a = r->ast;
    if (a->n_function >= MOST) return fail(r, f.at, "there are too many functions; use fewer");
    PF_TRY(pf_reserve(a->ctx, &a->function, &a->function_capacity, a->n_function, sizeof f));
    a->function[a->n_function++] = f;
    return next(r);
}

static pf_err add_module(reader *r, pf_module m)
{
    pf_ast *a = r->ast;
    for (size_t i = 0; i < a->n_module; i++)
        if (strcmp(a->module[i].name, m.name) == 0)
            return pf_fail_at(
                r->p.ctx, r->p.file, m.at, "there are two models '%s'; rename one", m.name);
    if (a->n_module >= MOST) return fail(r, m.at, "there are too many models; use fewer");
    PF_TRY(pf_reserve(a->ctx, &a->module, &a->module_capacity, a->n_module, sizeof m));
    a->module[a->n_module++] = m;
    return PF_OK;
}

static pf_err module(reader *r)
{
    pf_module m = {.at = r->p.t.at};
    PF_TRY(next(r));
    if (r->p.t.kind == '*') {
        m.starred = 1;
        PF_TRY(next(r));
    }
    PF_TRY(pf_reader_name(r, "the name of the model", &m.name));
    if (r->p.t.kind == '(') {
        PF_TRY(parts_in_brackets(r, 0));
        PF_TRY(keep_parts(r, &m.arg, &m.n_arg));
    }
    PF_TRY(add_module(r, m));
    r->into = &r->ast->module[r->ast->n_module - 1];
    while (!pf_parser_at(&r->p, "end")) {
        if (r->p.t.kind == PF_TOKEN_END)
            return pf_fail_at(r->p.ctx, r->p.file, m.at,
                "model '%s' has no end; close it with 'end'", m.name);
        PF_TRY(statement(r));
    }
    return next(r);
}

/* Statements outside any model form one of their own; it is kept first and moved last. */
static pf_err file(reader *r)
{
    PF_TRY(add_module(r, (pf_module){.name = "__main", .at = {1, 1}}));
    PF_TRY(next(r));
    while (r->p.t.kind != PF_TOKEN_END) {
        r->into = &r->ast->module[0];
        if (pf_parser_at(&r->p, "model") || pf_parser_at(&r->p, "module"))
            PF_TRY(module(r));
        else if (pf_parser_at(&r->p, "function"))
            PF_TRY(function(r));
        else
            PF_TRY(statement(r));
    }
    return PF_OK;
}

pf_err pf_ast_read(pf_ctx *ctx, const char *text, size_t size, const char *name, pf_ast *ast)
{
    memset(ast, 0, sizeof *ast);
    pf_arena_init(&ast->arena);
    ast->ctx = ctx;
    ast->file = name;
    reader r = {.ast = ast};
    r.p = (pf_parser){.ctx = ctx, .file = name, .arena = &ast->arena};
    pf_lexer_init(&r.p.lexer, ctx, text, size, name);
    pf_err err = file(&r);
    pf_parser_clear(&r.p);
    pf_free(r.part);
    return err;
}

void pf_ast_clear(pf_ast *ast)
{
    for (size_t i = 0; i < ast->n_module; i++) pf_free(ast->module[i].st);
    pf_free(ast->module);
    pf_free(ast->function);
    pf_arena_clear(&ast->arena);
    memset(ast, 0, sizeof *ast);
}

const pf_function *pf_ast_function(const pf_ast *ast, const char *name)
{
    for (size_t i = 0; i < ast->n_function; i++)
        if (strcmp(ast->function[i].name, name) == 0) return &ast->function[i];
    return NULL;
}
