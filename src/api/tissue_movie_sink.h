/* tissue_movie_sink.h: where the pictures of a movie go. Internal to api. */
#ifndef PF_API_TISSUE_MOVIE_SINK_H
#define PF_API_TISSUE_MOVIE_SINK_H
#include "base/base.h"
#include "draw/png.h"

typedef enum { PF_MOVIE_APNG, PF_MOVIE_FOLDER, PF_MOVIE_FFMPEG } pf_movie_kind;

typedef struct pf_movie_sink {
    pf_movie_kind kind;
    const char *path;
    size_t width, height, pictures, done;
    double fps;
    pf_arena arena;
    pf_apng apng;
    pf_sink *file;    /* of an animated PNG */
    const char *part; /* what ffmpeg writes */
    int to, told;     /* file descriptors: its input, what it said; -1: none */
    int child;        /* its process; 0: none */
} pf_movie_sink;

/** The kind that a name asks for. */
pf_movie_kind pf_movie_kind_of(const char *path);
/** Begin; what was at `s->path` stays until the end. The caller has set path, sizes, pictures
 * and fps. Errors: CONFIG (something else is there; no ffmpeg), IO, NO_MEMORY */
PF_NODISCARD pf_err pf_movie_sink_open(pf_ctx *ctx, pf_movie_sink *s);
/** The next picture: `part` of an animated PNG, `png` of a folder, else the canvas. */
PF_NODISCARD pf_err pf_movie_sink_put(pf_ctx *ctx, pf_movie_sink *s, const pf_canvas *c,
    const pf_apng_part *part, const pf_buf *png);
/** All pictures are there. Errors: IO (the sentence of ffmpeg) */
PF_NODISCARD pf_err pf_movie_sink_end(pf_ctx *ctx, pf_movie_sink *s);
/** Frees; what was not ended is taken away, but for single pictures. */
void pf_movie_sink_clear(pf_movie_sink *s);

#define PF_MOVIE_COMMENT "SIMULATED by Perforin. Every cell is simulated."

#endif
