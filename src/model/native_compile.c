#include "model/native_compile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { MOST_FLAGS = 48, MOST_SECONDS = 300 };

/* What the bits and the loading depend on. No product and sum become one rounding. */
#define ALWAYS                                                                                 \
    "-shared -fPIC -nostdlib -w -x c -ffp-contract=off -fno-math-errno -fno-trapping-math"
/* What only takes time; a compiler that does not know them is tried again without. */
#define QUICK                                                                                  \
    " -fno-stack-protector -fno-asynchronous-unwind-tables -fno-tree-dse -fno-dse"             \
    " -fno-tree-fre -fno-tree-pta -fno-gcse -fno-compare-elim -fno-guess-branch-probability"   \
    " -s -Wl,-z,noseparate-code -Wl,--build-id=none -Wl,--hash-style=gnu"

/* A short program is compiled with care: it takes no time anyway. */
#define FLAGS(vector, small) ((small) ? ALWAYS QUICK " -O2" vector : ALWAYS QUICK " -Og" vector)

const char *pf_compiler_flags(int width, int small)
{
#ifdef PF_X86
    if (width == 8) return FLAGS(" -mavx512f -mavx512dq -mavx512vl -mfma", small);
    return FLAGS(" -mavx2 -mfma", small);
#else
    (void)width;
    return FLAGS("", small);
#endif
}

static pf_err identify(pf_ctx *ctx, pf_arena *arena, const char *path, pf_compiler *out)
{
    struct stat st;
    if (stat(path, &st) || !S_ISREG(st.st_mode) || access(path, X_OK)) return PF_OK;
    out->path = pf_arena_strdup(ctx, arena, path);
    out->identity = pf_arena_printf(ctx, arena, "%s %lld %lld.%09ld", path,
        (long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    return out->path && out->identity ? PF_OK : PF_ERR_NO_MEMORY;
}

pf_err pf_compiler_find(pf_ctx *ctx, pf_arena *arena, const char *name, pf_compiler *out)
{
    *out = (pf_compiler){0};
    if (!*name) return PF_OK;
    if (strchr(name, '/')) return identify(ctx, arena, name, out);
    const char *path = getenv("PATH");
    if (!path) path = "/usr/local/bin:/usr/bin:/bin";
    while (*path && !out->path) {
        size_t n = strcspn(path, ":");
        char *whole = pf_arena_printf(ctx, arena, "%.*s/%s", (int)n, path, name);
        if (!whole) return PF_ERR_NO_MEMORY;
        if (n) PF_TRY(identify(ctx, arena, whole, out));
        path += n + (path[n] == ':');
    }
    return PF_OK;
}

/* Split `text` at blanks; returns the number of words. */
static size_t words(char *text, char **word, size_t most)
{
    size_t n = 0;
    char *rest = NULL;
    for (char *w = strtok_r(text, " ", &rest); w && n < most; w = strtok_r(NULL, " ", &rest))
        word[n++] = w;
    return n;
}

/* The plain flags: the others without what only takes time. */
static void choose_flags(const char *all, int plain, char *out, size_t size)
{
    const char *quick = strstr(all, QUICK);
    int head = plain ? (int)(quick - all) : (int)strlen(all);
    snprintf(out, size, "%.*s%s", head, all, plain ? quick + strlen(QUICK) : "");
}

static int start(const pf_compiler *c, pf_compile_job *job)
{
    char flags[1024], *argv[MOST_FLAGS + 8];
    char *path = c->path, *source = (char *)(uintptr_t)job->source;
    choose_flags(c->flags, job->plain, flags, sizeof flags);
    size_t n = 0;
    argv[n++] = path;
    n += words(flags, argv + n, MOST_FLAGS);
    argv[n++] = (char *)(uintptr_t) "-o";
    argv[n++] = (char *)(uintptr_t)job->object;
    argv[n++] = source;
    argv[n] = NULL;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none;
    sigemptyset(&none);
    if (posix_spawn_file_actions_init(&files)) return 0;
    if (posix_spawnattr_init(&how)) {
        posix_spawn_file_actions_destroy(&files);
        return 0;
    }
    /* A group of its own, so that it can be stopped with all that it starts. */
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setsigmask(&how, &none);
    int bad = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0) ||
              posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0) ||
              posix_spawn_file_actions_addopen(
                  &files, 2, job->complaints, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t pid = 0;
    if (!bad) bad = posix_spawn(&pid, path, &files, &how, argv, environ);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    job->pid = bad ? 0 : (long)pid;
    return !bad;
}

/* 1 when the job runs no more. Somebody else may have taken its status; then the file decides.
 */
static int ended(pf_compile_job *job)
{
    int status = 0;
    pid_t pid = waitpid((pid_t)job->pid, &status, WNOHANG);
    if (pid == 0 || (pid < 0 && errno == EINTR)) return 0;
    job->pid = 0;
    struct stat st;
    int made = stat(job->object, &st) == 0 && st.st_size > 0;
    job->failed = !made || (pid > 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return 1;
}

static void stop_all(pf_compile_job *job, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!job[i].pid) continue;
        kill(-(pid_t)job[i].pid, SIGKILL);
        while (waitpid((pid_t)job[i].pid, NULL, 0) < 0 && errno == EINTR) {
        }
        job[i].pid = 0;
        job[i].failed = 1;
    }
}

/* Start what may start; returns how many run. A job's first failure is followed by a plain
 * attempt. */
static size_t keep_busy(
    const pf_compiler *c, pf_compile_job *job, size_t n, size_t most, size_t *next)
{
    size_t running = 0;
    for (size_t i = 0; i < *next; i++) {
        if (!job[i].pid) continue;
        if (ended(&job[i]) && job[i].failed && !job[i].plain) {
            job[i].plain = 1;
            job[i].failed = !start(c, &job[i]);
        }
        running += job[i].pid != 0;
    }
    for (; running < most && *next < n; ++*next) {
        job[*next].failed = !start(c, &job[*next]);
        running += job[*next].pid != 0;
    }
    return running;
}

pf_err pf_compile_all(pf_ctx *ctx, const pf_compiler *c, pf_compile_job *job, size_t n)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t next = 0, most = processors > 1 ? (size_t)processors : 1;
    struct timespec began, now, pause = {0, 500000};
    clock_gettime(CLOCK_MONOTONIC, &began);
    while (keep_busy(c, job, n, most, &next)) {
        nanosleep(&pause, NULL);
        clock_gettime(CLOCK_MONOTONIC, &now);
        int cancelled = pf_ctx_cancelled(ctx);
        if (!cancelled && now.tv_sec - began.tv_sec < MOST_SECONDS) continue;
        stop_all(job, n);
        for (size_t i = next; i < n; i++) job[i].failed = 1;
        if (cancelled) return pf_fail(ctx, PF_ERR_CANCELLED, "stopped on request");
        break;
    }
    return PF_OK;
}
