#include "tissue/ruled.h"

#include "model/hyperbolic.h"

#include <math.h>
#include <string.h>

enum { DRAWS = 3 };

double pf_drug_factor(const pf_drug_pair *p, double c)
{
    if (p->effect == PF_DRUG_BLOCKS) return p->kd / (c + p->kd);
    if (p->effect == PF_DRUG_OPSONIN) return c / (c + p->kd);
    double both = sqrt(p->kd) + sqrt(p->kd_receptor);
    return c / (c + p->kd) * (both * both / (c + p->kd_receptor));
}

/* Sum over receptors and antigens, each pair by its half. */
static double seen(const pf_meeting *m, pf_pairs which)
{
    const float *receptor = m->killer->receptor, *antigen = m->target->antigen;
    const pf_drug_pair *p = m->k->drug;
    const double(*half)[PF_MOLECULES_MAX] = which == PF_PAIRS_RECOGNITION  ? m->k->half
                                            : which == PF_PAIRS_INHIBITION ? m->k->stop
                                                                           : m->k->slow_half;
    double x = 0;
    for (int r = 0; r < PF_MOLECULES_MAX; r++)
        for (int a = 0; a < PF_MOLECULES_MAX; a++)
            if (half[r][a] > 0) x += (double)receptor[r] * (double)antigen[a] / half[r][a];
    for (int i = 0; i < PF_DRUG_PAIRS_MAX && p[i].half > 0; i++)
        if (p[i].pairs == which)
            x += (double)receptor[p[i].receptor] * (double)antigen[p[i].antigen] / p[i].half *
                 pf_drug_factor(&p[i], m->level[p[i].substance]);
    return x;
}

static double hill(double x, double power)
{
    double y = power == 1 ? x : pf_real_pow(x, power);
    return isfinite(y) ? y / (1 + y) : 1;
}

double pf_recognition(const pf_meeting *m)
{
    double x = seen(m, PF_PAIRS_RECOGNITION), power = m->k->power;
    if (!(x > 0) || x < m->k->threshold) return 0;
    double stop = seen(m, PF_PAIRS_INHIBITION);
    return hill(x, power) * (1 - (stop > 0 ? hill(stop, power) : 0));
}

static int has_slow_pairs(const pf_killer *k)
{
    int any = 0;
    for (int r = 0; r < PF_MOLECULES_MAX; r++)
        for (int a = 0; a < PF_MOLECULES_MAX; a++) any |= k->slow_half[r][a] > 0;
    for (int i = 0; i < PF_DRUG_PAIRS_MAX && k->drug[i].half > 0; i++)
        any |= k->drug[i].pairs == PF_PAIRS_SLOW;
    return any;
}

double pf_slow_share(const pf_meeting *m)
{
    if (!has_slow_pairs(m->k)) return pf_recognition(m);
    double x = seen(m, PF_PAIRS_SLOW);
    return x > 0 ? hill(x, m->k->power) : 0;
}

static double chance(double hazard, double h)
{
    return -pf_real_expm1(-hazard * h);
}

/* A free killer: the hazard of each target within touch, then one of them by its share. Nobody
 * is favoured by his place in the store. */
static uint32_t bind(const pf_tissue *t, const pf_killer *k, size_t i, const double draw[DRAWS])
{
    const pf_cells *c = &t->cells;
    pf_runs r = pf_cells_around(c, c->cube[i]);
    double total = 0, pick = 0;
    for (int pass = 0; pass < 2; pass++) {
        double sum = 0;
        for (size_t n = 0; n < r.n; n++)
            for (size_t j = r.from[n]; j < r.to[n]; j++) {
                const pf_cell *other = &t->row[c->slot[j]];
                if (!k->attacks[c->type[j]] || other->state != PF_CELL_ALIVE || j == i)
                    continue;
                double x = c->at[0][j] - c->at[0][i], y = c->at[1][j] - c->at[1][i],
                       z = c->at[2][j] - c->at[2][i];
                double reach = c->radius[i] * t->law.reach[c->type[i]] +
                               c->radius[j] * t->law.reach[c->type[j]];
                if (x * x + y * y + z * z >= reach * reach) continue;
                sum += k->bind * pf_ruled_recognition(t, k, i, j);
                if (pass && sum >= pick) return (uint32_t)j;
            }
        if (pass) break;
        total = sum;
        if (!(draw[0] < chance(total, t->setup->mechanics_step))) return UINT32_MAX;
        pick = draw[1] * total;
    }
    return UINT32_MAX;
}

