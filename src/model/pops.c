/* Populations that may become small: their rate, term by term.
 *
 * Only the structure of the rate itself is split: sums, signs, products over sums. An assigned
 * name is one factor, taken to be non-negative. A term with the population X as a factor is X
 * times a birth or death rate; a positive term without it is arrival. */
#include "model/build.h"

#include <math.h>
#include <string.h>

enum { MOST_TERMS = 256, MOST_CALLS = 50, MOST_WORK = 20000 };

typedef struct term {
    double sign;
    int has_x;
    pf_node factor; /* without X */
} term;

typedef struct sum {
    term *t;
    size_t n;
} sum;

typedef struct splitter {
    pf_builder *b;
    pf_graph *g;
    pf_arena arena;
    uint32_t x; /* the population's number in `symbol` */
    pf_place at;
    sum *stack;
    size_t n, capacity, work;
    unsigned calls;
} splitter;

static pf_err fresh(splitter *s, size_t n, sum *out)
{
    if (n > MOST_TERMS)
        return pf_fail_at(s->b->ctx, s->b->flat->ast->file, s->at,
            "the rate of small population '%s' has over %d terms; give its parts names of "
            "their own",
            s->b->m->symbol[s->x].name, MOST_TERMS);
    out->n = n;
    out->t = pf_arena_alloc(s->b->ctx, &s->arena, n, sizeof *out->t);
    return out->t ? PF_OK : PF_ERR_NO_MEMORY;
}

static pf_err push(splitter *s, sum x)
{
    PF_TRY(pf_reserve(s->b->ctx, &s->stack, &s->capacity, s->n, sizeof *s->stack));
    s->stack[s->n++] = x;
    return PF_OK;
}

static pf_err push_one(splitter *s, double sign, int has_x, pf_node factor)
{
    sum one = {NULL, 0};
    PF_TRY(fresh(s, 1, &one));
    one.t[0] = (term){sign, has_x, factor};
    return push(s, one);
}

static pf_node whole(splitter *s, const sum *x)
{
    pf_node y = PF_NODE_ZERO;
    for (size_t i = 0; i < x->n; i++) {
        pf_node v = x->t[i].factor;
        if (x->t[i].has_x) v = pf_graph_op(s->g, PF_OP_MUL, v, s->b->m->node[s->x], 0);
        y = pf_graph_op(s->g, x->t[i].sign < 0 ? PF_OP_SUB : PF_OP_ADD, y, v, 0);
    }
    return y;
}

static pf_err joined(splitter *s, const sum *a, const sum *b, double sign)
{
    sum out = {NULL, 0};
    PF_TRY(fresh(s, a->n + b->n, &out));
    for (size_t i = 0; i < a->n; i++) out.t[i] = a->t[i];
    for (size_t i = 0; i < b->n; i++) {
        out.t[a->n + i] = b->t[i];
        out.t[a->n + i].sign *= sign;
    }
    return push(s, out);
}

static term times(splitter *s, term a, term b)
{
    pf_node f = pf_graph_op(s->g, PF_OP_MUL, a.factor, b.factor, 0);
    if (a.has_x && b.has_x) f = pf_graph_op(s->g, PF_OP_MUL, f, s->b->m->node[s->x], 0);
    return (term){a.sign * b.sign, a.has_x || b.has_x, f};
}

static pf_err product(splitter *s, const sum *a, const sum *b)
{
    sum out = {NULL, 0};
    PF_TRY(fresh(s, a->n * b->n, &out));
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++) out.t[i * b->n + j] = times(s, a->t[i], b->t[j]);
    return push(s, out);
}

static pf_err quotient(splitter *s, const sum *a, const sum *b)
{
    sum out = {NULL, 0};
    double sign = b->n == 1 ? b->t[0].sign : 1;
    pf_node below = whole(s, b);
    if (sign < 0) below = pf_graph_op(s->g, PF_OP_NEG, below, 0, 0);
    PF_TRY(fresh(s, a->n, &out));
    for (size_t i = 0; i < a->n; i++) {
        out.t[i] = a->t[i];
        out.t[i].sign *= sign;
        out.t[i].factor = pf_graph_op(s->g, PF_OP_DIV, a->t[i].factor, below, 0);
    }
    return push(s, out);
}

