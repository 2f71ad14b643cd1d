/* Reactions and interactions. */
#include "model/reader.h"

static int arrow(int kind)
{
    return kind == PF_TOKEN_ARROW || kind == PF_TOKEN_ARROW_ONE || kind == PF_TOKEN_INHIBITS ||
           kind == '-';
}

static pf_err dollar(pf_reader *r, int *yes)
{
    if (r->p.t.kind != '$') return PF_OK;
    *yes = 1;
    return pf_parser_next(&r->p);
}

/* [2] [n] [$]A */
static pf_err one_part(pf_reader *r, double sign)
{
    pf_part part = {.number = sign, .at = r->p.t.at};
    if (r->p.t.kind == PF_TOKEN_NUMBER) {
        part.number = sign * r->p.t.number;
        PF_TRY(pf_parser_next(&r->p));
    }
    PF_TRY(dollar(r, &part.boundary));
    PF_TRY(pf_reader_name(r, "the name of a species", &part.name));
    if ((r->p.t.kind == PF_TOKEN_NAME && !pf_reader_at_end(r)) || r->p.t.kind == '$') {
        part.by = part.name;
        PF_TRY(dollar(r, &part.boundary));
        PF_TRY(pf_reader_name(r, "the name of a species", &part.name));
    }
    return pf_reader_add_part(r, part);
}

/* one side, up to the arrow or the semicolon */
static pf_err side(pf_reader *r, double sign)
{
    if (arrow(r->p.t.kind) || pf_reader_at_end(r)) return PF_OK;
    for (;;) {
        PF_TRY(one_part(r, sign));
        if (r->p.t.kind != '+') return PF_OK;
        PF_TRY(pf_parser_next(&r->p));
    }
}

/* The arrow: `*kind` 1 for a reaction, 2 when it goes one way only, 0 for an interaction */
static pf_err divider(pf_reader *r, int *kind)
{
    int k = r->p.t.kind;
    pf_place at = r->p.t.at;
    if (!arrow(k)) return pf_parser_expected(&r->p, "'->' or '=>'");
    *kind = k == PF_TOKEN_ARROW ? 1 : k == PF_TOKEN_ARROW_ONE ? 2 : 0;
    PF_TRY(pf_parser_next(&r->p));
    if (k != '-') return PF_OK;
    if (r->p.t.kind == '-')
        return pf_reader_fail(
            r, at, "strands of DNA are not read; write species and reactions");
    if (r->p.t.kind != '(' && !pf_parser_at(&r->p, "o"))
        return pf_parser_expected(&r->p, "an arrow: '->', '=>', '-|', '-o' or '-('");
    return pf_parser_next(&r->p);
}

/* The place of a reaction has no meaning for its rate. */
static pf_err place(pf_reader *r)
{
    const char *name;
    if (!pf_parser_at(&r->p, "in")) return PF_OK;
    PF_TRY(pf_parser_next(&r->p));
    return pf_reader_name(r, "the name of a compartment", &name);
}

static pf_err rate(pf_reader *r, pf_st *st)
{
    if (r->p.t.kind == ';') PF_TRY(pf_parser_next(&r->p));
    if (pf_reader_at_end(r))
        return pf_reader_fail(
            r, st->at, "this reaction has no rate; write it after a semicolon: A -> B; k*A");
    PF_TRY(pf_parser_expr(&r->p, &st->expr));
    return place(r);
}

pf_err pf_reader_reaction(pf_reader *r, const char *name, pf_place at)
{
    int kind = 0;
    pf_st st = {.kind = PF_ST_REACTION, .name = name, .at = at};
    r->n_part = 0;
    PF_TRY(side(r, -1));
    PF_TRY(divider(r, &kind));
    PF_TRY(side(r, 1));
    st.reversible = kind == 1;
    if (kind)
        PF_TRY(rate(r, &st));
    else
        st.kind = PF_ST_INTERACTION;
    PF_TRY(pf_reader_keep_parts(r, &st.part, &st.n_part));
    PF_TRY(pf_reader_keep(r, st));
    return pf_reader_finish(r);
}
