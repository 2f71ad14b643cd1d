/* Who must be known before whom: assigned names and derived parameters, then initial values.
 * Both walk with a stack of their own and name the circle when there is one. */
#include "model/build.h"

#include <stdio.h>
#include <math.h>
#include <string.h>

enum { NEW, OPEN, DONE };

typedef struct step {
    uint32_t symbol;
    size_t next; /* where to go on reading */
} step;

typedef struct walk {
    pf_builder *b;
    const pf_def **def; /* [n_symbol] the formula of each; NULL: none */
    int values;         /* concentrations of amounts are known after these */
    uint8_t *state;
    step *stack;
    size_t n, capacity;
} walk;

static pf_err circle(walk *w, uint32_t s)
{
    char text[512];
    size_t from = w->n - 1, used = 0;
    const pf_symbol *symbol = w->b->m->symbol;
    while (from > 0 && w->stack[from].symbol != s) from--;
    for (size_t i = from; i < w->n && used < sizeof text; i++)
        used += (size_t)snprintf(
            text + used, sizeof text - used, "%s -> ", symbol[w->stack[i].symbol].name);
    if (used >= sizeof text) snprintf(text + sizeof text - 8, 8, "... -> ");
    pf_place at = w->b->flat->at;
    for (size_t i = w->n; i-- > from;) /* concentrations have no formula of their own */
        if (w->def[w->stack[i].symbol]) at = w->def[w->stack[i].symbol]->at;
    return pf_fail_at(w->b->ctx, w->b->flat->ast->file, at,
        "'%s' depends on itself: %s%s; break this circle", symbol[s].name, text,
        symbol[s].name);
}

static pf_err enter(walk *w, uint32_t s)
{
    int derived = w->values && w->b->source[s].amount != PF_NO_NAME;
    if ((!w->def[s] && !derived) || w->state[s] == DONE) return PF_OK;
    if (w->state[s] == OPEN) return circle(w, s);
    PF_TRY(pf_reserve(w->b->ctx, &w->stack, &w->capacity, w->n, sizeof *w->stack));
    w->state[s] = OPEN;
    w->stack[w->n++] = (step){s, 0};
    return PF_OK;
}

static pf_err parameter(pf_builder *b, uint32_t s, const pf_def *def, pf_node x)
{
    pf_model *m = b->m;
    const pf_vertex *v = &m->g.v[x];
    if (v->kind == PF_LEAF_NUMBER && !isnan(v->value) &&
        (isfinite(v->value) || b->flat->lenient)) {
        m->symbol[s].value = v->value;
        return PF_OK;
    }
    if (v->level == PF_LEVEL_NUMBER && !b->flat->lenient)
        return pf_fail_at(b->ctx, b->flat->ast->file, def->at,
            "'%s' is not a finite number; mend its formula", m->symbol[s].name);
    m->init[s] = x;
    if (v->level >= PF_LEVEL_STEPPED || m->stepped[s]) { /* known at the start, not before */
        m->stepped[s] = 1;
        m->node[s] = pf_graph_stepped(&m->g, (uint32_t)m->symbol[s].index);
        b->start[s] = def;
        return m->g.failed;
    }
    m->order[m->n_order++] = s;
    return PF_OK;
}

/* All that the top of the stack reads is known: build it. */
static pf_err leave(walk *w)
{
    uint32_t s = w->stack[--w->n].symbol;
    const pf_def *def = w->def[s];
    pf_model *m = w->b->m;
    pf_node x;
    const pf_source_of *from = &w->b->source[s];
    w->state[s] = DONE;
    if (from->amount != PF_NO_NAME) {
        m->node[s] =
            pf_graph_op(&m->g, PF_OP_DIV, m->node[from->amount], m->node[from->compartment], 0);
        return m->g.failed;
    }
    if (m->symbol[s].kind == PF_SYMBOL_PARAMETER) {
        PF_TRY(pf_build_drawn(w->b, def->expr, def->prefix, &x));
        return parameter(w->b, s, def, pf_build_converted(w->b, s, x));
    }
    PF_TRY(pf_build_expr(w->b, def->expr, def->prefix, &x));
    m->node[s] = x;
    return PF_OK;
}

/* The symbol that number `k` of what `s` reads is, or PF_NO_NAME: first what its kind makes it
 * read, then the items of its formula. `*more` 0: that was all. */
static pf_err reads(walk *w, uint32_t s, size_t k, uint32_t *out, int *more)
{
    const pf_source_of *from = &w->b->source[s];
    const pf_def *def = w->def[s];
    *out = PF_NO_NAME;
    *more = 1;
    if (k == 0) {
        *out = from->amount;
    } else if (k == 1) {
        if (from->amount != PF_NO_NAME || from->conversion != PF_AS_IT_IS)
            *out = from->compartment;
    } else if (!def || k - 2 == def->expr->n) {
        *more = 0;
    } else if (def->expr->item[k - 2].kind == PF_ITEM_NAME) {
        return pf_build_name(w->b, &def->expr->item[k - 2], def->prefix, out);
    }
    return PF_OK;
}

