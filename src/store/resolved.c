/* resolved.yaml: what a study means once every default is filled in. */
#include "store/folder.h"
#include "trial/override.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void text(pf_buf *b, const char *t)
{
    pf_buf_text(b, "\"");
    for (; t && *t; t++) {
        if (*t == '"' || *t == '\\') pf_buf_text(b, "\\");
        if (*t == '\n')
            pf_buf_text(b, "\\n");
        else
            pf_buf_put(b, t, 1);
    }
    pf_buf_text(b, "\"");
}

static void text_line(pf_buf *b, const char *key, const char *t)
{
    if (!t) return;
    pf_buf_printf(b, "%s: ", key);
    text(b, t);
    pf_buf_text(b, "\n");
}

static void quantity(pf_buf *b, double x, const char *unit)
{
    if (isinf(x)) {
        pf_buf_text(b, x > 0 ? ".inf" : "-.inf");
        return;
    }
    pf_buf_number(b, x);
    if (unit && *unit && strcmp(unit, "1")) pf_buf_printf(b, " %s", unit);
}

static void quantity_line(pf_buf *b, const char *key, double x, const char *unit)
{
    pf_buf_printf(b, "%s: ", key);
    quantity(b, x, unit);
    pf_buf_text(b, "\n");
}

static void days(pf_buf *b, const double *day, size_t n)
{
    pf_buf_text(b, "[");
    for (size_t i = 0; i < n; i++) {
        if (i) pf_buf_text(b, ", ");
        pf_buf_number(b, day[i]);
    }
    pf_buf_text(b, "] day");
}

/* Only the file's name: a folder of this machine has no place in a result. */
static void origin(pf_buf *b, const pf_place *place)
{
    if (place->file && place->line) {
        const char *slash = strrchr(place->file, '/');
        pf_buf_printf(b, "  # %s:%d", slash ? slash + 1 : place->file, place->line);
    }
    pf_buf_text(b, "\n");
}

static void distribution(pf_buf *b, const pf_variable *v)
{
    static const char *const kind[] = {"constant", "normal", "lognormal", "logitnormal",
        "uniform", "loguniform", "discrete", "formula"};
    pf_buf_printf(b, "distribution: %s", kind[v->kind]);
    switch (v->kind) {
    case PF_DIST_CONSTANT:
        pf_buf_text(b, ", value: ");
        quantity(b, v->centre, v->unit);
        return;
    case PF_DIST_FORMULA:
        pf_buf_text(b, ", formula: ");
        text(b, v->text);
        return;
    case PF_DIST_DISCRETE:
        pf_buf_text(b, ", values: [");
        for (size_t i = 0; i < v->n_values; i++) {
            pf_buf_text(b, i ? ", " : "");
            pf_buf_number(b, v->value[i]);
            pf_buf_text(b, ": ");
            pf_buf_number(b, v->weight[i]);
        }
        pf_buf_text(b, "]");
        return;
    case PF_DIST_NORMAL:
    case PF_DIST_LOGNORMAL:
    case PF_DIST_LOGITNORMAL:
        pf_buf_text(b, v->kind == PF_DIST_NORMAL ? ", mean: " : ", median: ");
        quantity(b, v->centre, v->unit);
        pf_buf_text(b, ", sd: ");
        pf_buf_number(b, v->spread);
        break;
    default:
        break;
    }
    pf_buf_text(b, ", low: ");
    quantity(b, v->low, v->unit);
    pf_buf_text(b, ", high: ");
    quantity(b, v->high, v->unit);
}

static void population(pf_buf *b, const char *key, const pf_population *p)
{
    pf_buf_printf(b, "%s:\n", key);
    for (size_t i = 0; i < p->n_variable; i++) {
        const pf_variable *v = &p->variable[i];
        pf_buf_text(b, "  - {name: ");
        text(b, v->name);
        pf_buf_text(b, ", ");
        distribution(b, v);
        if (v->source) {
            pf_buf_text(b, ", source: ");
            text(b, v->source);
        }
        if (v->baseline) pf_buf_text(b, ", baseline: yes");
        pf_buf_printf(b, "%s}", v->unknown ? ", unknown: yes" : "");
        origin(b, &v->place);
    }
    for (size_t i = 0; i < p->n_setting; i++) {
        pf_buf_text(b, "  - {sets: ");
        text(b, p->setting[i].parameter);
        pf_buf_text(b, ", formula: ");
        text(b, p->setting[i].text);
        pf_buf_text(b, "}");
        origin(b, &p->setting[i].place);
    }
    for (size_t i = 0; i < p->n_correlation; i++) {
        const pf_correlation *c = &p->correlation[i];
        pf_buf_text(b, "  - {correlation: [");
        text(b, p->variable[c->i].name);
        pf_buf_text(b, ", ");
        text(b, p->variable[c->j].name);
        pf_buf_text(b, "], value: ");
        pf_buf_number(b, c->value);
        pf_buf_text(b, "}");
        origin(b, &c->place);
    }
}

