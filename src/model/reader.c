/* What the readers of Antimony statements share: names, ends, parts. */
#include "model/reader.h"

#include <string.h>

pf_err pf_reader_fail(pf_reader *r, pf_place at, const char *text)
{
    return pf_fail_at(r->p.ctx, r->p.file, at, "%s", text);
}

pf_err pf_reader_name(pf_reader *r, const char *what, const char **out)
{
    static const char *const reserved[] = {"time", "pi", "exponentiale", "avogadro", "true",
        "false", "inf", "infinity", "INF", "nan", "NaN", "NAN", "notanumber", "end"};
    if (r->p.t.kind != PF_TOKEN_NAME) return pf_parser_expected(&r->p, what);
    for (size_t i = 0; i < PF_COUNT(reserved); i++)
        if (pf_parser_at(&r->p, reserved[i]))
            return pf_fail_at(r->p.ctx, r->p.file, r->p.t.at,
                "'%s' has a meaning of its own; choose another name", reserved[i]);
    *out = pf_parser_text(&r->p);
    return *out ? pf_parser_next(&r->p) : PF_ERR_NO_MEMORY;
}

int pf_reader_at_end(const pf_reader *r)
{
    int k = r->p.t.kind;
    return k == ';' || k == PF_TOKEN_NEWLINE || k == PF_TOKEN_END || k == PF_TOKEN_DIRECTIVE ||
           pf_parser_at(&r->p, "end");
}

pf_err pf_reader_finish(pf_reader *r)
{
    if (!pf_reader_at_end(r)) return pf_parser_expected(&r->p, "';' or the end of the line");
    return r->p.t.kind == ';' || r->p.t.kind == PF_TOKEN_NEWLINE ? pf_parser_next(&r->p)
                                                                 : PF_OK;
}

pf_err pf_reader_keep(pf_reader *r, pf_st st)
{
    pf_module *m = r->into;
    PF_TRY(pf_reserve(r->p.ctx, &m->st, &m->capacity, m->n_st, sizeof *m->st));
    m->st[m->n_st++] = st;
    return PF_OK;
}

pf_err pf_reader_keep_parts(pf_reader *r, const pf_part **out, size_t *n)
{
    pf_part *copy = pf_arena_alloc(r->p.ctx, r->p.arena, r->n_part, sizeof *copy);
    if (!copy) return PF_ERR_NO_MEMORY;
    if (r->n_part) memcpy(copy, r->part, r->n_part * sizeof *copy);
    *out = copy;
    *n = r->n_part;
    return PF_OK;
}

pf_err pf_reader_add_part(pf_reader *r, pf_part part)
{
    PF_TRY(pf_reserve(r->p.ctx, &r->part, &r->part_capacity, r->n_part, sizeof *r->part));
    r->part[r->n_part++] = part;
    return PF_OK;
}

/* (a, b, 3): names, and numbers where `numbers` */
pf_err pf_reader_parts(pf_reader *r, int numbers)
{
    r->n_part = 0;
    if (r->p.t.kind != '(') return pf_parser_expected(&r->p, "'('");
    PF_TRY(pf_parser_next(&r->p));
    while (r->p.t.kind != ')') {
        pf_part part = {.at = r->p.t.at};
        if (r->n_part) {
            if (r->p.t.kind != ',') return pf_parser_expected(&r->p, "',' or ')'");
            PF_TRY(pf_parser_next(&r->p));
            part.at = r->p.t.at;
        }
        double sign = 1;
        if (numbers && r->p.t.kind == '-') {
            sign = -1;
            PF_TRY(pf_parser_next(&r->p));
        }
        if (numbers && r->p.t.kind == PF_TOKEN_NUMBER) {
            part.number = sign * r->p.t.number;
            PF_TRY(pf_parser_next(&r->p));
        } else {
            PF_TRY(pf_reader_name(r, "a name", &part.name));
        }
        PF_TRY(pf_reader_add_part(r, part));
    }
    return pf_parser_next(&r->p);
}

const char *pf_reader_string(pf_reader *r)
{
    size_t quotes = r->p.t.text[0] == '`' ? 3 : 1;
    return pf_arena_strndup(
        r->p.ctx, r->p.arena, r->p.t.text + quotes, r->p.t.size - 2 * quotes);
}

pf_err pf_reader_newlines(pf_reader *r)
{
    while (r->p.t.kind == PF_TOKEN_NEWLINE) PF_TRY(pf_parser_next(&r->p));
    return PF_OK;
}
