/* Copies of the files that a tissue file names. */
#include "store/tissue_folder_parts.h"
#include "tissue/setup_read.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 1 << 18 };

/* All of a file into `sink` (NULL: nowhere) and its hash. */
static pf_err pass(
    pf_ctx *ctx, const char *path, pf_sink *sink, uint64_t *length, uint64_t *hash)
{
    FILE *file = fopen(path, "rb");
    char *bytes = file ? pf_calloc(ctx, BLOCK, 1) : NULL;
    *length = *hash = 0;
    if (!file) return pf_fail(ctx, PF_ERR_IO, "cannot read '%s': %s", path, strerror(errno));
    pf_err err = bytes ? PF_OK : PF_ERR_NO_MEMORY;
    for (size_t n; !err && (n = fread(bytes, 1, BLOCK, file)) > 0; *length += n) {
        *hash = pf_hash(*hash, bytes, n);
        if (sink) pf_sink_put(sink, bytes, n);
    }
    if (!err && ferror(file))
        err = pf_fail(ctx, PF_ERR_IO, "cannot read '%s': %s", path, strerror(errno));
    fclose(file);
    pf_free(bytes);
    return err;
}

pf_err pf_tissue_hash_file(pf_ctx *ctx, const char *path, uint64_t *length, uint64_t *hash)
{
    return pass(ctx, path, NULL, length, hash);
}

/* Where the copy of an input goes. */
static const char *copy_of(pf_ctx *ctx, pf_tissue_folder *f, const pf_setup_input *in)
{
    char name[PF_INPUT_NAME_SIZE];
    pf_setup_input_name(in->written, name);
    return pf_path_join(ctx, &f->arena, f->inputs, name);
}

pf_err pf_tissue_inputs_hash(pf_ctx *ctx, pf_tissue_folder *f, int fresh)
{
    size_t n = 0, i = 0;
    uint64_t length;
    for (const pf_setup_input *in = f->setup->input; in; in = in->next) n++;
    f->input_hash = pf_arena_alloc(ctx, &f->arena, n ? n : 1, sizeof *f->input_hash);
    if (!f->input_hash) return PF_ERR_NO_MEMORY;
    for (const pf_setup_input *in = f->setup->input; in; in = in->next) {
        const char *path = fresh ? in->path : copy_of(ctx, f, in);
        if (!path) return PF_ERR_NO_MEMORY;
        PF_TRY(pf_tissue_hash_file(ctx, path, &length, &f->input_hash[i++]));
    }
    return PF_OK;
}

static pf_err copy(pf_ctx *ctx, const char *from, const char *to, uint64_t expected)
{
    uint64_t length, hash;
    pf_sink *sink;
    PF_TRY(pf_sink_open(ctx, to, &sink));
    pf_err err = pass(ctx, from, sink, &length, &hash);
    if (!err && hash != expected)
        err = pf_fail(ctx, PF_ERR_CONFIG, "'%s' changed while it was read", from);
    if (!err) return pf_sink_commit(ctx, sink);
    pf_sink_abandon(sink);
    return err;
}

pf_err pf_tissue_inputs_copy(pf_ctx *ctx, pf_tissue_folder *f)
{
    size_t i = 0;
    if (f->setup->input) PF_TRY(pf_dir_make(ctx, f->inputs));
    for (const pf_setup_input *in = f->setup->input; in; in = in->next) {
        const char *to = copy_of(ctx, f, in);
        if (!to) return PF_ERR_NO_MEMORY;
        PF_TRY(copy(ctx, in->path, to, f->input_hash[i++]));
    }
    return PF_OK;
}

void pf_tissue_inputs_json(pf_buf *b, const pf_tissue_folder *f)
{
    char name[PF_INPUT_NAME_SIZE];
    size_t i = 0;
    pf_json_open(b, "inputs", '[');
    for (const pf_setup_input *in = f->setup->input; in; in = in->next) {
        pf_setup_input_name(in->written, name);
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "written", in->written);
        pf_json_text(b, "file", name);
        pf_json_hash(b, "hash", f->input_hash[i++]);
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
}

void pf_tissue_inputs_wipe(pf_ctx *ctx, pf_tissue_folder *f)
{
    DIR *d = opendir(f->inputs);
    for (struct dirent *e; d && (e = readdir(d));) {
        const char *path =
            e->d_name[0] == '.' ? NULL : pf_path_join(ctx, &f->arena, f->inputs, e->d_name);
        if (path) unlink(path);
    }
    if (d) closedir(d);
    rmdir(f->inputs);
}
