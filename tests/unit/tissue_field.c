/* Fields against what the scheme must give exactly, and against the equation it stands for. */
#include "ct.h"
#include "model/lanes.h"
#include "tissue/field.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    pf_ctx ctx;
    pf_crew *crew;
    pf_field *f;
    pf_mesh mesh;
} world;

static void begin(world *w, const pf_mesh *mesh, const pf_substance *s, int threads, int lanes)
{
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    w->mesh = *mesh;
    assert_ok(&w->ctx, pf_crew_new(&w->ctx, threads, &w->crew));
    assert_ok(&w->ctx, pf_field_new(&w->ctx, mesh, s, 1, lanes, &w->f));
}
static void end(world *w)
{
    pf_field_free(w->f);
    pf_crew_free(w->crew);
}
static double *voxel(world *w, size_t x, size_t y, size_t z)
{
    return pf_field_values(w->f, 0) + x + pf_field_stride(w->f) * (y + w->mesh.n[1] * z);
}
static void steps(world *w, double h, size_t n)
{
    assert_ok(&w->ctx, pf_field_step_set(&w->ctx, w->f, h));
    assert_ok(&w->ctx, pf_field_advance(&w->ctx, w->f, w->crew, n));
}
static double total(world *w)
{
    double sum = 0;
    for (size_t z = 0; z < w->mesh.n[2]; z++)
        for (size_t y = 0; y < w->mesh.n[1]; y++)
            for (size_t x = 0; x < w->mesh.n[0]; x++) sum += *voxel(w, x, y, z);
    return sum;
}

static const pf_mesh box = {{13, 9, 11}, 20, {0, 0, 0}};

static void without_decay_and_cells_nothing_is_lost(void **state)
{
    (void)state;
    world w;
    begin(&w, &box, &(pf_substance){.name = "a", .diffusion = 1e5}, 2, 0);
    *voxel(&w, 3, 4, 5) = 1000;
    *voxel(&w, 12, 8, 10) = 1;
    steps(&w, 0.01, 500);
    assert_close(total(&w), 1001, 1e-12, 0);
    assert_close(*voxel(&w, 0, 0, 0), 1001.0 / (13 * 9 * 11), 1e-2, 0);
    end(&w);
}

static void an_even_field_decays_by_the_implicit_factor(void **state)
{
    (void)state;
    world w;
    begin(&w, &box, &(pf_substance){.name = "a", .diffusion = 50, .decay = 0.3, .initial = 7},
        1, 0);
    steps(&w, 0.1, 20);
    double each = 1 / pow(1 + 0.1 * 0.3 / 3, 3);
    assert_close(*voxel(&w, 6, 2, 9), 7 * pow(each, 20), 1e-13, 0);
    end(&w);
}

/* A cosine along one axis is an eigenvector of the mesh, with factor 1 / (1 + h lambda / 3 + 4
 * r sin^2). */
static void a_cosine_decays_by_its_own_factor(void **state)
{
    (void)state;
    for (int d = 0; d < 3; d++) {
        world w;
        double D = 1000, h = 0.05, lambda = 0.2, r = h * D / 400,
               k = M_PI * 2 / (double)box.n[d];
        begin(&w, &box, &(pf_substance){.name = "a", .diffusion = D, .decay = lambda}, 1, 0);
        for (size_t z = 0; z < 11; z++)
            for (size_t y = 0; y < 9; y++)
                for (size_t x = 0; x < 13; x++)
                    *voxel(&w, x, y, z) = cos(k * ((double)(size_t[]){x, y, z}[d] + 0.5));
        double before = *voxel(&w, 2, 2, 2);
        steps(&w, h, 10);
        double flat = 1 + h * lambda / 3, s = sin(k / 2);
        double each = 1 / (flat * flat * (flat + 4 * r * s * s));
        assert_close(*voxel(&w, 2, 2, 2) / before, pow(each, 10), 1e-12, 0);
        end(&w);
    }
}

/* Error of a cosine against exp(-(D k^2 + lambda) t), with a mesh fine enough that time rules.
 */
static double error_of(double h)
{
    world w;
    pf_mesh line = {{256, 1, 1}, 1, {0, 0, 0}};
    double D = 40, lambda = 0.5, k = M_PI / 256 * 3, t = 1;
    begin(&w, &line, &(pf_substance){.name = "a", .diffusion = D, .decay = lambda}, 1, 0);
    for (size_t x = 0; x < 256; x++) *voxel(&w, x, 0, 0) = 2 + cos(k * ((double)x + 0.5));
    steps(&w, h, (size_t)(t / h + 0.5));
    double now = 2 * exp(-lambda * t) + cos(k * 10.5) * exp(-(D * k * k + lambda) * t);
    double error = fabs(*voxel(&w, 10, 0, 0) - now);
    end(&w);
    return error;
}

static void the_error_falls_with_the_step(void **state)
{
    (void)state;
    double coarse = error_of(0.1), fine = error_of(0.05), finest = error_of(0.025);
    assert_close(coarse / fine, 2, 0.05, 0);
    assert_close(fine / finest, 2, 0.05, 0);
}

static void between_held_faces_the_profile_becomes_a_line(void **state)
{
    (void)state;
    for (int d = 0; d < 3; d++) {
        world w;
        pf_substance s = {.name = "a", .diffusion = 1e5};
        s.held[2 * d] = s.held[2 * d + 1] = 1;
        s.at[2 * d] = 5;
        s.at[2 * d + 1] = 38;
        begin(&w, &box, &s, 2, 0);
        steps(&w, 1, 2000);
        double last = (double)box.n[d] - 1;
        for (size_t i = 0; i < 9; i++) {
            size_t at[3] = {3, 4, 5};
            at[d] = i;
            assert_close(*voxel(&w, at[0], at[1], at[2]), 5 + 33 * (double)i / last, 1e-10, 0);
        }
        end(&w);
    }
}