/* Where the target that the killer at `i` holds stands in the store; UINT32_MAX: nowhere. It is
 * near, or was torn away. */
static uint32_t find(const pf_tissue *t, size_t i)
{
    const pf_cells *c = &t->cells;
    const pf_cell *own = &t->row[c->slot[i]];
    pf_runs r = pf_cells_around(c, c->cube[i]);
    for (size_t n = 0; n < r.n; n++)
        for (size_t j = r.from[n]; j < r.to[n]; j++)
            if (c->slot[j] == own->target)
                return c->id[j] == own->held ? (uint32_t)j : UINT32_MAX;
    for (size_t j = 0; j < c->n; j++)
        if (c->slot[j] == own->target) return c->id[j] == own->held ? (uint32_t)j : UINT32_MAX;
    return UINT32_MAX;
}

/* A bound killer. */
static void strike(const pf_tissue *t, const pf_killer *k, size_t i, const double draw[DRAWS],
    struct pf_deed *deed)
{
    const pf_cell *own = &t->row[t->cells.slot[i]], *other = &t->row[own->target];
    double h = t->setup->mechanics_step;
    deed->holds = find(t, i);
    if (deed->holds == UINT32_MAX || other->state != PF_CELL_ALIVE) {
        deed->lets_go = 1;
        return;
    }
    double slow = 0, fast = 0;
    int can = own->class == PF_KILLER_SERIAL || (own->class == PF_KILLER_SINGLE && !own->kills);
    if (can && k->slow > 0) slow = k->slow * pf_ruled_slow_share(t, k, i, deed->holds);
    if (can && own->granules >= (float)k->cost)
        fast = k->attempts * pf_ruled_recognition(t, k, i, deed->holds) /
               (1 + (double)own->exhaustion);
    deed->kills = can && draw[0] < chance(fast + slow, h);
    if (deed->kills && draw[1] * (fast + slow) >= fast) deed->kills = 2; /* ligands */
    deed->lets_go = deed->kills || draw[2] < chance(1 / k->hold, h);
}

static void decide(void *payload, int who, int of)
{
    pf_tissue *t = payload;
    size_t first, last;
    pf_share(t->n_deed, who, of, &first, &last);
    for (size_t n = first; n < last; n++) {
        struct pf_deed *deed = &t->deed[n];
        size_t i = deed->killer;
        uint32_t slot = t->cells.slot[i];
        pf_killer scratch;
        const pf_killer *k = pf_ruled_killer(t, t->cells.type[i], slot, &scratch);
        pf_cell *own = &t->row[slot];
        double draw[DRAWS], h = t->setup->mechanics_step;
        if (own->state != PF_CELL_ALIVE) continue;
        own->granules += (float)(k->refill * h * (k->granules - (double)own->granules));
        own->exhaustion -= (float)(k->recovery * h * (double)own->exhaustion);
        pf_cell_draws(t->setup->seed, t->cells.id[i], t->step, PF_STREAM_CONTACT, draw, DRAWS);
        if (own->target == UINT32_MAX)
            deed->binds = bind(t, k, i, draw);
        else
            strike(t, k, i, draw, deed);
    }
}

static pf_err note(pf_ctx *ctx, pf_tissue *t, size_t i, uint64_t target, pf_contact_kind kind)
{
    PF_TRY(pf_reserve(ctx, &t->event, &t->event_capacity, t->n_event, sizeof *t->event));
    pf_contact_event *e = &t->event[t->n_event++];
    *e = (pf_contact_event){.minute = pf_tissue_minute(t),
        .killer = t->cells.id[i],
        .target = target,
        .kind = kind};
    for (int d = 0; d < 3; d++) e->at[d] = t->cells.at[d][i];
    return PF_OK;
}

