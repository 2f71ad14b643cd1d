/* What runs of a tissue say in the core model's terms (docs/reference/tissue-coupling.md). */
#include "api/tissue_rates.h"

#include <math.h>
#include <string.h>

enum { PAIRS = 2000 };

static void add(pf_rates *r, pf_rate x)
{
    if (r->n < PF_RATES_MAX) r->rate[r->n++] = x;
}

static void add_estimate(pf_rates *r, pf_rate x, const pf_estimate *e, double factor)
{
    x.scale = PF_SCALE_LOG;
    x.value = e->value * factor;
    x.low = e->low * factor;
    x.high = e->high * factor;
    x.se = e->se;
    if (!isnan(x.high)) add(r, x);
}

static void add_given(pf_rates *r, const char *name, const char *parameter, const char *unit,
    double value, const char *how)
{
    add(r, (pf_rate){.name = name,
               .unit = unit,
               .how = how,
               .parameter = parameter,
               .value = value,
               .low = NAN,
               .high = NAN,
               .se = NAN});
}

static pf_err same_killers(pf_ctx *ctx, const pf_rates *r)
{
    const pf_past *first = &r->memory[0].past;
    const pf_killer *a = &first->setup->type[first->type].killer;
    for (size_t i = 1; i < r->n_run; i++) {
        const pf_past *p = &r->memory[i].past;
        const pf_killer *b = &p->setup->type[p->type].killer;
        const double x[][2] = {{a->bind, b->bind}, {a->hold, b->hold},
            {a->attempts, b->attempts}, {a->granules, b->granules}, {a->refill, b->refill},
            {a->cost, b->cost}, {a->slow, b->slow}, {a->exhaustion, b->exhaustion},
            {a->recovery, b->recovery}, {a->idle, b->idle}, {a->single, b->single},
            {a->power, b->power}, {a->threshold, b->threshold}};
        for (size_t k = 0; k < PF_COUNT(x); k++)
            if (x[k][0] != x[k][1])
                return pf_fail(ctx, PF_ERR_CONFIG,
                    "the killers of '%s' are not those of '%s'; summarise them apart",
                    r->memory[i].folder, r->memory[0].folder);
    }
    return PF_OK;
}

/* ---- parts ---- */

static pf_err all_spans(pf_ctx *ctx, pf_arena *a, const pf_rates *r, pf_span **out, size_t *n)
{
    size_t total = 0;
    for (size_t i = 0; i < r->n_run; i++) total += r->memory[i].past.n_span;
    *out = pf_arena_alloc(ctx, a, total, sizeof **out);
    if (!*out) return PF_ERR_NO_MEMORY;
    *n = 0;
    for (size_t i = 0; i < r->n_run; i++) {
        const pf_past *p = &r->memory[i].past;
        memcpy(*out + *n, p->span, p->n_span * sizeof **out);
        *n += p->n_span;
    }
    return PF_OK;
}

static pf_err all_stays(pf_ctx *ctx, pf_arena *a, const pf_rates *r, pf_stay **out, size_t *n)
{
    size_t total = 0;
    for (size_t i = 0; i < r->n_run; i++) total += r->memory[i].past.n;
    *out = pf_arena_alloc(ctx, a, total, sizeof **out);
    if (!*out) return PF_ERR_NO_MEMORY;
    *n = 0;
    for (size_t i = 0; i < r->n_run; i++)
        for (size_t k = 0; k < r->memory[i].past.n; k++) {
            const pf_past_killer *x = &r->memory[i].past.killer[k];
            if (x->entered < x->gone)
                (*out)[(*n)++] = (pf_stay){i, (x->gone - x->entered) / 1440, x->held / 1440};
        }
    return PF_OK;
}

static void make_runs(pf_rates *r, const pf_span *span, size_t n)
{
    double h = r->killing.density.value;
    for (size_t i = 0; i < n; i++) {
        pf_rate_run *run = &r->run[span[i].run];
        double minutes = r->memory[span[i].run].minutes / 1440;
        if (!i || span[i].run != span[i - 1].run)
            run->density = span[i].targets / span[i].volume;
        run->targets += span[i].targets * span[i].days / minutes;
        run->killers += span[i].present / minutes;
        run->held += span[i].held;
        run->present += span[i].present;
        run->expected += isnan(h) ? NAN : pf_infer_contact(&span[i], h) * span[i].present;
        run->kills += span[i].kills[0];
        run->days += span[i].able[0];
    }
}

