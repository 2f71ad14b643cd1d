/* Algebraic rules, 0 = F: which variable each determines, and its formula.
 *
 * A variable is free when nothing else determines it: not constant, no rule, no rate, not
 * changed by reactions. Rules and free variables are matched (augmenting paths), so that every
 * rule has one of its own. The variables are unknown leaves until all is built; then they are
 * eliminated one after another: from a rule that is linear in one, F = a x + b with a and b
 * free of x, follows x = -b/a, which takes its place everywhere. */
#include "model/build.h"
#include "model/derive.h"

#include <string.h>

enum { MOST_RULES = 200 };

/* ---- which variable -------------------------------------------------------------------------
 */

typedef struct matching {
    pf_builder *b;
    size_t n_var;
    uint8_t *reads; /* [rules * n_var] 1: the rule reads this free variable, 2: by its name */
    uint8_t *event; /* [n_var] an event sets it */
    uint8_t *seen;  /* [n_var] */
    uint32_t *rule; /* [n_var] that it belongs to, or PF_NO_NAME */
} matching;

static int is_free(const pf_var *v)
{
    unsigned never = PF_SAYS_CONST | PF_SAYS_LOCAL | PF_SAYS_REACTION;
    return !(v->says & never) && !v->rule.expr && !v->rate.expr && !pf_build_changes(v);
}

/* Mark the free variables that a formula reads, also through rules. */
static pf_err read_free(matching *m, const pf_def *def, uint8_t *reads, int direct)
{
    pf_flat *f = m->b->flat;
    for (size_t i = 0; i < def->expr->n; i++) {
        const pf_item *item = &def->expr->item[i];
        if (item->kind != PF_ITEM_NAME) continue;
        uint32_t v = pf_flat_find(f, def->prefix, item->name, item->at);
        if (v == PF_NO_NAME)
            return m->b->ctx && m->b->ctx->code ? m->b->ctx->code : PF_ERR_MODEL;
        v = pf_flat_root(f, v);
        if (is_free(&f->var[v])) reads[v] |= direct ? 3 : 1;
        if (!f->var[v].rule.expr || m->seen[v]) continue;
        m->seen[v] = 1;
        PF_TRY(pf_reserve(
            m->b->ctx, &m->b->todo, &m->b->todo_capacity, m->b->n_todo, sizeof *m->b->todo));
        m->b->todo[m->b->n_todo++] = v;
    }
    return PF_OK;
}

static pf_err read_rule(matching *m, size_t r)
{
    pf_builder *b = m->b;
    uint8_t *reads = m->reads + r * m->n_var;
    memset(m->seen, 0, m->n_var);
    b->n_todo = 0;
    PF_TRY(read_free(m, &b->flat->algebraic[r], reads, 1));
    while (b->n_todo) PF_TRY(read_free(m, &b->flat->var[b->todo[--b->n_todo]].rule, reads, 0));
    return PF_OK;
}

/* What a modeller most likely meant: a variable that the rule names, to which nothing gives a
 * value. 0 is best. */
static int rank(const matching *m, size_t r, uint32_t v)
{
    const pf_var *var = &m->b->flat->var[v];
    return (m->event[v] ? 4 : 0) + (var->value.expr ? 2 : 0) +
           (m->reads[r * m->n_var + v] & 2 ? 0 : 1);
}

enum { RANKS = 8 };

/* Give rule `first` a variable, moving others to other variables where that must be: a walk in
 * breadth, each variable remembered with the rule that wanted it. */
