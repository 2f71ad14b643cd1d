/* Harrell's C of cox.h, by counting in a Fenwick tree over the ranks of the score. */
#include "trial/cox.h"
#include "trial/order.h"

#include <math.h>

/* How many of the ranks 1..rank are in the tree. */
static double until(const size_t *tree, size_t rank)
{
    size_t sum = 0;
    for (; rank; rank &= rank - 1) sum += tree[rank];
    return (double)sum;
}

static void change(size_t *tree, size_t n, size_t rank, int by)
{
    for (; rank <= n; rank += rank & -rank) tree[rank] += (size_t)by;
}

typedef struct {
    size_t n;
    size_t *order, *rank, *tree;
    int *class, *labels;
    double *time;
    const unsigned char *event;
    double higher, equal, pairs;
} counter;

/* Rank 1 is the lowest score; equal scores share a rank. */
static pf_err rank_scores(pf_ctx *ctx, counter *c, const double *score)
{
    size_t *order = NULL;
    PF_TRY(pf_order(ctx, c->n, NULL, score, &order));
    size_t rank = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (i == 0 || score[order[i]] != score[order[i - 1]]) rank++;
        c->rank[order[i]] = rank;
    }
    pf_free(order);
    return PF_OK;
}

/* An event against everybody in the tree: those who live longer. */
static void compare(counter *c, size_t who, size_t later)
{
    size_t rank = c->rank[who];
    double below = until(c->tree, rank - 1);
    c->higher += below;
    c->equal += until(c->tree, rank) - below;
    c->pairs += (double)later;
}

static void count_stratum(counter *c, size_t from, size_t to)
{
    size_t inside = 0;
    for (size_t i = to; i > from;) {
        size_t first = i;
        while (first > from && c->time[c->order[first - 1]] == c->time[c->order[i - 1]])
            first--;
        /* Censored at this time outlives the events of this time; two events are not ordered.
         */
        for (int dead = 0; dead < 2; dead++) {
            size_t present = inside;
            for (size_t j = first; dead && j < i; j++)
                if (c->event[c->order[j]]) compare(c, c->order[j], present);
            for (size_t j = first; j < i; j++) {
                if (c->event[c->order[j]] != dead) continue;
                change(c->tree, c->n, c->rank[c->order[j]], 1);
                inside++;
            }
        }
        i = first;
    }
    for (size_t i = from; i < to; i++) change(c->tree, c->n, c->rank[c->order[i]], -1);
}

pf_err pf_concordance(pf_ctx *ctx, const pf_cox_data *data, const double *score, double *out)
{
    *out = NAN;
    size_t n = data->n, strata = 0;
    counter c = {.n = n, .event = data->event};
    c.rank = pf_calloc(ctx, n, sizeof(size_t));
    c.tree = pf_calloc(ctx, n + 1, sizeof(size_t));
    pf_err err = c.rank && c.tree ? PF_OK : PF_ERR_NO_MEMORY;
    if (!err) err = pf_classes(ctx, n, data->strata, &c.class, &c.labels, &strata);
    if (!err) err = pf_times_align(ctx, n, data->time, &c.time);
    if (!err) err = pf_order(ctx, n, c.class, c.time, &c.order);
    if (!err) err = rank_scores(ctx, &c, score);
    for (size_t i = 0; !err && i < n;) {
        size_t to = i;
        while (to < n && c.class[c.order[to]] == c.class[c.order[i]]) to++;
        count_stratum(&c, i, to);
        i = to;
    }
    if (!err && c.pairs > 0) *out = (c.higher + 0.5 * c.equal) / c.pairs;
    void *owned[] = {c.rank, c.tree, c.class, c.labels, c.time, c.order};
    for (size_t i = 0; i < PF_COUNT(owned); i++) pf_free(owned[i]);
    return err;
}
