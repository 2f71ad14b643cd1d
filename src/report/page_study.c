/* What the study asks, as the page's document says it. */
#include "report/page_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *pf_page_input(const pf_page_run *run, const char *path)
{
    const pf_study *s = run->study;
    for (size_t i = 0; i < s->n_source; i++)
        if (pf_text_equal(s->source_path[i], path)) return run->input[i];
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path ? path : "";
}

static void numbers(pf_buf *b, const char *key, const double *x, size_t n)
{
    pf_json_open(b, key, '[');
    for (size_t i = 0; i < n; i++) pf_json_number(b, NULL, x[i]);
    pf_json_close(b, ']');
}

static void texts(pf_buf *b, const char *key, const char *const *text, size_t n)
{
    pf_json_open(b, key, '[');
    for (size_t i = 0; i < n; i++) pf_json_text(b, NULL, text[i]);
    pf_json_close(b, ']');
}

static void count_or_null(pf_buf *b, const char *key, int there, size_t n)
{
    if (there)
        pf_json_integer(b, key, (long long)n);
    else
        pf_json_null(b, key);
}

static void variable(pf_buf *b, const pf_variable *v)
{
    static const char *const kind[] = {"constant", "normal", "lognormal", "logitnormal",
        "uniform", "loguniform", "discrete", "formula"};
    int fixed = v->kind == PF_DIST_CONSTANT;
    int normal = v->kind == PF_DIST_NORMAL || v->kind == PF_DIST_LOGNORMAL ||
                 v->kind == PF_DIST_LOGITNORMAL;
    int ranged = normal || v->kind == PF_DIST_UNIFORM || v->kind == PF_DIST_LOGUNIFORM;
    double mean, sd;
    pf_page_moments(v, &mean, &sd);
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "name", v->name);
    pf_json_text(b, "distribution", kind[v->kind]);
    pf_json_text(b, "formula", v->kind == PF_DIST_FORMULA ? v->text : NULL);
    pf_json_number(b, "centre", fixed || normal ? v->centre : NAN);
    pf_json_number(b, "spread", normal ? v->spread : NAN);
    pf_json_number(b, "low", ranged ? v->low : NAN);
    pf_json_number(b, "high", ranged ? v->high : NAN);
    if (v->kind == PF_DIST_DISCRETE) {
        numbers(b, "values", v->value, v->n_values);
        numbers(b, "weights", v->weight, v->n_values);
    } else {
        pf_json_null(b, "values");
        pf_json_null(b, "weights");
    }
    pf_json_text(b, "unit", v->unit);
    pf_json_text(b, "source", v->source);
    pf_json_bool(b, "unknown", v->unknown);
    pf_json_number(b, "mean", mean);
    pf_json_number(b, "sd", sd);
    pf_json_close(b, '}');
}

static void variables(pf_buf *b, const char *key, const pf_population *p)
{
    pf_json_open(b, key, '[');
    for (size_t i = 0; i < p->n_variable; i++) variable(b, &p->variable[i]);
    pf_json_close(b, ']');
}

static void settings(pf_buf *b, const pf_population *p)
{
    pf_json_open(b, "settings", '[');
    for (size_t i = 0; i < p->n_setting; i++) {
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "parameter", p->setting[i].parameter);
        pf_json_text(b, "formula", p->setting[i].text);
        pf_json_text(b, "source", p->setting[i].source);
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
}

static void population(pf_buf *b, const pf_page_run *run)
{
    const pf_population *p = &run->study->population;
    pf_json_open(b, "population", '{');
    pf_json_text(b, "title", p->title);
    pf_json_text(b, "file", pf_page_input(run, p->path));
    variables(b, "variables", p);
    settings(b, p);
    pf_json_close(b, '}');
}

/* What lots tell about themselves: columns LOT_<name> of patients.csv. */
static void qualities(pf_buf *b, const pf_product *p)
{
    pf_json_open(b, "attributes", '[');
    for (size_t i = 0; i < p->n_lot_name; i++) {
        const char *name = p->lot_name[i] + strlen("lot_");
        pf_attribute known = pf_attribute_find(name);
        const pf_attribute_info *what = known < PF_ATTRIBUTES ? pf_attribute_of(known) : NULL;
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "name", name);
        pf_json_text(b, "unit", what ? what->unit : "1");
        pf_json_text(b, "doc", what ? what->doc : "share of living cells with this edit");
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
}

static void products(pf_buf *b, const pf_page_run *run)
{
    pf_json_open(b, "products", '[');
    for (size_t i = 0; i < run->study->n_product; i++) {
        const pf_product *p = &run->study->product[i];
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "name", p->name);
        pf_json_text(b, "title", p->title);
        pf_json_text(b, "file", pf_page_input(run, p->path));
        count_or_null(b, "patients_per_lot", p->lot != NULL, p->patients_per_lot);
        variables(b, "variables", &p->attributes);
        settings(b, &p->attributes);
        if (p->lot) {
            pf_json_open(b, "lot", '{');
            pf_json_text(b, "name", p->lot->name);
            variables(b, "variables", &p->lot->variables);
            qualities(b, p);
            pf_json_close(b, '}');
        } else {
            pf_json_null(b, "lot");
        }
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
}

