#include "trial/study_read.h"

#include "patient/assess_read.h"
#include "patient/population_read.h"
#include "trial/evidence.h"
#include "trial/loader.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define TEXT(key, member, must, text)                                                          \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_TEXT, .required = must,                                  \
        .at = PF_AT(pf_study_file, member, const char *), .doc = text                          \
    }
#define COUNT(key, member, least, most, standard, text)                                        \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_COUNT, .at = PF_AT(pf_study_file, member, uint64_t),     \
        .low = least, .high = most, .otherwise = standard, .doc = text                         \
    }
#define NODE(key, member, must, text, table)                                                   \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_NODE, .required = must,                                  \
        .at = PF_AT(pf_study_file, member, const pf_yaml *), .doc = text, .inside = table      \
    }

static const pf_field ALLOCATION[] = {
    {.name = "method",
        .kind = PF_FIELD_CHOICE,
        .at = PF_AT(pf_study_file, method, int),
        .unit = "fixed|block|paired",
        .otherwise = "fixed",
        .doc =
            "exact arm sizes in random order; permuted blocks; or the same virtual people in "
            "every arm, so that arms differ by nothing but what is done"},
    COUNT("block", block, 1, 1e6, NULL, "patients in a block: a multiple of the ratio's sum"),
    {.name = "strata",
        .kind = PF_FIELD_TEXTS,
        .at = PF_AT(pf_study_file, strata, const char *const *),
        .count_at = PF_AT(pf_study_file, n_strata, size_t),
        .doc = "discrete variables of the population within which patients are allocated"},
};
static const pf_fields ALLOCATION_FIELDS = {
    "allocation", "Who gets which arm.", ALLOCATION, PF_COUNT(ALLOCATION)};

static const pf_field SOLVER[] = {
    {.name = "rtol",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(pf_study_file, rtol, double),
        .unit = "1",
        .low = 1e-12,
        .high = 0.1,
        .otherwise = "1e-3",
        .doc = "relative tolerance of a step"},
    {.name = "atol",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(pf_study_file, atol, double),
        .unit = "cell|1",
        .low = 1e-12,
        .high = 1e9,
        .otherwise = "1 cell",
        .doc = "absolute tolerance of a step"},
};
static const pf_fields SOLVER_FIELDS = {
    "solver", "How carefully the model is integrated.", SOLVER, PF_COUNT(SOLVER)};

static const pf_field STUDY[] = {
    TEXT("study", name, 1, "its name; also that of the run folder"),
    TEXT("title", title, 0, "one line for people"),
    TEXT("question", question, 0, "what the study is to answer"),
    {.name = "systems",
        .kind = PF_FIELD_TEXTS,
        .at = PF_AT(pf_study_file, system, const char *const *),
        .count_at = PF_AT(pf_study_file, n_system, size_t),
        .doc = "ids in evidence/systems.csv"},
    TEXT("model", model, 1, "path of an Antimony file"),
    TEXT("population", population, 1, "path of a population file"),
    NODE("arms", arms, 1, "list: the arms", &PF_ARM_FIELDS),
    NODE("assess", assess, 1, "what is measured, and when", &PF_ASSESS_FIELDS),
    {.name = "horizon",
        .kind = PF_FIELD_NUMBER,
        .required = 1,
        .at = PF_AT(pf_study_file, horizon, double),
        .unit = "day",
        .low = DBL_MIN,
        .high = 36525,
        .doc = "how long patients are followed"},
    {.name = "dropout",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(pf_study_file, dropout, double),
        .unit = "1/day",
        .low = 0,
        .high = 10,
        .otherwise = "0 1/day",
        .doc = "hazard of leaving the study"},
    {.name = "allocation",
        .kind = PF_FIELD_MAP,
        .inside = &ALLOCATION_FIELDS,
        .doc = "who gets which arm"},
    COUNT("replicates", replicates, 1, 1e6, "100", "how often the whole trial is simulated"),
    COUNT("seed", seed, 0, 9.2e18, "1", "of all random numbers"),
    COUNT("keep", keep, 0, 1e6, "10", "replicates kept in full detail"),
    {.name = "solver",
        .kind = PF_FIELD_MAP,
        .inside = &SOLVER_FIELDS,
        .doc = "how carefully the model is integrated"},
    NODE("unknowns", unknowns, 0, "list: what nobody knows; drawn once per replicate",
        &PF_VARIABLE_FIELDS),
    NODE("tissue", tissue, 0,
        "a site that is a lesion of single cells in some patients; it costs minutes a patient",
        &PF_STUDY_TISSUE_FIELDS),
    NODE("expect", expect, 0, "list: published results to compare with; never used silently",
        &PF_EXPECT_FIELDS),
    NODE("claim", claim, 0,
        "list: published figures without a traceable source; same keys without `role`, and "
        "`levers`: parameters that might have to move (claims.md)",
        NULL),
    TEXT("note", note, 0, "anything worth saying"),
};
const pf_fields PF_STUDY_FIELDS = {"study", "The study file.", STUDY, PF_COUNT(STUDY)};

