/* file.h: whole files in, whole files out.
 *
 * A file is written to a temporary name in the same folder, flushed to the disk, renamed, and
 * the folder is flushed: a reader sees the old file or the new one, never half of one, whatever
 * stops the program. A link is followed; devices and pipes are written as they are, never
 * replaced. Errors name the path and the system's reason. Depends on: buf. */
#ifndef PF_BASE_FILE_H
#define PF_BASE_FILE_H
#include "base/buf.h"

/** Read a whole file; the caller owns `*out` (pf_free), which ends in a NUL not counted in
 * `*size`. Refuses folders and files over `limit` bytes (0: 1 GiB). Errors: IO, NO_MEMORY,
 * RANGE */
PF_NODISCARD pf_err pf_file_read(
    pf_ctx *ctx, const char *path, size_t limit, char **out, size_t *size);
/** The same for a file that the user has named: CONFIG when there is none, or a folder. */
PF_NODISCARD pf_err pf_file_read_named(
    pf_ctx *ctx, const char *path, size_t limit, char **out, size_t *size);
/** Replace `path` by `n` bytes, atomically. Errors: IO */
PF_NODISCARD pf_err pf_file_write(pf_ctx *ctx, const char *path, const void *bytes, size_t n);
/** Make a folder and its missing parents; an existing one is no error. Errors: IO */
PF_NODISCARD pf_err pf_dir_make(pf_ctx *ctx, const char *path);
/** 1 when something stands at `path`, else 0. */
int pf_path_exists(const char *path);
/** 1 when both name one regular file, there or yet to be made, by whatever links; NULL: 0. */
int pf_path_same(const char *a, const char *b);
/** "folder/name" in the arena; `name` alone when it is absolute. NULL when there is no memory.
 */
PF_NODISCARD char *pf_path_join(pf_ctx *ctx, pf_arena *a, const char *folder, const char *name);
/** The folder part of `path` ("." when it has none). NULL when there is no memory. */
PF_NODISCARD char *pf_path_folder(pf_ctx *ctx, pf_arena *a, const char *path);

/* A file that is written in pieces and becomes visible only at the end. */
typedef struct pf_sink pf_sink;
PF_NODISCARD pf_err pf_sink_open(pf_ctx *ctx, const char *path, pf_sink **out);
/** Append; errors stick and come back from pf_sink_commit. */
void pf_sink_put(pf_sink *s, const void *bytes, size_t n);
/** Flush, rename into place, free `s`. On failure the temporary file is removed. */
PF_NODISCARD pf_err pf_sink_commit(pf_ctx *ctx, pf_sink *s);
void pf_sink_abandon(pf_sink *s); /**< remove the temporary file, free; NULL is allowed */

/** FNV-1a, 64 bits: names content in manifests; not for secrets. Start with hash = 0. */
uint64_t pf_hash(uint64_t hash, const void *bytes, size_t n);

#endif
