/* A film against the lesion it was made of: places, states, molecules and fields within what a
 * byte can hold; even choices; files that end too early or were changed. */
#include "ct.h"
#include "tissue/film.h"
#include "tissue_scene.h"

#include <stdlib.h>

static pf_tissue *grown(pf_ctx *ctx, pf_scene *w, int threads, uint64_t steps)
{
    pf_tissue *t;
    pf_ctx_init(ctx);
    pf_scene_init(w, 50, 20);
    w->setup.name = w->setup.title = "scene";
    w->setup.n_antigen = 2;
    w->setup.n_receptor = 1;
    w->setup.antigen[0] = "A";
    w->setup.antigen[1] = "B";
    w->setup.receptor[0] = "R";
    assert_ok(ctx, pf_tissue_new(ctx, &w->setup, threads, &t));
    while (t->step < steps) assert_ok(ctx, pf_tissue_step(ctx, t));
    return t;
}

static pf_film *film_of(pf_ctx *ctx, const pf_tissue *t, size_t most)
{
    pf_buf b;
    pf_film *f;
    pf_buf_init(&b, ctx);
    pf_film_head(t->setup, &b);
    assert_ok(ctx, pf_film_frame(ctx, t, most, &b));
    assert_ok(ctx, pf_film_parse(ctx, "film.bin", b.bytes, b.size, &f));
    pf_buf_clear(&b);
    assert_int_equal(f->n, 1);
    return f;
}

static unsigned char *cells_of(pf_ctx *ctx, const pf_film *f)
{
    unsigned char *c = malloc(f->shot[0].shown * pf_film_cell_size(f) + 1);
    assert_non_null(c);
    assert_ok(ctx, pf_film_cells(ctx, f, 0, c));
    return c;
}

static double place(const pf_film *f, const unsigned char *c, int d, size_t i)
{
    const unsigned char *at = c + 2 * (f->shot[0].shown * (size_t)d + i);
    return f->low[d] + (at[0] + 256 * at[1]) / 65535.0 * (f->high[d] - f->low[d]);
}

static size_t attribute(const pf_film *f, const char *name)
{
    for (size_t a = 0; a < f->n_attribute; a++)
        if (!strcmp(f->attribute[a].name, name)) return a;
    print_error("no attribute '%s'\n", name);
    fail();
    return 0;
}

static void cells_are_those_of_the_lesion(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_scene w;
    pf_tissue *t = grown(&ctx, &w, 1, 60);
    pf_film *f = film_of(&ctx, t, 60000);
    unsigned char *c = cells_of(&ctx, f);
    size_t n = f->shot[0].shown, held = 0;
    size_t A = attribute(f, "antigen A"), G = attribute(f, "granules left");
    size_t H = attribute(f, "holds a target"), P = attribute(f, "cycle phase");
    assert_int_equal(n, t->cells.n);
    assert_close(f->shot[0].minute, 6, 1e-12, 0);
    for (size_t i = 0; i < n; i++) {
        const pf_cell *row = &t->row[t->cells.slot[i]];
        const unsigned char *of = c + (PF_FILM_CELL * n) + i;
        for (int d = 0; d < 3; d++)
            assert_close(place(f, c, d, i), t->cells.at[d][i], 0, 90.0 * 2 / 65535);
        assert_close(c[6 * n + i] / 8.0, t->cells.radius[i], 0, 0.0626);
        assert_int_equal(c[7 * n + i], t->cells.type[i]);
        assert_int_equal(c[8 * n + i], row->state);
        assert_close(pf_film_value(&f->attribute[P], of[P * n]), row->phase, 0, 1e-9);
        const pf_film_attribute *a = &f->attribute[A];
        assert_close(pf_film_value(a, of[A * n]), fmax(row->antigen[0], a->low), /* or lost */
            pow(a->high / a->low, 0.5 / 255) - 1 + 1e-6, 0);
        int holds = row->state == PF_CELL_ALIVE && row->target != UINT32_MAX;
        assert_int_equal(of[H * n], 255 * holds);
        held += (size_t)holds;
        if (t->cells.type[i])
            assert_close(pf_film_value(&f->attribute[G], of[G * n]), (double)row->granules / 4,
                0, 0.002);
    }
    assert_true(held > 0);
    assert_int_equal(f->shot[0].alive[0], pf_tissue_alive(t, 0));
    assert_int_equal(f->shot[0].alive[1], pf_tissue_alive(t, 1));
    free(c);
    pf_film_free(f);
    pf_tissue_free(t);
}