/* (x f)^n = x (x^(n-1) f^n) for a number n >= 1 */
static pf_err power(splitter *s, const sum *a, const sum *b)
{
    pf_node n = whole(s, b), x = s->b->m->node[s->x];
    const pf_vertex *v = &s->g->v[n];
    if (a->n != 1 || !a->t[0].has_x || v->kind != PF_LEAF_NUMBER || v->value < 1)
        return push_one(s, 1, 0, pf_graph_op(s->g, PF_OP_POW, whole(s, a), n, 0));
    double p = v->value;
    pf_node rest = pf_graph_op(s->g, PF_OP_POW, x, pf_graph_number(s->g, p - 1), 0);
    pf_node f = pf_graph_op(s->g, PF_OP_POW, a->t[0].factor, n, 0);
    double sign = a->t[0].sign < 0 && fmod(p, 2) == 1 ? -1 : 1;
    return push_one(s, sign, 1, pf_graph_op(s->g, PF_OP_MUL, rest, f, 0));
}

static pf_err word(splitter *s, uint32_t op)
{
    unsigned n = pf_word_arity(op);
    pf_node x[3] = {0, 0, 0};
    sum in[3] = {{0}};
    s->n -= n;
    for (unsigned i = 0; i < n; i++) in[i] = s->stack[s->n + i];
    switch (op) {
    case PF_OP_ADD:
        return joined(s, &in[0], &in[1], 1);
    case PF_OP_SUB:
        return joined(s, &in[0], &in[1], -1);
    case PF_OP_NEG:
        return joined(s, &in[1], &in[0], -1);
    case PF_OP_MUL:
        return product(s, &in[0], &in[1]);
    case PF_OP_DIV:
        return quotient(s, &in[0], &in[1]);
    case PF_OP_POW:
        return power(s, &in[0], &in[1]);
    default:
        break;
    }
    for (unsigned i = 0; i < n; i++) x[i] = whole(s, &in[i]);
    if (op != PF_WORD_DELAY && op != PF_WORD_RATE)
        return push_one(s, 1, 0, pf_build_word(s->g, op, x));
    PF_TRY(pf_build_time_word(s->b, op, x, s->at, &x[0]));
    return push_one(s, 1, 0, x[0]);
}

static pf_err items(splitter *s, const pf_expr *e, const char *prefix, size_t args);

static pf_err call(splitter *s, const pf_item *item)
{
    const pf_function *f;
    pf_op op = PF_OP_MOV;
    PF_TRY(pf_build_call(s->b, item, &f, &op));
    if (!f) return word(s, op);
    if (s->calls >= MOST_CALLS) return PF_ERR_BUG; /* build_expr refused it before */
    size_t args = s->n - f->n_arg;
    s->calls++;
    PF_TRY(items(s, &f->body, "", args));
    s->calls--;
    sum y = s->stack[s->n - 1];
    s->n = args;
    return push(s, y);
}

static pf_err name(splitter *s, const pf_item *item, const char *prefix)
{
    uint32_t k;
    PF_TRY(pf_build_name(s->b, item, prefix, &k));
    if (k == s->x) return push_one(s, 1, 1, PF_NODE_ONE);
    return push_one(s, 1, 0, s->b->m->node[k]);
}

static pf_err items(splitter *s, const pf_expr *e, const char *prefix, size_t args)
{
    for (size_t i = 0; i < e->n; i++) {
        const pf_item *item = &e->item[i];
        if (++s->work > MOST_WORK) {
            sum none = {NULL, 0};
            return fresh(s, MOST_TERMS + 1, &none);
        }
        switch (item->kind) {
        case PF_ITEM_NUMBER:
            PF_TRY(push_one(
                s, item->number < 0 ? -1 : 1, 0, pf_graph_number(s->g, fabs(item->number))));
            break;
        case PF_ITEM_TIME:
            PF_TRY(push_one(s, 1, 0, pf_graph_leaf(s->g, PF_LEAF_TIME, 0)));
            break;
        case PF_ITEM_ARG:
            PF_TRY(push(s, s->stack[args + item->index]));
            break;
        case PF_ITEM_NAME:
            PF_TRY(name(s, item, prefix));
            break;
        case PF_ITEM_CALL:
            PF_TRY(call(s, item));
            break;
        case PF_ITEM_WORD:
            PF_TRY(word(s, item->index));
            break;
        }
    }
    return s->g->failed;
}

