#include "api/systems.h"

#include "input/yaml.h"
#include "store/status.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UPWARDS = 8, DEPTH = 3, STUDY_BYTES = 1 << 20, SUMMARY_BYTES = 64 << 20 };

const char *const PF_SYSTEM_COLUMNS[PF_SYSTEM_TEXTS] = {"id", "article", "category", "what",
    "cells", "engineering", "dose_schedule", "indication", "outcome_as_given", "mechanisms",
    "trace_status", "trace_note"};

/* ---- where ---- */

static pf_err find_root(pf_ctx *ctx, pf_catalogue *c, const char *root)
{
    char up[4 * UPWARDS] = ".", path[4 * UPWARDS + 40];
    if (root) {
        c->root = root;
        return PF_OK;
    }
    for (int i = 0; i < UPWARDS; i++) {
        snprintf(path, sizeof path, "%s/evidence/systems.csv", up);
        if (pf_path_exists(path)) {
            c->root = pf_arena_strdup(ctx, &c->arena, up);
            return c->root ? PF_OK : PF_ERR_NO_MEMORY;
        }
        size_t n = strcmp(up, ".") ? strlen(up) : 0;
        snprintf(up + n, sizeof up - n, n ? "/.." : "..");
    }
    return pf_fail(ctx, PF_ERR_CONFIG,
        "there is no evidence/systems.csv here or above; run it in the project's folder");
}

const char *pf_catalogue_path(pf_ctx *ctx, pf_catalogue *c, const char *name)
{
    if (!strcmp(c->root, ".")) return name;
    return pf_path_join(ctx, &c->arena, c->root, name);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

pf_err pf_catalogue_list(pf_ctx *ctx, pf_catalogue *c, const char **path, size_t n, pf_buf *out)
{
    qsort(path, n, sizeof *path, by_text);
    for (size_t i = 0; i < n; i++) {
        const char *full = pf_catalogue_path(ctx, c, path[i]);
        if (!full) return PF_ERR_NO_MEMORY;
        pf_buf_printf(out, "%s\n", full);
    }
    return pf_buf_ok(out);
}

/* ---- studies and tissue files ---- */

#define TISSUES "tissue"

/* The cases of evidence/outcomes.csv that a study's expectations name. */
static pf_err read_cases(pf_ctx *ctx, pf_catalogue *c, const pf_yaml *root, pf_system_file *f)
{
    const pf_yaml *list = pf_yaml_get(root, "expect");
    if (!list || list->kind != PF_YAML_LIST) return PF_OK;
    const char **id = pf_arena_alloc(ctx, &c->arena, list->n + 1, sizeof *id);
    if (!id) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < list->n; i++) {
        const pf_yaml *node = pf_yaml_get(list->item[i], "case");
        size_t k = 0;
        if (!node || node->kind != PF_YAML_SCALAR) continue;
        while (k < f->n_case && strcmp(id[k], node->text) != 0) k++;
        if (k == f->n_case) id[f->n_case++] = node->text;
    }
    f->cases = id;
    return PF_OK;
}

/* The name, the systems and the cases of a study, or of a tissue file. One that cannot be read
 * as YAML has none: `perforin check` says why. */
static pf_err read_study(pf_ctx *ctx, pf_catalogue *c, const char *path, pf_system_file *f)
{
    char *text = NULL;
    size_t size;
    pf_ctx quiet;
    pf_diag d;
    const pf_yaml *root = NULL;
    pf_ctx_init(&quiet);
    if (pf_file_read(&quiet, path, STUDY_BYTES, &text, &size)) return PF_OK;
    pf_diag_init(&d, &quiet);
    const char *kept = pf_arena_strndup(ctx, &c->arena, text, size);
    pf_free(text);
    pf_err err =
        kept ? pf_yaml_parse(&d, &c->arena, path, kept, size, &root) : PF_ERR_NO_MEMORY;
    pf_diag_clear(&d);
    int is_tissue = !strncmp(f->path, TISSUES "/", sizeof TISSUES);
    const pf_yaml *name = pf_yaml_get(root, is_tissue ? "tissue" : "study"),
                  *list = pf_yaml_get(root, "systems");
    if (err || !name || name->kind != PF_YAML_SCALAR) return err;
    *(is_tissue ? &f->tissue : &f->study) = name->text;
    PF_TRY(read_cases(ctx, c, root, f));
    if (!list || list->kind == PF_YAML_MAP) return PF_OK;
    size_t n = list->kind == PF_YAML_LIST ? list->n : 1;
    const char **id = pf_arena_alloc(ctx, &c->arena, n + 1, sizeof *id);
    if (!id) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const pf_yaml *item = list->kind == PF_YAML_LIST ? list->item[i] : list;
        if (item->kind == PF_YAML_SCALAR) id[f->n_system++] = item->text;
    }
    f->system = id;
    return PF_OK;
}

