/* tissue_rules_case.h: a small lesion for which rules are read. */
#ifndef PF_TESTS_TISSUE_RULES_CASE_H
#define PF_TESTS_TISSUE_RULES_CASE_H
#include "ct.h"
#include "tissue/rules.h"
#include "tissue/tissue.h"

#include <string.h>

#define RULES_HEAD                                                                             \
    "cell type,signal,direction,behaviour,saturation value,half-max,Hill power,applies to "    \
    "dead\n"

typedef struct {
    pf_ctx ctx;
    pf_diag diag;
    pf_units *units;
    pf_setup setup;
    pf_substance substance[2];
    const char *unit[2];
    pf_cell_type type[2];
    pf_placement placement[2];
    pf_rules *rules;
    pf_tissue *t;
} rules_case;

static inline void rules_case_make(rules_case *w)
{
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    pf_diag_init(&w->diag, &w->ctx);
    assert_ok(&w->ctx, pf_units_new(&w->ctx, &w->units));
    w->substance[0] = (pf_substance){.name = "oxygen",
        .diffusion = 1e5,
        .decay = 0.1,
        .initial = 38,
        .held = {1, 1, 1, 1, 1, 1},
        .at = {38, 38, 38, 38, 38, 38}};
    w->substance[1] = (pf_substance){.name = "CCL19", .diffusion = 1e3, .decay = 0.1};
    w->unit[0] = "mmHg";
    w->unit[1] = "ng/mL";
    for (int k = 0; k < 2; k++)
        w->type[k] = (pf_cell_type){.name = k ? "tumour" : "NK",
            .volume = 2494,
            .nucleus = 540,
            .fluid = 0.75,
            .reach = 1.25,
            .motile = 1,
            .repulsion = 10,
            .adhesion = 0.4,
            .affinity = {1, 1},
            .apoptosis_lasts = 516,
            .necrosis_lasts = 86400,
            .swell_rate = 0.0113,
            .lysis_rate = 1e-5,
            .antigen = {1000, 0},
            .receptor = {100, 0}};
    w->type[1].n_phase = 1;
    w->type[1].starts_first = 1;
    w->type[1].phase[0] = (pf_phase){.name = "live", .rate = 0.001, .divides = 1};
    w->type[1].exchange[0].uptake = 10;
    w->type[0].speed = 4;
    w->type[0].persistence = 5;
    w->type[0].killer = (pf_killer){.bind = 0.2,
        .hold = 60,
        .attempts = 0.05,
        .granules = 10,
        .attacks = {0, 1},
        .power = 1,
        .half = {{1e-3}}};
    w->setup = (pf_setup){.mesh = {{16, 16, 16}, 20, {-160, -160, -160}},
        .n_substance = 2,
        .substance = w->substance,
        .substance_unit = w->unit,
        .n_type = 2,
        .type = w->type,
        .placement = w->placement,
        .field_step = 0.1,
        .mechanics_step = 0.1,
        .phenotype_step = 6,
        .wall = 10,
        .n_antigen = 1,
        .antigen = {"CD19"},
        .n_receptor = 1,
        .receptor = {"CAR"},
        .seed = 3};
}

/* `rows` behind the header, as rules of the setup from now on. */
static inline pf_err rules_case_read(rules_case *w, const char *rows)
{
    char text[8192];
    snprintf(text, sizeof text, RULES_HEAD "%s", rows);
    pf_rules_free(w->rules);
    pf_diag_clear(&w->diag);
    pf_ctx_reset(&w->ctx);
    pf_err err = pf_rules_parse(&w->ctx, &w->diag, w->units, &w->setup,
        &(pf_rules_text){"rules.csv", text, strlen(text)}, &w->rules);
    w->setup.rules = w->rules;
    return err;
}

static inline void rules_case_begin(rules_case *w, int threads)
{
    pf_tissue_free(w->t);
    w->t = NULL;
    assert_ok(&w->ctx, pf_tissue_new(&w->ctx, &w->setup, threads, &w->t));
}

static inline void rules_case_run(rules_case *w, double minutes)
{
    while (pf_tissue_minute(w->t) < minutes - 1e-9)
        assert_ok(&w->ctx, pf_tissue_step(&w->ctx, w->t));
}

static inline void rules_case_clear(rules_case *w)
{
    pf_tissue_free(w->t);
    pf_rules_free(w->rules);
    pf_diag_clear(&w->diag);
    pf_units_free(w->units);
}
#endif
