/* A tissue file that can be computed, but hardly means what it says: warnings, and what may be
 * odd without one. */
#include "tissue_text.h"

static const char HEAD[] =
    "tissue: slip\n"
    "domain: {size: [200, 200, 200] um, voxel: 20 um}\n"
    "duration: 10 min\n"
    "substances: [{name: oxygen, unit: mmHg, diffusion: 1e5 um2/min, initial: 38 mmHg}]\n"
    "cells:\n"
    "  - {name: tumour, antigens: [{name: A, median: 1e4}]}\n"
    "  - {name: normal, antigens: [{name: B, median: 1e4}]}\n";

/* What is said of the file HEAD with this behind it. */
static void expect(const char *rest, size_t errors, size_t warnings, const char *part)
{
    char text[4000];
    world w;
    snprintf(text, sizeof text, "%s%s", HEAD, rest);
    read_text(&w, text, NULL, NULL);
    if (w.diag.errors != errors || w.diag.warnings != warnings) fail_msg("%s", w.told.bytes);
    if (part) assert_contains(w.told.bytes, part);
    end(&w);
}

static void killers(const char *attacks, size_t warnings, const char *part)
{
    char text[2000];
    snprintf(text, sizeof text,
        "  - {name: T, receptors: [{name: R, median: 1}], killer: {attacks: %s, recognition: "
        "[{receptor: R, antigen: A, half: 1}], bind: 1 1/min, hold: 5 min, attempts: 1 1/min, "
        "granules: 9}}\nplace: [{cells: T, shape: ball, radius: 50 um, count: 9}]\n",
        attacks);
    expect(text, 0, warnings, part);
}

static void a_killer_that_can_kill_nobody_is_told_of(void **state)
{
    (void)state;
    killers("tumour", 0, NULL);
    killers("[]", 1, "'T' attacks nobody");
    killers("[tumour, normal]", 1,
        "'T' cannot see 'normal', which begins with none of the antigens that it knows");
}

static void cells_that_come_after_the_end_are_told_of(void **state)
{
    (void)state;
    expect("place: [{cells: tumour, shape: ball, radius: 50 um, count: 9, at: 10 min}]\n", 0, 0,
        NULL);
    expect("place: [{cells: tumour, shape: ball, radius: 50 um, count: 9, at: 1 hour}]\n", 0, 1,
        "these cells never come: they are to come at 60 min, and all ends at 10 min");
}

static void one_cell_has_room_anywhere_and_nobody_is_a_lesion_too(void **state)
{
    (void)state;
    expect("place: [{cells: tumour, shape: ball, radius: 1 um, count: 1}]\n", 0, 0, NULL);
    expect("place: []\n", 0, 0, NULL);
    expect("place: [{cells: tumour, shape: ball, radius: 1 um, count: 2}]\n", 1, 0,
        "2 cells of 2494 um3 do not fit");
}

static void a_unit_belongs_to_each_position(void **state)
{
    (void)state;
    expect("place: [{cells: tumour, shape: list, positions: [[0, 0, 0]] um}]\n", 1, 0,
        "a unit stands behind each entry, not behind the list");
    expect("place: [{cells: tumour, shape: list, positions: [[0, 0, 0] um]}]\n", 0, 0, NULL);
}

static void a_step_is_too_long_for_a_diffusion(void **state)
{
    (void)state;
    expect("steps: {field: 10 min, mechanics: 10 min, phenotype: 10 min}\nplace: []\n", 2, 0,
        "diffusion of 'oxygen': 1e+05 um2/min");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killer_that_can_kill_nobody_is_told_of),
        cmocka_unit_test(cells_that_come_after_the_end_are_told_of),
        cmocka_unit_test(one_cell_has_room_anywhere_and_nobody_is_a_lesion_too),
        cmocka_unit_test(a_unit_belongs_to_each_position),
        cmocka_unit_test(a_step_is_too_long_for_a_diffusion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