static void held_faces_keep_their_value_and_the_later_one_wins_at_edges(void **state)
{
    (void)state;
    world w;
    pf_substance s = {.name = "a", .diffusion = 1e4, .decay = 1, .initial = 3};
    for (int k = 0; k < PF_FACES; k++) s.held[k] = 1, s.at[k] = 10 + k;
    begin(&w, &box, &s, 1, 0);
    for (int again = 0; again < 2; again++) {
        assert_true(*voxel(&w, 0, 4, 5) == 10 && *voxel(&w, 12, 4, 5) == 11);
        assert_true(*voxel(&w, 4, 0, 5) == 12 && *voxel(&w, 4, 8, 5) == 13);
        assert_true(*voxel(&w, 4, 4, 0) == 14 && *voxel(&w, 4, 4, 10) == 15);
        assert_true(*voxel(&w, 0, 8, 5) == 13 && *voxel(&w, 0, 8, 10) == 15);
        steps(&w, 0.1, 7);
    }
    end(&w);
}

static void cells_exchange_before_and_after_each_step(void **state)
{
    (void)state;
    world w;
    begin(&w, &box, &(pf_substance){.name = "a", .initial = 4}, 1, 0);
    const uint32_t where[] = {0, (uint32_t)(voxel(&w, 12, 8, 10) - voxel(&w, 0, 0, 0))};
    const pf_exchange list[] = {{0.1 * 6, 1 / 1.05}, {0, 1 / 1.2}};
    assert_ok(&w.ctx, pf_field_step_set(&w.ctx, w.f, 0.1));
    pf_field_exchange(w.f, where, 2, list, 2);
    steps(&w, 0.1, 3);
    double a = 4, b = 4;
    for (int i = 0; i < 6; i++) a = (a + 0.1 * 6) / 1.05, b = b / 1.2;
    assert_close(*voxel(&w, 0, 0, 0), a, 1e-14, 0);
    assert_close(*voxel(&w, 12, 8, 10), b, 1e-14, 0);
    assert_true(*voxel(&w, 1, 0, 0) == 4);
    end(&w);
}

static void the_bits_do_not_depend_on_threads_or_width(void **state)
{
    (void)state;
    const int lanes[] = {1, 4, 8, 0};
    double *first = NULL;
    for (size_t l = 0; l < 4; l++)
        for (int threads = 1; threads <= 3; threads++) {
            world w;
            pf_substance s = {.name = "a", .diffusion = 1e4, .decay = 0.1, .initial = 1};
            s.held[0] = s.held[3] = 1;
            s.at[0] = 38, s.at[3] = 2;
            if (lanes[l] && !pf_lanes_available(lanes[l])) continue;
            begin(&w, &box, &s, threads, lanes[l]);
            const uint32_t where[] = {5, 500};
            const pf_exchange list[] = {{0.013, 1 / 1.13}, {0.039, 1 / 1.00325}};
            assert_ok(&w.ctx, pf_field_step_set(&w.ctx, w.f, 0.013));
            pf_field_exchange(w.f, where, 2, list, 2);
            steps(&w, 0.013, 50);
            double *now = calloc(13 * 9 * 11, sizeof *now);
            for (size_t i = 0; i < 13 * 9 * 11; i++)
                now[i] = *voxel(&w, i % 13, i / 13 % 9, i / 13 / 9);
            if (!first)
                first = now;
            else {
                assert_memory_equal(first, now, 13 * 9 * 11 * sizeof *now);
                free(now);
            }
            end(&w);
        }
    free(first);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_field *f;
    pf_ctx_init(&ctx);
    pf_substance bad[] = {{.name = "a", .diffusion = -1}, {.name = "b", .decay = NAN},
        {.name = "c", .initial = INFINITY}, {.name = "d", .held = {1}, .at = {NAN}}};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pf_field_new(&ctx, &box, &bad[i], 1, 0, &f), PF_ERR_RANGE);
        assert_contains(ctx.message, bad[i].name);
    }
    pf_substance good = {.name = "a", .diffusion = 1};
    assert_int_equal(
        pf_field_new(&ctx, &(pf_mesh){{0, 1, 1}, 20, {0}}, &good, 1, 0, &f), PF_ERR_RANGE);
    assert_int_equal(
        pf_field_new(&ctx, &(pf_mesh){{5, 1, 1}, 0, {0}}, &good, 1, 0, &f), PF_ERR_RANGE);
    assert_int_equal(pf_field_new(&ctx, &box, &good, 0, 0, &f), PF_ERR_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_decay_and_cells_nothing_is_lost),
        cmocka_unit_test(an_even_field_decays_by_the_implicit_factor),
        cmocka_unit_test(a_cosine_decays_by_its_own_factor),
        cmocka_unit_test(the_error_falls_with_the_step),
        cmocka_unit_test(between_held_faces_the_profile_becomes_a_line),
        cmocka_unit_test(held_faces_keep_their_value_and_the_later_one_wins_at_edges),
        cmocka_unit_test(cells_exchange_before_and_after_each_step),
        cmocka_unit_test(the_bits_do_not_depend_on_threads_or_width),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
