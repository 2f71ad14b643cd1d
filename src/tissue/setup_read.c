/* A tissue file: its keys, and what holds between them. */
#include "tissue/setup_read.h"

#include "tissue/rules.h"
#include "tissue/setup_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The file as written. */
typedef struct {
    const char *name, *title, *question, *rules, *source, *note;
    const char *const *system;
    size_t n_system;
    const double *size;
    size_t n_size;
    double voxel, wall, field, mechanics, phenotype, duration, every, snapshots, checkpoint,
        film;
    uint64_t film_cells;
    const char *const *kind;
    const double *shot_at;
    size_t n_kind, n_shot_at;
    uint64_t seed, replicates;
    const pf_yaml *substances, *cells, *place, *outcomes, *variants, *figure;
} file;

static const pf_field DOMAIN_ROW[] = {
    {.name = "size",
        .kind = PF_FIELD_NUMBERS,
        .required = 1,
        .at = PF_AT(file, size, const double *),
        .count_at = PF_AT(file, n_size, size_t),
        .unit = "um",
        .low = DBL_MIN,
        .high = 1e6,
        .doc =
            "along x, y and z, as `[1000, 1000, 1000] um`, a whole number of voxels each; its "
            "centre is [0, 0, 0]"},
    PF_ROW_NUMBER(file, "voxel", voxel, "um", 1, 1e4, "20 um", "edge of a voxel of the fields"),
    PF_ROW_NUMBER(file, "wall", wall, "um/min", 0, 1e4, "10 um/min",
        "how strongly the borders push cells back; 0: cells are only held inside"),
    PF_ROW_SOURCE(file),
};
static const pf_fields DOMAIN_FIELDS = {
    "domain", "The box in which everything happens.", DOMAIN_ROW, PF_COUNT(DOMAIN_ROW)};

static const pf_field STEPS[] = {
    PF_ROW_NUMBER(
        file, "field", field, "min", 1e-6, 1e3, "0.01 min", "diffusion, uptake, secretion"),
    PF_ROW_NUMBER(file, "mechanics", mechanics, "min", 1e-6, 1e3, "0.1 min",
        "movement and contacts; a multiple of `field`"),
    PF_ROW_NUMBER(file, "phenotype", phenotype, "min", 1e-6, 1e4, "6 min",
        "volumes, cycle and death; a multiple of `mechanics`"),
    PF_ROW_SOURCE(file),
};
static const pf_fields STEPS_FIELDS = {"steps",
    "Lengths of time steps. Defaults: Ghaffarizadeh et al. 2018. A step that is too large for "
    "the numbers of the file is refused, with the largest that is not.",
    STEPS, PF_COUNT(STEPS)};

static const pf_field OUTPUT[] = {
    PF_ROW_NUMBER(file, "every", every, "min", DBL_MIN, 1e9, "10 min",
        "between rows of `counts.csv`; a multiple of `steps: mechanics`"),
    PF_ROW_NUMBER(file, "snapshots", snapshots, "min", 0, 1e9, "0 min",
        "between snapshots for other programs; a multiple of `steps: mechanics`; 0: none"),
    {.name = "snapshots_at",
        .kind = PF_FIELD_NUMBERS,
        .at = PF_AT(file, shot_at, const double *),
        .count_at = PF_AT(file, n_shot_at, size_t),
        .unit = "min",
        .low = 0,
        .high = 1e9,
        .doc = "moments of single snapshots besides, ascending, as `[0, 90] min`"},
    {.name = "kinds",
        .kind = PF_FIELD_TEXTS,
        .at = PF_AT(file, kind, const char *const *),
        .count_at = PF_AT(file, n_kind, size_t),
        .doc = "files of a snapshot: any of `h5ad` (cells, for AnnData), `vtp` (cells) and "
               "`vti` (fields), for VTK; all three without it"},
    PF_ROW_NUMBER(file, "checkpoint", checkpoint, "s", 0, 1e9, NULL,
        "time on the clock of the wall between checkpoints, e.g. `10 min`; a minute without "
        "it, "
        "or longer where that would take more than 2 % of the time; 0: only where a run stops"),
    PF_ROW_NUMBER(file, "film", film, "min", 0, 1e9, NULL,
        "between frames of `film.bin`, of which pages and movies are made; a multiple of "
        "`steps: mechanics`; 0: none; without it 1/48 of `duration`, rounded up to a multiple "
        "of `steps: phenotype`"),
    {.name = "film_cells",
        .kind = PF_FIELD_COUNT,
        .at = PF_AT(file, film_cells, uint64_t),
        .low = 1,
        .high = 1e7,
        .otherwise = "60000",
        .doc = "that a frame holds at most: of larger lesions an even choice, by chance"},
};
static const pf_fields OUTPUT_FIELDS = {
    "output", "What a run writes, and when.", OUTPUT, PF_COUNT(OUTPUT)};

