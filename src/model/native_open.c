#include "model/native_open.h"

#include "model/native_cache.h"
#include "model/native_compile.h"
#include "model/native_source.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Beyond this a compiler takes minutes; the interpreter starts at once. */
enum { MOST_INSTRUCTIONS = 200000, SMALL = 1000 };
/* Part of every key, with the program: another number when the C text made of a program, what
 * it calls, or how it is called changes. (tests/unit/native.c sees changes of the text.) */
#define VERSION "perforin native 3"

typedef struct unit {
    pf_buf text;
    pf_key key;
    char *kept; /* path in the cache; NULL: no cache */
    pf_compile_job job;
    int missing; /* to be compiled */
} unit;

struct pf_opener {
    pf_ctx *ctx;
    pf_native_image *n;
    const pf_program *program;
    pf_arena memory; /* of the opening only */
    pf_native_plan plan;
    pf_compiler compiler;
    char *cache; /* NULL: none, `why` says so */
    char why[600];
    char *work; /* folder of the compilation, removed at the end; NULL: none yet */
    unit unit[PF_NATIVE_UNITS];
    size_t n_missing;
};
typedef struct pf_opener opener;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void put_text(pf_sha256 *s, const char *text)
{
    pf_sha256_put(s, text, strlen(text) + 1);
}

/* What one unit's object is made from. */
static void key_of(const opener *o, uint32_t number, pf_key *key)
{
    pf_sha256 s;
    const pf_program *p = o->program;
    uint64_t shape[] = {p->n_slots, p->private0, number, (uint64_t)o->n->width, PF_OP_COUNT,
        PF_NATIVE_CUT, o->plan.n_unit};
    pf_sha256_init(&s);
    put_text(&s, VERSION);
    put_text(&s, o->compiler.identity);
    put_text(&s, o->compiler.flags);
    pf_sha256_put(&s, shape, sizeof shape);
    /* All pieces: what the others read decides what this unit stores. */
    pf_sha256_put(&s, o->plan.digest, sizeof o->plan.digest);
    pf_sha256_end(&s, key->byte);
}

/* The pieces of one loaded unit. 0 when it lacks one. */
static int take_pieces(opener *o, uint32_t number, void *library)
{
    unsigned in_unit = 0;
    size_t of_code[PF_CODES] = {0};
    for (size_t i = 0; i < o->plan.n; i++) {
        const pf_native_piece *p = &o->plan.piece[i];
        size_t at = of_code[p->code]++;
        if (p->unit != number) continue;
        char name[32];
        snprintf(name, sizeof name, "pf_piece_%u", in_unit++);
        void *symbol = dlsym(library, name);
        if (!symbol) return 0;
        pf_native_fn *piece = (pf_native_fn *)(uintptr_t)o->n->code[p->code].piece;
        memcpy(&piece[at], &symbol, sizeof symbol); /* C has no cast between the two */
    }
    return 1;
}

static int load(opener *o, uint32_t number, const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
    if (!take_pieces(o, number, library)) {
        dlclose(library);
        return 0;
    }
    o->n->library[number] = library;
    return 1;
}

static pf_err find_units(opener *o)
{
    for (uint32_t k = 0; k < o->plan.n_unit; k++) {
        unit *u = &o->unit[k];
        key_of(o, k, &u->key);
        if (o->cache) {
            u->kept = pf_cache_path(o->ctx, &o->memory, o->cache, &u->key);
            if (!u->kept) return PF_ERR_NO_MEMORY;
        }
        u->missing = !u->kept || !pf_cache_good(u->kept, &u->key) || !load(o, k, u->kept);
        o->n_missing += (size_t)u->missing;
    }
    return PF_OK;
}