void pf_study_reference(pf_buf *out)
{
    static const pf_fields *const TABLES[] = {
        &PF_STUDY_FIELDS, &PF_POPULATION_FIELDS, &PF_PRODUCT_FIELDS};
    pf_buf_text(out, "# Keys of study, population and product files\n\n"
                     "Made from the tables that read the files. Quantities are numbers with a "
                     "unit, such as\n"
                     "`3 week`, `2e6 cell/kg` or `18.5 %`; a list may carry its unit behind "
                     "it, `[1, 3, 7] day`.\n"
                     "A month is 30.4375 days, a year 365.25.\n");
    pf_field_reference(TABLES, PF_COUNT(TABLES), out);
}

void pf_study_free(pf_study *s)
{
    if (!s) return;
    pf_study_clear(s);
    pf_free(s);
}

/* ---- parts of a study ---- */

static void read_model(pf_loader *l)
{
    const char *path, *text;
    size_t size;
    pf_place place = pf_loader_place(l, "model");
    if (!l->file.model || !pf_loader_text(l, l->file.model, &place, &path, &text, &size))
        return;
    l->study->model_path = path;
    pf_diag_file(l->r.diag, path, text, size);
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    pf_place whole = {.file = path};
    pf_err err = strlen(text) == size ? pf_model_parse(&quiet, text, path, &l->model)
                                      : pf_fail(&quiet, PF_ERR_MODEL, "a NUL byte in the text");
    if (err == PF_ERR_NO_MEMORY)
        l->r.failed = err;
    else if (err)
        pf_reader_told(&l->r, &whole, quiet.message);
    for (size_t i = 0; l->model && i < pf_model_import_count(l->model); i++) {
        uint64_t hash;
        path = pf_model_import(l->model, i, &hash);
        path = pf_arena_strdup(l->r.ctx, l->r.arena, path);
        if (!path || !pf_loader_note(l, path, hash)) l->r.failed = PF_ERR_NO_MEMORY;
    }
}

/* The table of the model's parameters is an input: the report and the answers to claims hold
 * what it says. */
static void find_evidence(pf_loader *l)
{
    pf_study *s = l->study;
    char *bytes;
    size_t size;
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    if (!s->model_path) return;
    const char *path = pf_evidence_find(&quiet, l->r.arena, s->model_path);
    pf_err err = quiet.code;
    if (path && !err) err = pf_file_read(&quiet, path, 64 << 20, &bytes, &size);
    if (err == PF_ERR_NO_MEMORY) l->r.failed = err;
    if (!path || err) return; /* one that cannot be read is none */
    uint64_t hash = pf_hash(0, bytes, size);
    pf_free(bytes);
    if (pf_loader_note(l, path, hash)) s->evidence_path = path;
}

static void read_population(pf_loader *l)
{
    pf_place place = pf_loader_place(l, "population");
    if (!l->file.population) return;
    l->population = pf_loader_population(l, l->file.population, &place, 0);
    if (l->population)
        pf_population_read(&l->r, l->population, 0, l->model, &l->study->population);
}

