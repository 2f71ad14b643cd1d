/* Movies of a run: the same bytes for any number of threads, what cannot be is told, and what
 * goes to ffmpeg. */
#include "ct.h"
#include "perforin/perforin.h"
#include "report/movie.h"
#include "tissue_pair.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char TEXT[] =
    "tissue: small\ndomain: {size: [120, 120, 120] um}\n"
    "duration: 6 min\noutput: {film: 1 min}\nsteps: {phenotype: 1 min}\n" PF_TISSUE_PAIR
    "  - {cells: tumour, shape: ball, radius: 30 um, packed: yes}\n"
    "  - {cells: NK, shape: shell, inner: 40 um, outer: 55 um, count: 20}\n";

typedef struct {
    char folder[48], run[64], out[80];
    pf_error error;
} place;

static int begin(void **state)
{
    place *p = calloc(1, sizeof *p);
    char file[80];
    pf_ctx ctx;
    pf_tissue_result r;
    pf_ctx_init(&ctx);
    strcpy(p->folder, "/tmp/pf-tissue-movie-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(file, sizeof file, "%s/small.yaml", p->folder);
    snprintf(p->run, sizeof p->run, "%s/run", p->folder);
    assert_ok(&ctx, pf_file_write(&ctx, file, TEXT, strlen(TEXT)));
    pf_tissue_options o = PF_TISSUE_OPTIONS_INIT;
    o.tissue = file;
    o.out = p->run;
    o.threads = 1;
    o.no_report = 1;
    assert_int_equal(pf_tissue_run(&o, &r, &p->error), PF_DONE);
    assert_null(r.report);
    pf_tissue_result_clear(&r);
    *state = p;
    return 0;
}

static int end(void **state)
{
    place *p = *state;
    char command[80];
    snprintf(command, sizeof command, "rm -r %s", p->folder);
    assert_int_equal(system(command), 0);
    free(p);
    return 0;
}

static pf_tissue_movie_options options(place *p, const char *name)
{
    pf_tissue_movie_options o = PF_TISSUE_MOVIE_OPTIONS_INIT;
    snprintf(p->out, sizeof p->out, "%s/%s", p->folder, name);
    o.folder = p->run;
    o.out = p->out;
    o.width = 200;
    o.height = 160;
    o.threads = 1;
    return o;
}

static pf_status go(place *p, const pf_tissue_movie_options *o)
{
    char *path;
    pf_status status = pf_tissue_movie(o, &path, &p->error);
    if (!status) assert_string_equal(path, p->out);
    pf_text_free(path);
    return status;
}

static char *content(const char *path, size_t *size)
{
    pf_ctx ctx;
    char *bytes;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_file_read(&ctx, path, 0, &bytes, size));
    return bytes;
}

static void threads_change_no_byte(void **state)
{
    place *p = *state;
    size_t n[2];
    char *bytes[2];
    for (int k = 0; k < 2; k++) {
        pf_tissue_movie_options o = options(p, k ? "three.png" : "one.png");
        o.threads = 1 + 2 * k;
        o.between = 1;
        o.turn = 1;
        o.field = "oxygen";
        o.colour = "antigen A";
        assert_int_equal(go(p, &o), PF_DONE);
        bytes[k] = content(p->out, &n[k]);
    }
    assert_int_equal(n[0], n[1]);
    assert_memory_equal(bytes[0], bytes[1], n[0]);
    assert_memory_equal(bytes[0], "\x89PNG", 4);
    const unsigned char *control = memmem(bytes[0], n[0], "acTL", 4);
    assert_non_null(control);
    assert_int_equal(control[7], 13); /* seven frames and one between each two of them */
    assert_non_null(memmem(bytes[0], n[0], "SIMULATED", 9));
    pf_free(bytes[0]);
    pf_free(bytes[1]);
    pf_tissue_movie_options o = options(p, "run/movie.png"); /* where it goes by itself */
    o.out = NULL;
    assert_int_equal(go(p, &o), PF_DONE);
    assert_true(pf_path_exists(p->out));
    assert_int_equal(unlink(p->out), 0);
}

static void single_pictures_replace_those_of_before(void **state)
{
    place *p = *state;
    char path[120];
    size_t n;
    pf_tissue_movie_options o = options(p, "pictures");
    o.between = 1;
    assert_int_equal(go(p, &o), PF_DONE);
    snprintf(path, sizeof path, "%s/picture_000013.png", p->out);
    char *bytes = content(path, &n);
    assert_memory_equal(bytes, "\x89PNG", 4);
    pf_free(bytes);
    o.between = 0;
    o.cut = "z";
    assert_int_equal(go(p, &o), PF_DONE);
    assert_false(pf_path_exists(path));
    snprintf(path, sizeof path, "%s/picture_000007.png", p->out);
    assert_true(pf_path_exists(path));
    o.out = p->run;
    strcpy(p->out, p->run);
    assert_int_equal(go(p, &o), PF_REFUSED);
    assert_contains(p->error.message, "holds other files");
}

