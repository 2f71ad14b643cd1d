#include "store/h5ad.h"

#include "store/h5.h"
#include "tissue/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    ID_WIDTH = 20, /* digits of 2^64 */
    NAMES_MAX = PF_CELL_TYPES_MAX * PF_PHASES_MAX,
    VARS_MAX = 2 * PF_MOLECULES_MAX + PF_SUBSTANCES_MAX
};

typedef struct {
    const pf_tissue *t;
    pf_h5 h;
    size_t n;
    void *column; /* [n] of 8 bytes each */
} job;

static const pf_cell *row_of(const job *j, size_t i)
{
    return &j->t->row[j->t->cells.slot[i]];
}

static const pf_cell_type *type_of(const job *j, size_t i)
{
    return &j->t->setup->type[j->t->cells.type[i]];
}

/* ---- obs ---- */

typedef double (*measure)(const job *j, size_t i);

static double radius(const job *j, size_t i)
{
    return j->t->cells.radius[i];
}
static double volume(const job *j, size_t i)
{
    const pf_cell *row = row_of(j, i);
    return row->fluid + row->nucleus + row->cytoplasm;
}
static double minutes_in_phase(const job *j, size_t i)
{
    return (double)row_of(j, i)->clock;
}
static double granules(const job *j, size_t i)
{
    return (double)row_of(j, i)->granules;
}
static double exhaustion(const job *j, size_t i)
{
    return (double)row_of(j, i)->exhaustion;
}
static double divisions(const job *j, size_t i)
{
    return row_of(j, i)->divisions;
}
static double kills(const job *j, size_t i)
{
    return row_of(j, i)->kills;
}
static double moves(const job *j, size_t i)
{
    return row_of(j, i)->moves && type_of(j, i)->speed > 0;
}

static const struct {
    const char *name, *unit;
    measure of;
    int whole;
} NUMBER[] = {{"radius", "um", radius, 0}, {"volume", "um3", volume, 0},
    {"clock", "min", minutes_in_phase, 0}, {"granules", "1", granules, 0},
    {"exhaustion", "1", exhaustion, 0}, {"divisions", "1", divisions, 1},
    {"kills", "1", kills, 1}, {"moves", "1", moves, 1}};

static void number(job *j, size_t k)
{
    char path[32];
    double *x = j->column;
    for (size_t i = 0; i < j->n; i++) x[i] = NUMBER[k].of(j, i);
    snprintf(path, sizeof path, "/obs/%s", NUMBER[k].name);
    pf_h5_array(&j->h, path, (pf_h5_shape){j->n, 0}, H5T_NATIVE_DOUBLE,
        NUMBER[k].whole ? H5T_STD_U16LE : H5T_IEEE_F64LE, x);
}

/* Ids: 0 is nobody. */
static void ids(job *j)
{
    uint64_t *x = j->column;
    for (size_t i = 0; i < j->n; i++) x[i] = row_of(j, i)->mother;
    pf_h5_array(
        &j->h, "/obs/mother", (pf_h5_shape){j->n, 0}, H5T_NATIVE_UINT64, H5T_STD_U64LE, x);
    for (size_t i = 0; i < j->n; i++) {
        const pf_cell *row = row_of(j, i);
        x[i] = row->state == PF_CELL_ALIVE && row->target != UINT32_MAX ? row->held : 0;
    }
    pf_h5_array(
        &j->h, "/obs/target", (pf_h5_shape){j->n, 0}, H5T_NATIVE_UINT64, H5T_STD_U64LE, x);
}

/* A column of few values: `code` numbers of names, -1 for none. */
static void category(job *j, const char *name, const char *const *names, size_t n)
{
    char path[40];
    snprintf(path, sizeof path, "/obs/%s", name);
    pf_h5_group(&j->h, path, "categorical", "0.2.0");
    pf_h5_flag_attribute(&j->h, path, "ordered", 0);
    snprintf(path, sizeof path, "/obs/%s/categories", name);
    pf_h5_texts(&j->h, path, names, n);
    snprintf(path, sizeof path, "/obs/%s/codes", name);
    pf_h5_array(
        &j->h, path, (pf_h5_shape){j->n, 0}, H5T_NATIVE_INT16, H5T_STD_I16LE, j->column);
}

/* Names of phases over all types, each once, and each type's phases in that list. */
static size_t phase_names(const pf_setup *s, const char **name, int16_t of[][PF_PHASES_MAX])
{
    size_t n = 0;
    for (size_t k = 0; k < s->n_type; k++)
        for (size_t p = 0; p < s->type[k].n_phase; p++) {
            size_t at = 0;
            while (at < n && strcmp(name[at], s->type[k].phase[p].name)) at++;
            if (at == n) name[n++] = s->type[k].phase[p].name;
            of[k][p] = (int16_t)at;
        }
    return n;
}

