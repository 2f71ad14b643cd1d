/* tissue_movie.h: `perforin tissue movie`. Internal to cli. */
#ifndef PF_CLI_TISSUE_MOVIE_H
#define PF_CLI_TISSUE_MOVIE_H
#include "cli/cli.h"

/* What its options say. */
typedef struct cli_movie {
    const char *picture_size, *colour, *cut, *field; /* NULL: none given */
    double fps;
    long long between;
    int turn, has_fps, has_between;
} cli_movie;

/** Was any of them given? */
int cli_movie_asked(const cli_movie *m);
/** Draw the movie of a run. Returns the exit code. */
int cli_tissue_movie(
    const verb *v, const cli_movie *m, const pf_tissue_movie_options *options, int quiet);

#endif