static void add_killing(pf_rates *r, double seen, double idle)
{
    const pf_killing *k = &r->killing;
    add_estimate(r,
        (pf_rate){.name = "kills of a killer that holds, as recognised here",
            .unit = "1/day",
            .how = "kills over killer-days of holding, with granules; Poisson"},
        &k->rate[0], 1);
    add_given(r, "recognition", NULL, "1", seen,
        "mean over 2000 pairs with the molecules of the file");
    add_estimate(r,
        (pf_rate){.name = "the same, recognised in full",
            .parameter = "kappa",
            .unit = "1/day",
            .how = "kills over killer-days of holding, over recognition"},
        &k->rate[0], 1 / seen);
    add_given(r, "share that can kill", "comp", "1", 1 - idle, "the file's 1 - idle");
    if (!isnan(k->contact))
        add(r, (pf_rate){.name = "share of time inside in which they hold",
                   .unit = "1",
                   .how = "held over present killer-days; killers as clusters",
                   .scale = PF_SCALE_LOGIT,
                   .value = k->contact,
                   .low = 1 / (1 + (1 / k->contact - 1) * exp(1.96 * k->contact_se)),
                   .high = 1 / (1 + (1 / k->contact - 1) * exp(-1.96 * k->contact_se)),
                   .se = k->contact_se});
    add_estimate(r,
        (pf_rate){.name = "search density",
            .parameter = "h_d",
            .unit = "cell/mL",
            .how = "from that share, by the core's law of contact"},
        &k->density, 1);
    add_estimate(r,
        (pf_rate){.name = "kills of one that holds, after its first load",
            .unit = "1/day",
            .how = "kills over killer-days of holding; Poisson"},
        &k->rate[1], 1);
}

static void add_granules(pf_rates *r, const pf_killer *k, double load, double slow)
{
    if (k->attempts > 0)
        add_given(
            r, "slow killing over fast", "k_fas", "1", slow, "the file's slow / attempts");
    if (!isfinite(load) || load < 1) return;
    add_given(r, "kills per load of granules", "gran_load", "1", load,
        "the file's granules / cost, whole kills");
    pf_estimate e = pf_infer_plateau(&r->killing, slow);
    double comp = 1 - k->idle;
    add_estimate(r,
        (pf_rate){.name = "plateau: kills per killer on new granules",
            .unit = "1/day",
            .how = "from both rates by the core's law of granules"},
        &e, 1);
    add_estimate(r,
        (pf_rate){.name = "loads refilled",
            .parameter = "gran_fill",
            .unit = "1/day",
            .how = "plateau over load, times the share that can kill"},
        &e, comp / load);
}

static pf_err add_entry(pf_ctx *ctx, pf_arena *a, pf_rates *r)
{
    size_t n = 0, at = 0;
    pf_entry *e = &r->entry;
    for (size_t i = 0; i < r->n_run; i++)
        for (size_t k = 0; k < r->memory[i].past.n; k++)
            n += !r->memory[i].past.killer[k].inside;
    if (!n) return PF_OK;
    pf_arrival *arrival = pf_arena_alloc(ctx, a, n, sizeof *arrival);
    if (!arrival) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < r->n_run; i++)
        for (size_t k = 0; k < r->memory[i].past.n; k++) {
            const pf_past_killer *x = &r->memory[i].past.killer[k];
            if (x->inside) continue;
            arrival[at++] = (pf_arrival){.run = i,
                .days = (fmin(x->entered, x->gone) - x->placed) / 1440,
                .entered = x->entered <= x->gone};
        }
    pf_infer_entry(arrival, n, r->n_run, e);
    add(r, (pf_rate){.name = "share that entered",
               .unit = "1",
               .how = "of killers placed outside, by the end",
               .value = (double)e->entered / (double)n,
               .low = NAN,
               .high = NAN,
               .se = NAN});
    if (e->told)
        add(r, (pf_rate){.name = "share that can enter",
                   .parameter = "motile",
                   .unit = "1",
                   .how = "mixture cure model of times to the first contact",
                   .scale = PF_SCALE_LOGIT,
                   .value = e->share,
                   .low = e->low,
                   .high = e->high,
                   .se = e->se_logit});
    if (e->told || !e->entered)
        add_estimate(r,
            (pf_rate){
                .name = "entry of those who can", .unit = "1/day", .how = "the same model"},
            &e->rate, 1);
    return PF_OK;
}

/* Exhausted cells per kill, as a ratio of sums over living killers. */
static void add_exhaustion(pf_rates *r)
{
    double kills = 0, lost = 0, square = 0, n = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < r->n_run; i++)
            for (size_t k = 0; k < r->memory[i].n_tired; k++) {
                const double *x = r->memory[i].tired[k];
                if (!pass) {
                    kills += x[0];
                    lost += x[1];
                    n++;
                } else {
                    square += pow(x[1] - x[0] * lost / kills, 2);
                }
            }
    if (!(n > 1) || !(lost > 0)) return;
    pf_estimate e = pf_estimate_of(lost / kills, sqrt(square * n / (n - 1)) / lost);
    add_estimate(r,
        (pf_rate){.name = "exhausted cells per kill",
            .parameter = "e_k",
            .unit = "1",
            .how = "lost share of living killers over their kills, at the end"},
        &e, 1);
}

