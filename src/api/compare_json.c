/* `perforin-compare-1`: a comparison for programs, and for the page. */
#include "api/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <math.h>
#include <string.h>

static void runs(const pf_comparison *c, pf_buf *b)
{
    pf_json_open(b, "runs", '[');
    for (size_t i = 0; i < c->n; i++) {
        const pf_run_read *r = &c->run[i];
        char seed[24];
        snprintf(seed, sizeof seed, "%" PRIu64, r->manifest.seed);
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "label", r->label);
        pf_json_text(b, "study", r->manifest.study);
        pf_json_text(b, "version", r->manifest.version);
        pf_json_text(b, "seed", seed); /* 64 bits are more than a JSON number holds */
        pf_json_integer(b, "replicates", (long long)r->replicates);
        pf_json_integer(b, "patients_per_replicate", (long long)r->manifest.patients);
        pf_json_bool(b, "by_replicate", r->by_replicate);
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
}

static void changes(const pf_comparison *c, size_t i, pf_buf *b)
{
    static const char *const key[PF_CHANGE_LISTS] = {
        "settings", "inputs", "study", "parameters"};
    const pf_run_read *first = &c->run[0], *r = &c->run[i];
    pf_json_open(b, NULL, '{');
    pf_json_integer(b, "run", (long long)i);
    pf_json_bool(b, "paired", c->paired[i]);
    pf_json_bool(b, "same_patients", c->same_people[i]);
    pf_json_bool(b, "same_results", first->results_hash == r->results_hash);
    pf_json_bool(b, "study_compared", first->n_key && r->n_key);
    pf_json_integer(b, "figures_judged", (long long)c->judged[i]);
    pf_json_integer(b, "figures_beyond", (long long)c->beyond[i]);
    for (int l = 0; l < PF_CHANGE_LISTS; l++) {
        const pf_run_changes *list = &c->change[i][l];
        pf_json_open(b, key[l], '[');
        for (size_t k = 0; k < list->n; k++) {
            pf_json_open(b, NULL, '{');
            pf_json_text(b, "key", list->item[k].key);
            pf_json_text(b, "was", list->item[k].was);
            pf_json_text(b, "is", list->item[k].is);
            pf_json_close(b, '}');
        }
        pf_json_close(b, ']');
    }
    pf_json_close(b, '}');
}

static void figure(const pf_run_measure *m, pf_buf *b)
{
    if (!m) {
        pf_json_null(b, NULL);
        return;
    }
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "path", m->path);
    pf_json_text(b, "centre", m->power ? "share" : m->median ? "median" : "mean");
    pf_json_number(b, "value", m->value);
    pf_json_number(b, "low", m->low);
    pf_json_number(b, "high", m->high);
    pf_json_close(b, '}');
}

static void gap(const pf_compare_row *row, size_t i, pf_buf *b)
{
    const pf_gap *g = &row->gap[i];
    int beyond = pf_compare_beyond(row, i);
    if (!row->told[i]) {
        pf_json_null(b, NULL);
        return;
    }
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "how", pf_differ_text(g->how));
    pf_json_integer(b, "n", (long long)g->n);
    pf_json_number(b, "value", g->value);
    if (isinf(g->value))
        pf_json_text(b, "not_reached", g->value > 0 ? "this run" : "first run");
    pf_json_number(b, "se", g->se);
    pf_json_number(b, "low", g->low);
    pf_json_number(b, "high", g->high);
    pf_json_number(b, "p", g->p);
    pf_json_number(b, "p_holm", row->p_holm[i]);
    if (beyond < 0)
        pf_json_null(b, "beyond");
    else
        pf_json_bool(b, "beyond", beyond);
    pf_json_close(b, '}');
}

