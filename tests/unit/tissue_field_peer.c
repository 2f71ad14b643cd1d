/* Fields agree with another program's: tests/data/tissue/biofvm.csv, made once by
 * bench/biofvm_peer.cpp with BioFVM 1.0.4 (Ghaffarizadeh et al. 2016, Bioinformatics 32:1256):
 * 7 x 5 x 6 voxels of 20 um, no flux, eleven steps of 0.01 min. */
#include "ct.h"
#include "tissue/field.h"

static void values_are_those_of_biofvm_to_rounding(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_crew *crew;
    pf_field *f;
    const pf_mesh m = {{7, 5, 6}, 20, {0, 0, 0}};
    const pf_substance what[2] = {{.name = "oxygen", .diffusion = 1e5, .decay = 0.1},
        {.name = "factor", .diffusion = 1e3, .decay = 0.016}};
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_crew_new(&ctx, 1, &crew));
    assert_ok(&ctx, pf_field_new(&ctx, &m, what, 2, 0, &f));
    assert_ok(&ctx, pf_field_step_set(&ctx, f, 0.01));
    double *value[2] = {pf_field_values(f, 0), pf_field_values(f, 1)};
    for (size_t i = 0; i < 7 * 5 * 6; i++) {
        size_t x = i % 7, y = i / 7 % 5, z = i / 35;
        for (size_t s = 0; s < 2; s++)
            value[s][x + pf_field_stride(f) * (y + 5 * z)] =
                (double)(10 + (x * 7 + y * 13 + z * 29 + s * 5) % 17);
    }
    assert_ok(&ctx, pf_field_advance(&ctx, f, crew, 11));
    FILE *file = fopen(PF_TEST_DATA "/tissue/biofvm.csv", "r");
    assert_non_null(file);
    size_t x, y, z, rows = 0;
    double theirs[2];
    assert_int_equal(fscanf(file, "x,y,z,oxygen,factor"), 0);
    while (fscanf(file, "%zu,%zu,%zu,%lf,%lf", &x, &y, &z, &theirs[0], &theirs[1]) == 5) {
        for (size_t s = 0; s < 2; s++)
            assert_close(value[s][x + pf_field_stride(f) * (y + 5 * z)], theirs[s], 2e-14, 0);
        rows++;
    }
    assert_int_equal(rows, 7 * 5 * 6);
    fclose(file);
    pf_field_free(f);
    pf_crew_free(crew);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_biofvm_to_rounding)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
