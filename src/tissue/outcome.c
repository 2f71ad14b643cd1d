#include "tissue/outcome.h"

#include "tissue/surface.h"

#include <math.h>
#include <stdlib.h>

const pf_outcome_law PF_OUTCOME_LAW[PF_OUTCOMES] = {
    [PF_OUTCOME_ALIVE] = {"alive", "1", PF_ASKS_CELLS, "living cells of the types `cells`"},
    [PF_OUTCOME_REMAINING] = {"remaining", "1", PF_ASKS_CELLS,
        "living cells for each that was placed so far; 1 at first, above 1 when they grow"},
    [PF_OUTCOME_DEAD] = {"dead", "1", PF_ASKS_CELLS, "cells that have begun to die so far"},
    [PF_OUTCOME_BIRTHS] = {"births", "1", PF_ASKS_CELLS, "daughters so far"},
    [PF_OUTCOME_KILLED] = {"killed", "1", PF_ASKS_CELLS,
        "cells that killers have killed so far"},
    [PF_OUTCOME_KILLS] = {"kills", "1", PF_ASKS_CELLS, "kills that these killers made so far"},
    [PF_OUTCOME_KILLS_EACH] = {"kills-each", "1", PF_ASKS_CELLS,
        "kills so far for each killer that was ever there"},
    [PF_OUTCOME_SERIAL] = {"serial", "1", PF_ASKS_CELLS | PF_ASKS_AT_LEAST,
        "share of living killers that have killed `at_least` times; a daughter begins anew"},
    [PF_OUTCOME_BOUND] = {"bound", "1", PF_ASKS_CELLS,
        "share of living killers that hold a target"},
    [PF_OUTCOME_GRANULES] = {"granules", "1", PF_ASKS_CELLS,
        "granules of a living killer, mean"},
    [PF_OUTCOME_EXHAUSTION] = {"exhaustion", "1", PF_ASKS_CELLS,
        "exhaustion of a living killer, mean"},
    [PF_OUTCOME_INSIDE] = {"inside", "1", PF_ASKS_CELLS | PF_ASKS_OF,
        "living cells below the surface of the tumour that the types `of` make up"},
    [PF_OUTCOME_INSIDE_SHARE] = {"inside-share", "1", PF_ASKS_CELLS | PF_ASKS_OF,
        "the same as a share of the living cells of these types"},
    [PF_OUTCOME_DEPTH] = {"depth", "um", PF_ASKS_CELLS | PF_ASKS_OF | PF_ASKS_QUANTILE,
        "median (or `quantile`) depth of living cells below that surface; negative outside"},
    [PF_OUTCOME_RIM] = {"rim", "um", PF_ASKS_OF,
        "thickness of the living rim: the depth that parts living from necrotic cells with the "
        "fewest on the wrong side; the whole radius without necrotic cells"},
    [PF_OUTCOME_NECROTIC] = {"necrotic", "1", PF_ASKS_OF,
        "necrotic bodies (swelling, lysed) as a share of cells and bodies that are there"},
    [PF_OUTCOME_ANTIGEN] = {"antigen", "copies", PF_ASKS_CELLS | PF_ASKS_ANTIGEN,
        "molecules of the antigen on a living cell, mean"},
    [PF_OUTCOME_NEGATIVE] = {"negative", "1", PF_ASKS_CELLS | PF_ASKS_ANTIGEN | PF_ASKS_BELOW,
        "share of living cells with fewer molecules of the antigen than `below`"},
    [PF_OUTCOME_SENSED] = {"sensed", NULL, PF_ASKS_CELLS | PF_ASKS_SUBSTANCE,
        "concentration where living cells of these types are, mean over cells"},
    [PF_OUTCOME_MEAN] = {"mean", NULL, PF_ASKS_SUBSTANCE,
        "concentration, mean over the domain"},
    [PF_OUTCOME_CORE] = {"core", NULL, PF_ASKS_OF | PF_ASKS_SUBSTANCE,
        "concentration at the centroid of the tumour that the types `of` make up"},
};

const pf_outcome_key PF_OUTCOME_KEY[PF_OUTCOME_KEYS] = {{PF_ASKS_CELLS, "cells"},
    {PF_ASKS_OF, "of"}, {PF_ASKS_SUBSTANCE, "substance"}, {PF_ASKS_ANTIGEN, "antigen"},
    {PF_ASKS_BELOW, "below"}, {PF_ASKS_AT_LEAST, "at_least"}, {PF_ASKS_QUANTILE, "quantile"}};

static const pf_cell *row_of(const pf_tissue *t, size_t i)
{
    return &t->row[t->cells.slot[i]];
}

static int lives(const pf_tissue *t, size_t i, const uint8_t *types)
{
    return types[t->cells.type[i]] && row_of(t, i)->state == PF_CELL_ALIVE;
}

/* ---- counts since the beginning ---- */