static const pf_field ROOT[] = {
    PF_ROW_TEXT(file, "tissue", name, 1, "its name; the run folder is called so"),
    PF_ROW_TEXT(file, "title", title, 0, "one line for people"),
    PF_ROW_TEXT(file, "question", question, 0, "what the simulation is to answer"),
    {.name = "systems",
        .kind = PF_FIELD_TEXTS,
        .at = PF_AT(file, system, const char *const *),
        .count_at = PF_AT(file, n_system, size_t),
        .doc = "ids of the rows of evidence/systems.csv that it answers"},
    PF_ROW_MAP("domain", 1, &DOMAIN_FIELDS, "the box in which everything happens"),
    PF_ROW_MAP("steps", 0, &STEPS_FIELDS, "lengths of time steps"),
    PF_ROW_NEEDED(file, "duration", duration, "min", DBL_MIN, 1e9, "time that is simulated"),
    {.name = "seed",
        .kind = PF_FIELD_COUNT,
        .at = PF_AT(file, seed, uint64_t),
        .otherwise = "1",
        .doc = "of all random numbers"},
    PF_ROW_MAP("output", 0, &OUTPUT_FIELDS, "what a run writes, and when"),
    PF_ROW_NODE(file, "substances", substances, 1, "list: what diffuses", &PF_SUBSTANCE_FIELDS),
    PF_ROW_NODE(file, "cells", cells, 1, "list: types of cells", &PF_CELL_FIELDS),
    PF_ROW_NODE(file, "place", place, 1, "list: where cells begin", &PF_PLACE_FIELDS),
    PF_ROW_TEXT(file, "rules", rules, 0,
        "a CSV table beside this file: what cells do when they sense something "
        "(docs/reference/tissue-rules.md)"),
    PF_ROW_NODE(file, "outcomes", outcomes, 0,
        "list: what is asked; its values go to `outcomes.csv` at each `output: every`",
        &PF_OUTCOME_FIELDS),
    PF_ROW_NODE(file, "variants", variants, 0, "list: the same lesion with some values changed",
        &PF_VARIANT_FIELDS),
    {.name = "replicates",
        .kind = PF_FIELD_COUNT,
        .at = PF_AT(file, replicates, uint64_t),
        .low = 1,
        .high = 1000,
        .otherwise = "3",
        .doc = "runs of each variant in a study, with seeds from `seed` up"},
    PF_ROW_NODE(file, "figure", figure, 0, "map: the figure that answers the question",
        &PF_FIGURE_FIELDS),
    PF_ROW_SOURCE(file),
};
const pf_fields PF_TISSUE_FIELDS = {
    "tissue", "A tissue file: a lesion of single cells.", ROOT, PF_COUNT(ROOT)};

/* ---- names ---- */

void *pf_setup_alloc(pf_setup_loader *l, size_t n, size_t size)
{
    void *p = pf_arena_alloc(l->r.ctx, l->r.arena, n ? n : 1, size);
    if (!p) l->r.failed = PF_ERR_NO_MEMORY;
    return p;
}