static pf_err misuse(splitter *s, const char *what)
{
    const char *x = s->b->m->symbol[s->x].name;
    return pf_fail_at(s->b->ctx, s->b->flat->ast->file, s->at,
        "%s of small population '%s' does not have %s as a factor; write it as %s times a rate",
        what, x, x, x);
}

/* A term that is nothing without X, yet does not show X as a factor, hides it behind a name. */
static pf_err hides_x(splitter *s, pf_node f, int *yes)
{
    pf_node without;
    *yes = 0;
    if (s->g->v[f].level < PF_LEVEL_DYNAMIC) return PF_OK;
    uint32_t state = (uint32_t)s->b->m->symbol[s->x].index;
    PF_TRY(pf_graph_substitute(s->g, f, state, 0, &without));
    *yes = without == PF_NODE_ZERO;
    return PF_OK;
}

static pf_err add_terms(splitter *s, const sum *x, pf_pop *pop)
{
    for (size_t i = 0; i < x->n; i++) {
        pf_node f = x->t[i].factor, *to = &pop->arrival;
        int hidden;
        if (f == PF_NODE_ZERO) continue;
        if (x->t[i].has_x) {
            to = x->t[i].sign < 0 ? &pop->death : &pop->birth;
        } else {
            if (x->t[i].sign < 0) return misuse(s, "a loss");
            PF_TRY(hides_x(s, f, &hidden));
            if (hidden) return misuse(s, "a gain");
        }
        *to = pf_graph_op(s->g, PF_OP_ADD, *to, f, 0);
    }
    return s->g->failed;
}

static pf_err split(splitter *s, const pf_def *def, pf_pop *pop)
{
    s->n = 0;
    s->at = def->at;
    PF_TRY(items(s, def->expr, def->prefix, 0));
    sum x = s->stack[0];
    return add_terms(s, &x, pop);
}

static pf_err one(pf_builder *b, const pf_mark *mark, pf_pop *pop)
{
    pf_model *m = b->m;
    uint32_t v = pf_flat_root(b->flat, mark->var), k = b->symbol[v];
    if (m->symbol[k].kind != PF_SYMBOL_STATE)
        return pf_fail_at(b->ctx, b->flat->ast->file, mark->st->at,
            "'%s' is not a state, so it cannot become small; give it a rate or remove the line",
            m->symbol[k].name);
    for (size_t i = 0; i < m->n_pop; i++)
        if (m->pop[i].state == m->symbol[k].index)
            return pf_fail_at(b->ctx, b->flat->ast->file, mark->st->at,
                "'%s' has been declared small before; remove one of the lines",
                m->symbol[k].name);
    *pop = (pf_pop){.state = (uint32_t)m->symbol[k].index, .threshold = mark->st->number};
    splitter s = {.b = b, .g = &m->g, .x = k};
    pf_arena_init(&s.arena);
    pf_err err = split(&s, &b->flat->var[v].rate, pop);
    pf_arena_clear(&s.arena);
    pf_free(s.stack);
    return err;
}

pf_err pf_build_pops(pf_builder *b)
{
    pf_model *m = b->m;
    m->pop = pf_arena_alloc(b->ctx, &m->arena, b->flat->n_mark, sizeof *m->pop);
    if (!m->pop) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < b->flat->n_mark; i++) {
        if (b->flat->mark[i].st->kind != PF_ST_SMALL) continue;
        if (pf_build_jumps(b->flat, &b->flat->mark[i])) continue;
        PF_TRY(one(b, &b->flat->mark[i], &m->pop[m->n_pop]));
        m->n_pop++;
    }
    return PF_OK;
}
