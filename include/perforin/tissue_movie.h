/* tissue_movie.h: the run of a tissue as a movie. Part of perforin.h. */
#ifndef PERFORIN_TISSUE_MOVIE_H
#define PERFORIN_TISSUE_MOVIE_H
#include "perforin/common.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pf_tissue_movie_progress {
    uint64_t done, pictures;
    double seconds; /**< since the first picture was begun */
} pf_tissue_movie_progress;
typedef void (*pf_on_tissue_movie)(void *payload, const pf_tissue_movie_progress *progress);

typedef struct pf_tissue_movie_options {
    size_t size;            /**< set by INIT */
    const char *folder;     /**< of the run, complete or stopped */
    const char *out;        /**< NAME.png: an animated PNG; NAME.mp4 or NAME.gif: through the
                                 program ffmpeg, which has to be on the PATH; else a folder of
                                 single pictures. NULL: movie.png in the run's folder */
    uint64_t width, height; /**< pixels, even */
    double fps;             /**< pictures in a second, 1 to 60 */
    uint64_t between;       /**< pictures between two frames of the film, at most 60: cells
                                 move on straight lines there */
    const char *colour;     /**< NULL or "type"; or an attribute, e.g. "granules left" */
    const char *cut;        /**< NULL: whole; "x", "y" or "z": cut open at right angles to it */
    const char *field;      /**< a substance, shown in the plane of the cut; NULL: none */
    int turn;               /**< the viewer goes around; swings, where it is cut */
    int threads;            /**< 0: as many as this machine has cores */
    const volatile int *cancel; /**< borrowed; non-zero asks to stop; NULL: never */
    pf_on_tissue_movie progress;
    void *payload; /**< handed to the callback */
} pf_tissue_movie_options;
#define PF_TISSUE_MOVIE_OPTIONS_INIT                                                           \
    {                                                                                          \
        .size = sizeof(pf_tissue_movie_options), .width = 960, .height = 720, .fps = 12        \
    }

/** Draw the film of a run, the same bytes for any number of threads (but what ffmpeg makes of
 * them). `*path` says where it is (pf_text_free). REFUSED: no such run, a film without frames,
 * an attribute or a substance that it does not have, no ffmpeg. STOPPED: as asked; of a folder
 * the pictures so far are there, else nothing. */
PF_API pf_status pf_tissue_movie(
    const pf_tissue_movie_options *options, char **path, pf_error *error);

#ifdef __cplusplus
}
#endif
#endif
