/* tissue_scene.h: a small lesion where everything happens soon: cells divide, die in both ways,
 * crawl along a gradient, come later, and are found, held and killed. */
#ifndef PF_TEST_TISSUE_SCENE_H
#define PF_TEST_TISSUE_SCENE_H
#include <string.h>

#include "tissue/tissue.h"

typedef struct pf_scene {
    pf_setup setup;
    pf_substance substance[2];
    pf_cell_type type[2];
    pf_placement placement[4];
} pf_scene;

static inline void pf_scene_types(pf_scene *w)
{
    for (int k = 0; k < 2; k++)
        w->type[k] = (pf_cell_type){.name = k ? "killer" : "tumour",
            .volume = k ? 900 : 2494,
            .nucleus = k ? 300 : 540,
            .fluid = 0.75,
            .fluid_rate = 0.05,
            .cytoplasm_rate = 0.0045,
            .nucleus_rate = 0.0055,
            .reach = 1.25,
            .adhesion = 0.4,
            .repulsion = 10,
            .affinity = {1, 1},
            .starts_first = 1,
            .n_phase = k ? 0 : 2,
            .phase = {{.name = "one", .rate = 0.2}, {.name = "two", .rate = 0.1, .divides = 1}},
            .apoptosis = 0.01,
            .necrosis = 0.01,
            .apoptosis_lasts = 4,
            .necrosis_lasts = 2,
            .shrink_rate = 0.1,
            .swell_rate = 1.5,
            .lysis_rate = 0.1,
            .speed = k ? 3 : 0,
            .persistence = 2,
            .bias = 0.5,
            .motile = 0.9,
            .taxis = {0, 1},
            .antigen = {1000, 500},
            .antigen_sd = {0.4, 0.2},
            .receptor = {100},
            .receptor_sd = {0.3},
            .antigen_loss = {{.first = 0.1, .division = 0.1, .rate = 0.01}}};
    w->type[0].exchange[0] = (pf_uptake){.uptake = 10};
    w->type[0].exchange[1] = (pf_uptake){.secretion = 1, .target = 1};
    w->type[1].killer = (pf_killer){.bind = 2,
        .hold = 5,
        .attempts = 1,
        .granules = 4,
        .refill = 0.01,
        .cost = 1,
        .slow = 0.01,
        .exhaustion = 0.1,
        .recovery = 0.01,
        .pull = 0.05,
        .idle = 0.1,
        .single = 0.1,
        .attacks = {1},
        .power = 1,
        .half = {{1e5}}};
}

/* A ball of tumour cells of this radius [um] among `killers`, and as many again at minute 3;
 * some come in one by one through two faces. */
static inline void pf_scene_init(pf_scene *w, double ball, size_t killers)
{
    memset(w, 0, sizeof *w);
    w->substance[0] = (pf_substance){.name = "oxygen",
        .diffusion = 1e5,
        .decay = 0.1,
        .initial = 38,
        .held = {1, 1, 1, 1, 1, 1},
        .at = {38, 38, 38, 38, 38, 38}};
    w->substance[1] = (pf_substance){.name = "lure", .diffusion = 1e3, .decay = 0.01};
    pf_scene_types(w);
    double half = ball + 40;
    w->placement[0] = (pf_placement){.kind = PF_PLACE_BALL, .packed = 1, .outer = ball};
    for (int k = 1; k < 3; k++)
        w->placement[k] = (pf_placement){.kind = PF_PLACE_SHELL,
            .type = 1,
            .inner = ball,
            .outer = ball + 20,
            .count = killers,
            .at = k == 2 ? 3 : 0};
    w->placement[3] = (pf_placement){.kind = PF_PLACE_BORDER,
        .type = 1,
        .faces = 5,
        .rate = 0.5,
        .until = 15,
        .has_motile = 1,
        .motile = 0.5};
    size_t n = (size_t)(2 * half / 20);
    w->setup = (pf_setup){.mesh = {{n, n, n}, 2 * half / (double)n, {-half, -half, -half}},
        .n_substance = 2,
        .substance = w->substance,
        .n_type = 2,
        .type = w->type,
        .n_placement = 4,
        .placement = w->placement,
        .field_step = 0.1,
        .mechanics_step = 0.1,
        .phenotype_step = 0.5,
        .max_time = 20,
        .wall = 10,
        .seed = 11};
}

/* A handful of cells in three voxels. */
static inline void pf_scene_little(pf_scene *w)
{
    pf_scene_init(w, 17, 3);
    w->setup.mesh.n[0] = 3;
    w->setup.mesh.n[1] = w->setup.mesh.n[2] = 1;
    w->setup.mesh.h = 57;
}

#endif