static void categories(job *j)
{
    const pf_setup *s = j->t->setup;
    const char *name[NAMES_MAX];
    int16_t *code = j->column, phase[PF_CELL_TYPES_MAX][PF_PHASES_MAX];
    for (size_t k = 0; k < s->n_type; k++) name[k] = s->type[k].name;
    for (size_t i = 0; i < j->n; i++) code[i] = j->t->cells.type[i];
    category(j, "type", name, s->n_type);
    for (size_t k = 0; k < PF_CELL_GONE; k++) name[k] = pf_state_name((pf_cell_state)k);
    for (size_t i = 0; i < j->n; i++) code[i] = row_of(j, i)->state;
    category(j, "state", name, PF_CELL_GONE);
    size_t phases = phase_names(s, name, phase);
    for (size_t i = 0; i < j->n; i++) {
        const pf_cell *row = row_of(j, i);
        int has = type_of(j, i)->n_phase && row->state == PF_CELL_ALIVE;
        code[i] = has ? phase[j->t->cells.type[i]][row->phase] : -1;
    }
    category(j, "phase", name, phases);
    size_t classes = PF_KILLER_IDLE + 1;
    for (size_t k = 0; k < classes; k++) name[k] = pf_class_name((pf_killer_class)k);
    for (size_t i = 0; i < j->n; i++)
        code[i] = type_of(j, i)->killer.bind > 0 ? row_of(j, i)->class : -1;
    category(j, "class", name, classes);
}

static pf_err index_of_cells(pf_ctx *ctx, job *j)
{
    char *text = pf_calloc(ctx, j->n + 1, ID_WIDTH), id[ID_WIDTH + 1];
    if (!text) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < j->n; i++) {
        int length = snprintf(id, sizeof id, "%" PRIu64, j->t->cells.id[i]);
        memcpy(text + i * ID_WIDTH, id, (size_t)length);
    }
    pf_h5_short_texts(&j->h, "/obs/id", text, ID_WIDTH, j->n);
    pf_free(text);
    return PF_OK;
}

static pf_err obs(pf_ctx *ctx, job *j)
{
    const char *order[PF_COUNT(NUMBER) + 6] = {
        "type", "state", "phase", "class", "mother", "target"};
    size_t n = 6;
    for (size_t k = 0; k < PF_COUNT(NUMBER); k++) order[n++] = NUMBER[k].name;
    pf_h5_group(&j->h, "/obs", "dataframe", "0.2.0");
    pf_h5_text_attribute(&j->h, "/obs", "_index", "id");
    pf_h5_texts_attribute(&j->h, "/obs", "column-order", order, n);
    PF_TRY(index_of_cells(ctx, j));
    categories(j);
    ids(j);
    for (size_t k = 0; k < PF_COUNT(NUMBER); k++) number(j, k);
    return PF_OK;
}

/* ---- var and X ---- */

typedef enum { ANTIGEN, RECEPTOR, SUBSTANCE } var_kind;
static const char *const KIND[] = {"antigen", "receptor", "substance"};
typedef struct {
    const char *name[VARS_MAX], *unit[VARS_MAX];
    int16_t kind[VARS_MAX];
    size_t of[VARS_MAX]; /* index in its kind */
    size_t n;
} vars;

static void add_var(vars *v, const char *name, const char *unit, var_kind kind, size_t of)
{
    v->name[v->n] = name;
    v->unit[v->n] = unit;
    v->kind[v->n] = (int16_t)kind;
    v->of[v->n++] = of;
}

static void find_vars(const pf_setup *s, vars *v)
{
    v->n = 0;
    for (size_t k = 0; k < s->n_antigen; k++) add_var(v, s->antigen[k], "copies", ANTIGEN, k);
    for (size_t k = 0; k < s->n_receptor; k++)
        add_var(v, s->receptor[k], "copies", RECEPTOR, k);
    for (size_t k = 0; k < s->n_substance; k++)
        add_var(v, s->substance[k].name, s->substance_unit ? s->substance_unit[k] : "1",
            SUBSTANCE, k);
}

static void var(job *j, const vars *v)
{
    static const char *const order[] = {"kind", "unit"};
    pf_h5_group(&j->h, "/var", "dataframe", "0.2.0");
    pf_h5_text_attribute(&j->h, "/var", "_index", "name");
    pf_h5_texts_attribute(&j->h, "/var", "column-order", order, PF_COUNT(order));
    pf_h5_texts(&j->h, "/var/name", v->name, v->n);
    pf_h5_texts(&j->h, "/var/unit", v->unit, v->n);
    pf_h5_group(&j->h, "/var/kind", "categorical", "0.2.0");
    pf_h5_flag_attribute(&j->h, "/var/kind", "ordered", 0);
    pf_h5_texts(&j->h, "/var/kind/categories", KIND, PF_COUNT(KIND));
    pf_h5_array(&j->h, "/var/kind/codes", (pf_h5_shape){v->n, 0}, H5T_NATIVE_INT16,
        H5T_STD_I16LE, v->kind);
}

