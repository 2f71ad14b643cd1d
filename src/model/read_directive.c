/* Directives: lines that start with //! */
#include "model/reader.h"

static pf_err small(pf_reader *r, pf_st *st)
{
    st->kind = PF_ST_SMALL;
    PF_TRY(pf_parser_next(&r->p));
    PF_TRY(pf_reader_name(r, "the name of a state", &st->name));
    if (!pf_parser_at(&r->p, "below")) return pf_parser_expected(&r->p, "'below'");
    PF_TRY(pf_parser_next(&r->p));
    if (r->p.t.kind != PF_TOKEN_NUMBER || !(r->p.t.number > 0))
        return pf_parser_expected(&r->p, "a number above 0");
    st->number = r->p.t.number;
    return pf_parser_next(&r->p);
}

static pf_err discrete(pf_reader *r, pf_st *st)
{
    st->kind = PF_ST_DISCRETE;
    PF_TRY(pf_parser_next(&r->p));
    return pf_reader_name(r, "the name of a state", &st->name);
}

/* role target-lesion diameter [mm]: the role may hold anything but space */
static pf_err role(pf_reader *r, pf_st *st)
{
    st->kind = PF_ST_ROLE;
    pf_lexer *l = &r->p.lexer;
    while (l->p < l->end && (*l->p == ' ' || *l->p == '\t')) l->p++;
    const char *start = l->p;
    while (l->p < l->end && (unsigned char)*l->p > ' ') l->p++;
    st->other = pf_arena_strndup(r->p.ctx, r->p.arena, start, (size_t)(l->p - start));
    if (!st->other) return PF_ERR_NO_MEMORY;
    if (!*st->other)
        return pf_reader_fail(r, st->at, "this role has no name; write //! role ROLE NAME");
    PF_TRY(pf_parser_next(&r->p));
    PF_TRY(pf_reader_name(r, "the name the role applies to", &st->name));
    if (r->p.t.kind != '[') return PF_OK;
    start = l->p;
    while (l->p < l->end && *l->p != ']') l->p++;
    if (l->p == l->end)
        return pf_reader_fail(r, r->p.t.at, "this unit has no closing bracket; add ']'");
    st->unit = pf_arena_strndup(r->p.ctx, r->p.arena, start, (size_t)(l->p - start));
    if (!st->unit) return PF_ERR_NO_MEMORY;
    l->p++;
    return pf_parser_next(&r->p);
}

/* A directive is read by a lexer of its own over its line. */
pf_err pf_reader_directive(pf_reader *r)
{

    pf_parser outer = r->p;
    pf_st st = {.at = r->p.t.at};
    pf_lexer *l = &r->p.lexer;
    l->line_start = outer.t.text - (outer.t.at.column + 2);
    l->line = outer.t.at.line;
    l->p = outer.t.text;
    l->end = outer.t.text + outer.t.size;
    PF_TRY(pf_parser_next(&r->p));
    if (pf_parser_at(&r->p, "small")) {
        PF_TRY(small(r, &st));
    } else if (pf_parser_at(&r->p, "discrete")) {
        PF_TRY(discrete(r, &st));
    } else if (pf_parser_at(&r->p, "role")) {
        PF_TRY(role(r, &st));
    } else {
        return pf_parser_expected(&r->p, "'small', 'discrete' or 'role' after //!");
    }
    if (r->p.t.kind != PF_TOKEN_END)
        return pf_parser_expected(&r->p, "nothing more on this line");
    r->p.lexer = outer.lexer;
    r->p.t = outer.t;
    PF_TRY(pf_reader_keep(r, st));
    return pf_parser_next(&r->p);
}
