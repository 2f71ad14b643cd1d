/* movie.h: a film (tissue/film.h) as pictures: cells in space, with legend, clock and scale.
 *
 * Pictures are numbered; each is drawn by itself from the film, so that several can be drawn at
 * once, and gives the same bytes whoever draws it. Between two frames cells that stand in both
 * (by their keys) move on straight lines; who stands in one of them is shown in its half of the
 * time. That is for the eye: nothing was simulated there. Depends on: film, draw. Threads: a
 * movie that was made is only read. */
#ifndef PF_REPORT_MOVIE_H
#define PF_REPORT_MOVIE_H
#include "draw/canvas.h"
#include "tissue/film.h"

enum { PF_MOVIE_SIDE_LEAST = 160, PF_MOVIE_SIDE_MOST = 4320, PF_MOVIE_BETWEEN_MOST = 60 };

typedef struct pf_movie_options {
    size_t width, height; /* pixels */
    const char *colour;   /* NULL: by type; else the name of an attribute of the film */
    int cut;              /* -1: whole; 0, 1, 2: cut open across x, y or z, in the middle */
    const char *field;    /* a substance, shown where the lesion is cut (across y unless `cut`
                             says else); NULL: none */
    int turn;             /* the viewer goes once around; swings, where it is cut */
    size_t between;       /* pictures between two frames */
} pf_movie_options;

typedef struct pf_movie pf_movie;

/** A movie of a film, which is borrowed. Errors: CONFIG (no such attribute or substance, a film
 * without frames, a size that is none), CORRUPT, NO_MEMORY */
PF_NODISCARD pf_err pf_movie_new(
    pf_ctx *ctx, const pf_film *f, const pf_movie_options *o, pf_movie **out);
void pf_movie_free(pf_movie *m); /**< NULL is allowed */
/** How many pictures there are. */
size_t pf_movie_pictures(const pf_movie *m);
/** Draw picture `k` on `out`, made by this call; pf_canvas_clear. Errors: CORRUPT, NO_MEMORY */
PF_NODISCARD pf_err pf_movie_picture(pf_ctx *ctx, const pf_movie *m, size_t k, pf_canvas *out);

#endif