static pf_err make_work(opener *o)
{
    const char *tmp = getenv("TMPDIR");
    char *folder =
        pf_arena_printf(o->ctx, &o->memory, "%s/perforin-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!folder) return PF_ERR_NO_MEMORY;
    if (mkdtemp(folder))
        o->work = folder;
    else
        snprintf(o->n->note, sizeof o->n->note,
            "no native code: a temporary folder %s cannot be made", folder);
    return PF_OK;
}

static void remove_work(opener *o)
{
    DIR *d = o->work ? opendir(o->work) : NULL;
    if (!d) return;
    for (struct dirent *f = readdir(d); f; f = readdir(d)) unlinkat(dirfd(d), f->d_name, 0);
    closedir(d);
    rmdir(o->work);
    o->work = NULL;
}

static char *in_work(opener *o, uint32_t number, const char *end)
{
    return pf_arena_printf(o->ctx, &o->memory, "%s/unit%u%s", o->work, number, end);
}

/* The first line of what the compiler said, for the note. */
static void complain(opener *o, const unit *u)
{
    char *text = NULL;
    size_t n = 0;
    if (pf_file_read(NULL, u->job.complaints, 1 << 20, &text, &n)) text = NULL;
    snprintf(o->n->note, sizeof o->n->note, "no native code: the compiler %s failed: %.*s",
        o->compiler.path, text ? (int)strcspn(text, "\n") : 0, text ? text : "");
    pf_free(text);
}

static pf_err compile_missing(opener *o, int *all)
{
    pf_compile_job job[PF_NATIVE_UNITS];
    uint32_t who[PF_NATIVE_UNITS];
    size_t n = 0;
    for (uint32_t k = 0; k < o->plan.n_unit; k++) {
        unit *u = &o->unit[k];
        if (!u->missing) continue;
        u->job = (pf_compile_job){
            in_work(o, k, ".c"), in_work(o, k, ".so"), in_work(o, k, ".txt"), 0, 0, 0};
        if (!u->job.source || !u->job.object || !u->job.complaints) return PF_ERR_NO_MEMORY;
        PF_TRY(pf_native_source(o->ctx, o->program, &o->plan, k, o->n->width, &u->text));
        FILE *f = fopen(u->job.source, "wbe");
        size_t written = f ? fwrite(u->text.bytes, 1, u->text.size, f) : 0;
        if (!f || fclose(f) || written != u->text.size) {
            snprintf(o->n->note, sizeof o->n->note, "no native code: %s cannot be written",
                u->job.source);
            return PF_OK;
        }
        who[n] = k;
        job[n++] = u->job;
    }
    PF_TRY(pf_compile_all(o->ctx, &o->compiler, job, n));
    *all = 1;
    for (size_t i = 0; i < n; i++) {
        if (!job[i].failed) continue;
        *all = 0;
        complain(o, &o->unit[who[i]]);
    }
    return PF_OK;
}

/* From the cache when it can be kept and loaded there, else as it lies. */
static int load_compiled(opener *o)
{
    for (uint32_t k = 0; k < o->plan.n_unit; k++) {
        unit *u = &o->unit[k];
        if (!u->missing) continue;
        int kept = u->kept && pf_cache_keep(u->job.object, u->kept, &u->key);
        if (kept && load(o, k, u->kept)) continue;
        if (u->kept)
            snprintf(o->why, sizeof o->why, "files in %s cannot be %s", o->cache,
                kept ? "loaded" : "written");
        if (load(o, k, u->job.object)) continue;
        const char *reason = dlerror();
        snprintf(o->n->note, sizeof o->n->note, "no native code: it cannot be loaded: %.400s",
            reason ? reason : "no reason given");
        return 0;
    }
    return 1;
}

static pf_err compile_and_load(opener *o)
{
    double began = seconds();
    int all = 0;
    PF_TRY(make_work(o));
    if (!o->work) return PF_OK;
    PF_TRY(compile_missing(o, &all));
    if (!all || !load_compiled(o)) return PF_OK;
    if (o->cache) pf_cache_trim(o->cache, PF_NATIVE_CACHE_MOST);
    o->n->how = PF_NATIVE_COMPILED;
    snprintf(o->n->note, sizeof o->n->note,
        "native code for %d lanes (%s), compiled by %.200s in %.2f s%s%.200s", o->n->width,
        pf_lanes_name(o->n->width), o->compiler.path, seconds() - began,
        o->why[0] ? "; not kept: " : "", o->why);
    return PF_OK;
}

pf_err pf_opener_compile(pf_ctx *ctx, opener *o)
{
    o->ctx = ctx;
    pf_err err = compile_and_load(o);
    remove_work(o); /* what is loaded from there stays loaded */
    return err;
}

/* Room for the pieces of each code. */
static pf_err make_codes(opener *o)
{
    pf_native_image *n = o->n;
    for (size_t i = 0; i < o->plan.n; i++) n->code[o->plan.piece[i].code].n++;
    for (unsigned k = 0; k < PF_CODES; k++) {
        n->code[k].piece =
            pf_arena_alloc(o->ctx, &n->memory, n->code[k].n + 1, sizeof(pf_native_fn));
        if (!n->code[k].piece) return PF_ERR_NO_MEMORY;
    }
    return PF_OK;
}

static size_t instructions(const pf_program *p)
{
    size_t total = 0;
    for (unsigned k = 0; k < PF_CODES; k++) total += p->code[k].n;
    return total;
}

/* Why there can be no native code at all; NULL: there can. */
static const char *hopeless(const pf_program *p)
{
    size_t total = instructions(p);
    if (!pf_lanes_has_fma()) return "this processor has no fused multiply-add";
    if (total > MOST_INSTRUCTIONS) return "the model is too large to compile";
    return NULL;
}

static pf_err look_up(opener *o, const pf_native_options *options)
{
    const char *name = options->compiler;
    pf_native_image *n = o->n;
    const char *never = hopeless(o->program);
    if (never) {
        snprintf(n->note, sizeof n->note, "no native code: %s", never);
        return PF_OK;
    }
    if (!name) name = getenv("PF_CC");
    if (!name || !*name) name = "cc";
    PF_TRY(pf_compiler_find(o->ctx, &o->memory, name, &o->compiler));
    if (!o->compiler.path) {
        snprintf(n->note, sizeof n->note,
            "no native code: there is no compiler '%.300s'; install one or set PF_CC", name);
        return PF_OK;
    }
    o->compiler.flags = pf_compiler_flags(n->width, instructions(o->program) <= SMALL);
    o->cache = pf_cache_folder(
        &o->memory, options->cache, options->when != PF_NATIVE_NEVER, o->why, sizeof o->why);
    PF_TRY(pf_native_plan_of(o->ctx, &o->memory, o->program, &o->plan));
    PF_TRY(make_codes(o));
    PF_TRY(find_units(o));
    if (o->n_missing) {
        snprintf(n->note, sizeof n->note, "no native code: it is not in the cache");
        n->how = PF_NATIVE_COMPILING;
        return PF_OK;
    }
    n->how = PF_NATIVE_CACHED;
    snprintf(n->note, sizeof n->note, "native code for %d lanes (%s) from the cache %.300s",
        n->width, pf_lanes_name(n->width), o->cache);
    return PF_OK;
}

pf_err pf_opener_new(pf_ctx *ctx, const pf_program *program, const pf_native_options *options,
    pf_native_image *image, pf_opener **out)
{
    opener *o = pf_calloc(ctx, 1, sizeof *o);
    *out = o;
    if (!o) return PF_ERR_NO_MEMORY;
    o->ctx = ctx;
    o->n = image;
    o->program = program;
    pf_arena_init(&o->memory);
    for (size_t i = 0; i < PF_NATIVE_UNITS; i++) pf_buf_init(&o->unit[i].text, NULL);
    pf_err err = look_up(o, options);
    if (!err) return PF_OK;
    pf_opener_free(o);
    *out = NULL;
    return err;
}

void pf_opener_free(pf_opener *o)
{
    if (!o) return;
    remove_work(o);
    for (size_t i = 0; i < PF_NATIVE_UNITS; i++) pf_buf_clear(&o->unit[i].text);
    pf_arena_clear(&o->memory);
    pf_free(o);
}
