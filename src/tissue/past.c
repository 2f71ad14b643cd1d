#include "tissue/past.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAY 1440.0 /* min */
#define UM3_PER_ML 1e12

struct pf_past_kill {
    double minute;
    int spent; /* after the killer's first load */
};
/* One target held. */
struct pf_past_hold {
    double from, to;
    size_t killer;
};

void pf_past_init(pf_past *p, pf_ctx *ctx, const pf_setup *setup, size_t type, uint64_t seed)
{
    const pf_killer *k = &setup->type[type].killer;
    memset(p, 0, sizeof *p);
    p->ctx = ctx;
    p->setup = setup;
    p->type = type;
    p->seed = seed;
    p->load = k->cost > 0 ? floor(k->granules / k->cost) : INFINITY;
}

void pf_past_clear(pf_past *p)
{
    pf_free(p->killer);
    pf_free(p->target);
    pf_free(p->kill);
    pf_free(p->hold);
    pf_free(p->edge);
    pf_free(p->alive);
    pf_free(p->span);
    memset(p, 0, sizeof *p);
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = ((const pf_past_killer *)a)->id, y = ((const pf_past_killer *)b)->id;
    return x < y ? -1 : x > y;
}

static pf_past_killer *find(const pf_past *p, uint64_t id)
{
    const pf_past_killer key = {.id = id};
    return p->n ? bsearch(&key, p->killer, p->n, sizeof key, by_id) : NULL;
}

static pf_err add_killer(pf_past *p, const pf_life_event *e)
{
    pf_cell cell;
    PF_TRY(pf_reserve(p->ctx, &p->killer, &p->capacity, p->n, sizeof *p->killer));
    pf_cell_born(&cell, &p->setup->type[p->type], p->seed, e->id);
    pf_past_killer *k = &p->killer[p->n++];
    *k = (pf_past_killer){.id = e->id,
        .placed = e->minute,
        .entered = INFINITY,
        .spent = p->load < 1 ? e->minute : (double)INFINITY,
        .gone = INFINITY,
        .since = INFINITY,
        .idle = cell.class == PF_KILLER_IDLE};
    memcpy(k->at, e->at, sizeof k->at);
    /* placed cells have small ids in their order: this is where they come */
    if (p->n > 1 && p->killer[p->n - 2].id > e->id)
        qsort(p->killer, p->n, sizeof *p->killer, by_id);
    return PF_OK;
}

static pf_err add_target(pf_past *p, const pf_life_event *e)
{
    if (p->n_target && e->minute > p->first) return PF_OK;
    p->first = e->minute;
    PF_TRY(pf_reserve(p->ctx, &p->target, &p->target_capacity, p->n_target, sizeof *p->target));
    memcpy(p->target[p->n_target++], e->at, sizeof *p->target);
    return PF_OK;
}

pf_err pf_past_life(pf_past *p, const pf_life_event *e)
{
    if (e->kind == PF_LIFE_PLACED && e->type == p->type) return add_killer(p, e);
    if (e->kind == PF_LIFE_PLACED && p->setup->type[p->type].killer.attacks[e->type])
        return add_target(p, e);
    if (e->type != p->type) return PF_OK;
    pf_past_killer *k = find(p, e->kind == PF_LIFE_BORN ? e->other : e->id);
    if (!k || isfinite(k->gone)) return PF_OK;
    k->gone = e->minute;
    p->divided += e->kind == PF_LIFE_BORN;
    return PF_OK;
}

static double far(const double a[3], const double b[3])
{
    double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return sqrt(x * x + y * y + z * z);
}

static double rest_radius(const pf_cell_type *t)
{
    return cbrt(t->volume * 0.75 / M_PI);
}

pf_err pf_past_placed(pf_past *p, double minutes)
{
    const pf_setup *s = p->setup;
    const pf_cell_type *own = &s->type[p->type];
    double centre[3] = {0}, ball = 0, target = 0, reach = 0;
    p->minutes = minutes;
    if (!p->n || !p->n_target)
        return pf_fail(p->ctx, PF_ERR_CONFIG, "no %s was placed",
            p->n ? "target of its killers" : own->name);
    for (size_t i = 0; i < p->n_target; i++)
        for (int d = 0; d < 3; d++) centre[d] += p->target[i][d] / (double)p->n_target;
    for (size_t i = 0; i < p->n_target; i++) ball = fmax(ball, far(p->target[i], centre));
    for (size_t i = 0; i < s->n_type; i++)
        if (own->killer.attacks[i]) {
            target = fmax(target, rest_radius(&s->type[i]));
            reach = fmax(reach, rest_radius(&s->type[i]) * s->type[i].reach);
        }
    double box =
        pow(s->mesh.h, 3) * (double)s->mesh.n[0] * (double)s->mesh.n[1] * (double)s->mesh.n[2];
    p->volume = fmin(box, 4 * M_PI / 3 * pow(ball + target, 3)) / UM3_PER_ML;
    reach += rest_radius(own) * own->reach;
    for (size_t i = 0; i < p->n; i++) {
        pf_past_killer *k = &p->killer[i];
        k->inside = far(k->at, centre) <= ball + reach;
        if (k->inside) k->entered = k->placed;
        k->gone = fmin(k->gone, minutes);
    }
    pf_free(p->target);
    p->target = NULL;
    return PF_OK;
}

