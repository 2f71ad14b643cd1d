#include "store/folder.h"

#include <stdlib.h>
#include <string.h>

/* The length of the deepest folder that all paths share, its slash included. */
static size_t shared_folder(char *const *path, size_t n)
{
    size_t len = strrchr(path[0], '/') ? (size_t)(strrchr(path[0], '/') - path[0]) + 1 : 0;
    for (size_t i = 1; i < n; i++) {
        size_t same = 0;
        while (same < len && path[i][same] == path[0][same]) same++;
        while (same && path[0][same - 1] != '/') same--;
        len = same;
    }
    return len;
}

pf_err pf_inputs_name(pf_ctx *ctx, pf_folder *f)
{
    size_t n = f->study->n_source;
    char **full = pf_calloc(ctx, n, sizeof *full);
    f->input = pf_arena_alloc(ctx, &f->arena, n, sizeof *f->input);
    pf_err err = full && f->input ? PF_OK : PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n && !err; i++) {
        full[i] = realpath(f->study->source_path[i], NULL);
        if (!full[i])
            err = pf_fail(ctx, PF_ERR_IO, "cannot find '%s' again", f->study->source_path[i]);
    }
    size_t cut = n && !err ? shared_folder(full, n) : 0;
    for (size_t i = 0; i < n && !err; i++) {
        f->input[i] = pf_arena_strdup(ctx, &f->arena, full[i] + cut);
        if (!f->input[i]) err = PF_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n && full; i++) free(full[i]);
    pf_free(full);
    return err;
}

static pf_err copy(pf_ctx *ctx, pf_folder *f, size_t i)
{
    char *bytes;
    size_t size;
    const char *from = f->study->source_path[i];
    char *name = pf_arena_printf(ctx, &f->arena, "inputs/%s", f->input[i]);
    const char *to = name ? pf_folder_file(ctx, f, name) : NULL;
    char *folder = to ? pf_path_folder(ctx, &f->arena, to) : NULL;
    if (!folder) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_dir_make(ctx, folder));
    PF_TRY(pf_file_read(ctx, from, 0, &bytes, &size));
    pf_err err = PF_OK;
    if (pf_hash(0, bytes, size) != f->study->source_hash[i])
        err = pf_fail(ctx, PF_ERR_CONFIG, "'%s' changed while it was being read", from);
    if (!err) err = pf_file_write(ctx, to, bytes, size);
    /* The study is also the folder's own first page. */
    if (!err && pf_text_equal(from, f->study->path)) {
        to = pf_folder_file(ctx, f, "study.yaml");
        err = to ? pf_file_write(ctx, to, bytes, size) : PF_ERR_NO_MEMORY;
    }
    pf_free(bytes);
    return err;
}

pf_err pf_inputs_copy(pf_ctx *ctx, pf_folder *f)
{
    for (size_t i = 0; i < f->study->n_source; i++) PF_TRY(copy(ctx, f, i));
    return PF_OK;
}
