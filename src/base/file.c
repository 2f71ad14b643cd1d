#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEFAULT_LIMIT = 1 << 30, SINK_BUFFER = 1 << 16 };

struct pf_sink {
    pf_ctx *ctx;
    pf_arena names;
    char *path;      /* where it goes, links followed */
    char *temporary; /* NULL: it is written in place */
    int fd;
    pf_err failed;
    size_t used;
    char bytes[SINK_BUFFER];
};

static pf_err io_error(pf_ctx *ctx, const char *what, const char *path)
{
    return pf_fail(ctx, PF_ERR_IO, "cannot %s '%s': %s", what, path, strerror(errno));
}

static pf_err read_all(pf_ctx *ctx, int fd, const char *path, char *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = read(fd, bytes + done, size - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_error(ctx, "read", path);
        if (n == 0)
            return pf_fail(ctx, PF_ERR_IO, "'%s' became shorter while it was read", path);
        done += (size_t)n;
    }
    return PF_OK;
}

pf_err pf_file_read(pf_ctx *ctx, const char *path, size_t limit, char **out, size_t *size)
{
    *out = NULL;
    *size = 0;
    struct stat st;
    /* Nobody may be at the other end of a pipe: opening one must not wait. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return io_error(ctx, "open", path);
    pf_err err = PF_OK;
    if (fstat(fd, &st)) {
        err = io_error(ctx, "look at", path);
    } else if (!S_ISREG(st.st_mode)) {
        err = pf_fail(ctx, PF_ERR_IO, "'%s' is %s; name a file", path,
            S_ISDIR(st.st_mode) ? "a folder" : "not a regular file");
    } else if ((size_t)st.st_size > (limit ? limit : DEFAULT_LIMIT)) {
        err = pf_fail(ctx, PF_ERR_RANGE, "'%s' has %lld bytes; at most %zu are read", path,
            (long long)st.st_size, limit ? limit : (size_t)DEFAULT_LIMIT);
    } else {
        char *bytes = pf_calloc(ctx, (size_t)st.st_size + 1, 1);
        err = bytes ? read_all(ctx, fd, path, bytes, (size_t)st.st_size) : PF_ERR_NO_MEMORY;
        if (err) {
            pf_free(bytes);
        } else {
            *out = bytes;
            *size = (size_t)st.st_size;
        }
    }
    close(fd);
    return err;
}

pf_err pf_file_read_named(pf_ctx *ctx, const char *path, size_t limit, char **out, size_t *size)
{
    struct stat st;
    *out = NULL;
    *size = 0;
    if (stat(path, &st) && (errno == ENOENT || errno == ENOTDIR))
        return pf_fail(ctx, PF_ERR_CONFIG, "there is no file '%s'", path);
    if (!stat(path, &st) && !S_ISREG(st.st_mode))
        return pf_fail(ctx, PF_ERR_CONFIG, "'%s' is %s; name a file", path,
            S_ISDIR(st.st_mode) ? "a folder" : "not a regular file");
    return pf_file_read(ctx, path, limit, out, size);
}

pf_err pf_file_write(pf_ctx *ctx, const char *path, const void *bytes, size_t n)
{
    pf_sink *s;
    PF_TRY(pf_sink_open(ctx, path, &s));
    pf_sink_put(s, bytes, n);
    return pf_sink_commit(ctx, s);
}

pf_err pf_dir_make(pf_ctx *ctx, const char *path)
{
    char part[4096];
    size_t len = strlen(path);
    if (len >= sizeof part)
        return pf_fail(ctx, PF_ERR_IO, "a path of %zu characters is too long", len);
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0') continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0777) && errno != EEXIST) return io_error(ctx, "make the folder", part);
    }
    struct stat st;
    if (stat(path, &st) || !S_ISDIR(st.st_mode))
        return pf_fail(ctx, PF_ERR_IO, "'%s' is in the way: it is not a folder", path);
    return PF_OK;
}

int pf_path_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

int pf_path_same(const char *a, const char *b)
{
    struct stat x, y;
    if (!a || !b) return 0;
    int one = stat(a, &x) == 0, other = stat(b, &y) == 0;
    if (one && other) return S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    if (one != other) return 0;
    const char *last_a = strrchr(a, '/'), *last_b = strrchr(b, '/');
    if (strcmp(last_a ? last_a + 1 : a, last_b ? last_b + 1 : b) != 0) return 0;
    pf_arena names;
    pf_arena_init(&names);
    char *folder_a = pf_path_folder(NULL, &names, a),
         *folder_b = pf_path_folder(NULL, &names, b);
    int same = folder_a && folder_b && !stat(folder_a, &x) && !stat(folder_b, &y) &&
               x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    pf_arena_clear(&names);
    return same;
}

char *pf_path_join(pf_ctx *ctx, pf_arena *a, const char *folder, const char *name)
{
    if (name[0] == '/' || !folder || !*folder || strcmp(folder, ".") == 0)
        return pf_arena_strdup(ctx, a, name);
    return pf_arena_printf(
        ctx, a, "%s%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/", name);
}

char *pf_path_folder(pf_ctx *ctx, pf_arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return pf_arena_strdup(ctx, a, ".");
    return pf_arena_strndup(ctx, a, path, slash == path ? 1 : (size_t)(slash - path));
}

static void flush(pf_sink *s)
{
    for (size_t done = 0; done < s->used && !s->failed;) {
        ssize_t n = write(s->fd, s->bytes + done, s->used - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            s->failed = io_error(s->ctx, "write", s->path);
        else
            done += (size_t)n;
    }
    s->used = 0;
}

static void sink_free(pf_sink *s)
{
    if (s->fd >= 0) close(s->fd);
    pf_arena_clear(&s->names);
    pf_free(s);
}

/* A link stays a link: what it points to is replaced. Devices and pipes are never replaced,
 * for a file renamed over /dev/null would take it away from everybody. */
/* Where a link leads that leads to nothing yet. */
static const char *behind_links(pf_ctx *ctx, pf_arena *a, const char *path)
{
    char target[4096];
    for (int hop = 0; path && hop < 16; hop++) {
        ssize_t n = readlink(path, target, sizeof target - 1);
        if (n <= 0) return path;
        target[n] = '\0';
        char *folder = pf_path_folder(ctx, a, path);
        path = folder ? pf_path_join(ctx, a, folder, target) : NULL;
    }
    return path;
}

static pf_err choose_names(pf_ctx *ctx, pf_sink *s, const char *path)
{
    struct stat st;
    int there = stat(path, &st) == 0;
    if (there && S_ISDIR(st.st_mode))
        return pf_fail(ctx, PF_ERR_IO, "cannot write '%s': it is a folder; name a file", path);
    int in_place = there && !S_ISREG(st.st_mode);
    char *real = there && !in_place ? realpath(path, NULL) : NULL;
    const char *name = there ? path : behind_links(ctx, &s->names, path);
    s->path = name ? pf_arena_strdup(ctx, &s->names, real ? real : name) : NULL;
    free(real);
    if (!s->path) return PF_ERR_NO_MEMORY;
    if (in_place) return PF_OK;
    s->temporary = pf_arena_printf(ctx, &s->names, "%s.%ld.part", s->path, (long)getpid());
    return s->temporary ? PF_OK : PF_ERR_NO_MEMORY;
}

pf_err pf_sink_open(pf_ctx *ctx, const char *path, pf_sink **out)
{
    *out = NULL;
    pf_sink *s = pf_calloc(ctx, 1, sizeof *s);
    if (!s) return PF_ERR_NO_MEMORY;
    s->ctx = ctx;
    s->fd = -1;
    pf_arena_init(&s->names);
    pf_err err = choose_names(ctx, s, path);
    if (!err) {
        s->fd = s->temporary
                    ? open(s->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)
                    : open(s->path, O_WRONLY | O_CLOEXEC);
        if (s->fd < 0) err = io_error(ctx, "write", path);
    }
    if (err) {
        sink_free(s);
        return err;
    }
    *out = s;
    return PF_OK;
}

void pf_sink_put(pf_sink *s, const void *bytes, size_t n)
{
    const char *from = bytes;
    while (n && !s->failed) {
        size_t part = SINK_BUFFER - s->used < n ? SINK_BUFFER - s->used : n;
        memcpy(s->bytes + s->used, from, part);
        s->used += part;
        from += part;
        n -= part;
        if (s->used == SINK_BUFFER) flush(s);
    }
}

static void sync_folder(pf_sink *s)
{
    char *folder = pf_path_folder(NULL, &s->names, s->path);
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0) return; /* some file systems refuse; the rename itself has happened */
    fsync(fd);
    close(fd);
}

pf_err pf_sink_commit(pf_ctx *ctx, pf_sink *s)
{
    flush(s);
    pf_err err = s->failed;
    if (!err && s->temporary && fsync(s->fd) && errno != EINVAL)
        err = io_error(ctx, "flush", s->path);
    if (close(s->fd) && !err) err = io_error(ctx, "close", s->path);
    s->fd = -1;
    if (!err && s->temporary && rename(s->temporary, s->path))
        err = io_error(ctx, "put in place", s->path);
    if (err && s->temporary) unlink(s->temporary);
    if (!err && s->temporary) sync_folder(s);
    sink_free(s);
    return err;
}

void pf_sink_abandon(pf_sink *s)
{
    if (!s) return;
    if (s->temporary) unlink(s->temporary);
    sink_free(s);
}

uint64_t pf_hash(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    if (!hash) hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < n; i++) hash = (hash ^ p[i]) * UINT64_C(1099511628211);
    return hash;
}