static void what_cannot_be_is_told(void **state)
{
    place *p = *state;
    pf_tissue_movie_options o = options(p, "a.png");
    o.colour = "granule left";
    assert_int_equal(go(p, &o), PF_REFUSED);
    assert_contains(
        p->error.message, "no attribute 'granule left'; did you mean 'granules left'?");
    o.colour = "type";
    o.field = "glucose";
    assert_int_equal(go(p, &o), PF_REFUSED);
    assert_contains(p->error.message, "no substance 'glucose'; there is oxygen");
    o.field = NULL;
    o.width = 161;
    assert_int_equal(go(p, &o), PF_REFUSED);
    assert_contains(p->error.message, "even numbers between 160 and 4320");
    o.width = 200;
    o.cut = "q";
    assert_int_equal(go(p, &o), PF_REFUSED);
    o.cut = NULL;
    o.fps = NAN;
    assert_int_equal(go(p, &o), PF_REFUSED);
    o.fps = 12;
    o.folder = p->folder;
    assert_int_equal(go(p, &o), PF_REFUSED);
    assert_contains(p->error.message, "there is no run of a tissue in");
    o.folder = p->run;
    snprintf(p->out, sizeof p->out, "%s/small.yaml", p->folder);
    snprintf(p->out, sizeof p->out, "%s/run/tissue.png", p->folder);
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_file_write(&ctx, p->out, "not a picture", 13));
    assert_int_equal(go(p, &o), PF_REFUSED);
    assert_contains(p->error.message, "is there and is no movie");
    assert_int_equal(unlink(p->out), 0);
    int stop = 1;
    o.cancel = &stop;
    assert_int_equal(go(p, &o), PF_STOPPED);
    assert_false(pf_path_exists(p->out));
}

/* A program of that name that counts what it is given; then one that fails, then none. */
static void pictures_go_to_ffmpeg(void **state)
{
    place *p = *state;
    char tool[80], path[200], *old = strdup(getenv("PATH"));
    size_t n;
    pf_ctx ctx;
    static const char COUNTS[] = "#!/bin/sh\nfor last; do :; done\nwc -c > \"${last#file:}\"\n";
    static const char FAILS[] = "#!/bin/sh\necho 'no such codec' >&2\nexit 1\n";
    pf_ctx_init(&ctx);
    snprintf(tool, sizeof tool, "%s/ffmpeg", p->folder);
    assert_ok(&ctx, pf_file_write(&ctx, tool, COUNTS, strlen(COUNTS)));
    assert_int_equal(chmod(tool, 0755), 0);
    snprintf(path, sizeof path, "%s:/usr/bin:/bin", p->folder);
    setenv("PATH", path, 1);
    pf_tissue_movie_options o = options(p, "movie.mp4");
    assert_int_equal(go(p, &o), PF_DONE);
    char *bytes = content(p->out, &n);
    assert_int_equal(strtol(bytes, NULL, 10), 7 * 200 * 160 * 3);
    pf_free(bytes);
    assert_int_equal(unlink(p->out), 0);
    assert_ok(&ctx, pf_file_write(&ctx, tool, FAILS, strlen(FAILS)));
    assert_int_equal(chmod(tool, 0755), 0);
    assert_int_equal(go(p, &o), PF_FAILED);
    assert_contains(p->error.message, "no such codec");
    assert_int_equal(unlink(tool), 0);
    setenv("PATH", p->folder, 1);
    assert_int_equal(go(p, &o), PF_REFUSED);
    assert_contains(p->error.message, "needs the program ffmpeg, which is not on the PATH");
    assert_false(pf_path_exists(p->out));
    setenv("PATH", old, 1);
    free(old);
}

/* Cells between two frames stand between their places in both. */
static void cells_move_between_frames(void **state)
{
    place *p = *state;
    pf_ctx ctx;
    pf_film *f;
    pf_movie *m;
    pf_canvas c[3];
    char path[100];
    pf_ctx_init(&ctx);
    snprintf(path, sizeof path, "%s/film.bin", p->run);
    assert_ok(&ctx, pf_film_read(&ctx, path, &f));
    const pf_movie_options o = {.width = 160, .height = 160, .cut = -1, .between = 1};
    assert_ok(&ctx, pf_movie_new(&ctx, f, &o, &m));
    assert_int_equal(pf_movie_pictures(m), 13);
    size_t differ[2] = {0};
    for (size_t k = 0; k < 3; k++) assert_ok(&ctx, pf_movie_picture(&ctx, m, k, &c[k]));
    for (size_t i = 0; i < 3 * 160 * 160; i++)
        for (int k = 0; k < 2; k++) differ[k] += c[k].rgb[i] != c[k + 1].rgb[i];
    assert_true(differ[0] > 100 && differ[1] > 100);
    for (int k = 0; k < 3; k++) pf_canvas_clear(&c[k]);
    pf_movie_free(m);
    pf_film_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads_change_no_byte),
        cmocka_unit_test(single_pictures_replace_those_of_before),
        cmocka_unit_test(what_cannot_be_is_told), cmocka_unit_test(pictures_go_to_ffmpeg),
        cmocka_unit_test(cells_move_between_frames)};
    return cmocka_run_group_tests(tests, begin, end);
}