static pf_err augment(matching *m, uint32_t first, int *found)
{
    size_t n = m->n_var, n_queue = 1;
    uint32_t *queue = pf_calloc(m->b->ctx, m->b->flat->n_algebraic, sizeof *queue);
    uint32_t *wanted = pf_calloc(m->b->ctx, n, sizeof *wanted); /* by rule + 1 */
    uint32_t last = PF_NO_NAME;
    if (queue && wanted) {
        queue[0] = first;
        for (size_t q = 0; q < n_queue && last == PF_NO_NAME; q++)
            for (int k = 0; k < RANKS && last == PF_NO_NAME; k++)
                for (uint32_t v = 0; v < n && last == PF_NO_NAME; v++) {
                    uint32_t r = queue[q];
                    if (!m->reads[r * n + v] || wanted[v] || rank(m, r, v) != k) continue;
                    wanted[v] = r + 1;
                    if (m->rule[v] == PF_NO_NAME)
                        last = v;
                    else
                        queue[n_queue++] = m->rule[v];
                }
        *found = last != PF_NO_NAME;
    }
    while (last != PF_NO_NAME) { /* back along the path */
        uint32_t r = wanted[last] - 1, before = PF_NO_NAME;
        for (uint32_t v = 0; v < n; v++)
            if (v != last && m->rule[v] == r) before = v;
        m->rule[last] = r;
        last = r == first ? PF_NO_NAME : before;
    }
    pf_err err = queue && wanted ? PF_OK : PF_ERR_NO_MEMORY;
    pf_free(queue);
    pf_free(wanted);
    return err;
}

static pf_err match(matching *m)
{
    pf_builder *b = m->b;
    const pf_flat *f = b->flat;
    for (uint32_t v = 0; v < m->n_var; v++) m->rule[v] = PF_NO_NAME;
    for (size_t i = 0; i < f->n_set; i++) m->event[pf_flat_root(f, f->set[i].var)] = 1;
    for (uint32_t r = 0; r < f->n_algebraic; r++) {
        int found = 0;
        PF_TRY(read_rule(m, r));
        PF_TRY(augment(m, r, &found));
        if (!found)
            return pf_fail_at(b->ctx, f->ast->file, f->algebraic[r].at,
                "this algebraic rule leaves nothing to determine: all that it reads is "
                "constant, follows other rules, or is changed by reactions; remove it or free "
                "one of its variables");
    }
    for (uint32_t v = 0; v < m->n_var; v++) b->determined[v] = m->rule[v] != PF_NO_NAME;
    return PF_OK;
}

pf_err pf_build_determined(pf_builder *b)
{
    matching m = {.b = b, .n_var = b->flat->names.n};
    size_t n = b->flat->n_algebraic;
    pf_err err = PF_ERR_NO_MEMORY;
    if (!n) return PF_OK;
    if (n > MOST_RULES)
        return pf_fail_at(b->ctx, b->flat->ast->file, b->flat->algebraic[MOST_RULES].at,
            "the model has over %d algebraic rules; solve some of them", MOST_RULES);
    m.reads = pf_calloc(b->ctx, n * m.n_var, 1);
    m.event = pf_calloc(b->ctx, m.n_var, 1);
    m.seen = pf_calloc(b->ctx, m.n_var, 1);
    m.rule = pf_calloc(b->ctx, m.n_var, sizeof *m.rule);
    if (m.reads && m.event && m.seen && m.rule) err = match(&m);
    pf_free(m.reads);
    pf_free(m.event);
    pf_free(m.seen);
    pf_free(m.rule);
    return err;
}

/* ---- its formula ----------------------------------------------------------------------------
 */

typedef struct unknowns {
    pf_builder *b;
    size_t n, n_state;
    uint32_t *symbol; /* [n] */
    pf_node *leaf;    /* [n] a state beyond the last one */
    pf_node *f;       /* [n] what must be 0; used rules: PF_NO_NODE */
    pf_node *row;     /* [n * n] derivatives by the unknowns */
    pf_node *is;      /* [n] its formula; PF_NO_NODE */
    uint8_t *mark;    /* of a pass over the graph */
    size_t n_mark;
} unknowns;

/* Which nodes up to `top` depend on unknown j (PF_NO_NAME: on any)? In u->mark. */
static pf_err depends(unknowns *u, pf_node top, uint32_t j)
{
    const pf_graph *g = &u->b->m->g;
    if (u->n_mark < g->n) {
        pf_free(u->mark);
        u->n_mark = 2 * g->n;
        u->mark = pf_calloc(u->b->ctx, u->n_mark, 1);
        if (!u->mark) return PF_ERR_NO_MEMORY;
    }
    for (pf_node i = 0; i <= top; i++) {
        const pf_vertex *v = &g->v[i];
        uint8_t yes = v->kind == PF_LEAF_STATE && v->in[0] >= u->n_state &&
                      (j == PF_NO_NAME || v->in[0] == u->n_state + j);
        for (unsigned k = 0; k < pf_graph_arity(g, i); k++) yes |= u->mark[v->in[k]];
        u->mark[i] = yes;
    }
    return PF_OK;
}