/* Names become columns and folders. */
static int is_name(const char *text)
{
    if (!isalpha((unsigned char)*text)) return 0;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr("_-+", *text)) return 0;
    return 1;
}

const char **pf_setup_names(pf_setup_loader *l, const char *what, const pf_yaml *list)
{
    const char **name = pf_setup_alloc(l, list->n, sizeof *name);
    for (size_t i = 0; name && i < list->n; i++) {
        const pf_yaml *node = pf_yaml_get(list->item[i], "name");
        name[i] = "";
        if (!node || node->kind != PF_YAML_SCALAR || !*node->text)
            continue; /* told by fields */
        if (!is_name(node->text)) {
            pf_diag_error(l->r.diag, &node->place, "'%s' is not a name", node->text);
            pf_diag_expected(l->r.diag, "a letter, then letters, digits, _, - and +");
        }
        for (size_t k = 0; k < i; k++)
            if (!strcmp(name[k], node->text))
                pf_diag_error(
                    l->r.diag, &node->place, "the %s '%s' is given twice", what, node->text);
        name[i] = node->text;
    }
    return name;
}

size_t pf_setup_find(pf_setup_loader *l, const char *what, const pf_yaml *node,
    const char *const *names, size_t n)
{
    if (!node || node->kind != PF_YAML_SCALAR) return n; /* told by fields */
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], node->text)) return i;
    const char *near = pf_diag_near(l->r.diag, node->text, names, n);
    pf_diag_error(l->r.diag, &node->place, "there is no %s '%s'%s", what, node->text, near);
    if (*near || !n) return n;
    pf_buf b;
    pf_buf_init(&b, l->r.ctx);
    for (size_t i = 0; i < n; i++) pf_buf_printf(&b, "%s%s", i ? ", " : "", names[i]);
    pf_diag_expected(l->r.diag, "one of %s", b.bytes ? b.bytes : "");
    pf_buf_clear(&b);
    return n;
}

/* ---- the root ---- */

static const pf_yaml *inside(const pf_yaml *root, const char *map, const char *key)
{
    const pf_yaml *m = pf_yaml_get(root, map), *node = pf_yaml_get(m, key);
    return node ? node : m ? m : root;
}

/* Is `long_one` a whole number of `short_one`? The ratio of what is so only in the last bits is
 * good enough: steps are counted. */
static int fits(double long_one, double short_one)
{
    double n = long_one / short_one;
    return n >= 1 - 1e-9 && fabs(n - round(n)) <= 1e-9 * n;
}

#define VOXELS_MAX 2e9

static void read_domain(pf_setup_loader *l, const pf_yaml *root, const file *f)
{
    pf_mesh *m = &l->setup->mesh;
    const pf_yaml *node = inside(root, "domain", "size");
    double voxels = 1;
    if (!f->size || !(f->voxel > 0)) return;
    if (f->n_size != 3) {
        pf_diag_error(l->r.diag, &node->place, "'size' has %zu numbers", f->n_size);
        pf_diag_expected(l->r.diag, "x, y and z, as [1000, 1000, 1000] um");
        return;
    }
    m->h = f->voxel;
    for (int d = 0; d < 3; d++) {
        if (!fits(f->size[d], f->voxel)) {
            pf_diag_error(l->r.diag, &node->place,
                "%g um along %c is not a whole number of voxels of %g um", f->size[d],
                (char)('x' + d), f->voxel);
            return;
        }
        m->n[d] = (size_t)llround(fmin(f->size[d] / f->voxel, 1e9));
        m->origin[d] = -f->size[d] / 2;
        voxels *= (double)((m->n[d] + 7) / 8 * 8); /* rows are padded */
    }
    if (voxels <= VOXELS_MAX) return;
    pf_diag_error(l->r.diag, &node->place, "about %.3g voxels of %g um", voxels, f->voxel);
    pf_diag_expected(l->r.diag, "at most %g", VOXELS_MAX);
    pf_diag_mend(l->r.diag, "larger voxels, or a smaller domain");
}

