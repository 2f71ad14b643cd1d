#include "trial/lever.h"

#include <math.h>

typedef struct {
    pf_ctx *ctx;
    const pf_lever_ask *a;
    pf_lever_found *out;
} search;

/* On which side of the claim a figure lies; a figure that meets it has passed it. */
static int side(const search *s, double figure)
{
    if (isnan(figure)) return 0;
    return (figure > s->a->claim) - (figure < s->a->claim);
}

static int passes(const search *s, double figure)
{
    return !isnan(figure) && side(s, figure) != side(s, s->a->now);
}

static pf_err try_factor(search *s, double factor, double *figure)
{
    PF_TRY(s->a->fn(s->ctx, s->a->payload, factor, figure));
    s->out->evaluations++;
    if (factor < s->out->least_at) {
        s->out->least_at = factor;
        s->out->least = *figure;
    }
    if (factor > s->out->most_at) {
        s->out->most_at = factor;
        s->out->most = *figure;
    }
    return PF_OK;
}

/* Between `from`, which does not pass, and `to`, which does. */
static pf_err halve(search *s, double from, double to)
{
    double figure;
    while (s->out->evaluations < PF_LEVER_EVALUATIONS && fabs(log10(to / from)) > 0.06) {
        double middle = sqrt(from * to);
        PF_TRY(try_factor(s, middle, &figure));
        if (passes(s, figure))
            to = middle;
        else
            from = middle;
    }
    s->out->reached = 1;
    s->out->factor = to;
    s->out->short_of = from;
    return PF_OK;
}

pf_err pf_lever_search(pf_ctx *ctx, const pf_lever_ask *a, pf_lever_found *out)
{
    double now = a->now;
    *out = (pf_lever_found){
        .factor = NAN, .short_of = NAN, .least = now, .most = now, .least_at = 1, .most_at = 1};
    search s = {ctx, a, out};
    if (isnan(now)) return PF_OK;
    if (!side(&s, now)) {
        out->reached = 1;
        out->factor = out->short_of = 1;
        return PF_OK;
    }
    const double ends[] = {10, 0.1, PF_LEVER_MOST, 1 / PF_LEVER_MOST};
    int away[2] = {0, 0}; /* down, up: the figure went the wrong way */
    for (size_t i = 0; i < PF_COUNT(ends); i++) {
        int up = ends[i] > 1;
        double from = up ? out->most_at : out->least_at, figure;
        double to = up ? fmin(ends[i], a->highest) : fmax(ends[i], a->lowest);
        if (to == from || away[up]) continue; /* as far as the factor may go, or makes sense */
        PF_TRY(try_factor(&s, to, &figure));
        if (passes(&s, figure)) return halve(&s, from, to);
        away[up] = fabs(figure - a->claim) > fabs(now - a->claim);
    }
    return PF_OK;
}
