#include "model/native_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char MARK[16] = "perforin native";
enum { TAIL = sizeof MARK + 2 * PF_SHA256_BYTES, LEFT_BEHIND = 3600 /* s */ };

/* Nobody but the user can write it. */
static int private(const struct stat *st)
{
    return st->st_uid == geteuid() && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

static char *wanted_folder(pf_arena *arena, const char *asked)
{
    const char *own = getenv("PERFORIN_CACHE"), *shared = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (asked && *asked) return pf_arena_printf(NULL, arena, "%s/native", asked);
    if (own && *own) return pf_arena_printf(NULL, arena, "%s/native", own);
    /* The XDG specification says that a relative path is to be ignored. */
    if (shared && *shared == '/')
        return pf_arena_printf(NULL, arena, "%s/perforin/native", shared);
    if (home && *home) return pf_arena_printf(NULL, arena, "%s/.cache/perforin/native", home);
    return NULL;
}

char *pf_cache_folder(pf_arena *arena, const char *asked, int make, char *why, size_t n)
{
    struct stat st;
    char *folder = wanted_folder(arena, asked);
    if (!folder) {
        snprintf(why, n, "there is no cache folder: neither PERFORIN_CACHE nor HOME is set");
        return NULL;
    }
    char *parent = pf_path_folder(NULL, arena, folder);
    int failed = make && (!parent || pf_dir_make(NULL, parent) ||
                             (mkdir(folder, 0700) && errno != EEXIST));
    if (failed || stat(folder, &st) || !S_ISDIR(st.st_mode)) {
        snprintf(why, n, "the cache folder %s cannot be made", folder);
        return NULL;
    }
    if (!private(&st)) {
        snprintf(why, n, "others can write the cache folder %s", folder);
        return NULL;
    }
    return folder;
}

char *pf_cache_path(pf_ctx *ctx, pf_arena *arena, const char *folder, const pf_key *key)
{
    char name[2 * 16 + 1];
    for (size_t i = 0; i < 16; i++) snprintf(name + 2 * i, 3, "%02x", key->byte[i]);
    return pf_arena_printf(ctx, arena, "%s/%s.so", folder, name);
}

static void seal(const void *object, size_t n, const pf_key *key, unsigned char tail[TAIL])
{
    pf_sha256 s;
    memcpy(tail, MARK, sizeof MARK);
    memcpy(tail + sizeof MARK, key->byte, PF_SHA256_BYTES);
    pf_sha256_init(&s);
    pf_sha256_put(&s, object, n);
    pf_sha256_put(&s, tail, TAIL - PF_SHA256_BYTES);
    pf_sha256_end(&s, tail + TAIL - PF_SHA256_BYTES);
}

static int whole(const char *path, const pf_key *key)
{
    char *bytes;
    size_t n;
    unsigned char tail[TAIL];
    if (pf_file_read(NULL, path, 0, &bytes, &n)) return 0;
    int good = n > TAIL;
    if (good) {
        seal(bytes, n - TAIL, key, tail);
        good = memcmp(bytes + n - TAIL, tail, TAIL) == 0;
    }
    pf_free(bytes);
    return good;
}

int pf_cache_good(const char *path, const pf_key *key)
{
    struct stat st;
    if (lstat(path, &st) || !S_ISREG(st.st_mode) || !private(&st)) return 0;
    if (!whole(path, key)) return 0;
    (void)utimensat(AT_FDCWD, path, NULL, 0); /* used now: the last to go */
    return 1;
}

static int write_all(int fd, const void *bytes, size_t n)
{
    const char *from = bytes;
    while (n) {
        ssize_t done = write(fd, from, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return 0;
        from += done;
        n -= (size_t)done;
    }
    return 1;
}

int pf_cache_keep(const char *object, const char *path, const pf_key *key)
{
    char part[4200], *bytes;
    size_t n;
    unsigned char tail[TAIL];
    if (snprintf(part, sizeof part, "%s.XXXXXX", path) >= (int)sizeof part) return 0;
    if (pf_file_read(NULL, object, 0, &bytes, &n)) return 0;
    seal(bytes, n, key, tail);
    int fd = mkostemp(part, O_CLOEXEC); /* mode 0600 */
    int good = fd >= 0 && write_all(fd, bytes, n) && write_all(fd, tail, TAIL) && !fsync(fd);
    if (fd >= 0 && close(fd)) good = 0;
    if (good && rename(part, path)) good = 0;
    if (!good && fd >= 0) unlink(part);
    pf_free(bytes);
    return good;
}

typedef struct entry {
    char name[64];
    uint64_t size;
    struct timespec used;
} entry;

static int by_use(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->used.tv_sec != y->used.tv_sec) return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
    if (x->used.tv_nsec != y->used.tv_nsec) return x->used.tv_nsec < y->used.tv_nsec ? -1 : 1;
    return strcmp(x->name, y->name);
}

static int has_end(const char *name, const char *end)
{
    size_t n = strlen(name), k = strlen(end);
    return n >= k && strcmp(name + n - k, end) == 0;
}

/* List the files; what a stopped program left behind goes at once. */
static entry *list(int folder, DIR *d, size_t *n, uint64_t *total)
{
    entry *all = NULL;
    size_t capacity = 0;
    time_t now = time(NULL);
    *n = 0;
    *total = 0;
    for (struct dirent *f = readdir(d); f; f = readdir(d)) {
        struct stat st;
        size_t length = strlen(f->d_name);
        if (length >= sizeof all->name || !strstr(f->d_name, ".so") ||
            fstatat(folder, f->d_name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
            continue;
        if (!has_end(f->d_name, ".so")) {
            if (now - st.st_mtime > LEFT_BEHIND) unlinkat(folder, f->d_name, 0);
            continue;
        }
        if (pf_reserve(NULL, &all, &capacity, *n, sizeof *all)) break;
        memcpy(all[*n].name, f->d_name, length + 1);
        all[*n].size = (uint64_t)st.st_size;
        all[*n].used = st.st_mtim;
        *total += all[(*n)++].size;
    }
    return all;
}

void pf_cache_trim(const char *folder, uint64_t most)
{
    DIR *d = opendir(folder);
    if (!d) return;
    size_t n;
    uint64_t total;
    entry *all = list(dirfd(d), d, &n, &total);
    if (total > most && all) {
        qsort(all, n, sizeof *all, by_use);
        for (size_t i = 0; i < n && total > most; i++)
            if (!unlinkat(dirfd(d), all[i].name, 0)) total -= all[i].size;
    }
    pf_free(all);
    closedir(d);
}