static void multiple(
    pf_setup_loader *l, const pf_yaml *at, const char *what, double x, const char *of, double y)
{
    if (!(x > 0) || !(y > 0) || fits(x, y)) return;
    pf_diag_error(
        l->r.diag, &at->place, "'%s' is %g min, no multiple of '%s', %g min", what, x, of, y);
    pf_diag_mend(l->r.diag, "e.g. %g min", fmax(1, round(x / y)) * y);
}

static void read_kinds(pf_setup_loader *l, const pf_yaml *root, const file *f)
{
    static const char *const NAME[] = {"vtp", "vti", "h5ad"};
    pf_setup *s = l->setup;
    s->shots = f->n_kind ? 0 : PF_SHOT_ALL;
    for (size_t i = 0; i < f->n_kind; i++) {
        size_t k = 0;
        while (k < PF_COUNT(NAME) && strcmp(NAME[k], f->kind[i])) k++;
        if (k < PF_COUNT(NAME)) {
            s->shots |= 1u << k;
            continue;
        }
        pf_diag_error(l->r.diag, &inside(root, "output", "kinds")->place,
            "'%s' is no kind of snapshot%s", f->kind[i],
            pf_diag_near(l->r.diag, f->kind[i], NAME, PF_COUNT(NAME)));
        pf_diag_expected(l->r.diag, "h5ad, vtp, vti");
    }
    s->n_shot_at = f->n_shot_at;
    s->shot_at = f->shot_at;
    for (size_t i = 0; i < f->n_shot_at; i++) {
        const pf_yaml *at = inside(root, "output", "snapshots_at");
        multiple(l, at, "snapshots_at", f->shot_at[i], "mechanics", f->mechanics);
        if (!i || f->shot_at[i] > f->shot_at[i - 1]) continue;
        pf_diag_error(l->r.diag, &at->place, "%g min comes after %g min", f->shot_at[i],
            f->shot_at[i - 1]);
        pf_diag_mend(l->r.diag, "moments in ascending order, each once");
    }
}

static void read_times(pf_setup_loader *l, const pf_yaml *root, const file *f)
{
    pf_setup *s = l->setup;
    s->field_step = f->field;
    s->mechanics_step = f->mechanics;
    s->phenotype_step = f->phenotype;
    s->max_time = f->duration;
    s->every = f->every;
    s->snapshots = f->snapshots;
    s->checkpoint = f->checkpoint;
    s->film = f->film;
    s->film_cells = (size_t)f->film_cells;
    if (!(f->film >= 0) && f->duration > 0 && f->phenotype > 0)
        s->film = ceil(f->duration / 48 / f->phenotype - 1e-9) * f->phenotype;
    s->wall = f->wall;
    s->seed = f->seed;
    s->replicates = f->replicates;
    multiple(
        l, inside(root, "steps", "mechanics"), "mechanics", f->mechanics, "field", f->field);
    multiple(l, inside(root, "steps", "phenotype"), "phenotype", f->phenotype, "mechanics",
        f->mechanics);
    multiple(l, inside(root, "output", "every"), "every", f->every, "mechanics", f->mechanics);
    multiple(l, inside(root, "output", "snapshots"), "snapshots", f->snapshots, "mechanics",
        f->mechanics);
    read_kinds(l, root, f);
    multiple(l, inside(root, "output", "film"), "film", f->film, "mechanics", f->mechanics);
    const pf_yaml *duration = pf_yaml_get(root, "duration");
    if (duration) multiple(l, duration, "duration", f->duration, "mechanics", f->mechanics);
}

static void read_words(pf_setup_loader *l, const pf_yaml *root, const file *f)
{
    pf_setup *s = l->setup;
    const pf_yaml *name = pf_yaml_get(root, "tissue");
    s->name = f->name ? f->name : "";
    s->title = f->title ? f->title : s->name;
    s->question = f->question;
    s->system = f->system;
    s->n_system = f->n_system;
    if (!f->name || is_name(f->name)) return;
    pf_diag_error(l->r.diag, &name->place, "'%s' is not a name", f->name);
    pf_diag_expected(l->r.diag, "a letter, then letters, digits, _, - and +");
}

