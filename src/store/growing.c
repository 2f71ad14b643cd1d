#include "store/growing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 1 << 16 };

struct pf_growing {
    pf_arena names;
    const char *path;
    int fd;
    int failed; /* errno of the first write that did not work */
    pf_mark mark;
    size_t used;
    char bytes[BLOCK];
};

static pf_err io_error(pf_ctx *ctx, const char *what, const char *path, int number)
{
    return pf_fail(ctx, PF_ERR_IO, "cannot %s '%s': %s", what, path, strerror(number));
}

/* Is the beginning of the file what the mark says? */
static pf_err verify(pf_ctx *ctx, pf_growing *g, pf_mark mark)
{
    uint64_t hash = 0, done = 0;
    while (done < mark.length) {
        uint64_t left = mark.length - done;
        ssize_t n = read(g->fd, g->bytes, left < BLOCK ? (size_t)left : BLOCK);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_error(ctx, "read", g->path, errno);
        if (n == 0)
            return pf_fail(ctx, PF_ERR_CORRUPT,
                "'%s' has %llu bytes, but had %llu at the last checkpoint: begin the run again "
                "with --force",
                g->path, (unsigned long long)done, (unsigned long long)mark.length);
        hash = pf_hash(hash, g->bytes, (size_t)n);
        done += (uint64_t)n;
    }
    if (hash == mark.hash) return PF_OK;
    return pf_fail(ctx, PF_ERR_CORRUPT,
        "'%s' is not what it was at the last checkpoint: begin the run again with --force",
        g->path);
}

static pf_err open_at(pf_ctx *ctx, pf_growing *g, pf_mark mark)
{
    g->fd = open(g->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (g->fd < 0) return io_error(ctx, "write", g->path, errno);
    PF_TRY(verify(ctx, g, mark));
    if (ftruncate(g->fd, (off_t)mark.length) ||
        lseek(g->fd, (off_t)mark.length, SEEK_SET) != (off_t)mark.length)
        return io_error(ctx, "cut back", g->path, errno);
    g->mark = mark;
    return PF_OK;
}

pf_err pf_growing_open(pf_ctx *ctx, const char *path, pf_mark mark, pf_growing **out)
{
    *out = NULL;
    pf_growing *g = pf_calloc(ctx, 1, sizeof *g);
    if (!g) return PF_ERR_NO_MEMORY;
    g->fd = -1;
    pf_arena_init(&g->names);
    g->path = pf_arena_strdup(ctx, &g->names, path);
    pf_err err = g->path ? open_at(ctx, g, mark) : PF_ERR_NO_MEMORY;
    if (err)
        pf_growing_close(g);
    else
        *out = g;
    return err;
}

static void flush(pf_growing *g)
{
    for (size_t done = 0; done < g->used && !g->failed;) {
        ssize_t n = write(g->fd, g->bytes + done, g->used - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            g->failed = errno;
        else
            done += (size_t)n;
    }
    g->used = 0;
}

void pf_growing_put(pf_growing *g, const void *bytes, size_t n)
{
    const char *from = bytes;
    g->mark.hash = n ? pf_hash(g->mark.hash, bytes, n) : g->mark.hash;
    g->mark.length += n;
    while (n && !g->failed) {
        size_t part = BLOCK - g->used < n ? BLOCK - g->used : n;
        memcpy(g->bytes + g->used, from, part);
        g->used += part;
        from += part;
        n -= part;
        if (g->used == BLOCK) flush(g);
    }
}

pf_err pf_growing_flush(pf_ctx *ctx, pf_growing *g)
{
    flush(g);
    return g->failed ? io_error(ctx, "write", g->path, g->failed) : PF_OK;
}

pf_err pf_growing_sync(pf_ctx *ctx, pf_growing *g, pf_mark *mark)
{
    PF_TRY(pf_growing_flush(ctx, g));
    if (fsync(g->fd) && errno != EINVAL) return io_error(ctx, "flush", g->path, errno);
    *mark = g->mark;
    return PF_OK;
}

pf_mark pf_growing_mark(const pf_growing *g)
{
    return g->mark;
}

void pf_growing_close(pf_growing *g)
{
    if (!g) return;
    if (g->fd >= 0) close(g->fd);
    pf_arena_clear(&g->names);
    pf_free(g);
}
