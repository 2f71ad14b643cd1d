/* Fixed points of maps that can be checked by hand. */
#include "ct.h"
#include "solve/fixpoint.h"

#include <string.h>

enum { N_MOST = 40 };

typedef void (*map)(size_t n, const double *y, double *image);

static void run_map(
    map p, size_t n, double *y, unsigned most, pf_fixpoint_status expected, unsigned *images)
{
    pf_ctx ctx;
    pf_fixpoint *f;
    pf_fixpoint_status status = PF_FIXPOINT_GO_ON;
    double atol[N_MOST], image[N_MOST];
    pf_ctx_init(&ctx);
    for (size_t i = 0; i < n; i++) atol[i] = 1e-12;
    assert_ok(&ctx, pf_fixpoint_new(&ctx, n, 1e-9, atol, &f));
    pf_fixpoint_start(f, y, most);
    while (status == PF_FIXPOINT_GO_ON) {
        p(n, y, image);
        status = pf_fixpoint_next(f, image, y);
    }
    assert_int_equal(status, expected);
    if (images) *images = pf_fixpoint_images(f);
    pf_fixpoint_free(f);
}

/* Modes of 0.5, 0.9, 0.99, ... */
static void affine(size_t n, const double *y, double *image)
{
    double slow = 0.5;
    for (size_t i = 0; i < n; i++, slow *= 0.2)
        image[i] = (1.0 - slow) * y[i] + 1.0 + (i ? 0.1 * y[i - 1] : 0.0);
}

static void an_affine_map_of_n_modes_takes_about_n_images(void **state)
{
    double y[5] = {0};
    unsigned images;
    (void)state;
    run_map(affine, 5, y, 1000, PF_FIXPOINT_DONE, &images);
    double expected = 0.0, slow = 0.5;
    for (size_t i = 0; i < 5; i++, slow *= 0.2) {
        expected = (1.0 + 0.1 * expected) / slow;
        assert_close(y[i], expected, 1e-7, 0);
    }
    assert_true(images <= 12);
}

static void cosine(size_t n, const double *y, double *image)
{
    for (size_t i = 0; i < n; i++) image[i] = cos(y[i]);
}

static void a_curved_map_is_followed(void **state)
{
    double y[2] = {0.1, 1.4};
    (void)state;
    run_map(cosine, 2, y, 100, PF_FIXPOINT_DONE, NULL);
    assert_close(y[0], 0.7390851332151607, 1e-9, 0);
    assert_close(y[1], 0.7390851332151607, 1e-9, 0);
}

static void more_modes_than_differences(size_t n, const double *y, double *image)
{
    for (size_t i = 0; i < n; i++) image[i] = (0.02 * (double)i) * y[i] + 1.0;
}

static void many_states_are_no_obstacle(void **state)
{
    double y[N_MOST] = {0};
    (void)state;
    run_map(more_modes_than_differences, N_MOST, y, 200, PF_FIXPOINT_DONE, NULL);
    for (size_t i = 0; i < N_MOST; i++)
        assert_close(y[i], 1.0 / (1.0 - 0.02 * (double)i), 1e-8, 0);
}

static void doubles(size_t n, const double *y, double *image)
{
    for (size_t i = 0; i < n; i++) image[i] = 2.0 * y[i] - 3.0;
}

static void wanders(size_t n, const double *y, double *image)
{
    for (size_t i = 0; i < n; i++) image[i] = y[i] + 1.0 + 0.1 * sin(y[i]);
}

static void what_repels_or_is_not_there_is_not_found(void **state)
{
    double y[2] = {4, 5};
    (void)state;
    run_map(doubles, 2, y, 100, PF_FIXPOINT_UNSTABLE, NULL);
    y[0] = y[1] = 1.0;
    run_map(wanders, 2, y, 100, PF_FIXPOINT_SLOW, NULL);
}

static void holds(size_t n, const double *y, double *image)
{
    memcpy(image, y, n * sizeof *y);
}

static void where_it_already_is_it_stays(void **state)
{
    double y[3] = {1, 0, -2};
    unsigned images;
    (void)state;
    run_map(holds, 3, y, 10, PF_FIXPOINT_DONE, &images);
    assert_int_equal(images, 1);
    assert_close(y[2], -2.0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_affine_map_of_n_modes_takes_about_n_images),
        cmocka_unit_test(a_curved_map_is_followed),
        cmocka_unit_test(many_states_are_no_obstacle),
        cmocka_unit_test(what_repels_or_is_not_there_is_not_found),
        cmocka_unit_test(where_it_already_is_it_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