/* The entry for `path`, made when it is not there yet. */
static pf_err file_of(pf_ctx *ctx, pf_catalogue *c, const char *path, pf_system_file **out)
{
    for (size_t i = 0; i < c->n_file; i++)
        if (!strcmp(c->file[i]->path, path)) {
            *out = c->file[i];
            return PF_OK;
        }
    pf_system_file *f = pf_arena_alloc(ctx, &c->arena, 1, sizeof *f);
    const char *full = f ? pf_catalogue_path(ctx, c, path) : NULL;
    if (!full) return PF_ERR_NO_MEMORY;
    f->path = pf_arena_strdup(ctx, &c->arena, path);
    if (!f->path) return PF_ERR_NO_MEMORY;
    f->there = pf_path_exists(full);
    if (f->there && (!strncmp(path, "studies/", 8) || !strncmp(path, TISSUES "/", 7)))
        PF_TRY(read_study(ctx, c, full, f));
    if (f->tissue) PF_TRY(pf_last_tissue(ctx, &c->arena, c->runs, f->tissue, &f->last));
    if (f->study) PF_TRY(pf_last_read(ctx, &c->arena, c->runs, f->study, &f->last));
    PF_TRY(pf_reserve(ctx, &c->file, &c->file_capacity, c->n_file, sizeof *c->file));
    *out = c->file[c->n_file++] = f;
    return PF_OK;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int ends_in_yaml(const char *name)
{
    size_t n = strlen(name);
    return n > 5 && !strcmp(name + n - 5, ".yaml");
}

static pf_err scan(pf_ctx *ctx, pf_catalogue *c, const char *folder, int depth)
{
    struct dirent **entry;
    const char *full = pf_catalogue_path(ctx, c, folder);
    if (!full) return PF_ERR_NO_MEMORY;
    int n = scandir(full, &entry, NULL, by_name);
    pf_err err = PF_OK;
    for (int i = 0; i < n; i++) {
        const char *name = entry[i]->d_name;
        pf_system_file *f;
        char *path =
            *name == '.' ? NULL : pf_arena_printf(ctx, &c->arena, "%s/%s", folder, name);
        if (*name != '.' && !path) err = PF_ERR_NO_MEMORY;
        if (path && !err && ends_in_yaml(name))
            err = file_of(ctx, c, path, &f);
        else if (path && !err && depth > 1)
            err = scan(ctx, c, path, depth - 1);
        free(entry[i]); /* from scandir, not from pf_calloc */
    }
    if (n >= 0) free(entry);
    return err;
}

pf_err pf_catalogue_studies(pf_ctx *ctx, pf_catalogue *c)
{
    return scan(ctx, c, "studies", DEPTH);
}

/* ---- last results ---- */

static void count_role(pf_last *l, const char *role, const pf_jvalue *entry)
{
    double pass = pf_jvalue_number(pf_jvalue_get(entry, "pass")),
           miss = pf_jvalue_number(pf_jvalue_get(entry, "miss")),
           open = pf_jvalue_number(pf_jvalue_get(entry, "cannot_say"));
    if (!(pass >= 0 && miss >= 0 && open >= 0)) return;
    if (!strcmp(role, "claim")) {
        const pf_jvalue *list = pf_jvalue_get(entry, "figures");
        for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next) {
            l->claims++;
            l->claims_hold += pf_jvalue_number(pf_jvalue_get(v, "in_central_95")) == 1.0;
        }
        return;
    }
    l->pass += (int)pass;
    l->miss += (int)miss;
    l->cannot_say += (int)open;
}

static pf_err read_summary(pf_ctx *ctx, pf_arena *a, pf_last *l)
{
    char *text = NULL;
    size_t size;
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    char *path = pf_path_join(ctx, a, l->folder, "summary.json");
    if (!path) return PF_ERR_NO_MEMORY;
    l->state = PF_LAST_DAMAGED;
    if (pf_file_read(&quiet, path, SUMMARY_BYTES, &text, &size)) return PF_OK;
    const pf_jvalue *root;
    pf_err err = pf_jvalue_parse(&quiet, a, text, size, &root);
    pf_free(text);
    if (err) return err == PF_ERR_NO_MEMORY ? err : PF_OK;
    l->state = PF_LAST_COMPLETE;
    l->summary = root;
    double n = pf_jvalue_number(pf_jvalue_get(root, "replicates"));
    l->replicates = n > 0 ? (uint64_t)n : 0;
    const pf_jvalue *roles = pf_jvalue_get(root, "expectations");
    for (const pf_jvalue *v = roles ? roles->first : NULL; v; v = v->next)
        count_role(l, v->key ? v->key : "", v);
    return PF_OK;
}