static void item(pf_buf *b, const pf_study *s, const pf_regimen_item *r)
{
    static const char *const per[] = {"", "kg", "m2"};
    const pf_product *p = r->drug ? NULL : &s->product[r->product];
    const char *unit = r->unit ? r->unit : r->drug ? "mg" : "cell";
    int cycles = r->cycle > 0;
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "name", r->drug ? r->drug : p->title ? p->title : p->name);
    pf_json_bool(b, "product", p != NULL);
    numbers(b, "doses", r->dose, r->n_dose);
    pf_json_number(b, "dose_high", r->dose_high > r->dose[0] ? r->dose_high : NAN);
    pf_json_text(b, "unit", strcmp(unit, "cell") ? unit : "cells");
    pf_json_text(b, "per", per[r->per]);
    pf_json_text(b, "site", r->site);
    pf_json_text(b, "when", r->when);
    pf_json_number(b, "grade", r->when ? r->grade : NAN);
    numbers(b, "on", r->on, r->n_on);
    pf_json_number(b, "every", r->every > 0 ? r->every : NAN);
    pf_json_number(b, "cycle", cycles ? r->cycle : NAN);
    pf_json_number(b, "cycles_low", cycles ? (double)r->cycles_low : NAN);
    pf_json_number(b, "cycles_high", cycles ? (double)r->cycles_high : NAN);
    pf_json_bool(b, "until_progression", r->until_progression);
    pf_json_close(b, '}');
}

static void arms(pf_buf *b, const pf_study *s)
{
    pf_json_open(b, "arms", '[');
    for (size_t i = 0; i < s->n_arm; i++) {
        const pf_arm *arm = &s->arm[i];
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "name", arm->name);
        pf_json_integer(b, "size", (long long)arm->size);
        pf_json_text(b, "like", arm->like ? s->arm[arm->like - 1].name : NULL);
        texts(b, "without", arm->without, arm->n_without);
        pf_json_open(b, "items", '[');
        for (size_t k = 0; k < arm->n_item; k++) item(b, s, &arm->item[k]);
        pf_json_close(b, ']');
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
    static const char *const method[] = {"fixed", "block", "paired"};
    pf_json_text(b, "allocation", method[s->allocation.method]);
    pf_json_open(b, "strata", '[');
    for (size_t i = 0; i < s->allocation.n_strata; i++)
        pf_json_text(b, NULL, s->population.variable[s->allocation.strata[i]].name);
    pf_json_close(b, ']');
}

static void assess(pf_buf *b, const pf_assess *a)
{
    static const char *const criteria[] = {[PF_CRITERIA_RECIST] = "RECIST 1.1",
        [PF_CRITERIA_LUGANO] = "Lugano",
        [PF_CRITERIA_RECURRENCE] = "recurrence"};
    pf_json_open(b, "assess", '{');
    pf_json_text(b, "criteria", criteria[a->criteria]);
    pf_json_bool(b, "confirm", a->confirm);
    pf_json_text(b, "deaths", a->deaths == PF_DEATHS_CENSORED ? "censored" : "event");
    pf_json_text(
        b, "progression_day", a->progression_day == PF_DATED_MIDPOINT ? "midpoint" : "visit");
    pf_json_number(b, "every", a->every);
    pf_json_number(b, "first", a->first);
    pf_json_number(b, "window", a->window);
    pf_json_number(b, "error", a->error);
    pf_json_number(b, "vanish_mm", a->vanish_mm);
    pf_json_number(b, "sd_minimum", a->sd_minimum);
    pf_json_number(b, "detect_mm", a->criteria == PF_CRITERIA_RECURRENCE ? a->detect_mm : NAN);
    numbers(b, "kinetics", a->kinetics, a->n_kinetics);
    texts(b, "markers", a->marker, a->n_marker);
    texts(b, "grades", a->grade, a->n_grade);
    texts(b, "events", a->event, a->n_event);
    pf_json_number(b, "lloq", a->lloq > 0 ? a->lloq : NAN);
    pf_json_close(b, '}');
}

void pf_page_study(pf_buf *b, const pf_page_run *run)
{
    const pf_study *s = run->study;
    char seed[32];
    snprintf(seed, sizeof seed, "%" PRIu64, s->seed);
    pf_json_open(b, "study", '{');
    pf_json_text(b, "name", s->name);
    pf_json_text(b, "title", s->title);
    pf_json_text(b, "question", s->question);
    texts(b, "systems", s->system, s->n_system);
    pf_json_text(b, "model", pf_page_input(run, s->model_path));
    arms(b, s);
    assess(b, &s->assess);
    pf_json_number(b, "horizon", s->horizon);
    pf_json_number(b, "dropout", s->dropout);
    pf_json_integer(b, "replicates", (long long)s->replicates);
    pf_json_text(b, "seed", seed);
    pf_json_integer(b, "keep", (long long)s->keep);
    pf_json_number(b, "rtol", s->rtol);
    pf_json_number(b, "atol", s->atol);
    population(b, run);
    products(b, run);
    variables(b, "unknowns", &s->unknowns);
    pf_json_close(b, '}');
}
