/* movie_parts.h: what the parts of a movie share. Internal to report. */
#ifndef PF_REPORT_MOVIE_PARTS_H
#define PF_REPORT_MOVIE_PARTS_H
#include "draw/scene.h"
#include "report/movie.h"

/* Cells without the attribute. */
#define PF_MOVIE_GREY ((pf_colour){88, 94, 106})

/* Room for words, in units: the column at the left, above and below. */
#define PF_MOVIE_COLUMN 200.0
#define PF_MOVIE_TOP 44.0
#define PF_MOVIE_BOTTOM 12.0

struct pf_movie {
    const pf_film *f;
    pf_movie_options o;
    size_t attribute, substance;  /* SIZE_MAX: none */
    unsigned char first, last;    /* bytes of the attribute that the colours span */
    int has[PF_CELL_TYPES_MAX];   /* cells of the type have the attribute */
    double field_low, field_high; /* of the substance in all frames */
    pf_colour type[PF_CELL_TYPES_MAX];
    double unit;    /* pixels of what words are measured in */
    pf_scene scene; /* what all pictures share */
    double centre[3], distance, across, azimuth, elevation;
};

/* A moment of the film, drawn or between two frames. */
typedef struct pf_movie_moment {
    size_t frame; /* at or before it */
    double part;  /* of the way to the next one */
    double minute;
} pf_movie_moment;

/** The balls of a moment; pf_free `*out`. Errors: CORRUPT, NO_MEMORY */
PF_NODISCARD pf_err pf_movie_balls(
    pf_ctx *ctx, const pf_movie *m, const pf_movie_moment *t, pf_ball **out, size_t *n);
/** Title, clock, legend, scales. */
void pf_movie_words(
    const pf_movie *m, const pf_movie_moment *t, const pf_view *v, pf_canvas *c);

#endif