static float level(const job *j, const vars *v, size_t k, size_t i)
{
    const pf_cell *row = row_of(j, i);
    if (v->kind[k] == ANTIGEN) return row->antigen[v->of[k]];
    if (v->kind[k] == RECEPTOR) return row->receptor[v->of[k]];
    return (float)pf_field_values(j->t->field, v->of[k])[pf_tissue_voxel(j->t, i)];
}

static pf_err x(pf_ctx *ctx, job *j, const vars *v)
{
    float *value = pf_calloc(ctx, j->n * v->n + 1, sizeof *value);
    if (!value) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < j->n; i++)
        for (size_t k = 0; k < v->n; k++) value[i * v->n + k] = level(j, v, k, i);
    if (v->n)
        pf_h5_array(
            &j->h, "/X", (pf_h5_shape){j->n, v->n}, H5T_NATIVE_FLOAT, H5T_IEEE_F32LE, value);
    pf_free(value);
    return PF_OK;
}

/* ---- the rest ---- */

static pf_err spatial(pf_ctx *ctx, job *j)
{
    double *at = pf_calloc(ctx, 3 * j->n + 1, sizeof *at);
    if (!at) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < j->n; i++)
        for (size_t d = 0; d < 3; d++) at[3 * i + d] = j->t->cells.at[d][i];
    pf_h5_group(&j->h, "/obsm", "dict", "0.1.0");
    pf_h5_array(
        &j->h, "/obsm/spatial", (pf_h5_shape){j->n, 3}, H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE, at);
    pf_free(at);
    return PF_OK;
}

static void units(job *j)
{
    char path[48];
    pf_h5_group(&j->h, "/uns/units", "dict", "0.1.0");
    pf_h5_text(&j->h, "/uns/units/spatial", "um");
    for (size_t k = 0; k < PF_COUNT(NUMBER); k++) {
        snprintf(path, sizeof path, "/uns/units/%s", NUMBER[k].name);
        pf_h5_text(&j->h, path, NUMBER[k].unit);
    }
}

static void uns(job *j)
{
    const pf_setup *s = j->t->setup;
    char seed[24];
    double sum = 0;
    for (size_t i = 0; i < j->n; i++) sum += j->t->cells.radius[i];
    snprintf(seed, sizeof seed, "%" PRIu64, s->seed);
    pf_h5_group(&j->h, "/uns", "dict", "0.1.0");
    pf_h5_group(&j->h, "/uns/perforin", "dict", "0.1.0");
    pf_h5_text(&j->h, "/uns/perforin/simulated", "SIMULATED: every cell here is computed");
    pf_h5_text(&j->h, "/uns/perforin/tissue", s->name ? s->name : "");
    pf_h5_number(&j->h, "/uns/perforin/minute", pf_tissue_minute(j->t));
    pf_h5_number(&j->h, "/uns/perforin/step", (double)j->t->step);
    pf_h5_text(&j->h, "/uns/perforin/seed", seed);
    units(j);
    pf_h5_group(&j->h, "/uns/spatial", "dict", "0.1.0");
    pf_h5_group(&j->h, "/uns/spatial/tissue", "dict", "0.1.0");
    pf_h5_group(&j->h, "/uns/spatial/tissue/images", "dict", "0.1.0");
    pf_h5_group(&j->h, "/uns/spatial/tissue/scalefactors", "dict", "0.1.0");
    pf_h5_number(&j->h, "/uns/spatial/tissue/scalefactors/tissue_hires_scalef", 1);
    pf_h5_number(&j->h, "/uns/spatial/tissue/scalefactors/spot_diameter_fullres",
        j->n ? 2 * sum / (double)j->n : 1);
}

static pf_err fill(pf_ctx *ctx, job *j)
{
    static const char *const EMPTY[] = {"/layers", "/obsp", "/varm", "/varp"};
    vars v;
    find_vars(j->t->setup, &v);
    pf_h5_group(&j->h, "/", "anndata", "0.1.0");
    PF_TRY(x(ctx, j, &v));
    PF_TRY(obs(ctx, j));
    var(j, &v);
    PF_TRY(spatial(ctx, j));
    uns(j);
    for (size_t k = 0; k < PF_COUNT(EMPTY); k++) pf_h5_group(&j->h, EMPTY[k], "dict", "0.1.0");
    return PF_OK;
}

pf_err pf_h5ad_write(pf_ctx *ctx, const pf_tissue *t, const char *path)
{
    job j = {.t = t, .n = t->cells.n};
    j.column = pf_calloc(ctx, j.n + 1, sizeof(uint64_t));
    if (!j.column) return PF_ERR_NO_MEMORY;
    pf_h5_begin(&j.h);
    pf_err err = fill(ctx, &j);
    if (err) j.h.failed = 1;
    pf_err end = pf_h5_end(ctx, &j.h, path);
    pf_free(j.column);
    return err ? err : end;
}
