/* A population or product file alone, without the study that will use it. */
#include "patient/population_read.h"
#include "trial/loader.h"
#include "trial/study_read.h"

#include <string.h>

enum { DRAWN = 1000 };

/* Does a line of the text begin with that key? */
static int has_key(const char *text, const char *key)
{
    size_t n = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, n) == 0) return 1;
    }
    return 0;
}

int pf_is_people(const char *path)
{
    char *text;
    size_t size;
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    if (pf_file_read(&quiet, path, 64 << 20, &text, &size)) return 0;
    int is = strlen(text) == size && !has_key(text, "study:") && !has_key(text, "arms:") &&
             (has_key(text, "population:") || has_key(text, "product:"));
    pf_free(text);
    return is;
}

/* People that fail the conditions again and again, and formulas that give no number. */
static void draw(pf_loader *l, const pf_yaml *root)
{
    const pf_population *p = &l->study->population;
    pf_ctx quiet;
    double x[PF_NAMES_MAX];
    pf_ctx_init(&quiet);
    for (uint64_t i = 0; i < DRAWN; i++) {
        const pf_identity who = {.seed = 1, .purpose = PF_DRAW_POPULATION, .patient = i};
        if (!pf_population_draw(&quiet, p, &who, NULL, x)) continue;
        pf_reader_told(&l->r, &root->place, quiet.message);
        return;
    }
}

static void read_people(pf_loader *l, pf_people *out)
{
    pf_place file = {.file = l->study->path};
    pf_population *p = &l->study->population;
    const pf_yaml *root = pf_loader_yaml(l, l->study->path, &file);
    if (!root || l->r.failed) return;
    out->product = !pf_yaml_get(root, "population");
    root = pf_loader_over(l, root, out->product);
    if (!root || l->r.failed) return;
    size_t before = l->r.diag->told;
    pf_population_read(&l->r, root, out->product, NULL, p);
    const pf_population_scope scope = {0};
    /* Formulas of a product also read the patient, who is not known here, and what has only
     * settings is there for others to stand on. */
    int whole = !out->product && p->n_variable;
    if (whole && !l->r.failed) pf_population_check(&l->r, root, &scope, p);
    out->n_variable = p->n_variable;
    out->n_setting = p->n_setting;
    out->n_file = l->study->n_source;
    if (whole && !l->r.failed && l->r.diag->told == before) draw(l, root);
}

pf_err pf_people_check(pf_ctx *ctx, pf_diag *diag, const char *path, pf_people *out)
{
    *out = (pf_people){0};
    size_t before = diag->told;
    pf_study s = {0};
    pf_arena_init(&s.arena);
    s.path = pf_arena_strdup(ctx, &s.arena, path);
    pf_loader l = {.study = &s, .r = {.ctx = ctx, .diag = diag, .arena = &s.arena}};
    pf_arena_init(&l.trees);
    pf_err err = s.path ? pf_units_new(ctx, &l.r.units) : PF_ERR_NO_MEMORY;
    if (!err) {
        read_people(&l, out);
        err = l.r.failed ? l.r.failed : pf_diag_ok(diag);
    }
    if (!err && diag->told > before) err = pf_diag_fail(ctx, diag, path);
    pf_units_free(l.r.units);
    pf_arena_clear(&l.trees);
    pf_study_clear(&s);
    return err;
}