static void read_products(pf_loader *l)
{
    size_t n = l->products.n;
    l->study->product = pf_arena_alloc(l->r.ctx, l->r.arena, n ? n : 1, sizeof(pf_product));
    l->product = pf_arena_alloc(l->r.ctx, &l->trees, n ? n : 1, sizeof *l->product);
    l->lot = pf_arena_alloc(l->r.ctx, &l->trees, n ? n : 1, sizeof *l->lot);
    if (!l->study->product || !l->product || !l->lot) {
        l->r.failed = PF_ERR_NO_MEMORY;
        return;
    }
    l->study->n_product = n;
    for (size_t i = 0; i < n && !l->r.failed; i++) {
        pf_product *p = &l->study->product[i];
        p->name = p->title = p->path = p->attributes.name = p->attributes.title = "";
        l->product[i] = pf_loader_population(l, l->products.path[i], &l->products.place[i], 1);
        if (!l->product[i]) continue;
        pf_population_read(&l->r, l->product[i], 1, l->model, &p->attributes);
        p->name = p->attributes.name;
        p->title = p->attributes.title;
        p->path = p->attributes.path;
        pf_loader_lot(l, i);
    }
}

static int is_folder_name(const char *text)
{
    return text[0] != '.' && !strpbrk(text, "/\\\n\r\t");
}

static void read_root(pf_loader *l)
{
    pf_study *s = l->study;
    pf_study_file *f = &l->file;
    pf_fields_read(&l->r, l->root, &PF_STUDY_FIELDS, f);
    s->name = f->name ? f->name : "";
    s->title = f->title ? f->title : s->name;
    s->question = f->question;
    s->system = f->system;
    s->n_system = f->n_system;
    s->horizon = f->horizon;
    s->dropout = f->dropout;
    s->replicates = f->replicates;
    s->seed = f->seed;
    s->keep = f->keep;
    s->rtol = f->rtol;
    s->atol = f->atol;
    s->allocation.method = (pf_allocation_method)f->method;
    s->allocation.block = f->block;
    if (f->name && !is_folder_name(f->name)) {
        pf_place at = pf_loader_place(l, "study");
        pf_diag_error(
            l->r.diag, &at, "a study called '%s' cannot have a folder of that name", f->name);
        pf_diag_expected(l->r.diag, "a name without slashes that does not begin with a dot");
    }
}

static void read_all(pf_loader *l)
{
    pf_place whole = {.file = l->study->path};
    l->root = pf_loader_yaml(l, l->study->path, &whole);
    if (!l->root || l->r.failed) return;
    read_root(l);
    if (!l->r.failed) read_model(l);
    if (!l->r.failed) find_evidence(l);
    if (!l->r.failed) read_population(l);
    if (!l->r.failed) pf_loader_arms(l);
    if (!l->r.failed) read_products(l);
    if (!l->r.failed && l->file.assess)
        pf_assess_read(&l->r, l->file.assess, l->model, &l->study->assess);
    l->unknowns = l->file.unknowns;
    l->study->unknowns.name = l->study->unknowns.title = "unknowns";
    l->study->unknowns.path = l->study->path;
    if (!l->r.failed) pf_variables_read(&l->r, l->unknowns, l->model, &l->study->unknowns);
    if (!l->r.failed) pf_loader_tissue(l);
    if (!l->r.failed) pf_loader_expect(l);
    if (!l->r.failed) pf_loader_check(l);
}

pf_err pf_study_read(pf_ctx *ctx, pf_diag *diag, const char *path, pf_study **out)
{
    *out = NULL;
    size_t before = diag->told;
    pf_study *s = pf_calloc(ctx, 1, sizeof *s);
    if (!s) return PF_ERR_NO_MEMORY;
    pf_arena_init(&s->arena);
    s->path = pf_arena_strdup(ctx, &s->arena, path);
    pf_loader l = {.study = s, .r = {.ctx = ctx, .diag = diag, .arena = &s->arena}};
    pf_arena_init(&l.trees);
    pf_err err = s->path ? pf_units_new(ctx, &l.r.units) : PF_ERR_NO_MEMORY;
    if (!err) {
        read_all(&l);
        err = l.r.failed ? l.r.failed : pf_diag_ok(diag);
    }
    if (!err && diag->told > before) err = pf_diag_fail(ctx, diag, path);
    pf_units_free(l.r.units);
    pf_model_free(l.model);
    pf_product_list_clear(&l.products);
    pf_arena_clear(&l.trees);
    if (err)
        pf_study_free(s);
    else
        *out = s;
    return err;
}
