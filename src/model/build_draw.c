/* Random draws in formulas: normal(mean, deviation) and the other laws of law.h.
 *
 * Each time one is written is a draw of its own: a leaf of the graph that the engine fills when
 * a value at the start or an event's values are computed. Two more arguments cut a law to a
 * range, and `truncatedNormal(...)` is another name of `normal(...)`. SBML's readers write
 * "distrib:normal", so that a function of the model may be called normal. */
#include "model/build.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { MOST_DRAWS = 10000 };

pf_law pf_build_law(const char *name)
{
    static const char package[] = "distrib:", cut[] = "truncated";
    char bare[32];
    if (!strncmp(name, package, sizeof package - 1)) name += sizeof package - 1;
    if (strncmp(name, cut, sizeof cut - 1) != 0) return pf_law_find(name);
    name += sizeof cut - 1;
    if (!isupper((unsigned char)*name) || strlen(name) >= sizeof bare) return PF_LAWS;
    memcpy(bare, name, strlen(name) + 1);
    bare[0] = (char)tolower((unsigned char)bare[0]);
    return pf_law_find(bare);
}

pf_err pf_build_draw(
    pf_builder *b, const pf_item *item, pf_law law, const pf_node *x, pf_node *out)
{
    pf_model *m = b->m;
    const char *file = b->flat->ast->file, *name = pf_law_name(law);
    unsigned arity = pf_law_arity(law);
    if (!b->may_draw)
        return pf_fail_at(b->ctx, file, item->at,
            "'%s' draws a random number here; that may only be done for values at the start, "
            "and "
            "for values, delays and priorities of events",
            name);
    if (item->index != arity && item->index != arity + 2)
        return pf_fail_at(b->ctx, file, item->at,
            "%s takes %u argument%s, or two more to cut it to a range, not %u", name, arity,
            arity == 1 ? "" : "s", (unsigned)item->index);
    if (m->n_draw >= MOST_DRAWS)
        return pf_fail_at(
            b->ctx, file, item->at, "the model has over %d random draws", MOST_DRAWS);
    PF_TRY(pf_reserve(b->ctx, &m->draw, &m->draw_capacity, m->n_draw, sizeof *m->draw));
    pf_model_draw *d = &m->draw[m->n_draw];
    *d = (pf_model_draw){law, {x[0], PF_NODE_ZERO, 0, 0}};
    if (arity > 1) d->in[1] = x[1];
    int cut = item->index > arity;
    d->in[2] = cut ? x[arity] : pf_graph_number(&m->g, -INFINITY);
    d->in[3] = cut ? x[arity + 1] : pf_graph_number(&m->g, INFINITY);
    *out = pf_graph_leaf(&m->g, PF_LEAF_DRAW, (uint32_t)m->n_draw++);
    return m->g.failed;
}

pf_err pf_build_drawn(pf_builder *b, const pf_expr *e, const char *prefix, pf_node *out)
{
    b->may_draw = 1;
    pf_err err = pf_build_expr(b, e, prefix, out);
    b->may_draw = 0;
    return err;
}