pf_err pf_last_read(pf_ctx *ctx, pf_arena *a, const char *runs, const char *study, pf_last *out)
{
    pf_ctx quiet;
    pf_folder_state state;
    *out = (pf_last){.state = PF_LAST_NONE};
    char *folder = pf_arena_printf(ctx, a, "%s/%s", runs, study);
    if (!folder) return PF_ERR_NO_MEMORY;
    for (char *p = folder + strlen(runs) + 1; *p; p++)
        if (*p == '/' || *p == ' ' || (unsigned char)*p < 32) *p = '-'; /* as pf_run names it */
    out->folder = folder;
    pf_ctx_init(&quiet);
    pf_err err = pf_folder_look(&quiet, folder, &state);
    if (err == PF_ERR_NO_MEMORY) return err;
    if (err) out->state = PF_LAST_DAMAGED;
    if (!err && state == PF_FOLDER_RUNNING) out->state = PF_LAST_STOPPED;
    return !err && state == PF_FOLDER_COMPLETE ? read_summary(ctx, a, out) : PF_OK;
}

/* ---- rows ---- */

static pf_err add_file(pf_ctx *ctx, pf_catalogue *c, pf_system *s, const char *path)
{
    pf_system_file *f;
    PF_TRY(file_of(ctx, c, path, &f));
    for (size_t i = 0; i < s->n_file; i++)
        if (s->file[i] == f) return PF_OK;
    if (s->n_file == PF_SYSTEM_FILES)
        return pf_fail(ctx, PF_ERR_CONFIG, "evidence/systems.csv: %s has more than %d files",
            s->text[PF_SYSTEM_ID], PF_SYSTEM_FILES);
    if (!f->there) s->missing = 1;
    s->file[s->n_file++] = f;
    return PF_OK;
}

/* "a.yaml; b.yaml" */
static pf_err add_files(pf_ctx *ctx, pf_catalogue *c, pf_system *s, const char *list)
{
    while (*list) {
        size_t n = strcspn(list, ";");
        char *path = pf_arena_strndup(ctx, &c->arena, list, n);
        if (!path) return PF_ERR_NO_MEMORY;
        if (n) PF_TRY(add_file(ctx, c, s, path));
        list += n;
        list += strspn(list, "; ");
    }
    return PF_OK;
}

static pf_err column_text(pf_ctx *ctx, pf_catalogue *c, const pf_table *t, size_t row,
    const char *name, const char **out)
{
    size_t at;
    PF_TRY(pf_table_find(ctx, t, name, &at));
    const char *text = pf_table_text(t, row, at);
    *out = pf_arena_strdup(ctx, &c->arena, text ? text : "");
    return *out ? PF_OK : PF_ERR_NO_MEMORY;
}

static pf_err read_row(pf_ctx *ctx, pf_catalogue *c, const pf_table *t, size_t row)
{
    pf_system *s = &c->system[row];
    const char *files;
    for (size_t i = 0; i < PF_SYSTEM_TEXTS; i++)
        PF_TRY(column_text(ctx, c, t, row, PF_SYSTEM_COLUMNS[i], &s->text[i]));
    PF_TRY(column_text(ctx, c, t, row, "kind", &s->kind));
    PF_TRY(column_text(ctx, c, t, row, "command", &s->command));
    PF_TRY(column_text(ctx, c, t, row, "reason", &s->reason));
    PF_TRY(column_text(ctx, c, t, row, "study", &files));
    PF_TRY(add_files(ctx, c, s, files));
    if (!s->n_file && strcmp(s->kind, "out-of-scope") != 0) s->missing = 1;
    c->n_system = row + 1;
    return PF_OK;
}

/* Studies that name a system which does not point to them. */
static pf_err add_named(pf_ctx *ctx, pf_catalogue *c)
{
    for (size_t i = 0; i < c->n_file; i++)
        for (size_t k = 0; k < c->file[i]->n_system; k++)
            for (size_t r = 0; r < c->n_system; r++) {
                pf_system *s = &c->system[r];
                if (strcmp(s->text[PF_SYSTEM_ID], c->file[i]->system[k]) != 0) continue;
                if (!s->n_file) s->missing = 0;
                PF_TRY(add_file(ctx, c, s, c->file[i]->path));
            }
    return PF_OK;
}

pf_err pf_catalogue_read(pf_ctx *ctx, const char *root, const char *runs, pf_catalogue *c)
{
    pf_table *t = NULL;
    *c = (pf_catalogue){.runs = runs ? runs : "runs"};
    pf_arena_init(&c->arena);
    PF_TRY(find_root(ctx, c, root));
    const char *path = pf_catalogue_path(ctx, c, "evidence/systems.csv");
    if (!path) return PF_ERR_NO_MEMORY;
    if (!pf_path_exists(path)) return pf_fail(ctx, PF_ERR_CONFIG, "there is no '%s'", path);
    PF_TRY(pf_table_read(ctx, path, &t));
    c->system = pf_arena_alloc(ctx, &c->arena, pf_table_rows(t) + 1, sizeof *c->system);
    pf_err err = c->system ? PF_OK : PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < pf_table_rows(t) && !err; i++) err = read_row(ctx, c, t, i);
    pf_table_free(t);
    if (!err) err = pf_catalogue_studies(ctx, c);
    if (!err) err = scan(ctx, c, TISSUES, 1);
    return err ? err : add_named(ctx, c);
}

void pf_catalogue_clear(pf_catalogue *c)
{
    pf_free(c->file);
    pf_arena_clear(&c->arena);
}