static double tallied(const pf_tissue *t, const uint8_t *types, pf_tally what)
{
    uint64_t n = 0;
    for (size_t k = 0; k < t->setup->n_type; k++)
        if (types[k]) n += t->tally[k][what];
    return (double)n;
}

static double share(double part, double all)
{
    return all > 0 ? part / all : NAN;
}

/* ---- means over living cells ---- */

static double concentration(const pf_tissue *t, size_t substance, const double at[3])
{
    const double *x = pf_field_values(t->field, substance);
    return x[pf_mesh_voxel(&t->setup->mesh, pf_field_stride(t->field), at)];
}

static void place(const pf_tissue *t, size_t i, double at[3])
{
    for (int d = 0; d < 3; d++) at[d] = t->cells.at[d][i];
}

/* What one living cell has of it. */
static double own(const pf_tissue *t, size_t i, const pf_outcome *o)
{
    const pf_cell *c = row_of(t, i);
    double at[3];
    switch (o->kind) {
    case PF_OUTCOME_SERIAL:
        return c->kills >= o->at_least;
    case PF_OUTCOME_BOUND:
        return c->target != UINT32_MAX;
    case PF_OUTCOME_GRANULES:
        return (double)c->granules;
    case PF_OUTCOME_EXHAUSTION:
        return (double)c->exhaustion;
    case PF_OUTCOME_ANTIGEN:
        return (double)c->antigen[o->antigen];
    case PF_OUTCOME_NEGATIVE:
        return (double)c->antigen[o->antigen] < o->below;
    case PF_OUTCOME_SENSED:
        place(t, i, at);
        return concentration(t, o->substance, at);
    default:
        return 1;
    }
}

static double among_living(const pf_tissue *t, const pf_outcome *o, double *living)
{
    double sum = 0, n = 0;
    for (size_t i = 0; i < t->cells.n; i++) {
        if (!lives(t, i, o->cells)) continue;
        sum += own(t, i, o);
        n++;
    }
    *living = n;
    return sum;
}

/* ---- fields ---- */

static double mean_over_domain(const pf_tissue *t, size_t substance)
{
    const pf_mesh *m = &t->setup->mesh;
    const double *x = pf_field_values(t->field, substance);
    size_t stride = pf_field_stride(t->field);
    double sum = 0;
    for (size_t row = 0; row < m->n[1] * m->n[2]; row++)
        for (size_t i = 0; i < m->n[0]; i++) sum += x[row * stride + i];
    return sum / ((double)m->n[0] * (double)m->n[1] * (double)m->n[2]);
}

/* ---- below the surface ---- */

/* Depths of living cells, in `depth` [cells.n]. */
static size_t depths(
    const pf_tissue *t, const pf_surface *s, const uint8_t *types, double *depth)
{
    size_t n = 0;
    double at[3];
    for (size_t i = 0; i < t->cells.n; i++) {
        if (!lives(t, i, types)) continue;
        place(t, i, at);
        depth[n++] = pf_surface_depth(s, at);
    }
    return n;
}

static double visitors(
    const pf_tissue *t, const pf_outcome *o, const pf_surface *s, double *depth)
{
    size_t n = depths(t, s, o->cells, depth), inside = 0;
    if (!s->cells) return NAN;
    if (o->kind == PF_OUTCOME_DEPTH) return pf_quantile_of(depth, n, o->quantile);
    for (size_t i = 0; i < n; i++) inside += depth[i] > 0;
    return o->kind == PF_OUTCOME_INSIDE ? (double)inside : share((double)inside, (double)n);
}

typedef struct {
    double depth;
    int necrotic;
} layer;

static int by_depth(const void *a, const void *b)
{
    const layer *x = a, *y = b;
    if (x->depth != y->depth) return x->depth < y->depth ? -1 : 1;
    return x->necrotic - y->necrotic;
}

static int is_necrotic(const pf_cell *c)
{
    return c->state == PF_CELL_SWELLING || c->state == PF_CELL_LYSED;
}

/* `l` by depth: between the two layers where the fewest are on the wrong side. */
static double parted(const layer *l, size_t n)
{
    size_t wrong = 0, least, best = 0; /* cells above the cut; at first all are below */
    for (size_t i = 0; i < n; i++) wrong += !l[i].necrotic;
    least = wrong;
    for (size_t i = 0; i < n; i++) {
        if (l[i].necrotic)
            wrong++;
        else
            wrong--;
        if (wrong >= least) continue;
        least = wrong;
        best = i + 1;
    }
    if (!best) return 0;
    return best == n ? NAN : (l[best - 1].depth + l[best].depth) / 2;
}