static void item(pf_buf *b, const pf_study *s, const pf_regimen_item *r)
{
    static const char *const per[] = {"", "/kg", "/m2"};
    const char *unit = r->unit ? r->unit : r->drug ? "mg" : "cell";
    pf_buf_text(b, r->drug ? "      - {drug: " : "      - {product: ");
    text(b, r->drug ? r->drug : s->product[r->product].name);
    if (r->site) {
        pf_buf_text(b, ", site: ");
        text(b, r->site);
    }
    if (r->when) pf_buf_printf(b, ", when: %s %g", r->when, r->grade);
    pf_buf_text(b, ", dose: [");
    for (size_t i = 0; i < r->n_dose; i++) {
        pf_buf_text(b, i ? ", " : "");
        pf_buf_number(b, r->dose[i]);
        pf_buf_printf(b, " %s%s", strcmp(unit, "1") ? unit : "", per[r->per]);
    }
    pf_buf_text(b, "]");
    if (r->dose_high > r->dose[0]) {
        pf_buf_text(b, ", dose_up_to: ");
        quantity(b, r->dose_high, unit);
    }
    pf_buf_text(b, ", max: ");
    quantity(b, r->max_dose, unit);
    pf_buf_text(b, ", on: ");
    days(b, r->on, r->n_on);
    const struct {
        const char *key;
        double day;
    } list[] = {{"every", r->every}, {"cycle", r->cycle}, {"start", r->start},
        {"stop", r->stop}, {"infusion", r->infusion}};
    for (size_t i = 0; i < PF_COUNT(list); i++) {
        pf_buf_printf(b, ", %s: ", list[i].key);
        quantity(b, list[i].day, "day");
    }
    pf_buf_printf(b, ", cycles: %d..%d, until_progression: %s, delay: {chance: ", r->cycles_low,
        r->cycles_high, r->until_progression ? "yes" : "no");
    pf_buf_number(b, r->delay_chance);
    pf_buf_text(b, ", by: ");
    quantity(b, r->delay_days, "day");
    pf_buf_text(b, "}}");
    origin(b, &r->place);
}

static void arms(pf_buf *b, const pf_study *s)
{
    pf_buf_text(b, "arms:\n");
    for (size_t i = 0; i < s->n_arm; i++) {
        pf_buf_text(b, "  - name: ");
        text(b, s->arm[i].name);
        origin(b, &s->arm[i].place);
        if (s->arm[i].like) {
            pf_buf_text(b, "    like: ");
            text(b, s->arm[s->arm[i].like - 1].name);
            pf_buf_text(b, "\n");
        }
        for (size_t k = 0; k < s->arm[i].n_without; k++) {
            pf_buf_text(b, k ? ", " : "    without: [");
            text(b, s->arm[i].without[k]);
        }
        if (s->arm[i].n_without) pf_buf_text(b, "]\n");
        pf_buf_printf(b, "    size: %zu\n    regimen:\n", s->arm[i].size);
        for (size_t k = 0; k < s->arm[i].n_item; k++) item(b, s, &s->arm[i].item[k]);
    }
    static const char *const method[] = {"fixed", "block", "paired"};
    const pf_allocation *a = &s->allocation;
    pf_buf_printf(
        b, "allocation: {method: %s, block: %zu, strata: [", method[a->method], a->block);
    for (size_t i = 0; i < a->n_strata; i++) {
        pf_buf_text(b, i ? ", " : "");
        text(b, s->population.variable[a->strata[i]].name);
    }
    pf_buf_text(b, "]}\n");
}