static pf_err values(walk *w)
{
    for (uint32_t i = 0; i < w->b->m->n_symbol; i++) {
        PF_TRY(enter(w, i));
        while (w->n) {
            step *top = &w->stack[w->n - 1];
            uint32_t s;
            int more;
            PF_TRY(reads(w, top->symbol, top->next++, &s, &more));
            if (!more) PF_TRY(leave(w));
            if (more && s != PF_NO_NAME) PF_TRY(enter(w, s));
        }
    }
    return PF_OK;
}

static pf_err start(walk *w)
{
    w->state = pf_calloc(w->b->ctx, w->b->m->n_symbol, 1);
    return w->state ? PF_OK : PF_ERR_NO_MEMORY;
}

static void stop(walk *w)
{
    pf_free(w->state);
    pf_free(w->stack);
}

pf_err pf_build_values(pf_builder *b)
{
    walk w = {.b = b, .def = b->value, .values = 1};
    pf_model *m = b->m;
    pf_err err = start(&w);
    if (!err) err = values(&w);
    stop(&w);
    for (uint32_t s = 0; s < m->n_symbol && !err; s++)
        if (b->source[s].compartment != PF_NO_NAME)
            m->size[s] = m->node[b->source[s].compartment];
    return err;
}

/* What the value of `s` at the start reads of those that init computes too, as numbers of
 * symbols; `*n` of them. */
static void read_at_start(pf_builder *b, uint32_t s, uint8_t *reach, uint32_t *out, size_t *n)
{
    const pf_model *m = b->m;
    memset(reach, 0, (size_t)m->init[s] + 1);
    pf_graph_reach(&m->g, &m->init[s], 1, reach);
    *n = 0;
    for (pf_node i = 0; i <= m->init[s]; i++) {
        const pf_vertex *v = &m->g.v[i];
        if (!reach[i]) continue;
        if (v->kind == PF_LEAF_STATE) out[(*n)++] = m->by_kind[PF_SYMBOL_STATE][v->in[0]];
        if (v->kind == PF_LEAF_PARAM && v->in[1])
            out[(*n)++] = m->by_kind[PF_SYMBOL_PARAMETER][v->in[0]];
    }
}

/* What each value at the start reads, one after another: read[first[i] .. first[i + 1]) */
typedef struct edges {
    uint32_t *read;
    size_t *first;
    size_t n, capacity;
} edges;

static pf_err collect(pf_builder *b, edges *r)
{
    pf_model *m = b->m;
    pf_err err = PF_OK;
    uint8_t *reach = pf_calloc(b->ctx, m->g.n, 1);
    uint32_t *some = pf_calloc(b->ctx, m->n_symbol, sizeof *some);
    r->first = pf_calloc(b->ctx, m->n_symbol + 1, sizeof *r->first);
    if (!reach || !some || !r->first) err = PF_ERR_NO_MEMORY;
    for (uint32_t s = 0; s < m->n_symbol && !err; s++) {
        size_t n = 0;
        if (b->start[s]) read_at_start(b, s, reach, some, &n);
        for (size_t i = 0; i < n && !err; i++) {
            err = pf_reserve(b->ctx, &r->read, &r->capacity, r->n, sizeof *r->read);
            if (!err) r->read[r->n++] = some[i];
        }
        r->first[s + 1] = r->n;
    }
    pf_free(reach);
    pf_free(some);
    return err;
}

static pf_err initial_values(walk *w, const edges *r)
{
    pf_model *m = w->b->m;
    for (uint32_t i = 0; i < m->n_symbol; i++) {
        PF_TRY(enter(w, i));
        while (w->n) {
            step *top = &w->stack[w->n - 1];
            uint32_t s = top->symbol;
            if (r->first[s] + top->next < r->first[s + 1]) {
                PF_TRY(enter(w, r->read[r->first[s] + top->next++]));
                continue;
            }
            w->n--;
            w->state[s] = DONE;
            m->init_order[m->n_init_order++] = s;
        }
    }
    return PF_OK;
}

pf_err pf_build_init_order(pf_builder *b)
{
    walk w = {.b = b, .def = b->start};
    edges r = {0};
    pf_err err = start(&w);
    if (!err) err = collect(b, &r);
    if (!err) err = initial_values(&w, &r);
    stop(&w);
    pf_free(r.read);
    pf_free(r.first);
    return err;
}
