/* The order of elimination (plan.h). */
#include "model/plan.h"

#include <string.h>

typedef struct work {
    size_t n;
    uint8_t *edge;            /* [n * n] */
    const uint8_t *step;      /* [n] */
    uint16_t *in, *out;       /* [n * n] operands and readers; those gone are passed over */
    uint16_t *n_in, *n_out;   /* [n] length of these lists */
    uint16_t *is_in, *is_out; /* [n] of them not gone */
    uint8_t *gone, *stale;
    int64_t *key;
} work;

static void *part(char **at, size_t n, size_t size)
{
    void *p = *at;
    *at += (n * size + 7) / 8 * 8;
    return p;
}

/* One block for all arrays; the lists are empty. */
static char *make(pf_ctx *ctx, work *w, size_t n)
{
    size_t bytes = n * n * 4 + n * (4 * 2 + 2 + 8) + 128;
    char *block = pf_calloc(ctx, bytes, 1), *at = block;
    if (!block) return NULL;
    w->n = n;
    w->key = part(&at, n, sizeof *w->key);
    w->in = part(&at, n * n, sizeof *w->in);
    w->out = part(&at, n * n, sizeof *w->out);
    w->n_in = part(&at, n, sizeof *w->n_in);
    w->n_out = part(&at, n, sizeof *w->n_out);
    w->is_in = part(&at, n, sizeof *w->is_in);
    w->is_out = part(&at, n, sizeof *w->is_out);
    w->gone = part(&at, n, 1);
    w->stale = part(&at, n, 1);
    return block;
}

static void list_edge(work *w, size_t reader, size_t operand)
{
    size_t n = w->n;
    w->in[reader * n + w->n_in[reader]++] = (uint16_t)operand;
    w->out[operand * n + w->n_out[operand]++] = (uint16_t)reader;
    w->is_in[reader]++;
    w->is_out[operand]++;
}

static void list_edges(work *w)
{
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; k < w->n; k++)
            if (w->edge[i * w->n + k]) list_edge(w, i, k);
}

static uint32_t price(uint8_t c, uint8_t p, uint8_t old)
{
    int product =
        c != PF_EDGE_FREE && p != PF_EDGE_FREE && (c == PF_EDGE_VARIES || p == PF_EDGE_VARIES);
    return product || old;
}

/* Eliminate v; returns the operations that it takes. */
static uint32_t eliminate(work *w, size_t v)
{
    size_t n = w->n;
    uint32_t cost = 0;
    const uint16_t *in = w->in + v * n, *out = w->out + v * n;
    w->gone[v] = 1;
    for (size_t k = 0; k < w->n_in[v]; k++) {
        w->is_out[in[k]]--;
        w->stale[in[k]] = 1;
    }
    for (size_t i = 0; i < w->n_out[v]; i++) {
        size_t r = out[i];
        uint8_t *row = w->edge + r * n, c = row[v];
        if (w->gone[r]) continue;
        w->is_in[r]--;
        w->stale[r] = 1;
        for (size_t k = 0; k < w->n_in[v]; k++) {
            size_t u = in[k];
            uint8_t p = w->edge[v * n + u], old = row[u];
            if (w->gone[u]) continue;
            cost += price(c, p, old);
            if (!old) list_edge(w, r, u);
            row[u] = old ? PF_EDGE_VARIES : c > p ? c : p;
        }
    }
    return cost;
}

/* Twice the operations of eliminating v, plus what the edges that come and go then add to the
 * products of its neighbours. */
static int64_t key_of(const work *w, size_t v)
{
    size_t n = w->n;
    int64_t key = -(int64_t)w->is_in[v] - w->is_out[v];
    for (size_t k = 0; k < w->n_in[v]; k++)
        if (!w->gone[w->in[v * n + k]]) key -= w->is_in[w->in[v * n + k]];
    for (size_t i = 0; i < w->n_out[v]; i++) {
        size_t r = w->out[v * n + i];
        if (w->gone[r]) continue;
        key -= w->is_out[r];
        for (size_t k = 0; k < w->n_in[v]; k++) {
            size_t u = w->in[v * n + k];
            uint8_t old = w->edge[r * n + u];
            if (w->gone[u]) continue;
            key += 2 * (int64_t)price(w->edge[r * n + v], w->edge[v * n + u], old);
            if (!old) key += w->is_out[r] + w->is_in[u];
        }
    }
    return key;
}

static int ready(const work *w, size_t v)
{
    enum { WILD = PF_STEP_INNER | PF_STEP_WILD };
    if (!(w->step[v] & PF_STEP_CHOOSES)) return 1;
    for (size_t k = 0; k < w->n_in[v]; k++) {
        size_t u = w->in[v * w->n + k];
        if (!w->gone[u] && (w->step[u] & WILD) == WILD) return 0;
    }
    return 1;
}

static size_t next_step(work *w)
{
    size_t best = w->n;
    int64_t least = INT64_MAX;
    for (size_t v = 0; v < w->n; v++) {
        if (w->gone[v] || !(w->step[v] & PF_STEP_INNER)) continue;
        if (w->stale[v]) w->key[v] = key_of(w, v);
        w->stale[v] = 0;
        if (w->key[v] >= least || !ready(w, v)) continue;
        least = w->key[v];
        best = v;
    }
    return best;
}

pf_err pf_plan(pf_ctx *ctx, pf_net *net, uint32_t *order, size_t *n_order)
{
    work w = {.edge = net->edge, .step = net->step};
    char *block = make(ctx, &w, net->n);
    *n_order = 0;
    if (!block) return PF_ERR_NO_MEMORY;
    list_edges(&w);
    memset(w.stale, 1, w.n);
    for (size_t v = next_step(&w); v < w.n; v = next_step(&w)) {
        order[(*n_order)++] = (uint32_t)v;
        (void)eliminate(&w, v);
    }
    pf_free(block);
    return PF_OK;
}
