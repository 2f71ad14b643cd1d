/* tissue_pairs.h: pairs of a killer and a target that do not move. */
#ifndef PF_TEST_TISSUE_PAIRS_H
#define PF_TEST_TISSUE_PAIRS_H
#include "ct.h"
#include "tissue/tissue.h"

#include <string.h>

enum { PAIRS = 343 };

typedef struct {
    pf_ctx ctx;
    pf_setup setup;
    pf_substance substance[1];
    pf_cell_type type[2];
    pf_placement placement[2];
    double at[2][PAIRS][3];
    pf_tissue *t;
} world;

/* Pairs of a killer and a target side by side, far from each other, that do not move. */
static inline void describe(world *w)
{
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    w->substance[0] = (pf_substance){.name = "oxygen", .initial = 38};
    for (int k = 0; k < 2; k++)
        w->type[k] = (pf_cell_type){.volume = 2494,
            .nucleus = 540,
            .fluid = 0.75,
            .reach = 1.25,
            .apoptosis_lasts = 1e9,
            .antigen = {1000, 50000},
            .receptor = {100, 50}};
    w->type[0].killer = (pf_killer){.bind = 0.2,
        .hold = 1e9,
        .attempts = 0.05,
        .granules = 1e6,
        .attacks = {0, 1},
        .power = 1,
        .half = {{1e-3}}};
    for (int k = 0; k < 2; k++) {
        for (size_t i = 0; i < PAIRS; i++) {
            w->at[k][i][0] = (double)(i % 7) * 60 - 180 + (k ? 8 : -8);
            w->at[k][i][1] = (double)(i / 7 % 7) * 60 - 180;
            w->at[k][i][2] = (double)(i / 49) * 60 - 180;
        }
        w->placement[k] = (pf_placement){.kind = PF_PLACE_LIST,
            .type = (size_t)k,
            .n_point = PAIRS,
            .point = (const double(*)[3])w->at[k]};
    }
    w->setup = (pf_setup){.mesh = {{4, 4, 4}, 110, {-220, -220, -220}},
        .n_substance = 1,
        .substance = w->substance,
        .n_type = 2,
        .type = w->type,
        .n_placement = 2,
        .placement = w->placement,
        .field_step = 0.1,
        .mechanics_step = 0.1,
        .phenotype_step = 6,
        .seed = 8};
}
static inline void begin(world *w, int threads)
{
    assert_ok(&w->ctx, pf_tissue_new(&w->ctx, &w->setup, threads, &w->t));
}
static inline void run(world *w, double minutes)
{
    while (pf_tissue_minute(w->t) < minutes - 1e-9)
        assert_ok(&w->ctx, pf_tissue_step(&w->ctx, w->t));
}
static inline void expect_alive(world *w, double share)
{
    double alive = (double)pf_tissue_alive(w->t, 1);
    assert_close(alive, PAIRS * share, 0, 4 * sqrt(PAIRS * share * (1 - share)) + 0.01 * PAIRS);
}

#endif