static pf_err rim(
    pf_ctx *ctx, const pf_tissue *t, const pf_outcome *o, const pf_surface *s, double *out)
{
    layer *l = pf_calloc(ctx, t->cells.n + 1, sizeof *l);
    size_t n = 0;
    double at[3];
    if (!l) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < t->cells.n && s->cells; i++) {
        const pf_cell *c = row_of(t, i);
        if (!o->of[t->cells.type[i]] || (c->state != PF_CELL_ALIVE && !is_necrotic(c)))
            continue;
        place(t, i, at);
        l[n++] = (layer){pf_surface_depth(s, at), is_necrotic(c)};
    }
    qsort(l, n, sizeof *l, by_depth);
    *out = n ? parted(l, n) : NAN;
    if (n && isnan(*out)) /* nobody is necrotic below: to the centre */
        *out = pf_surface_depth(s, s->centre);
    pf_free(l);
    return PF_OK;
}

static pf_err below_surface(pf_ctx *ctx, const pf_tissue *t, const pf_outcome *o, double *out)
{
    pf_surface s;
    PF_TRY(pf_surface_find(ctx, t, o->of, &s));
    if (o->kind == PF_OUTCOME_RIM) return rim(ctx, t, o, &s, out);
    if (o->kind == PF_OUTCOME_CORE) {
        *out = s.cells ? concentration(t, o->substance, s.centre) : NAN;
        return PF_OK;
    }
    double *depth = pf_calloc(ctx, t->cells.n + 1, sizeof *depth);
    if (!depth) return PF_ERR_NO_MEMORY;
    *out = visitors(t, o, &s, depth);
    pf_free(depth);
    return PF_OK;
}

static double necrotic_share(const pf_tissue *t, const uint8_t *of)
{
    double part = 0, all = 0;
    for (size_t i = 0; i < t->cells.n; i++) {
        if (!of[t->cells.type[i]]) continue;
        all++;
        part += is_necrotic(row_of(t, i));
    }
    return share(part, all);
}

/* ---- all of them ---- */

pf_err pf_outcome_value(pf_ctx *ctx, const pf_tissue *t, const pf_outcome *o, double *out)
{
    const uint8_t *c = o->cells;
    double living, sum = among_living(t, o, &living), placed = tallied(t, c, PF_TALLY_PLACED),
                   born = tallied(t, c, PF_TALLY_BORN);
    *out = NAN;
    switch (o->kind) {
    case PF_OUTCOME_ALIVE:
        *out = living;
        break;
    case PF_OUTCOME_REMAINING:
        *out = share(living, placed);
        break;
    case PF_OUTCOME_DEAD:
        *out = tallied(t, c, PF_TALLY_APOPTOSES) + tallied(t, c, PF_TALLY_NECROSES);
        break;
    case PF_OUTCOME_BIRTHS:
        *out = born;
        break;
    case PF_OUTCOME_KILLED:
        *out = tallied(t, c, PF_TALLY_KILLED);
        break;
    case PF_OUTCOME_KILLS:
        *out = tallied(t, c, PF_TALLY_KILLS);
        break;
    case PF_OUTCOME_KILLS_EACH:
        *out = share(tallied(t, c, PF_TALLY_KILLS), placed + born);
        break;
    case PF_OUTCOME_NECROTIC:
        *out = necrotic_share(t, o->of);
        break;
    case PF_OUTCOME_MEAN:
        *out = mean_over_domain(t, o->substance);
        break;
    case PF_OUTCOME_INSIDE:
    case PF_OUTCOME_INSIDE_SHARE:
    case PF_OUTCOME_DEPTH:
    case PF_OUTCOME_RIM:
    case PF_OUTCOME_CORE:
        return below_surface(ctx, t, o, out);
    default:
        *out = share(sum, living);
    }
    return PF_OK;
}

void pf_outcomes_head(const pf_setup *s, pf_buf *out)
{
    pf_csv_text(out, "time_min");
    for (size_t i = 0; i < s->n_outcome; i++) pf_csv_text(out, s->outcome[i].name);
    pf_csv_end(out);
}

pf_err pf_outcomes_row(pf_ctx *ctx, const pf_tissue *t, pf_buf *out)
{
    pf_csv_number(out, pf_tissue_minute(t));
    for (size_t i = 0; i < t->setup->n_outcome; i++) {
        double x;
        PF_TRY(pf_outcome_value(ctx, t, &t->setup->outcome[i], &x));
        pf_csv_number(out, x);
    }
    pf_csv_end(out);
    return pf_buf_ok(out);
}

void pf_outcomes_reference(pf_buf *out)
{
    pf_buf_text(out, "| kind | needs | unit | value |\n|---|---|---|---|\n");
    for (size_t i = 0; i < PF_OUTCOMES; i++) {
        const pf_outcome_law *l = &PF_OUTCOME_LAW[i];
        int any = 0;
        pf_buf_printf(out, "| `%s` | ", l->name);
        for (size_t k = 0; k < PF_OUTCOME_KEYS; k++)
            if (l->asks & PF_OUTCOME_KEY[k].asks)
                pf_buf_printf(out, "%s`%s`", any++ ? ", " : "", PF_OUTCOME_KEY[k].key);
        pf_buf_printf(out, " | %s | %s |\n", l->unit ? l->unit : "of the substance", l->doc);
    }
}