/* What one killer decided takes effect. */
static pf_err act(pf_ctx *ctx, pf_tissue *t, struct pf_deed *deed)
{
    size_t i = deed->killer;
    const pf_killer *k = &t->setup->type[t->cells.type[i]].killer;
    pf_cell *own = &t->row[t->cells.slot[i]];
    if (deed->binds != UINT32_MAX) {
        deed->holds = deed->binds;
        own->target = t->cells.slot[deed->holds];
        own->held = t->cells.id[deed->holds];
        return note(ctx, t, i, own->held, PF_CONTACT_BOUND);
    }
    if (own->target == UINT32_MAX) return PF_OK;
    if (deed->kills) {
        if (deed->kills == 1) own->granules -= (float)k->cost;
        pf_cell *other = &t->row[own->target];
        if (other->state == PF_CELL_ALIVE) { /* else another killer of this step was first */
            pf_cell_die(other, PF_CELL_APOPTOTIC);
            pf_tissue_body(t, t->cells.type[deed->holds], own->target);
            t->n_dead++;
            t->deaths[PF_CELL_APOPTOTIC]++;
            t->kills++;
            t->tally[t->cells.type[i]][PF_TALLY_KILLS]++;
            own->kills++;
            own->exhaustion += (float)k->exhaustion;
            PF_TRY(note(ctx, t, i, own->held, PF_CONTACT_KILLED));
            PF_TRY(pf_tissue_tell(ctx, t, deed->holds, PF_LIFE_APOPTOSIS, t->cells.id[i]));
        }
    }
    if (deed->lets_go) {
        PF_TRY(note(ctx, t, i, own->held, PF_CONTACT_LET_GO));
        own->target = UINT32_MAX;
    }
    return PF_OK;
}

static pf_err tie(pf_ctx *ctx, pf_tissue *t, const struct pf_deed *deed)
{
    size_t i = deed->killer;
    const pf_killer *k = &t->setup->type[t->cells.type[i]].killer;
    const pf_cell *own = &t->row[t->cells.slot[i]];
    if (own->state != PF_CELL_ALIVE || own->target == UINT32_MAX || !(k->pull > 0))
        return PF_OK;
    PF_TRY(pf_reserve(ctx, &t->spring, &t->spring_capacity, t->n_spring, sizeof *t->spring));
    t->spring[t->n_spring++] = (pf_spring){deed->killer, deed->holds, k->pull};
    return PF_OK;
}

/* All who may kill, in the order of the store. */
static pf_err enlist(pf_ctx *ctx, pf_tissue *t)
{
    const pf_cells *c = &t->cells;
    uint8_t kills[PF_CELL_TYPES_MAX];
    size_t n = 0;
    t->n_deed = 0;
    for (size_t k = 0; k < t->setup->n_type; k++) kills[k] = (uint8_t)pf_ruled_kills(t, k);
    for (size_t i = 0; i < c->n; i++) n += kills[c->type[i]];
    if (n > t->deed_capacity) {
        pf_free(t->deed);
        t->deed_capacity = 0;
        t->deed = pf_calloc(ctx, n + n / 8, sizeof *t->deed);
        if (!t->deed) return PF_ERR_NO_MEMORY;
        t->deed_capacity = n + n / 8;
    }
    for (size_t i = 0; i < c->n && n; i++)
        if (kills[c->type[i]])
            t->deed[t->n_deed++] = (struct pf_deed){
                .killer = (uint32_t)i, .holds = UINT32_MAX, .binds = UINT32_MAX};
    return PF_OK;
}

pf_err pf_tissue_contacts(pf_ctx *ctx, pf_tissue *t)
{
    t->n_spring = 0;
    PF_TRY(enlist(ctx, t));
    if (!t->n_deed) return PF_OK;
    pf_crew_run(t->crew, decide, t);
    for (size_t n = 0; n < t->n_deed; n++) {
        PF_TRY(act(ctx, t, &t->deed[n]));
        PF_TRY(tie(ctx, t, &t->deed[n]));
    }
    return PF_OK;
}