/* Is F linear in unknown j with slope a? Its derivative is free of j, and nothing in F chooses
 * or steps by j. */
static pf_err linear(unknowns *u, pf_node f, pf_node a, uint32_t j, int *yes)
{
    const pf_graph *g = &u->b->m->g;
    uint8_t *reach = pf_calloc(u->b->ctx, g->n, 1);
    pf_err err = reach ? depends(u, a > f ? a : f, j) : PF_ERR_NO_MEMORY;
    if (!err) {
        *yes = !u->mark[a];
        pf_graph_reach(g, &f, 1, reach);
        for (pf_node i = 0; i <= f && *yes; i++) {
            const pf_vertex *v = &g->v[i];
            if (!reach[i] || !u->mark[i]) continue;
            if (v->kind == PF_OP_SELECT && u->mark[v->in[0]]) *yes = 0;
            if (pf_truth(g, i) || v->kind == PF_OP_FLOOR || v->kind == PF_OP_CEIL ||
                v->kind == PF_OP_ABS || v->kind == PF_OP_MIN || v->kind == PF_OP_MAX ||
                v->kind == PF_LEAF_RATE)
                *yes = 0;
        }
    }
    pf_free(reach);
    return err;
}

static pf_err derive_rule(unknowns *u, size_t i)
{
    pf_builder *b = u->b;
    pf_node *all = pf_calloc(b->ctx, u->n_state + u->n + 1, sizeof *all);
    if (!all) return PF_ERR_NO_MEMORY;
    pf_err err = pf_graph_jacobian(&b->m->g, &u->f[i], 1, u->n_state + u->n, all);
    if (!err) memcpy(u->row + i * u->n, all + u->n_state, u->n * sizeof *all);
    pf_free(all);
    return err;
}

/* How good it is to divide by a: a number, what parameters decide, what varies, an unknown. */
static pf_err cost(unknowns *u, pf_node a, unsigned *out)
{
    PF_TRY(depends(u, a, PF_NO_NAME));
    *out = u->mark[a] ? 3 + PF_LEVEL_DYNAMIC : u->b->m->g.v[a].level;
    return PF_OK;
}

/* The pair of rule and unknown to go on with; PF_NO_NAME: there is none. */
static pf_err choose(unknowns *u, uint32_t *rule, uint32_t *unknown)
{
    unsigned best = UINT32_MAX;
    *rule = *unknown = PF_NO_NAME;
    for (uint32_t i = 0; i < u->n; i++)
        for (uint32_t j = 0; j < u->n && u->f[i] != PF_NO_NODE; j++) {
            pf_node a = u->row[i * u->n + j];
            unsigned c;
            int yes;
            if (a == PF_NODE_ZERO || u->is[j] != PF_NO_NODE) continue;
            PF_TRY(cost(u, a, &c));
            if (c >= best) continue;
            PF_TRY(linear(u, u->f[i], a, j, &yes));
            if (!yes) continue;
            best = c;
            *rule = i;
            *unknown = j;
        }
    return PF_OK;
}

/* x takes the place of unknown j in what is left. */
static pf_err put_in(unknowns *u, uint32_t j, pf_node x)
{
    pf_graph *g = &u->b->m->g;
    size_t n = (size_t)u->leaf[j] + 1;
    pf_node *with = pf_calloc(u->b->ctx, n, sizeof *with);
    pf_err err = with ? PF_OK : PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n && with; i++) with[i] = PF_NO_NODE;
    if (with) with[u->leaf[j]] = x;
    u->is[j] = x;
    for (size_t i = 0; i < u->n && !err; i++) {
        pf_node before = u->f[i];
        if (u->is[i] != PF_NO_NODE && i != j) err = pf_graph_replace(g, with, n, &u->is[i]);
        if (err || before == PF_NO_NODE) continue;
        err = pf_graph_replace(g, with, n, &u->f[i]);
        if (!err && u->f[i] != before) err = derive_rule(u, i);
    }
    pf_free(with);
    return err;
}