static void rows(const pf_comparison *c, pf_buf *b)
{
    char name[240];
    pf_json_open(b, "figures", '[');
    for (size_t k = 0; k < c->n_row; k++) {
        const pf_compare_row *row = &c->row[k];
        size_t first = 0;
        while (!row->in[first]) first++;
        const pf_run_measure *m = row->in[first];
        pf_compare_name(m, name, sizeof name);
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "arm", m->arm);
        pf_json_text(b, "against", *m->against ? m->against : NULL);
        pf_json_text(b, "endpoint", m->endpoint);
        if (!isnan(m->at)) pf_json_number(b, "at_day", m->at);
        if (*m->label) pf_json_text(b, "label", m->label);
        pf_json_text(b, "name", name);
        pf_json_text(b, "unit", m->unit);
        pf_json_open(b, "runs", '[');
        for (size_t i = 0; i < c->n; i++) figure(row->in[i], b);
        pf_json_close(b, ']');
        pf_json_open(b, "gaps", '['); /* of the second run and those after it */
        for (size_t i = 1; i < c->n; i++) gap(row, i, b);
        pf_json_close(b, ']');
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
}

/* Figures of run `from` that no run before it has. */
static int is_new(const pf_comparison *c, size_t from, const char *role, const pf_jvalue *v)
{
    for (size_t i = 0; i < from; i++)
        if (pf_compare_figure(&c->run[i], role, v)) return 0;
    return 1;
}

static void published_figure(
    const pf_comparison *c, const char *role, const pf_jvalue *v, pf_buf *b)
{
    static const char *const texts[] = {"endpoint", "written", "label", "case", "arm",
        "against", "unit", "direction", "source"};
    static const char *const numbers[] = {
        "published", "published_low", "published_high", "published_n"};
    static const char *const mine[] = {"simulated_mean", "simulated_q025", "simulated_median",
        "simulated_q975", "percentile", "share_agreeing"};
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "role", role);
    for (size_t i = 0; i < PF_COUNT(texts); i++)
        if (pf_jvalue_get(v, texts[i]))
            pf_json_text(b, texts[i], pf_jvalue_text(pf_jvalue_get(v, texts[i]), NULL));
    for (size_t i = 0; i < PF_COUNT(numbers); i++)
        pf_json_number(b, numbers[i], pf_jvalue_number(pf_jvalue_get(v, numbers[i])));
    pf_json_open(b, "runs", '[');
    for (size_t i = 0; i < c->n; i++) {
        const pf_jvalue *own = pf_compare_figure(&c->run[i], role, v);
        if (!own) {
            pf_json_null(b, NULL);
            continue;
        }
        pf_json_open(b, NULL, '{');
        for (size_t k = 0; k < PF_COUNT(mine); k++)
            pf_json_number(b, mine[k], pf_jvalue_number(pf_jvalue_get(own, mine[k])));
        pf_json_text(b, "verdict", pf_jvalue_text(pf_jvalue_get(own, "verdict"), NULL));
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
    pf_json_close(b, '}');
}

static void published(const pf_comparison *c, pf_buf *b)
{
    static const char *const role[] = {"fit", "check", "predict", "claim"};
    pf_json_open(b, "published", '[');
    for (size_t k = 0; k < PF_COUNT(role); k++)
        for (size_t i = 0; i < c->n; i++) {
            const pf_jvalue *list = pf_jvalue_get(
                pf_jvalue_get(pf_jvalue_get(c->run[i].summary, "expectations"), role[k]),
                "figures");
            for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next)
                if (is_new(c, i, role[k], v)) published_figure(c, role[k], v, b);
        }
    pf_json_close(b, ']');
}

void pf_compare_json(const pf_comparison *c, pf_buf *b)
{
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "format", "perforin-compare-1");
    pf_json_bool(b, "simulated", 1);
    pf_json_text(b, "method", pf_compare_method());
    runs(c, b);
    pf_json_open(b, "changes", '['); /* of the second run and those after it */
    for (size_t i = 1; i < c->n; i++) changes(c, i, b);
    pf_json_close(b, ']');
    rows(c, b);
    published(c, b);
    pf_json_close(b, '}');
}
