/* Finding and reading the files of a study. */
#include "trial/loader.h"

#include <stdlib.h>
#include <string.h>

/* `folder/name` when something stands there. */
static const char *try_folder(pf_loader *l, const char *folder, const char *name)
{
    char *path = pf_path_join(l->r.ctx, l->r.arena, folder, name);
    if (!path) l->r.failed = PF_ERR_NO_MEMORY;
    return path && pf_path_exists(path) ? path : NULL;
}

/* The folder and its parents, as far as the text of the path goes. */
static const char *climb(pf_loader *l, const char *folder, const char *name)
{
    while (folder) {
        const char *found = try_folder(l, folder, name);
        if (found || !strcmp(folder, ".") || !strcmp(folder, "/")) return found;
        folder = pf_path_folder(l->r.ctx, l->r.arena, folder);
    }
    l->r.failed = PF_ERR_NO_MEMORY;
    return NULL;
}

/* In the folder of `file`, and its parents. */
static const char *beside(pf_loader *l, const char *file, const char *name)
{
    const char *folder = pf_path_folder(l->r.ctx, l->r.arena, file);
    if (!folder) {
        l->r.failed = PF_ERR_NO_MEMORY;
        return NULL;
    }
    /* "../x" has no parent to be read off the text. */
    const char *found =
        strstr(folder, "..") ? try_folder(l, folder, name) : climb(l, folder, name);
    if (found || l->r.failed) return found;
    char *real = realpath(folder, NULL);
    if (real && *folder != '/') found = climb(l, real, name);
    free(real); /* from realpath, not from pf_calloc */
    return found;
}

const char *pf_loader_find(pf_loader *l, const char *from, const char *name)
{
    if (*name == '/') return try_folder(l, "/", name);
    const char *found = beside(l, l->study->path, name);
    if (found || l->r.failed) return found;
    if (from && strcmp(from, l->study->path) != 0) found = beside(l, from, name);
    return found || l->r.failed ? found : try_folder(l, ".", name);
}

int pf_loader_note(pf_loader *l, const char *path, uint64_t hash)
{
    pf_study *s = l->study;
    for (size_t i = 0; i < s->n_source; i++) /* a base of several files is one source */
        if (!strcmp(s->source_path[i], path) && s->source_hash[i] == hash) return 1;
    if (s->n_source == l->source_capacity) {
        size_t more = 2 * l->source_capacity + 8;
        const char **paths = pf_arena_alloc(l->r.ctx, l->r.arena, more, sizeof *paths);
        uint64_t *hashes = pf_arena_alloc(l->r.ctx, l->r.arena, more, sizeof *hashes);
        if (!paths || !hashes) {
            l->r.failed = PF_ERR_NO_MEMORY;
            return 0;
        }
        for (size_t i = 0; i < s->n_source; i++) {
            paths[i] = s->source_path[i];
            hashes[i] = s->source_hash[i];
        }
        s->source_path = paths;
        s->source_hash = l->hash = hashes;
        l->source_capacity = more;
    }
    s->source_path[s->n_source] = path;
    l->hash[s->n_source++] = hash;
    return 1;
}

int pf_loader_text(pf_loader *l, const char *name, const pf_place *place, const char **path,
    const char **text, size_t *size)
{
    *path = l->study->n_source ? pf_loader_find(l, place->file, name) : l->study->path;
    if (l->r.failed) return 0;
    if (!*path) {
        pf_diag_error(l->r.diag, place, "there is no file '%s'", name);
        int own = strcmp(place->file, l->study->path) == 0;
        pf_diag_mend(l->r.diag, "looked in %s folder%s, %s parents, and here",
            own ? "the study's" : "the study's and this file's", own ? "" : "s",
            own ? "its" : "their");
        return 0;
    }
    pf_ctx quiet;
    char *bytes;
    pf_ctx_init(&quiet);
    if (pf_file_read(&quiet, *path, 64 << 20, &bytes, size)) {
        pf_diag_error(l->r.diag, place, "%s", quiet.message);
        return 0;
    }
    *text = pf_arena_strndup(l->r.ctx, &l->trees, bytes, *size);
    uint64_t hash = pf_hash(0, bytes, *size);
    pf_free(bytes);
    if (!*text) l->r.failed = PF_ERR_NO_MEMORY;
    return *text && pf_loader_note(l, *path, hash);
}

const pf_yaml *pf_loader_yaml(pf_loader *l, const char *name, const pf_place *place)
{
    const char *path, *text;
    size_t size;
    const pf_yaml *root = NULL;
    if (!pf_loader_text(l, name, place, &path, &text, &size)) return NULL;
    pf_err err = pf_yaml_parse(l->r.diag, &l->trees, path, text, size, &root);
    if (err) l->r.failed = err;
    if (root && root->kind != PF_YAML_MAP) {
        pf_diag_error(l->r.diag, &root->place, "a file of keys was expected, not %s",
            pf_yaml_kind_text(root));
        return NULL;
    }
    return root;
}

pf_place pf_loader_place(const pf_loader *l, const char *key)
{
    const pf_yaml *node = pf_yaml_get(l->root, key);
    if (node) return node->place;
    return l->root ? l->root->place : (pf_place){.file = l->study->path};
}