/* The mesh here is finer than what a film keeps: averages are made by hand, voxel by voxel. */
static void fields_are_averages_of_the_mesh(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_scene w;
    pf_tissue *t;
    unsigned char out[2 * 48 * 48 * 48];
    pf_ctx_init(&ctx);
    pf_scene_init(&w, 17, 3);
    w.setup.name = w.setup.title = "mesh";
    w.setup.mesh.n[0] = 96; /* two become one */
    w.setup.mesh.n[1] = 7;
    w.setup.mesh.n[2] = 50; /* 25 */
    w.setup.mesh.h = 10;
    w.setup.mesh.origin[0] = -480;
    w.setup.mesh.origin[2] = -250;
    assert_ok(&ctx, pf_tissue_new(&ctx, &w.setup, 1, &t));
    double *x = pf_field_values(t->field, 1);
    size_t stride = pf_field_stride(t->field);
    for (size_t z = 0; z < 50; z++)
        for (size_t y = 0; y < 7; y++)
            for (size_t i = 0; i < 96; i++)
                x[(z * 7 + y) * stride + i] = (double)(i * 3 + y * 17 + z);
    pf_film *f = film_of(&ctx, t, 60000);
    const pf_film_shot *s = &f->shot[0];
    assert_int_equal(s->voxels[0] * 10000 + s->voxels[1] * 100 + s->voxels[2], 480725);
    assert_ok(&ctx, pf_film_fields(&ctx, f, 0, out));
    for (size_t z = 0; z < 25; z++)
        for (size_t y = 0; y < 7; y++)
            for (size_t i = 0; i < 48; i++) {
                double mean = (double)(6 * i + 17 * y + 2 * z) + 1.5 + 0.5;
                double got = s->low[1] + (s->high[1] - s->low[1]) / 255 *
                                             out[48 * 7 * 25 + (z * 7 + y) * 48 + i];
                assert_close(got, mean, 0, (s->high[1] - s->low[1]) / 509);
            }
    assert_close(s->low[0], 38, 1e-12, 0); /* the same everywhere */
    pf_film_free(f);
    pf_tissue_free(t);
}

static void a_choice_of_cells_stays_the_same(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_scene w;
    pf_tissue *t = grown(&ctx, &w, 1, 10);
    pf_film *all = film_of(&ctx, t, 60000), *few = film_of(&ctx, t, 50),
            *fewer = film_of(&ctx, t, 20);
    size_t a = 0, b = 0, n = few->shot[0].shown;
    assert_int_equal(n, 50); /* no two keys are the same here */
    assert_int_equal(few->shot[0].cells, t->cells.n);
    assert_int_equal(fewer->shot[0].shown, 20);
    uint32_t most = 0;
    for (size_t i = 0; i < n; i++)
        most = pf_film_key(few->shot, i) > most ? pf_film_key(few->shot, i) : most;
    for (size_t i = 0; i < all->shot[0].shown; i++) {
        uint32_t key = pf_film_key(all->shot, i);
        if (key <= most) assert_int_equal(pf_film_key(few->shot, a++), key);
        if (b < 20 && key == pf_film_key(fewer->shot, b)) b++;
    }
    assert_int_equal(a, n);
    assert_int_equal(b, 20);
    pf_film_free(all);
    pf_film_free(few);
    pf_film_free(fewer);
    pf_tissue_free(t);
}

static void threads_change_no_byte(void **state)
{
    (void)state;
    pf_buf b[2];
    for (int i = 0; i < 2; i++) {
        pf_ctx ctx;
        pf_scene w;
        pf_tissue *t = grown(&ctx, &w, 1 + 2 * i, 30);
        pf_buf_init(&b[i], NULL);
        pf_film_head(t->setup, &b[i]);
        assert_ok(&ctx, pf_film_frame(&ctx, t, 60, &b[i]));
        pf_tissue_free(t);
    }
    assert_int_equal(b[0].size, b[1].size);
    assert_memory_equal(b[0].bytes, b[1].bytes, b[0].size);
    pf_buf_clear(&b[0]);
    pf_buf_clear(&b[1]);
}

/* Two frames, cut at every byte and changed in every 7th. */
static void what_is_cut_off_or_changed_is_told(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_scene w;
    pf_film *f;
    pf_buf b;
    pf_buf_init(&b, NULL);
    pf_tissue *t = grown(&ctx, &w, 1, 1);
    pf_film_head(t->setup, &b);
    size_t head = b.size;
    assert_ok(&ctx, pf_film_frame(&ctx, t, 8, &b));
    size_t one = b.size;
    assert_ok(&ctx, pf_tissue_step(&ctx, t));
    assert_ok(&ctx, pf_film_frame(&ctx, t, 8, &b));
    for (size_t n = 0; n <= b.size; n++) {
        pf_ctx_reset(&ctx);
        pf_err err = pf_film_parse(&ctx, "film.bin", b.bytes, n, &f);
        assert_int_equal(err, n < head ? PF_ERR_CORRUPT : PF_OK);
        if (err) continue;
        size_t whole = n == b.size ? 2 : n >= one;
        assert_int_equal(f->n, whole);
        assert_int_equal(f->left, n - (n == b.size ? n : n >= one ? one : head));
        pf_film_free(f);
    }
    for (size_t k = 0; k < b.size; k += 7) {
        b.bytes[k] ^= 4;
        pf_ctx_reset(&ctx);
        pf_err err = pf_film_parse(&ctx, "film.bin", b.bytes, b.size, &f);
        /* a frame said to be longer than the file reads as cut off */
        if (!err) assert_true(f->left > 0);
        if (!err) pf_film_free(f);
        b.bytes[k] ^= 4;
    }
    pf_buf_clear(&b);
    pf_tissue_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cells_are_those_of_the_lesion),
        cmocka_unit_test(fields_are_averages_of_the_mesh),
        cmocka_unit_test(a_choice_of_cells_stays_the_same),
        cmocka_unit_test(threads_change_no_byte),
        cmocka_unit_test(what_is_cut_off_or_changed_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
