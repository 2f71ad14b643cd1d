/* A lot file and its specification from the disk, outside a study. */
#include "patient/population_read.h"
#include "product/lots.h"

#include <string.h>

typedef struct {
    pf_reader *r;
    pf_arena *trees;
    const char *folder; /* of the lot file */
    const char *given;  /* a path that is taken as the user wrote it */
} desk;

static const pf_yaml *read_tree(desk *d, const char *path, const pf_place *place)
{
    pf_reader *r = d->r;
    char *bytes = NULL;
    size_t size = 0;
    const pf_yaml *root = NULL;
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    const char *kept = pf_arena_strdup(r->ctx, r->arena, path);
    if (!kept || pf_file_read_named(&quiet, path, PF_YAML_BYTES, &bytes, &size)) {
        if (!kept || quiet.code == PF_ERR_NO_MEMORY)
            r->failed = PF_ERR_NO_MEMORY;
        else
            pf_diag_error(r->diag, place, "%s", quiet.message);
        return NULL;
    }
    char *text = pf_arena_strndup(r->ctx, d->trees, bytes, size);
    pf_free(bytes);
    pf_err err =
        text ? pf_yaml_parse(r->diag, d->trees, kept, text, size, &root) : PF_ERR_NO_MEMORY;
    if (err) r->failed = err;
    if (!root || root->kind == PF_YAML_MAP) return root;
    pf_diag_error(
        r->diag, &root->place, "a file of keys was expected, not %s", pf_yaml_kind_text(root));
    return NULL;
}

/* In the lot file's folder, its parents, or here. */
static const pf_yaml *open_named(void *payload, const char *name, const pf_place *place)
{
    desk *d = payload;
    pf_reader *r = d->r;
    if (name == d->given) return read_tree(d, name, place);
    const char *folder = d->folder;
    for (int up = 0; up < 32 && folder; up++) {
        char *path = pf_path_join(r->ctx, r->arena, folder, name);
        if (path && pf_path_exists(path)) return read_tree(d, path, place);
        if (!path || !strcmp(folder, ".") || !strcmp(folder, "/")) break;
        folder = pf_path_folder(r->ctx, r->arena, folder);
    }
    if (pf_path_exists(name)) return read_tree(d, name, place);
    pf_diag_error(r->diag, place, "there is no file '%s'", name);
    pf_diag_mend(r->diag, "looked in the folder of the lot file, its parents, and here");
    return NULL;
}

static pf_err tell(pf_ctx *ctx, pf_diag *diag, const char *path)
{
    pf_diag_sort(diag);
    for (size_t i = 0; i < diag->n; i++) {
        const pf_problem *p = &diag->problem[i];
        if (p->severity != PF_SEVERITY_ERROR) continue;
        pf_fail(ctx, PF_ERR_CONFIG, "%s", p->sentence);
        if (p->place.line)
            pf_fail_in(ctx, "%s:%d:%d", p->place.file, p->place.line, p->place.column);
        if (diag->errors > 1) pf_fail_in(ctx, "%zu mistakes, the first", diag->errors);
        return PF_ERR_CONFIG;
    }
    return pf_fail(ctx, PF_ERR_CONFIG, "%s has mistakes", path);
}

pf_err pf_lot_book_read(
    pf_ctx *ctx, pf_diag *diag, const char *path, const char *spec, pf_lot_book *out)
{
    *out = (pf_lot_book){0};
    if (!pf_path_exists(path))
        return pf_fail(ctx, PF_ERR_CONFIG, "there is no lot file '%s'", path);
    pf_arena trees;
    pf_arena_init(&trees);
    pf_arena_init(&out->arena);
    pf_reader r = {.ctx = ctx, .diag = diag, .arena = &out->arena};
    size_t before = diag->told;
    pf_err err = pf_units_new(ctx, &out->units);
    if (!err) {
        r.units = out->units;
        desk d = {&r, &trees, pf_path_folder(ctx, r.arena, path), spec};
        if (!d.folder) r.failed = PF_ERR_NO_MEMORY;
        const pf_lot_opener open = {&d, open_named};
        const pf_place whole = {.file = path};
        const pf_yaml *root = r.failed ? NULL : read_tree(&d, path, &whole);
        int bare = root && !pf_yaml_get(root, "lot") && pf_yaml_get(root, "specification") &&
                   pf_yaml_get(root, "tests");
        if (bare) {
            pf_specification_read(&r, root, &out->plan.specification);
        } else if (root) {
            pf_lot_plan_read(&r, root, &open, spec, &out->plan);
            if (!r.failed) pf_lot_plan_check(&r, root, NULL, 0, &out->plan);
        }
        err = r.failed ? r.failed : pf_diag_ok(diag);
    }
    if (!err && diag->told > before) err = tell(ctx, diag, path);
    pf_arena_clear(&trees);
    if (err) pf_lot_book_clear(out);
    return err;
}

void pf_lot_book_clear(pf_lot_book *b)
{
    pf_lot_plan_release(&b->plan);
    pf_units_free(b->units);
    pf_arena_clear(&b->arena);
    *b = (pf_lot_book){0};
}
