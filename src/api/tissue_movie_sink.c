/* Where the pictures of a movie go: an animated PNG, a folder, or the program ffmpeg. */
#include "api/tissue_movie_sink.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char *ending(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    return dot ? dot : "";
}

pf_movie_kind pf_movie_kind_of(const char *path)
{
    const char *e = ending(path);
    if (!strcasecmp(e, ".png") || !strcasecmp(e, ".apng")) return PF_MOVIE_APNG;
    return !strcasecmp(e, ".mp4") || !strcasecmp(e, ".gif") ? PF_MOVIE_FFMPEG : PF_MOVIE_FOLDER;
}

/* Only a movie is written over. */
static pf_err check_target(pf_ctx *ctx, pf_movie_sink *s)
{
    unsigned char found[8];
    char *folder = pf_path_folder(ctx, &s->arena, s->path);
    if (!folder) return PF_ERR_NO_MEMORY;
    if (!pf_path_exists(folder))
        return pf_fail(ctx, PF_ERR_CONFIG,
            "there is no folder '%s' for the movie '%s'; make it first", folder, s->path);
    FILE *f = fopen(s->path, "rbe");
    size_t n = f ? fread(found, 1, sizeof found, f) : 0;
    int bad = f && ferror(f); /* a folder */
    if (f) fclose(f);
    if (!f || (!n && !bad)) return PF_OK;
    if (n == 8 && (!memcmp(found, "\x89PNG", 4) || !memcmp(found, "GIF8", 4) ||
                      !memcmp(found + 4, "ftyp", 4)))
        return PF_OK;
    return pf_fail(ctx, PF_ERR_CONFIG,
        "'%s' is there and is no movie; name another file, or remove it first", s->path);
}

/* ---- single pictures ---- */

static int is_picture(const char *name)
{
    return !strncmp(name, "picture_", 8) && !strcmp(ending(name), ".png");
}

/* A folder of our own: pictures of an earlier movie go. */
static pf_err open_folder(pf_ctx *ctx, pf_movie_sink *s)
{
    PF_TRY(pf_dir_make(ctx, s->path));
    DIR *d = opendir(s->path);
    if (!d) return pf_fail(ctx, PF_ERR_IO, "cannot read '%s': %s", s->path, strerror(errno));
    pf_err err = PF_OK;
    for (struct dirent *e; !err && (e = readdir(d));)
        if (e->d_name[0] != '.' && !is_picture(e->d_name))
            err = pf_fail(ctx, PF_ERR_CONFIG,
                "'%s' holds other files; name another folder, or a file that ends in .png, "
                ".mp4 or .gif",
                s->path);
    rewinddir(d);
    for (struct dirent *e; !err && (e = readdir(d));) {
        char *path =
            is_picture(e->d_name) ? pf_path_join(ctx, &s->arena, s->path, e->d_name) : NULL;
        if (path) unlink(path);
    }
    closedir(d);
    return err;
}

static pf_err put_picture(pf_ctx *ctx, pf_movie_sink *s, const pf_buf *png)
{
    char name[40];
    snprintf(name, sizeof name, "picture_%06zu.png", s->done + 1);
    const char *path = pf_path_join(ctx, &s->arena, s->path, name);
    return path ? pf_file_write(ctx, path, png->bytes, png->size) : PF_ERR_NO_MEMORY;
}

/* ---- an animated PNG ---- */

static pf_err put_apng(
    pf_ctx *ctx, pf_movie_sink *s, const pf_canvas *c, const pf_apng_part *part)
{
    pf_buf b;
    pf_buf_init(&b, ctx);
    if (!s->done) pf_apng_begin(&b, &s->apng, c, PF_MOVIE_COMMENT);
    pf_apng_put(&b, &s->apng, part);
    pf_err err = pf_buf_ok(&b);
    if (!err) pf_sink_put(s->file, b.bytes, b.size);
    pf_buf_clear(&b);
    return err;
}

static pf_err end_apng(pf_ctx *ctx, pf_movie_sink *s)
{
    pf_buf b;
    pf_buf_init(&b, ctx);
    pf_apng_end(&b);
    pf_err err = pf_buf_ok(&b);
    if (!err) pf_sink_put(s->file, b.bytes, b.size);
    pf_buf_clear(&b);
    pf_sink *file = s->file;
    s->file = NULL;
    if (!err) return pf_sink_commit(ctx, file);
    pf_sink_abandon(file);
    return err;
}

/* ---- ffmpeg ---- */

static int start(pf_movie_sink *s, int input, char *const *word)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none;
    pid_t child = 0;
    if (posix_spawn_file_actions_init(&files)) return 0;
    if (posix_spawnattr_init(&how)) {
        posix_spawn_file_actions_destroy(&files);
        return 0;
    }
    sigemptyset(&none);
    /* A group of its own: Ctrl-C reaches us, and we decide. */
    int bad = posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP) ||
              posix_spawnattr_setsigmask(&how, &none) ||
              posix_spawn_file_actions_adddup2(&files, input, 0) ||
              posix_spawn_file_actions_adddup2(&files, s->told, 1) ||
              posix_spawn_file_actions_adddup2(&files, s->told, 2) ||
              posix_spawnp(&child, word[0], &files, &how, word, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    s->child = bad ? 0 : (int)child;
    return !bad;
}

/* Words of a command, parted by tabs in the arena's copy. */
enum { WORDS_MAX = 40 };

static int split(char *command, char *word[WORDS_MAX + 1])
{
    size_t n = 0;
    for (char *at = command; at && n < WORDS_MAX; n++) word[n] = strsep(&at, "\t");
    word[n] = NULL;
    return n < WORDS_MAX;
}