/* The table of rules, once all that it names stands. What is wrong with it is told there; that
 * it cannot be read at all, here. */
static void read_rules(pf_setup_loader *l, const pf_yaml *root, const file *f)
{
    const pf_yaml *node = pf_yaml_get(root, "rules");
    if (!f->rules || !node || !l->folder) return;
    size_t before = l->r.diag->told;
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    const char *path = pf_setup_input_path(l, f->rules);
    pf_err err =
        path ? pf_rules_read(&quiet, l->r.diag, l->r.units, l->setup, path, &l->setup->rules)
             : PF_ERR_NO_MEMORY;
    if (err == PF_ERR_NO_MEMORY)
        l->r.failed = err;
    else if (err && l->r.diag->told == before)
        pf_diag_error(l->r.diag, &node->place, "%s", quiet.message);
}

/* One tree, which may be that of a variant. Returns 1 when nothing is wrong. */
static int fill(pf_setup_loader *l, const pf_yaml *root)
{
    file f = {.checkpoint = NAN, .film = NAN};
    size_t before = l->r.diag->told;
    pf_fields_read(&l->r, root, &PF_TISSUE_FIELDS, &f);
    if (root->kind != PF_YAML_MAP) return 0;
    read_words(l, root, &f);
    read_domain(l, root, &f);
    read_times(l, root, &f);
    pf_setup_substances(l, f.substances);
    pf_setup_cells(l, f.cells);
    pf_setup_places(l, f.place);
    pf_setup_outcomes(l, f.outcomes, f.figure);
    if (!l->r.failed && l->r.diag->told == before) {
        read_rules(l, root, &f);
        pf_setup_check_steps(l, root);
        pf_setup_check_places(l);
    }
    return !l->r.failed && l->r.diag->told == before;
}

/* What would be wrong with each variant. */
static void check_variants(
    pf_setup_loader *l, const pf_yaml *root, const pf_yaml *const *tree, const char *folder)
{
    for (size_t i = 0; i < l->setup->n_variant && !l->r.failed; i++) {
        pf_setup other = {
            .path = l->setup->path, .input = l->setup->input, .kept = l->setup->kept};
        pf_setup_loader o = {.r = l->r, .setup = &other, .folder = folder};
        if (tree[i] && fill(&o, tree[i])) pf_setup_same(l, root, i, &other);
        l->r.failed = o.r.failed;
        l->setup->input = other.input;
        pf_rules_free(other.rules);
    }
}

static void no_variant(pf_setup_loader *l, const pf_yaml *root, const char *name)
{
    const char *names[PF_VARIANTS_MAX];
    const pf_yaml *list = pf_yaml_get(root, "variants");
    const pf_place *at = list ? &list->place : &root->place;
    for (size_t i = 0; i < l->setup->n_variant; i++) {
        names[i] = l->setup->variant[i].name;
        if (!strcmp(names[i], name))
            return; /* it is there, and what is wrong with it was told */
    }
    pf_diag_error(l->r.diag, at, "there is no variant '%s'%s", name,
        !l->setup->n_variant ? ": the file has no variants"
                             : pf_diag_near(l->r.diag, name, names, l->setup->n_variant));
}

void pf_setup_fill_variant(
    pf_reader *r, const pf_yaml *root, const char *folder, const char *variant, pf_setup *s)
{
    const pf_yaml *tree[PF_VARIANTS_MAX] = {NULL};
    pf_setup_loader l = {.r = *r, .setup = s, .folder = folder};
    pf_setup_loader v = {.r = *r, .setup = s, .folder = folder};
    const pf_yaml *chosen = pf_setup_variants(&v, root, variant, tree);
    l.r.failed = v.r.failed;
    if (variant && !chosen)
        no_variant(&l, root, variant);
    else if (fill(&l, variant ? chosen : root) && !variant)
        check_variants(&l, root, tree, folder);
    s->chosen = variant;
    r->failed = l.r.failed;
}

