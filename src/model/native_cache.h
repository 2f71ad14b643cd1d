/* native_cache.h: a folder of shared objects, each named by the hash of what it was made from.
 * Internal to model.
 *
 * A file is the object as the compiler wrote it, followed by a tail: a mark, its key, and the
 * SHA-256 of all before. It is used only when the tail is right and when the file and its
 * folder belong to the user and nobody else can write them, since loading it runs it. Files
 * appear whole (rename) and are never changed, so processes may share a folder. When the folder
 * grows beyond PF_NATIVE_CACHE_MOST bytes, the files unused for longest go.
 * Depends on: base. */
#ifndef PF_MODEL_NATIVE_CACHE_H
#define PF_MODEL_NATIVE_CACHE_H
#include "base/base.h"

#define PF_NATIVE_CACHE_MOST (256u << 20)

typedef struct pf_key {
    unsigned char byte[PF_SHA256_BYTES];
} pf_key;

/** The folder to use, made when it is missing and `make` says so; NULL with the reason in `why`
 * (n bytes) when there is none that may be used. `asked` as in pf_native_options. Memory of the
 * arena. */
char *pf_cache_folder(pf_arena *arena, const char *asked, int make, char *why, size_t n);
/** The path of a key's file. NULL: no memory. */
char *pf_cache_path(pf_ctx *ctx, pf_arena *arena, const char *folder, const pf_key *key);
/** 1 when the file at `path` is whole, of this key, and safe to load. */
int pf_cache_good(const char *path, const pf_key *key);
/** Keep the object at `object` as `path`. 0 when that cannot be; nothing is left behind then.
 */
int pf_cache_keep(const char *object, const char *path, const pf_key *key);
/** Bring the folder back under `most` bytes. */
void pf_cache_trim(const char *folder, uint64_t most);

#endif
