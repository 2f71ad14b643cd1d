/* Steps of time against what happens within one. */
#include "model/elementary.h"
#include "tissue/rules.h"
#include "tissue/setup_parts.h"

/* A limit that the numbers of the file set to a step. */
typedef struct {
    double most;     /* min */
    const char *why; /* in the diagnostics' memory; NULL: none yet */
} limit;

static void tighten(
    pf_setup_loader *l, limit *m, double most, const char *fmt, const char *name, double x)
{
    if (!(most < m->most)) return;
    char *why = pf_arena_printf(l->r.ctx, &l->r.diag->arena, "%s '%s': %.4g %s",
        !strncmp(fmt, "um2", 3)  ? "diffusion of"
        : !strncmp(fmt, "um", 2) ? "speed of"
                                 : "rate of",
        name, x, fmt);
    if (!why) l->r.failed = PF_ERR_NO_MEMORY;
    m->most = most;
    m->why = why ? why : "";
}

static void told(pf_setup_loader *l, const pf_yaml *root, const char *key, double step,
    const limit *m, const char *rule)
{
    if (step <= m->most * (1 + 1e-9) || !m->why) return;
    const pf_yaml *map = pf_yaml_get(root, "steps"), *node = pf_yaml_get(map, key);
    const pf_place *at = node ? &node->place : map ? &map->place : &root->place;
    pf_diag_error(
        l->r.diag, at, "the %s step of %g min is too large: %s (%s)", key, step, rule, m->why);
    pf_diag_expected(l->r.diag, "at most %.3g min", m->most);
}

#define SPREAD 8.0 /* voxels that a substance may diffuse in one step, sqrt(2 D h) */
#define CHANGE 0.5 /* share of a voxel that cells and decay may change in one step */

static void check_field(pf_setup_loader *l, const pf_yaml *root)
{
    const pf_setup *s = l->setup;
    limit wide = {INFINITY, NULL}, fast = {INFINITY, NULL};
    for (size_t k = 0; k < s->n_substance; k++) {
        const pf_substance *a = &s->substance[k];
        double voxel = s->mesh.h, D = a->diffusion;
        tighten(l, &wide, SPREAD * SPREAD * voxel * voxel / (2 * D), "um2/min", a->name, D);
        tighten(l, &fast, CHANGE / a->decay, "1/min", a->name, a->decay);
        for (size_t i = 0; i < s->n_type; i++) {
            const pf_uptake *u = &s->type[i].exchange[k];
            double volume = s->type[i].volume / (voxel * voxel * voxel);
            double uptake = pf_rules_most(s->rules, i, PF_DO_UPTAKE + (int)k, u->uptake),
                   secretion =
                       pf_rules_most(s->rules, i, PF_DO_SECRETION + (int)k, u->secretion);
            double rate = (uptake + secretion) * fmax(volume, 1);
            tighten(l, &fast, CHANGE / rate, "1/min", s->type[i].name, rate);
        }
    }
    told(l, root, "field", s->field_step, &wide,
        "a substance would spread over more than 8 voxels in one step");
    told(l, root, "field", s->field_step, &fast,
        "more than half of what is in a voxel would change in one step");
}

static void check_mechanics(pf_setup_loader *l, const pf_yaml *root)
{
    const pf_setup *s = l->setup;
    limit m = {INFINITY, NULL};
    double least = INFINITY;
    for (size_t i = 0; i < s->n_type; i++)
        least = fmin(least, pf_real_cbrt(s->type[i].volume * 0.75 / M_PI));
    for (size_t i = 0; i < s->n_type; i++) {
        const pf_cell_type *t = &s->type[i];
        double crawls = pf_rules_most(s->rules, i, PF_DO_SPEED, t->speed);
        double speed = fmax(fmax(crawls, t->repulsion), fmax(t->adhesion, s->wall));
        tighten(l, &m, least / 2 / speed, "um/min", t->name, speed);
    }
    told(l, root, "mechanics", s->mechanics_step, &m,
        "a cell could move by more than half the smallest radius in one step");
}

static void check_phenotype(pf_setup_loader *l, const pf_yaml *root)
{
    const pf_setup *s = l->setup;
    limit m = {INFINITY, NULL};
    for (size_t i = 0; i < s->n_type; i++) {
        const pf_cell_type *t = &s->type[i];
        double fast = fmax(pf_rules_most(s->rules, i, PF_DO_APOPTOSIS, t->apoptosis),
            pf_rules_most(s->rules, i, PF_DO_NECROSIS, t->necrosis));
        fast = fmax(fast, 1 / t->apoptosis_lasts);
        fast = fmax(fast, fmax(t->fluid_rate, fmax(t->cytoplasm_rate, t->nucleus_rate)));
        for (size_t k = 0; k < t->n_phase; k++)
            fast =
                fmax(fast, pf_rules_most(s->rules, i, PF_DO_EXIT + (int)k, t->phase[k].rate));
        tighten(l, &m, CHANGE / fast, "1/min", t->name, fast);
    }
    told(l, root, "phenotype", s->phenotype_step, &m,
        "a cell's fastest volume, phase or death would be half over in one step");
}

/* Rules may give a bias to who has none. */
static void check_taxis(pf_setup_loader *l)
{
    const pf_setup *s = l->setup;
    for (size_t i = 0; i < s->n_type; i++)
        if (l->cell[i].taxis && !(pf_rules_most(s->rules, i, PF_DO_BIAS, s->type[i].bias) > 0))
            pf_diag_warning(l->r.diag, &l->cell[i].taxis->place,
                "'taxis' has no effect: 'bias' is 0, all is chance");
}

void pf_setup_check_steps(pf_setup_loader *l, const pf_yaml *root)
{
    check_field(l, root);
    check_mechanics(l, root);
    check_phenotype(l, root);
    check_taxis(l);
}