static char *command_of(pf_ctx *ctx, pf_movie_sink *s)
{
    static const char MP4[] = "-an\t-pix_fmt\tyuv420p\t-crf\t18\t-movflags\t+faststart\t-"
                              "metadata\tcomment=" PF_MOVIE_COMMENT;
    static const char GIF[] = "-filter_complex\tsplit[a][b];[a]palettegen[p];[b][p]paletteuse";
    const char *e = ending(s->path);
    s->part = pf_arena_printf(
        ctx, &s->arena, "%.*s.part%s", (int)(strlen(s->path) - strlen(e)), s->path, e);
    if (!s->part) return NULL;
    return pf_arena_printf(ctx, &s->arena,
        "ffmpeg\t-loglevel\terror\t-y\t-f\trawvideo\t-pix_fmt\trgb24\t-s\t%zux%zu\t-r\t%g\t-"
        "i\t-\t"
        "%s\tfile:%s",
        s->width, s->height, s->fps, strcasecmp(e, ".gif") ? MP4 : GIF, s->part);
}

static pf_err open_ffmpeg(pf_ctx *ctx, pf_movie_sink *s)
{
    int ends[2];
    char *word[WORDS_MAX + 1], *command = command_of(ctx, s);
    if (!command) return PF_ERR_NO_MEMORY;
    if (strchr(s->path, '\t') || !split(command, word))
        return pf_fail(ctx, PF_ERR_CONFIG, "'%s': a tab in the name of a movie", s->path);
    s->told = memfd_create("ffmpeg", MFD_CLOEXEC);
    /* A socket instead of a pipe: writing to one whose reader has gone raises no signal. */
    if (s->told < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return pf_fail(ctx, PF_ERR_IO, "cannot start ffmpeg: %s", strerror(errno));
    s->to = ends[0];
    int good = start(s, ends[1], word);
    close(ends[1]);
    if (good) return PF_OK;
    return pf_fail(ctx, PF_ERR_CONFIG,
        "'%s' needs the program ffmpeg, which is not on the PATH; install it, or name a file "
        "that ends in .png, which browsers play, or a folder for single pictures",
        s->path);
}

/* 0: ffmpeg ended well. */
static int end_child(pf_movie_sink *s)
{
    int status = -1;
    if (s->to >= 0) close(s->to);
    s->to = -1;
    while (s->child && waitpid(s->child, &status, 0) < 0 && errno == EINTR) {
    }
    s->child = 0;
    return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* What it said, in one line. */
static pf_err ffmpeg_failed(pf_ctx *ctx, pf_movie_sink *s)
{
    char said[400] = "";
    ssize_t n = pread(s->told, said, sizeof said - 1, 0);
    if (n < 0) n = 0;
    said[n] = 0;
    said[strcspn(said, "\n")] = 0;
    return pf_fail(ctx, PF_ERR_IO, "ffmpeg did not write '%s': %s", s->path,
        *said ? said : "it ended without a reason");
}

static pf_err feed(pf_ctx *ctx, pf_movie_sink *s, const pf_canvas *c)
{
    size_t n = 3 * c->width * c->height;
    const uint8_t *at = c->rgb;
    while (n) {
        ssize_t done = send(s->to, at, n, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) {
            (void)end_child(s);
            return ffmpeg_failed(ctx, s);
        }
        at += done;
        n -= (size_t)done;
    }
    return PF_OK;
}

static pf_err end_ffmpeg(pf_ctx *ctx, pf_movie_sink *s)
{
    if (end_child(s)) return ffmpeg_failed(ctx, s);
    if (rename(s->part, s->path))
        return pf_fail(ctx, PF_ERR_IO, "cannot write '%s': %s", s->path, strerror(errno));
    s->part = NULL;
    return PF_OK;
}

/* ---- all three ---- */

pf_err pf_movie_sink_open(pf_ctx *ctx, pf_movie_sink *s)
{
    s->kind = pf_movie_kind_of(s->path);
    s->to = s->told = -1;
    if (s->kind == PF_MOVIE_FOLDER) return open_folder(ctx, s);
    PF_TRY(check_target(ctx, s));
    if (s->kind == PF_MOVIE_FFMPEG) return open_ffmpeg(ctx, s);
    s->apng = (pf_apng){.frames = s->pictures,
        .numerator = 1000,
        .denominator = (unsigned)lround(1000 * s->fps)};
    return pf_sink_open(ctx, s->path, &s->file);
}

pf_err pf_movie_sink_put(pf_ctx *ctx, pf_movie_sink *s, const pf_canvas *c,
    const pf_apng_part *part, const pf_buf *png)
{
    pf_err err = s->kind == PF_MOVIE_APNG     ? put_apng(ctx, s, c, part)
                 : s->kind == PF_MOVIE_FOLDER ? put_picture(ctx, s, png)
                                              : feed(ctx, s, c);
    s->done++;
    return err;
}

pf_err pf_movie_sink_end(pf_ctx *ctx, pf_movie_sink *s)
{
    if (s->kind == PF_MOVIE_FOLDER) return PF_OK;
    return s->kind == PF_MOVIE_APNG ? end_apng(ctx, s) : end_ffmpeg(ctx, s);
}

void pf_movie_sink_clear(pf_movie_sink *s)
{
    pf_sink_abandon(s->file);
    if (s->child) (void)kill(s->child, SIGTERM);
    if (s->child) (void)end_child(s);
    if (s->to >= 0) close(s->to);
    if (s->told >= 0) close(s->told);
    if (s->part) unlink(s->part);
    pf_arena_clear(&s->arena);
}
