#include "trial/evidence.h"

#include "input/table.h"

#include <math.h>
#include <string.h>

enum { FOLDERS = 3 };

/* "models/core.ant" is "core". */
static const char *stem_of(pf_ctx *ctx, pf_arena *a, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return pf_arena_strndup(ctx, a, name, dot ? (size_t)(dot - name) : strlen(name));
}

/* No parent can be read off the text. */
static int is_top(const char *folder)
{
    const char *slash = strrchr(folder, '/'), *name = slash ? slash + 1 : folder;
    return !strcmp(name, ".") || !strcmp(name, "..") || !*name;
}

const char *pf_evidence_find(pf_ctx *ctx, pf_arena *a, const char *model_path)
{
    const char *stem = stem_of(ctx, a, model_path);
    const char *folder = stem ? pf_path_folder(ctx, a, model_path) : NULL;
    for (int i = 0; i < FOLDERS && folder; i++) {
        const char *in = pf_path_join(ctx, a, folder, "evidence");
        const char *own = in ? pf_arena_printf(ctx, a, "%s/%s_parameters.csv", in, stem) : NULL;
        const char *shared = own ? pf_path_join(ctx, a, in, "small_models.csv") : NULL;
        if (!shared) return NULL;
        if (pf_path_exists(own)) return own;
        if (pf_path_exists(shared) && strcmp(stem, "core") != 0) return shared;
        folder = is_top(folder) ? NULL : pf_path_folder(ctx, a, folder);
    }
    return NULL;
}

enum { ID, NAME, UNIT, SOURCE, KIND, N_TEXT, VALUE = 0, LOW, HIGH, N_NUMBER };

static pf_err read_rows(pf_ctx *ctx, const pf_table *t, pf_evidence *e)
{
    static const char *const TEXT[N_TEXT] = {"id", "name", "unit", "source", "kind"};
    static const char *const NUMBER[N_NUMBER] = {"value", "low", "high"};
    size_t text[N_TEXT], number[N_NUMBER];
    for (size_t i = 0; i < N_TEXT; i++) PF_TRY(pf_table_find(ctx, t, TEXT[i], &text[i]));
    for (size_t i = 0; i < N_NUMBER; i++) PF_TRY(pf_table_find(ctx, t, NUMBER[i], &number[i]));
    e->row = pf_arena_alloc(ctx, &e->arena, pf_table_rows(t) + 1, sizeof *e->row);
    if (!e->row) return PF_ERR_NO_MEMORY;
    for (size_t r = 0; r < pf_table_rows(t); r++) {
        const char *kept[N_TEXT];
        double x[N_NUMBER];
        for (size_t i = 0; i < N_TEXT; i++) {
            const char *field = pf_table_text(t, r, text[i]);
            kept[i] = pf_arena_strdup(ctx, &e->arena, field ? field : "");
            if (!kept[i]) return PF_ERR_NO_MEMORY;
        }
        for (size_t i = 0; i < N_NUMBER; i++)
            PF_TRY(pf_table_number(ctx, t, r, number[i], &x[i]));
        e->row[e->n++] = (pf_evidence_row){.id = kept[ID],
            .name = kept[NAME],
            .unit = kept[UNIT],
            .source = kept[SOURCE],
            .kind = kept[KIND],
            .value = x[VALUE],
            .low = x[LOW],
            .high = x[HIGH],
            .unknown = !strncmp(kept[SOURCE], "unknown", 7)};
    }
    return PF_OK;
}

pf_err pf_evidence_read(pf_ctx *ctx, const char *path, const char *model_path, pf_evidence *out)
{
    *out = (pf_evidence){0};
    pf_arena_init(&out->arena);
    out->model = stem_of(ctx, &out->arena, model_path);
    if (!out->model) return PF_ERR_NO_MEMORY;
    if (!path) return PF_OK;
    pf_table *t = NULL;
    PF_TRY(pf_table_read(ctx, path, &t));
    pf_err err = read_rows(ctx, t, out);
    pf_table_free(t);
    return err;
}

void pf_evidence_clear(pf_evidence *e)
{
    pf_arena_clear(&e->arena);
}

/* An id of a submodel, "lesion.delta", for "L1.delta"; of a small model, "virus.beta", for
 * "beta". */
static int fits(const pf_evidence *e, const char *id, const char *parameter)
{
    size_t n = strlen(e->model);
    if (!strncmp(id, e->model, n) && id[n] == '.' && !strcmp(id + n + 1, parameter)) return 1;
    const char *tail = strrchr(parameter, '.'), *end = strrchr(id, '.');
    return tail && end && !strcmp(tail, end);
}

const pf_evidence_row *pf_evidence_of(const pf_evidence *e, const char *parameter)
{
    for (size_t i = 0; i < e->n; i++)
        if (!strcmp(e->row[i].id, parameter)) return &e->row[i];
    for (size_t i = 0; i < e->n; i++)
        if (fits(e, e->row[i].id, parameter)) return &e->row[i];
    return NULL;
}