static void assess(pf_buf *b, const pf_assess *a)
{
    pf_buf_text(b, "assess:\n");
    static const char *const criteria[] = {[PF_CRITERIA_RECIST] = "RECIST 1.1",
        [PF_CRITERIA_LUGANO] = "Lugano",
        [PF_CRITERIA_RECURRENCE] = "recurrence"};
    pf_buf_printf(b, "  criteria: %s\n", criteria[a->criteria]);
    if (a->criteria == PF_CRITERIA_RECURRENCE) quantity_line(b, "  detect", a->detect_mm, "mm");
    if (a->lloq > 0) quantity_line(b, "  lloq", a->lloq, NULL);
    quantity_line(b, "  every", a->every, "day");
    quantity_line(b, "  first", a->first, "day");
    quantity_line(b, "  window", a->window, "day");
    quantity_line(b, "  error", a->error, NULL);
    quantity_line(b, "  vanish", a->vanish_mm, "mm");
    quantity_line(b, "  stable_minimum", a->sd_minimum, "day");
    pf_buf_printf(b, "  confirm: %s\n", a->confirm ? "yes" : "no");
    pf_buf_printf(b, "  deaths: %s\n  progression_day: %s\n  kinetics: ",
        a->deaths == PF_DEATHS_CENSORED ? "censored" : "event",
        a->progression_day == PF_DATED_MIDPOINT ? "midpoint" : "visit");
    days(b, a->kinetics, a->n_kinetics);
    pf_buf_text(b, "\n  markers: [");
    for (size_t i = 0; i < a->n_marker; i++) {
        pf_buf_text(b, i ? ", " : "");
        text(b, a->marker[i]);
    }
    pf_buf_text(b, "]\n");
}

static void expectations(pf_buf *b, const pf_study *s)
{
    static const char *const role[] = {"fit", "check", "predict", "claim"};
    pf_buf_text(b, "expect:\n");
    for (size_t i = 0; i < s->n_expect; i++) {
        const pf_expect *e = &s->expect[i];
        pf_buf_text(b, "  - {endpoint: ");
        text(b, e->text);
        pf_buf_text(b, ", arm: ");
        text(b, e->arm < s->n_arm ? s->arm[e->arm].name : "");
        pf_buf_text(b, ", value: ");
        pf_buf_number(b, e->value);
        if (isfinite(e->low) && isfinite(e->high)) {
            pf_buf_text(b, ", interval: [");
            pf_buf_number(b, e->low);
            pf_buf_text(b, ", ");
            pf_buf_number(b, e->high);
            pf_buf_text(b, "]");
        }
        pf_buf_printf(b, ", n: %zu, role: %s, source: ", e->n, role[e->role]);
        text(b, e->source);
        pf_buf_text(b, "}");
        origin(b, &e->place);
    }
}

pf_err pf_resolved_write(pf_ctx *ctx, const pf_study *s, pf_buf *b)
{
    (void)ctx;
    pf_buf_text(b,
        "# The study with every default spelt out; '# file:line' is where it was written.\n");
    text_line(b, "study", s->name);
    text_line(b, "title", s->title);
    text_line(b, "question", s->question);
    pf_buf_text(b, "systems: [");
    for (size_t i = 0; i < s->n_system; i++)
        pf_buf_printf(b, "%s%s", i ? ", " : "", s->system[i]);
    pf_buf_text(b, "]\n");
    pf_buf_text(b, "changed_parameters: [");
    for (size_t i = 0; i < s->n_override; i++) {
        if (i) pf_buf_text(b, ", ");
        pf_override_text(&s->override[i], b);
    }
    pf_buf_text(b, "]\n");
    arms(b, s);
    population(b, "population", &s->population);
    for (size_t i = 0; i < s->n_product; i++) {
        char key[200];
        snprintf(key, sizeof key, "product %.150s", s->product[i].name);
        population(b, key, &s->product[i].attributes);
        if (!s->product[i].lot) continue;
        snprintf(key, sizeof key, "lot %.150s", s->product[i].lot->name);
        population(b, key, &s->product[i].lot->variables);
    }
    population(b, "unknowns", &s->unknowns);
    assess(b, &s->assess);
    quantity_line(b, "horizon", s->horizon, "day");
    quantity_line(b, "dropout", s->dropout, "1/day");
    pf_buf_printf(b, "replicates: %zu\nseed: %llu\nkeep: %zu\n", s->replicates,
        (unsigned long long)s->seed, s->keep);
    quantity_line(b, "rtol", s->rtol, NULL);
    quantity_line(b, "atol", s->atol, "cell");
    expectations(b, s);
    return pf_buf_ok(b);
}