/* Kills per killer that entered: the mean over runs, its error from what lies between them. */
static void add_kills(pf_rates *r)
{
    double sum = 0, square = 0, killed = 0, able = 0, all = 0, kills = 0;
    for (size_t i = 0; i < r->n_run; i++) {
        const pf_past *p = &r->memory[i].past;
        double in = 0, of_run = 0;
        for (size_t k = 0; k < p->n; k++) {
            if (!isfinite(p->killer[k].entered)) continue;
            in++;
            of_run += p->killer[k].kills;
            able += !p->killer[k].idle;
            killed += p->killer[k].kills > 0;
        }
        all += in;
        kills += of_run;
        double mean = in > 0 ? of_run / in : 0;
        sum += mean;
        square += mean * mean;
    }
    double n = (double)r->n_run, mean = sum / n;
    double sd = n > 1 ? sqrt(fmax(0, (square - sum * mean) / (n - 1))) : 0;
    double se = n > 1 && mean > 0 ? sd / mean / sqrt(n) : NAN;
    if (!(all > 0)) return;
    pf_estimate e = pf_estimate_of(mean, se);
    add(r, (pf_rate){.name = "kills per killer inside, whole run",
               .unit = "1",
               .how = n > 1 ? "mean over runs, error from between them" : "mean",
               .value = mean,
               .low = e.low,
               .high = e.high,
               .se = e.se,
               .scale = PF_SCALE_LOG});
    if (able > 0)
        add_given(r, "share of those who can kill that did", NULL, "1", killed / able,
            "of killers inside, by the end");
}

/* ---- the whole ---- */

static int same_name(const pf_tissue_memory *a, const pf_tissue_memory *b)
{
    return !strcmp(a->tissue, b->tissue) &&
           !strcmp(a->variant ? a->variant : "", b->variant ? b->variant : "");
}

static pf_err name_source(pf_ctx *ctx, pf_arena *a, pf_rates *r)
{
    pf_buf b;
    pf_buf_init(&b, ctx);
    pf_buf_text(&b, "simulated: tissue ");
    for (size_t i = 0; i < r->n_run; i++)
        if (!i || !same_name(&r->memory[i], &r->memory[i - 1])) {
            pf_buf_printf(&b, "%s%s", i ? ", " : "", r->memory[i].tissue);
            if (r->memory[i].variant) pf_buf_printf(&b, " %s", r->memory[i].variant);
        }
    pf_buf_text(&b, r->n_run > 1 ? ", seeds" : ", seed");
    for (size_t i = 0; i < r->n_run; i++) pf_buf_printf(&b, " %s", r->memory[i].seed_text);
    pf_buf_printf(&b, ", version %s", r->memory[0].version);
    for (size_t i = 1; i < r->n_run; i++)
        if (strcmp(r->memory[i].version, r->memory[i - 1].version) != 0)
            pf_buf_printf(&b, " and %s", r->memory[i].version);
    pf_err err = pf_buf_ok(&b);
    r->source = err ? NULL : pf_arena_strdup(ctx, a, b.bytes);
    pf_buf_clear(&b);
    return r->source ? PF_OK : PF_ERR_NO_MEMORY;
}

pf_err pf_rates_make(pf_ctx *ctx, pf_arena *a, pf_rates *r)
{
    pf_span *span;
    pf_stay *stay;
    size_t n, n_stay;
    PF_TRY(same_killers(ctx, r));
    PF_TRY(all_spans(ctx, a, r, &span, &n));
    PF_TRY(all_stays(ctx, a, r, &stay, &n_stay));
    r->run = pf_arena_alloc(ctx, a, r->n_run, sizeof *r->run);
    if (!r->run) return PF_ERR_NO_MEMORY;
    pf_infer_killing(span, n, stay, n_stay, r->n_run, &r->killing);
    make_runs(r, span, n);
    for (size_t i = 0; i < r->n_run; i++) r->divided += r->memory[i].past.divided;
    const pf_past *first = &r->memory[0].past;
    const pf_killer *k = &first->setup->type[first->type].killer;
    add_killing(r, pf_past_recognition(first, PAIRS), k->idle);
    add_granules(r, k, first->load, k->attempts > 0 ? k->slow / (k->attempts + k->slow) : 0);
    PF_TRY(add_entry(ctx, a, r));
    add_exhaustion(r);
    add_kills(r);
    return name_source(ctx, a, r);
}