static pf_err cannot(unknowns *u)
{
    const pf_flat *f = u->b->flat;
    size_t i = 0, j = 0;
    while (u->f[i] == PF_NO_NODE) i++;
    while (u->is[j] != PF_NO_NODE || u->row[i * u->n + j] == PF_NODE_ZERO)
        if (++j == u->n)
            return pf_fail_at(u->b->ctx, f->ast->file, f->algebraic[i].at,
                "this algebraic rule says nothing that the other rules do not say; remove it");
    const char *x = u->b->m->symbol[u->symbol[j]].name;
    return pf_fail_at(u->b->ctx, f->ast->file, f->algebraic[i].at,
        "this algebraic rule determines '%s', but not as a line in it, and only such rules are "
        "solved; write '%s' as a formula of the others",
        x, x);
}

static pf_err eliminate(unknowns *u)
{
    pf_graph *g = &u->b->m->g;
    for (size_t i = 0; i < u->n; i++) PF_TRY(derive_rule(u, i));
    for (size_t step = 0; step < u->n; step++) {
        uint32_t i, j;
        pf_node rest;
        PF_TRY(choose(u, &i, &j));
        if (i == PF_NO_NAME) return cannot(u);
        PF_TRY(pf_graph_substitute(g, u->f[i], (uint32_t)(u->n_state + j), 0, &rest));
        pf_node a = u->row[i * u->n + j];
        rest = pf_graph_op(g, PF_OP_NEG, rest, 0, 0);
        u->f[i] = PF_NO_NODE;
        PF_TRY(put_in(u, j, pf_graph_op(g, PF_OP_DIV, rest, a, 0)));
    }
    return g->failed;
}

static pf_err put_everywhere(unknowns *u)
{
    pf_model *m = u->b->m;
    size_t n = m->g.n;
    pf_node *with = pf_calloc(u->b->ctx, n, sizeof *with);
    if (!with) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) with[i] = PF_NO_NODE;
    for (size_t j = 0; j < u->n; j++) with[u->leaf[j]] = u->is[j];
    pf_err err = pf_model_replace(m, with, n);
    pf_free(with);
    return err;
}

static pf_err solve(unknowns *u)
{
    pf_builder *b = u->b;
    pf_model *m = b->m;
    size_t n = 0;
    for (uint32_t v = 0; v < b->flat->names.n; v++) {
        if (!b->determined[v]) continue;
        u->symbol[n] = b->symbol[v];
        u->leaf[n++] = m->node[b->symbol[v]];
    }
    for (size_t i = 0; i < n; i++) {
        const pf_def *def = &b->flat->algebraic[i];
        PF_TRY(pf_build_expr(b, def->expr, def->prefix, &u->f[i]));
        u->is[i] = PF_NO_NODE;
    }
    PF_TRY(eliminate(u));
    return put_everywhere(u);
}

pf_err pf_build_algebra(pf_builder *b)
{
    size_t n = b->flat->n_algebraic;
    unknowns u = {.b = b, .n = n, .n_state = b->m->count[PF_SYMBOL_STATE]};
    pf_err err = PF_ERR_NO_MEMORY;
    if (!n) return PF_OK;
    u.symbol = pf_calloc(b->ctx, n, sizeof *u.symbol);
    u.leaf = pf_calloc(b->ctx, n, sizeof *u.leaf);
    u.f = pf_calloc(b->ctx, n, sizeof *u.f);
    u.row = pf_calloc(b->ctx, n * n, sizeof *u.row);
    u.is = pf_calloc(b->ctx, n, sizeof *u.is);
    if (u.symbol && u.leaf && u.f && u.row && u.is) err = solve(&u);
    pf_free(u.symbol);
    pf_free(u.leaf);
    pf_free(u.f);
    pf_free(u.row);
    pf_free(u.is);
    pf_free(u.mark);
    return err;
}
