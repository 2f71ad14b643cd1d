#include "model/lanes.h"
#include "tissue/mechanics_parts.h"

#include <math.h>

void pf_forces_1(const pf_mechanics *m, pf_cells *c, size_t first, size_t last);
#ifdef PF_X86
void pf_forces_1f(const pf_mechanics *m, pf_cells *c, size_t first, size_t last);
void pf_forces_4(const pf_mechanics *m, pf_cells *c, size_t first, size_t last);
void pf_forces_8(const pf_mechanics *m, pf_cells *c, size_t first, size_t last);
#endif

static pf_forces_fn forces_of(int width)
{
#ifdef PF_X86
    if (width == 8) return pf_forces_8;
    if (width == 4) return pf_forces_4;
    if (pf_lanes_has_fma()) return pf_forces_1f;
#endif
    (void)width;
    return pf_forces_1;
}

double pf_mechanics_edge(const pf_mechanics *m)
{
    double most = 1;
    for (size_t t = 0; t < m->n_type; t++) most = fmax(most, m->reach[t]);
    return 2 * m->largest * most;
}

typedef struct {
    const pf_mechanics *m;
    pf_cells *c;
    pf_crew *crew;
    float *const *drive;
    const pf_spring *spring;
    size_t n_spring;
    double h;
    pf_forces_fn forces;
} task;

/* A wall pushes like a mirror image of the cell, whose centre is twice as far as the wall. */
static double from_walls(const pf_mechanics *m, double x, double r, int d)
{
    double low = 1 - (x - m->low[d]) / r, high = 1 - (m->high[d] - x) / r;
    return m->wall * ((low > 0 ? low * low : 0) - (high > 0 ? high * high : 0));
}

static void move(const task *t, size_t first, size_t last)
{
    pf_cells *c = t->c;
    for (int d = 0; d < 3; d++) {
        double *x = c->at[d], *v = c->now[d], *was = c->was[d];
        const float *drive = t->drive ? t->drive[d] : NULL;
        for (size_t i = first; i < last; i++) {
            if (t->m->wall > 0) v[i] += from_walls(t->m, x[i], c->radius[i], d);
            if (drive) v[i] += (double)drive[c->slot[i]];
            double to = x[i] + t->h * (1.5 * v[i] - 0.5 * was[i]);
            x[i] = to < t->m->low[d] ? t->m->low[d] : to > t->m->high[d] ? t->m->high[d] : to;
        }
    }
}

/* Few, and several may pull one cell: one member does all. */
static void pull(const task *t)
{
    for (size_t k = 0; k < t->n_spring; k++) {
        const pf_spring *s = &t->spring[k];
        for (int d = 0; d < 3; d++) {
            double v = s->pull * (t->c->at[d][s->b] - t->c->at[d][s->a]);
            t->c->now[d][s->a] += v;
            t->c->now[d][s->b] -= v;
        }
    }
}

static void work(void *payload, int who, int of)
{
    task *t = payload;
    size_t first, last;
    pf_share(t->c->n, who, of, &first, &last);
    t->forces(t->m, t->c, first, last);
    pf_crew_meet(t->crew);
    if (t->n_spring) {
        if (!who) pull(t);
        pf_crew_meet(t->crew);
    }
    move(t, first, last);
}

void pf_mechanics_step(const pf_mechanics *m, pf_cells *c, pf_crew *crew, float *const drive[3],
    const pf_spring *spring, size_t n_spring, double h)
{
    task t = {.m = m,
        .c = c,
        .crew = crew,
        .drive = drive,
        .spring = spring,
        .n_spring = n_spring,
        .h = h,
        .forces = forces_of(m->lanes ? m->lanes : pf_lanes_widest())};
    pf_crew_run(crew, work, &t);
    for (int d = 0; d < 3; d++) {
        double *was = c->was[d];
        c->was[d] = c->now[d];
        c->now[d] = was;
    }
}
