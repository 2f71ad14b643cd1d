/* pf_tissue_movie: pictures of a run's film, several at once, in order into one sink. */
#include "api/tissue_movie_sink.h"
#include "api/resume.h"
#include "api/tissue_page.h"
#include "report/movie.h"

#include <math.h>
#include <string.h>

enum { CREW_MOST = 16 };

/* One member of the crew and its picture. */
typedef struct {
    pf_ctx ctx;
    pf_canvas canvas;
    pf_apng_part part;
    pf_buf png;
    pf_err err;
} worker;

typedef struct {
    const pf_tissue_movie_options *o;
    pf_ctx ctx;
    pf_arena arena;
    pf_film *film;
    pf_movie *movie;
    pf_movie_sink sink;
    pf_crew *crew;
    worker worker[CREW_MOST];
    pf_canvas before; /* the last picture of the batch before */
    size_t first, n;  /* the batch: its first picture, how many */
} job;

/* ---- the film ---- */

static pf_err check_options(job *j)
{
    const pf_tissue_movie_options *o = j->o;
    pf_ctx *ctx = &j->ctx;
    if (o->size != sizeof *o)
        return pf_fail(ctx, PF_ERR_CONFIG, "the options were made for another version");
    if (!o->folder || !*o->folder)
        return pf_fail(ctx, PF_ERR_CONFIG, "no run folder was named");
    if (!(o->fps >= 1 && o->fps <= 60))
        return pf_fail(ctx, PF_ERR_CONFIG, "%g pictures a second: 1 to 60 can be", o->fps);
    if (o->cut && (strlen(o->cut) != 1 || !strchr("xyz", *o->cut)))
        return pf_fail(
            ctx, PF_ERR_CONFIG, "cut across '%s': x, y and z are the axes there are", o->cut);
    if (o->threads < 0) return pf_fail(ctx, PF_ERR_RANGE, "threads: %d is below 0", o->threads);
    return PF_OK;
}

static pf_err open_film(job *j)
{
    const char *folder = j->o->folder, *results = NULL;
    const pf_jvalue *manifest = pf_tissue_manifest(&j->ctx, &j->arena, folder);
    if (!manifest) return pf_call_no_tissue(&j->ctx, &j->arena, folder);
    pf_err err = pf_call_tissue_check(&j->ctx, &j->arena, folder, manifest, &results);
    if (err) return err;
    const char *path = pf_path_join(&j->ctx, &j->arena, results, "film.bin");
    return path ? pf_film_read(&j->ctx, path, &j->film) : PF_ERR_NO_MEMORY;
}

static pf_err open_movie(job *j)
{
    const pf_tissue_movie_options *o = j->o;
    const uint64_t most = PF_MOVIE_SIDE_MOST + 1;
    const pf_movie_options mo = {.width = (size_t)(o->width < most ? o->width : most),
        .height = (size_t)(o->height < most ? o->height : most),
        .colour = o->colour,
        .cut = o->cut ? *o->cut - 'x' : -1,
        .field = o->field,
        .turn = o->turn,
        .between = (size_t)(o->between < most ? o->between : most)};
    PF_TRY(pf_movie_new(&j->ctx, j->film, &mo, &j->movie));
    const char *out = o->out;
    if (!out || !*out) out = pf_path_join(&j->ctx, &j->arena, o->folder, PF_TISSUE_MOVIE);
    if (!out) return PF_ERR_NO_MEMORY;
    j->sink.path = out;
    j->sink.width = mo.width;
    j->sink.height = mo.height;
    j->sink.fps = o->fps;
    j->sink.pictures = pf_movie_pictures(j->movie);
    return pf_movie_sink_open(&j->ctx, &j->sink);
}

/* Each draws a picture of its own: as many at once as fit into about 2 GiB. */
static pf_err open_crew(job *j)
{
    enum { BYTES_OF_A_PIXEL = 60 };
    int n = j->o->threads;
    double most = 2147483648.0 / (BYTES_OF_A_PIXEL * (double)(j->sink.width * j->sink.height));
    if (!n) n = pf_call_cores();
    n = (int)fmin(n, fmin(CREW_MOST, fmax(1, floor(most))));
    return pf_crew_new(&j->ctx, n, &j->crew);
}

/* ---- pictures ---- */

static void draw(void *payload, int who, int of)
{
    job *j = payload;
    (void)of;
    worker *w = &j->worker[who];
    if ((size_t)who >= j->n) return;
    w->err = pf_movie_picture(&w->ctx, j->movie, j->first + (size_t)who, &w->canvas);
}