/* It holds its target no longer. */
static pf_err release(pf_past *p, pf_past_killer *k, double minute)
{
    if (!(minute > k->since)) {
        k->since = INFINITY;
        return PF_OK;
    }
    PF_TRY(pf_reserve(p->ctx, &p->hold, &p->hold_capacity, p->n_hold, sizeof *p->hold));
    p->hold[p->n_hold++] = (struct pf_past_hold){k->since, minute, (size_t)(k - p->killer)};
    k->held += minute - k->since;
    k->since = INFINITY;
    return PF_OK;
}

pf_err pf_past_contact(pf_past *p, const pf_contact_event *e)
{
    pf_past_killer *k = find(p, e->killer);
    if (!k || e->minute > k->gone) return PF_OK;
    k->entered = fmin(k->entered, e->minute);
    if (e->kind == PF_CONTACT_BOUND) k->since = e->minute;
    if (e->kind == PF_CONTACT_LET_GO) return release(p, k, e->minute);
    if (e->kind != PF_CONTACT_KILLED) return PF_OK;
    PF_TRY(pf_reserve(p->ctx, &p->kill, &p->kill_capacity, p->n_kill, sizeof *p->kill));
    int spent = k->kills >= p->load;
    p->kill[p->n_kill++] = (struct pf_past_kill){e->minute, spent};
    k->kills++;
    if (!spent && k->kills >= p->load) k->spent = e->minute;
    return PF_OK;
}

pf_err pf_past_count(pf_past *p, double minute, double targets)
{
    PF_TRY(pf_reserve(p->ctx, &p->edge, &p->edge_capacity, p->n_edge, sizeof *p->edge));
    PF_TRY(pf_reserve(p->ctx, &p->alive, &p->alive_capacity, p->n_edge, sizeof *p->alive));
    p->edge[p->n_edge] = minute;
    p->alive[p->n_edge++] = targets;
    return PF_OK;
}

static double overlap(double a, double b, double from, double to)
{
    double length = fmin(b, to) - fmax(a, from);
    return length > 0 ? length : 0;
}

static void fill(const pf_past *p, pf_span *s, double from, double to)
{
    for (size_t i = 0; i < p->n; i++)
        s->present += overlap(p->killer[i].entered, p->killer[i].gone, from, to) / DAY;
}

/* The number of the span that ends at or after this minute. */
static size_t span_at(const pf_past *p, double minute)
{
    size_t low = 0, high = p->n_span - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->edge[middle + 1] < minute)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The time of a hold goes to its spans. */
static void spread(pf_past *p, const struct pf_past_hold *h)
{
    const pf_past_killer *k = &p->killer[h->killer];
    for (size_t i = span_at(p, h->from); i < p->n_span && p->edge[i] < h->to; i++) {
        pf_span *s = &p->span[i];
        double from = p->edge[i], to = p->edge[i + 1];
        s->held += overlap(h->from, h->to, from, to) / DAY;
        if (k->idle) continue;
        s->able[0] += overlap(h->from, fmin(h->to, k->spent), from, to) / DAY;
        s->able[1] += overlap(fmax(h->from, k->spent), h->to, from, to) / DAY;
    }
}

pf_err pf_past_end(pf_past *p, size_t run)
{
    if (p->n_edge < 2)
        return pf_fail(p->ctx, PF_ERR_CONFIG, "its counts have less than two rows");
    p->n_span = p->n_edge - 1;
    p->span = pf_calloc(p->ctx, p->n_span, sizeof *p->span);
    if (!p->span) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < p->n; i++)
        PF_TRY(release(p, &p->killer[i], fmin(p->killer[i].gone, p->minutes)));
    for (size_t i = 0, k = 0; i < p->n_span; i++) {
        pf_span *s = &p->span[i];
        double from = p->edge[i], to = p->edge[i + 1];
        *s = (pf_span){.run = run,
            .days = (to - from) / DAY,
            .volume = p->volume,
            .targets = (p->alive[i] + p->alive[i + 1]) / 2};
        fill(p, s, from, to);
        int last = i + 1 == p->n_span;
        for (; k < p->n_kill && (last || p->kill[k].minute <= to); k++)
            s->kills[p->kill[k].spent]++;
    }
    for (size_t i = 0; i < p->n_hold; i++) spread(p, &p->hold[i]);
    return PF_OK;
}

double pf_past_recognition(const pf_past *p, size_t n)
{
    const pf_setup *s = p->setup;
    const pf_cell_type *own = &s->type[p->type];
    pf_cell killer, target;
    double sum = 0, pairs = 0, level[PF_SUBSTANCES_MAX];
    const pf_meeting meeting = {&own->killer, &killer, &target, level};
    for (size_t k = 0; k < s->n_substance; k++) level[k] = s->substance[k].initial;
    for (size_t t = 0; t < s->n_type; t++) {
        if (!own->killer.attacks[t]) continue;
        for (size_t i = 0; i < n; i++) {
            pf_cell_born(&killer, own, p->seed, 2 * i + 1);
            pf_cell_born(&target, &s->type[t], p->seed, 2 * i + 2);
            sum += pf_recognition(&meeting);
            pairs++;
        }
    }
    return pairs > 0 ? sum / pairs : NAN;
}