/* ---- the file ---- */

static pf_err parse(
    pf_ctx *ctx, pf_diag *diag, pf_units *units, const char *variant, pf_setup *s)
{
    char *bytes = NULL;
    size_t size = 0, before = diag->told;
    const pf_yaml *root = NULL;
    pf_reader r = {.ctx = ctx, .diag = diag, .arena = &s->arena, .units = units};
    PF_TRY(pf_file_read_named(ctx, s->path, PF_YAML_BYTES, &bytes, &size));
    const char *text = s->text = pf_arena_strndup(ctx, &s->arena, bytes, size);
    const char *folder = pf_path_folder(ctx, &s->arena, s->path);
    pf_free(bytes);
    if (!text || !folder) return PF_ERR_NO_MEMORY;
    s->text_size = size;
    PF_TRY(pf_yaml_parse(diag, &s->arena, s->path, text, size, &root));
    if (root) pf_setup_fill_variant(&r, root, folder, variant, s);
    if (r.failed) return r.failed;
    PF_TRY(pf_diag_ok(diag));
    return diag->told > before ? pf_diag_fail(ctx, diag, s->path) : PF_OK;
}

/* `path` is of the file, or (`kept`) of a run folder. */
static pf_err read(
    pf_ctx *ctx, pf_diag *diag, const char *path, int kept, const char *variant, pf_setup **out)
{
    *out = NULL;
    pf_setup *s = pf_calloc(ctx, 1, sizeof *s);
    pf_units *units = NULL;
    if (!s) return PF_ERR_NO_MEMORY;
    pf_arena_init(&s->arena);
    s->kept = kept;
    s->path = kept ? pf_path_join(ctx, &s->arena, path, "tissue.yaml")
                   : pf_arena_strdup(ctx, &s->arena, path);
    pf_err err = s->path ? pf_units_new(ctx, &units) : PF_ERR_NO_MEMORY;
    const char *name = variant ? pf_arena_strdup(ctx, &s->arena, variant) : NULL;
    if (variant && !name && !err) err = PF_ERR_NO_MEMORY;
    if (!err) err = parse(ctx, diag, units, name, s);
    pf_units_free(units);
    if (err)
        pf_setup_free(s);
    else
        *out = s;
    return err;
}

pf_err pf_setup_read(pf_ctx *ctx, pf_diag *diag, const char *path, pf_setup **out)
{
    return read(ctx, diag, path, 0, NULL, out);
}

pf_err pf_setup_read_variant(
    pf_ctx *ctx, pf_diag *diag, const char *path, const char *variant, pf_setup **out)
{
    return read(ctx, diag, path, 0, variant, out);
}

pf_err pf_setup_read_kept(
    pf_ctx *ctx, pf_diag *diag, const char *folder, const char *variant, pf_setup **out)
{
    return read(ctx, diag, folder, 1, variant, out);
}

void pf_setup_free(pf_setup *s)
{
    if (!s) return;
    pf_rules_free(s->rules);
    pf_arena_clear(&s->arena);
    pf_free(s);
}

int pf_is_tissue(const char *path)
{
    char *text;
    size_t size;
    pf_ctx quiet;
    int is = 0;
    pf_ctx_init(&quiet);
    if (pf_file_read(&quiet, path, PF_YAML_BYTES, &text, &size)) return 0;
    for (const char *line = text; line && !is; line = strchr(line, '\n')) {
        line += *line == '\n';
        /* a name behind it: in a study it is a map, on lines of its own or in braces */
        is = !strncmp(line, "tissue:", 7) &&
             !strchr("\r\n{#", line[7 + strspn(line + 7, " \t")]);
    }
    pf_free(text);
    return is;
}