static void pack(void *payload, int who, int of)
{
    job *j = payload;
    (void)of;
    worker *w = &j->worker[who];
    if ((size_t)who >= j->n) return;
    const pf_canvas *before = who ? &j->worker[who - 1].canvas : &j->before;
    if (j->sink.kind == PF_MOVIE_APNG)
        w->err = pf_apng_pack(&w->ctx, before->rgb ? before : NULL, &w->canvas, &w->part);
    if (j->sink.kind == PF_MOVIE_FOLDER) {
        pf_png_put(&w->png, &w->canvas, PF_MOVIE_COMMENT);
        w->err = pf_buf_ok(&w->png);
    }
}

/* The first of the batch that failed. */
static pf_err failure(job *j)
{
    for (size_t k = 0; k < j->n; k++) {
        const worker *w = &j->worker[k];
        if (w->err) return pf_fail(&j->ctx, w->err, "%s", w->ctx.message);
    }
    return PF_OK;
}

static void clear_batch(job *j)
{
    for (size_t k = 0; k < j->n; k++) {
        pf_canvas_clear(&j->worker[k].canvas);
        pf_buf_clear(&j->worker[k].part.packed);
        pf_buf_clear(&j->worker[k].png);
    }
    j->n = 0;
}

static pf_err batch(job *j)
{
    for (size_t k = 0; k < j->n; k++) {
        worker *w = &j->worker[k];
        memset(w, 0, sizeof *w);
        pf_ctx_init(&w->ctx);
        pf_buf_init(&w->part.packed, &w->ctx);
        pf_buf_init(&w->png, &w->ctx);
    }
    pf_crew_run(j->crew, draw, j);
    PF_TRY(failure(j));
    pf_crew_run(j->crew, pack, j);
    PF_TRY(failure(j));
    for (size_t k = 0; k < j->n; k++) {
        worker *w = &j->worker[k];
        PF_TRY(pf_movie_sink_put(&j->ctx, &j->sink, &w->canvas, &w->part, &w->png));
    }
    pf_canvas_clear(&j->before);
    worker *last = &j->worker[j->n - 1];
    j->before = last->canvas;
    last->canvas = (pf_canvas){0};
    return PF_OK;
}

static pf_err pictures(job *j)
{
    double began = pf_call_clock();
    size_t all = j->sink.pictures, crew = (size_t)pf_crew_size(j->crew);
    for (j->first = 0; j->first < all; j->first += crew) {
        if (pf_ctx_cancelled(&j->ctx))
            return pf_fail(
                &j->ctx, PF_ERR_CANCELLED, "stopped after %zu of %zu pictures", j->first, all);
        j->n = all - j->first < crew ? all - j->first : crew;
        size_t n = j->n;
        pf_err err = batch(j);
        clear_batch(j);
        if (err) return err;
        const pf_tissue_movie_progress p = {j->first + n, all, pf_call_clock() - began};
        if (j->o->progress) j->o->progress(j->o->payload, &p);
    }
    return pf_movie_sink_end(&j->ctx, &j->sink);
}

pf_status pf_tissue_movie(const pf_tissue_movie_options *options, char **path, pf_error *error)
{
    job j = {.o = options, .sink = {.to = -1, .told = -1}};
    *path = NULL;
    pf_ctx_init(&j.ctx);
    pf_arena_init(&j.arena);
    pf_arena_init(&j.sink.arena);
    pf_err err = check_options(&j);
    if (!err) j.ctx.asked = options->cancel;
    if (!err) err = open_film(&j);
    if (err == PF_ERR_CORRUPT) err = pf_call_damaged(&j.ctx);
    if (!err) err = open_movie(&j);
    if (!err) err = open_crew(&j);
    if (!err) err = pictures(&j);
    if (!err) {
        pf_buf name;
        pf_buf_init(&name, &j.ctx);
        pf_buf_text(&name, j.sink.path);
        err = pf_call_text(&j.ctx, &name, path);
    }
    pf_status status = pf_call_end(&j.ctx, err, error);
    pf_canvas_clear(&j.before);
    pf_crew_free(j.crew);
    pf_movie_sink_clear(&j.sink);
    pf_movie_free(j.movie);
    pf_film_free(j.film);
    pf_arena_clear(&j.arena);
    return status;
}
