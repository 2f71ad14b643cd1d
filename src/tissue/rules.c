#include "tissue/rules.h"

#include "model/hyperbolic.h"

#include <math.h>

int pf_rule_order(const pf_rule *a, const pf_rule *b)
{
    if (a->type != b->type) return a->type < b->type ? -1 : 1;
    if (a->behaviour != b->behaviour) return a->behaviour < b->behaviour ? -1 : 1;
    if (a->decreases != b->decreases) return a->decreases < b->decreases ? -1 : 1;
    if (a->signal != b->signal) return a->signal < b->signal ? -1 : 1;
    return 0;
}

static int is_neighbours(int signal)
{
    return (signal >= PF_SENSE_CONTACT && signal < PF_SENSE_ANTIGEN) ||
           signal == PF_SENSE_LIVE || signal == PF_SENSE_DEAD || signal == PF_SENSE_PRESSURE;
}

static void hear(pf_rules *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const pf_rule *p = &r->rule[i];
        r->hears[p->type * PF_SENSE_COUNT + (size_t)p->signal] = 1;
        if (is_neighbours(p->signal)) r->walks[p->type] = 1, r->neighbours = 1;
        if (p->signal == PF_SENSE_HELD) r->held = 1;
    }
}

static void respond(pf_rules *r)
{
    int of[PF_DO_COUNT];
    for (int b = 0; b < PF_DO_COUNT; b++) of[b] = -1;
    for (size_t i = 0; i < r->n;) {
        const pf_rule *a = &r->rule[i];
        pf_answer *p = &r->response[r->n_response++];
        *p = (pf_answer){.type = a->type, .behaviour = a->behaviour, .from = i, .middle = i};
        for (; i < r->n && r->rule[i].type == a->type && r->rule[i].behaviour == a->behaviour;
             i++)
            if (!r->rule[i].decreases) p->middle = i + 1;
        p->to = i;
        if (of[a->behaviour] < 0) {
            of[a->behaviour] = (int)r->n_column;
            r->behaviour[r->n_column++] = a->behaviour;
        }
        p->column = (size_t)of[a->behaviour];
        r->column[a->type * PF_DO_COUNT + (size_t)a->behaviour] = (int16_t)p->column;
        r->first[a->type + 1]++;
    }
    for (size_t t = 0; t < PF_CELL_TYPES_MAX; t++) r->first[t + 1] += r->first[t];
}

pf_err pf_rules_plan(pf_ctx *ctx, pf_rules *r)
{
    size_t types = r->setup->n_type;
    r->response = pf_arena_alloc(ctx, &r->arena, r->n + 1, sizeof *r->response);
    r->behaviour = pf_arena_alloc(ctx, &r->arena, r->n + 1, sizeof *r->behaviour);
    r->column = pf_arena_alloc(ctx, &r->arena, types * PF_DO_COUNT, sizeof *r->column);
    r->hears = pf_arena_alloc(ctx, &r->arena, types * PF_SENSE_COUNT, sizeof *r->hears);
    if (!r->response || !r->behaviour || !r->column || !r->hears) return PF_ERR_NO_MEMORY;
    for (size_t k = 0; k < types * PF_DO_COUNT; k++) r->column[k] = -1;
    respond(r);
    hear(r);
    return PF_OK;
}

double pf_rules_most(const pf_rules *r, size_t type, int behaviour, double base)
{
    for (size_t i = 0; r && i < r->n; i++)
        if (r->rule[i].type == type && r->rule[i].behaviour == behaviour)
            base = fmax(base, r->rule[i].saturation);
    return base;
}

/* X / (1 + X) over rules [from, to). */
static double share(const pf_rules *r, size_t from, size_t to, const double *signal, int dead)
{
    double sum = 0;
    for (size_t i = from; i < to; i++) {
        const pf_rule *p = &r->rule[i];
        double s = signal[p->signal];
        if ((dead && !p->dead) || !(s > 0)) continue;
        sum += p->power == 1 ? s / p->half : pf_real_pow(s / p->half, p->power);
    }
    return isfinite(sum) ? sum / (1 + sum) : 1;
}

double pf_answer_value(
    const pf_rules *r, const pf_answer *p, const double *signal, int dead, double base)
{
    double up = share(r, p->from, p->middle, signal, dead),
           down = share(r, p->middle, p->to, signal, dead);
    double high = p->middle > p->from ? r->rule[p->from].saturation : base,
           low = p->to > p->middle ? r->rule[p->middle].saturation : base;
    return (1 - down) * ((1 - up) * base + up * high) + down * low;
}
