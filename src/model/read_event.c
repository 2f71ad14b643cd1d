/* Events: at [delay after] trigger [, option = value]: x = formula, ... */
#include "model/reader.h"

#include <string.h>

enum { MOST_SETS = 1000 };

typedef struct sets {
    pf_st_set *set;
    size_t n, capacity;
} sets;

static pf_err equals(pf_reader *r)
{
    PF_TRY(pf_parser_next(&r->p));
    if (r->p.t.kind != '=') return pf_parser_expected(&r->p, "'='");
    return pf_parser_next(&r->p);
}

static pf_err truth(pf_reader *r, int *out)
{
    PF_TRY(equals(r));
    if (!pf_parser_at(&r->p, "true") && !pf_parser_at(&r->p, "false"))
        return pf_parser_expected(&r->p, "true or false");
    *out = pf_parser_at(&r->p, "true");
    return pf_parser_next(&r->p);
}

static pf_err option(pf_reader *r, pf_st_event *e)
{
    if (pf_parser_at(&r->p, "t0")) return truth(r, &e->initial);
    if (pf_parser_at(&r->p, "persistent")) return truth(r, &e->persistent);
    if (pf_parser_at(&r->p, "fromTrigger")) return truth(r, &e->from_trigger);
    if (!pf_parser_at(&r->p, "priority"))
        return pf_parser_expected(&r->p, "priority, t0, persistent or fromTrigger");
    PF_TRY(equals(r));
    return pf_parser_expr(&r->p, &e->priority);
}

static pf_err set_one(pf_reader *r, sets *s)
{
    pf_st_set one = {.at = r->p.t.at};
    if (s->n >= MOST_SETS)
        return pf_fail_at(
            r->p.ctx, r->p.file, one.at, "this event sets over %d names; split it", MOST_SETS);
    PF_TRY(pf_reader_name(r, "the name that the event sets", &one.name));
    if (r->p.t.kind != '=') return pf_parser_expected(&r->p, "'='");
    PF_TRY(pf_parser_next(&r->p));
    PF_TRY(pf_parser_expr(&r->p, &one.expr));
    PF_TRY(pf_reserve(r->p.ctx, &s->set, &s->capacity, s->n, sizeof *s->set));
    s->set[s->n++] = one;
    return PF_OK;
}

/* An event may set nothing, as in SBML. */
static pf_err set_all(pf_reader *r, sets *s)
{
    pf_parser before = r->p;
    PF_TRY(pf_reader_newlines(r));
    if (r->p.t.kind != PF_TOKEN_NAME || pf_reader_at_end(r)) {
        r->p.lexer = before.lexer;
        r->p.t = before.t;
        return PF_OK;
    }
    for (;;) {
        PF_TRY(set_one(r, s));
        if (r->p.t.kind != ',') return PF_OK;
        PF_TRY(pf_parser_next(&r->p));
        PF_TRY(pf_reader_newlines(r));
    }
}

static pf_err head(pf_reader *r, pf_st *st, pf_st_event *e)
{
    PF_TRY(pf_parser_next(&r->p)); /* at */
    PF_TRY(pf_parser_expr(&r->p, &st->expr));
    if (pf_parser_at(&r->p, "after")) {
        e->delay = st->expr;
        PF_TRY(pf_parser_next(&r->p));
        PF_TRY(pf_parser_expr(&r->p, &st->expr));
    }
    while (r->p.t.kind == ',') {
        PF_TRY(pf_parser_next(&r->p));
        PF_TRY(pf_reader_newlines(r));
        PF_TRY(option(r, e));
    }
    if (r->p.t.kind != ':')
        return pf_parser_expected(&r->p, "':' and what the event sets, or ', option = value'");
    return pf_parser_next(&r->p);
}

static pf_err keep(pf_reader *r, pf_st *st, pf_st_event *e, const sets *s)
{
    pf_ctx *ctx = r->p.ctx;
    pf_st_set *set = pf_arena_alloc(ctx, r->p.arena, s->n, sizeof *set);
    pf_st_event *copy = pf_arena_alloc(ctx, r->p.arena, 1, sizeof *copy);
    if (!set || !copy) return PF_ERR_NO_MEMORY;
    if (s->n) memcpy(set, s->set, s->n * sizeof *set);
    e->set = set;
    e->n_set = s->n;
    *copy = *e;
    st->event = copy;
    return pf_reader_keep(r, *st);
}

pf_err pf_reader_event(pf_reader *r, const char *name, pf_place at)
{
    pf_st st = {.kind = PF_ST_EVENT, .name = name, .at = at};
    pf_st_event e = {.initial = 1, .persistent = 1, .from_trigger = 1};
    sets s = {0};
    pf_err err = head(r, &st, &e);
    if (!err) err = set_all(r, &s);
    if (!err) err = keep(r, &st, &e, &s);
    pf_free(s.set);
    return err ? err : pf_reader_finish(r);
}
