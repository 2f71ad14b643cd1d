/* A tissue file: what it says, and what is wrong with it. */
#include "tissue/rules.h"
#include "tissue_text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char GOOD[] =
    "tissue: pair\n"
    "domain: {size: [200, 220, 240] um, voxel: 20 um}\n"
    "steps: {field: 0.02 min}\n"
    "duration: 2 hour\n"
    "substances:\n"
    "  - {name: oxygen, unit: mmHg, diffusion: 1e5 um2/min, decay: 0.1 1/min, initial: 38 "
    "mmHg,\n"
    "     border: {x_low: 38 mmHg, z_high: none}}\n"
    "  - {name: drug, unit: pg/mL, diffusion: 10 um2/s}\n"
    "cells:\n"
    "  - name: tumour\n"
    "    cycle: {model: ki67, negative: 5 hour}\n"
    "    exchange: [{substance: oxygen, uptake: 10 1/min}]\n"
    "    antigens: [{name: HLA, median: 1e5}, {name: MICA, median: 1e4 copies, sd_log: 0.5}]\n"
    "  - name: NK\n"
    "    radius: 5.2 um\n"
    "    affinity: {tumour: 0.5}\n"
    "    motility: {speed: 300 um/hour, persistence: 10 min, bias: 20 %, taxis: {drug: 1}}\n"
    "    exchange: [{substance: drug, secretion: 1 1/min, target: 2 ng/mL}]\n"
    "    receptors: [{name: NKG2D, median: 2e4}, {name: KIR, median: 1e4}]\n"
    "    killer:\n"
    "      attacks: tumour\n"
    "      recognition: [{receptor: NKG2D, antigen: MICA, half: 1e8}]\n"
    "      inhibition: [{receptor: KIR, antigen: HLA, half: 1e9}]\n"
    "      bind: 1 1/min\n"
    "      hold: 1 hour\n"
    "      attempts: 3 1/hour\n"
    "      granules: 10\n"
    "place:\n"
    "  - {cells: tumour, shape: ball, radius: 60 um, packed: yes}\n"
    "  - {cells: NK, shape: shell, inner: 70 um, outer: 90 um, count: 20, at: 1 hour}\n"
    "  - {cells: NK, shape: box, low: [-90, -90, -90] um, high: [-80, 90, 90] um, count: 5}\n"
    "  - {cells: NK, shape: list, positions: [[95, 0, 0] um, [95, 20, 1] um]}\n";

/* GOOD with its first `from` replaced. */
static char *edited(const char *from, const char *to)
{
    const char *at = strstr(GOOD, from);
    size_t size = sizeof GOOD + strlen(to);
    char *text = malloc(size);
    assert_non_null(at);
    assert_non_null(text);
    snprintf(text, size, "%.*s%s%s", (int)(at - GOOD), GOOD, to, at + strlen(from));
    return text;
}
static void refuses(const char *from, const char *to, const char *message)
{
    world w;
    char *text = edited(from, to);
    read_text(&w, text, NULL, NULL);
    assert_true(w.diag.errors > 0);
    assert_contains(w.told.bytes, message);
    end(&w);
    free(text);
}

static void a_file_becomes_numbers_in_their_units(void **state)
{
    (void)state;
    world w;
    read_text(&w, GOOD, NULL, NULL);
    const pf_setup *s = &w.setup;
    if (w.diag.n) fail_msg("%s", w.told.bytes);
    assert_string_equal(s->name, "pair");
    assert_int_equal(s->mesh.n[0] * 10000 + s->mesh.n[1] * 100 + s->mesh.n[2], 101112);
    assert_close(s->mesh.origin[2], -120, 0, 0);
    assert_close(s->field_step, 0.02, 0, 0);
    assert_close(s->max_time, 120, 0, 0);
    assert_close(s->substance[1].diffusion, 600, 1e-15, 0);
    assert_int_equal(s->substance[0].held[0], 1);
    assert_close(s->substance[0].at[0], 38, 0, 0);
    assert_int_equal(s->substance[0].held[5], 0);
    const pf_cell_type *tumour = &s->type[0], *nk = &s->type[1];
    assert_int_equal(tumour->n_phase, 2);
    assert_close(tumour->phase[0].rate, 1 / 300.0, 1e-15, 0);
    assert_close(tumour->phase[1].rate, 1 / (15.5 * 60), 1e-15, 0);
    assert_int_equal(tumour->phase[1].fixed && tumour->phase[1].doubles, 1);
    assert_close(nk->volume, 4 * M_PI / 3 * 5.2 * 5.2 * 5.2, 1e-15, 0);
    assert_close(nk->affinity[0], 0.5, 0, 0);
    assert_close(nk->speed, 5, 1e-15, 0);
    assert_close(nk->taxis[1], 1, 0, 0);
    assert_close(nk->exchange[1].target, 2000, 1e-15, 0);
    assert_close(nk->killer.half[0][1], 1e8, 0, 0);
    assert_close(nk->killer.stop[1][0], 1e9, 0, 0);
    assert_close(nk->killer.attempts, 0.05, 1e-15, 0);
    assert_int_equal(nk->killer.attacks[0], 1);
    assert_int_equal(nk->killer.attacks[1], 0);
    assert_close(tumour->antigen_sd[1], 0.5, 0, 0);
    assert_string_equal(s->antigen[1], "MICA");
    assert_close(s->placement[1].at, 60, 0, 0);
    assert_close(s->placement[3].point[1][1], 20, 0, 0);
    end(&w);
}

/* Ghaffarizadeh et al. 2018: volumes, rates, mechanics and durations of the reference cell. */
static void drugs_arrivals_losses_and_bodies_become_numbers(void **state)
{
    (void)state;
    static const char TEXT[] =
        "tissue: more\ndomain: {size: [200, 200, 200] um}\nduration: 30 day\n"
        "substances: [{name: mab, unit: nmol/L, diffusion: 10 um2/s, border: 1 umol/L}]\n"
        "cells:\n"
        "  - {name: tumour, cycle: {model: live, start: first}, death: {uptake: 20 %}, "
        "antigens: "
        "[{name: HER2, median: 1e5, lost: 1 %, loss: 1e-5, loss_rate: 6e-3 1/hour}, {name: "
        "Fas, "
        "median: 1e3}]}\n"
        "  - name: NK\n"
        "    receptors: [{name: CD16, median: 1e4}, {name: FasL, median: 50, lost: 0.25}]\n"
        "    killer: {attacks: tumour, bind: 1 1/min, hold: 1 hour, attempts: 0 1/min, "
        "granules: "
        "9, slow: 0.6 1/hour, recognition: [{receptor: CD16, antigen: HER2, half: 1e9, drug: "
        "mab, kd: 5000 pmol/L}], slow_by: [{receptor: FasL, antigen: Fas, half: 1e4}]}\n"
        "place:\n"
        "  - {cells: tumour, shape: ball, radius: 60 um, packed: yes}\n"
        "  - {cells: NK, shape: border, faces: [x_high, z_low], rate: 1440 1/day, at: 1 day, "
        "until: 3 day, motile: 5 %}\n"
        "  - {cells: NK, shape: vessels, vessels: 9, count: 4, every: 12 hour, spread: 5 um}\n";
    world w;
    read_text(&w, TEXT, NULL, NULL);
    if (w.diag.n) fail_msg("%s", w.told.bytes);
    const pf_cell_type *tumour = &w.setup.type[0], *nk = &w.setup.type[1];
    assert_int_equal(tumour->starts_first && !nk->starts_first, 1);
    assert_close(tumour->dead_uptake, 0.2, 1e-15, 0);
    assert_close(nk->dead_uptake + 10 * nk->dead_secretion, 0.1, 1e-15, 0);
    assert_close(tumour->antigen_loss[0].first, 0.01, 1e-15, 0);
    assert_close(tumour->antigen_loss[0].division, 1e-5, 1e-15, 0);
    assert_close(tumour->antigen_loss[0].rate, 1e-4, 1e-15, 0);
    assert_close(nk->receptor_loss[1].first, 0.25, 0, 0);
    const pf_drug_pair *p = nk->killer.drug;
    assert_close(p[0].half, 1e9, 0, 0);
    assert_close(p[0].kd, 5, 1e-12, 0);
    assert_true(p[0].effect == PF_DRUG_OPSONIN && p[1].half == 0 && nk->killer.half[0][0] == 0);
    assert_close(nk->killer.slow_half[1][1], 1e4, 0, 0);
    const pf_placement *a = &w.setup.placement[1], *b = a + 1;
    assert_true(a->faces == (2 | 16) && a->rate == 1 && a->at == 1440 && a->until == 4320);
    assert_true(a->has_motile && a->motile == 0.05 && !b->has_motile);
    assert_true(b->n_vessel == 9 && b->every == 720 && b->outer == 5 && b->count == 4);
    assert_true(b->low[0] == -100 && b->high[2] == 100 && b->until > 1e9);
    end(&w);
}

static void what_is_not_said_is_the_reference_cell(void **state)
{
    (void)state;
    world w;
    read_text(&w, GOOD, NULL, NULL);
    const pf_cell_type *t = &w.setup.type[0];
    const double got[] = {t->volume, t->nucleus, t->fluid, t->fluid_rate * 60,
        t->cytoplasm_rate * 60, t->nucleus_rate * 60, t->reach, t->adhesion, t->repulsion,
        t->apoptosis_lasts / 60, t->necrosis_lasts / 1440, t->shrink_rate * 60,
        t->swell_rate * 60, t->lysis_rate * 60, t->motile},
                 want[] = {
                     2494, 540, 0.75, 3, 0.27, 0.33, 1.25, 0.4, 10, 8.6, 60, 1, 0.67, 0.05, 1};
    for (size_t i = 0; i < PF_COUNT(got); i++) assert_close(got[i], want[i], 1e-14, 0);
    assert_close(w.setup.type[1].nucleus / w.setup.type[1].volume, 540.0 / 2494, 1e-14, 0);
    assert_close(w.setup.mechanics_step, 0.1, 0, 0);
    assert_close(w.setup.phenotype_step, 6, 0, 0);
    end(&w);
}

static void a_phase_is_given_by_its_time_or_its_rate(void **state)
{
    (void)state;
    static const char *const SAME[] = {
        "negative: 5 hour", "negative: 300 min", "negative: 0.2 1/hour"};
    for (size_t i = 0; i < PF_COUNT(SAME); i++) {
        world w;
        char *text = edited("negative: 5 hour", SAME[i]);
        read_text(&w, text, NULL, NULL);
        assert_close(w.setup.type[0].phase[0].rate, 1 / 300.0, 1e-14, 0);
        end(&w);
        free(text);
    }
}

static void snapshots_are_chosen_by_kind_and_moment(void **state)
{
    (void)state;
    world w;
    char *text = edited("2 hour", "2 hour\noutput: {kinds: h5ad, snapshots_at: [0, 90] min}");
    read_text(&w, GOOD, NULL, NULL);
    assert_int_equal(w.setup.shots, PF_SHOT_ALL);
    assert_int_equal(w.setup.n_shot_at, 0);
    end(&w);
    read_text(&w, text, NULL, NULL);
    if (w.diag.n) fail_msg("%s", w.told.bytes);
    assert_int_equal(w.setup.shots, PF_SHOT_H5AD);
    assert_int_equal(w.setup.n_shot_at, 2);
    assert_close(w.setup.shot_at[1], 90, 0, 0);
    end(&w);
    free(text);
}

static void films_last_48_frames_unless_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double minutes, cells;
    } CASE[] = {{"2 hour", 6, 60000}, {"100 hour", 126, 60000},
        {"2 hour\noutput: {film: 0.3 min, film_cells: 500}", 0.3, 500},
        {"2 hour\noutput: {film: 0 min}", 0, 60000}};
    for (size_t k = 0; k < PF_COUNT(CASE); k++) {
        world w;
        char *text = edited("2 hour", CASE[k].text);
        read_text(&w, text, NULL, NULL);
        if (w.diag.n) fail_msg("%s", w.told.bytes);
        assert_close(w.setup.film, CASE[k].minutes, 1e-12, 0);
        assert_int_equal(w.setup.film_cells, CASE[k].cells);
        end(&w);
        free(text);
    }
}

static void every_mistake_of_a_killer_has_its_sentence(void **state)
{
    (void)state;
    static const char *const MISTAKE[][3] = {
        {"attacks: tumour", "attacks: [tumour, T]", "there is no type of cell 'T'"},
        {"receptor: NKG2D", "receptor: NKG2A", "did you mean 'NKG2D'?"},
        {"antigen: MICA", "antigen: MICB", "there is no antigen 'MICB'"},
        {"half: 1e8}", "half: 1e8, kd: 3 mmHg}", "a pair with 'kd', but without a 'drug'"},
        {"half: 1e8}", "half: 1e8, drug: oxygen}", "the drug 'oxygen' has no 'kd'"},
        {"half: 1e8}", "half: 1e8, drug: oxygn, kd: 1 mmHg}", "did you mean 'oxygen'?"},
        {"half: 1e8}", "half: 1e8, drug: oxygen, kd: 1 nmol/L}", "'kd' cannot be in nmol/L"},
        {"half: 1e8}", "half: 1e8, drug: oxygen, kd: 1 mmHg, effect: bridges}",
            "has no 'kd_receptor'"},
        {"hold: 1 hour", "hold: 1 hour\n      slow_by: []", "'slow_by' without a rate, 'slow'"},
        {"hold: 1 hour", "hold: 1 1/hour", "'hold' cannot be in 1/hour"},
        {"bind: 1 1/min", "bind: 5 min", "'bind' cannot be in min"},
        {"granules: 10", "granules: 0.5", "never suffice for a kill"},
        {"granules: 10", "granules: 10\n      idle: 0.7\n      single: 0.5", "add to 1.2"},
        {"name: KIR", "name: NKG2D", "'NKG2D' is given twice for this cell"},
    };
    for (size_t i = 0; i < PF_COUNT(MISTAKE); i++)
        refuses(MISTAKE[i][0], MISTAKE[i][1], MISTAKE[i][2]);
}

static void every_mistake_has_its_sentence(void **state)
{
    (void)state;
    static const char *const MISTAKE[][3] = {
        {"tissue: pair", "tissue: a/b", "'a/b' is not a name"},
        {"220, 240] um", "220] um", "'size' has 2 numbers"},
        {"220, 240] um", "220, 250] um", "250 um along z is not a whole number of voxels"},
        {"voxel: 20 um", "voxel: 20", "'voxel' has no unit"},
        {"field: 0.02 min", "mechanics: 0.105 min", "no multiple of 'field'"},
        {"field: 0.02 min", "phenotype: 0.25 min", "no multiple of 'mechanics'"},
        {"2 hour", "2 hour\noutput: {kinds: [h5ad, vtu]}", "'vtu' is no kind of snapshot"},
        {"2 hour", "2 hour\noutput: {film: 0.25 min}", "'film' is 0.25 min, no multiple of"},
        {"2 hour", "2 hour\noutput: {film_cells: 0}", "'film_cells' is 0"},
        {"2 hour", "2 hour\noutput: {snapshots_at: [6, 3] min}", "3 min comes after 6 min"},
        {"2 hour", "2 hour\noutput: {snapshots_at: [0.05] min}", "no multiple of 'mechanics'"},
        {"2 hour", "nan hour", "only finite numbers"},
        {"2 hour", "2.00001 hour", "'duration' is 120.001 min, no multiple"},
        {"mmHg,", "mmHgs,", "unknown unit 'mmHgs'"},
        {"initial: 38 mmHg", "initial: 38 mg", "'initial' cannot be in mg"},
        {"x_low:", "x_lo:", "did you mean 'x_low'?"},
        {"name: drug", "name: oxygen", "the substance 'oxygen' is given twice"},
        {"model: ki67", "model: ki76", "did you mean 'ki67'?"},
        {"negative: 5 hour", "S: 5 hour", "this cycle has no phase 'S'"},
        {"substance: oxygen", "substance: oxigen", "did you mean 'oxygen'?"},
        {"secretion: 1 1/min, ", "", "'drug' has a target, but no secretion"},
        {"radius: 5.2 um", "radius: 5.2 um\n    volume: 600 um3", "both 'volume' and 'radius'"},
        {"radius: 5.2 um", "nucleus: 3000 um3", "a nucleus of 3000 um3"},
        {"affinity: {tumour", "affinity: {tumor", "did you mean 'tumour'?"},
        {"cells: NK", "cells: KN", "there is no type of cell 'KN'"},
        {"packed: yes", "count: 3, packed: yes", "'count', 'packed: yes' or 'rate'"},
        {"inner: 70 um", "inner: 95 um", "'inner' is not below 'outer'"},
        {"count: 20, ", "", "a shell needs either 'count' or 'rate'"},
        {"count: 20", "count: 20, rate: 3 1/day", "a shell needs either 'count' or 'rate'"},
        {"count: 20", "rate: 3 1/day, every: 2 day", "both 'every' and 'rate'"},
        {"count: 20", "count: 20, until: 2 day", "'until' without 'every' or 'rate'"},
        {"count: 20", "count: 20, every: 1 h, at: 5 h, until: 4 h", "'until' is not after"},
        {"count: 20", "count: 20, motile: 110 %", "'motile' is 1.1"},
        {"inner: 70 um, outer: 90 um", "faces: [x_low]", "'faces' does not belong to a shell"},
        {"shell, inner: 70 um, outer: 90 um", "border, faces: [x_lo]", "did you mean 'x_low'?"},
        {"shell, inner: 70 um, outer: 90 um", "vessels", "one of the three"},
        {"shell, inner: 70 um, outer: 90 um", "vessels, positions: []", "no vessels"},
        {"shell, inner: 70 um, outer: 90 um", "vessels, file: x.csv, vessels: 3", "the three"},
        {"shell, inner: 70 um, outer: 90 um",
            "vessels, vessels: 3, low: [0, 0, 0] um, high: [9, 0, 9] um", "along y"},
        {"count: 20", "count: 20, low: [0, 0, 0] um", "'low' does not belong to a shell"},
        {"[95, 20, 1] um", "[95, 20] um", "a position of 2 numbers"},
        {"positions: [[95, 0, 0] um, [95, 20, 1] um]", "file: x.csv", "no file can be read"},
    };
    for (size_t i = 0; i < PF_COUNT(MISTAKE); i++)
        refuses(MISTAKE[i][0], MISTAKE[i][1], MISTAKE[i][2]);
}

static void all_mistakes_are_told_at_once(void **state)
{
    (void)state;
    world w;
    read_text(&w,
        "tissue: x\ndomain: {size: [100, 100, 100] um, voxels: 20 um}\nduration: 5\n"
        "substances: [{name: a, diffusion: 1 m/s}]\ncells: [{name: b, volume: -3 um3}]\n"
        "place: [{cells: c, shape: ball, radius: 1 um, count: 1}]\n",
        NULL, NULL);
    assert_int_equal(w.diag.errors, 5);
    end(&w);
}

static void cells_begin_inside_apart_and_with_room(void **state)
{
    (void)state;
    refuses("radius: 60 um", "radius: 101 um", "cells outside: they would stand at x");
    refuses("[95, 20, 1] um", "[95, 20, 121] um", "cells outside: they would stand at z");
    refuses("[95, 20, 1] um", "[95, 0, 5e-7] um", "two cells begin in one place");
    refuses("count: 20", "count: 200000", "they would overlap beyond reason");
    refuses("count: 5}", "count: 5}\n  - {cells: NK, shape: ball, radius: 60 um, packed: yes}",
        "two cells begin in one place, at [0, 0, 0] um");
}

static void steps_that_are_too_large_are_refused_with_the_largest(void **state)
{
    (void)state;
    refuses("field: 0.02 min", "field: 0.1 min", "at most 0.05 min");
    refuses("field: 0.02 min", "field: 0.02 min, mechanics: 0.4 min", "at most 0.26 min");
    refuses("field: 0.02 min", "phenotype: 12 min", "at most 10 min");
    refuses("field: 0.02 min", "field: 0.1 min", "rate of 'tumour': 10 1/min");
}

static void positions_come_from_a_table_too(void **state)
{
    (void)state;
    static const char TABLE[] =
        "type,x_um,y_um,z_um,state\nNK,95,0,0,alive\ntumour,1,2,3,alive\n"
        "NK,95,50,0,lysed\nNK,95,20,1,alive\n";
    char folder[] = "/tmp/pf-tissue-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/x.csv", folder);
    pf_ctx ctx;
    world w;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_file_write(&ctx, path, TABLE, strlen(TABLE)));
    char *text = edited("positions: [[95, 0, 0] um, [95, 20, 1] um]", "file: x.csv");
    read_text(&w, text, folder, NULL);
    if (w.diag.n) fail_msg("%s", w.told.bytes);
    assert_int_equal(w.setup.placement[3].n_point, 2);
    assert_close(w.setup.placement[3].point[1][1], 20, 0, 0);
    end(&w);
    assert_ok(&ctx, pf_file_write(&ctx, path, "x_um,y_um\n1,2\n", 14));
    read_text(&w, text, folder, NULL);
    assert_contains(w.told.bytes, "z_um");
    end(&w);
    free(text);
    unlink(path);
    rmdir(folder);
}

static void the_files_of_the_project_are_good(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_diag diag;
    pf_setup *s;
    pf_ctx_init(&ctx);
    pf_diag_init(&diag, &ctx);
    assert_ok(&ctx, pf_setup_read(&ctx, &diag, "tissue/nk-infiltration.yaml", &s));
    assert_int_equal(diag.n, 0);
    pf_setup_free(s);
    pf_diag_clear(&diag);
    assert_ok(&ctx, pf_setup_read(&ctx, &diag, "tissue/hypoxia.yaml", &s));
    assert_int_equal(diag.n, 0);
    assert_int_equal(s->rules->n, 3);
    pf_setup_free(s);
    pf_diag_clear(&diag);
    assert_int_equal(pf_is_tissue("tissue/nk-infiltration.yaml"), 1);
    assert_int_equal(pf_is_tissue("studies/nsclc-pembro-nk.yaml"), 0);
}

static void the_reference_is_current(void **state)
{
    (void)state;
    static const char PATH[] = "docs/reference/tissue.md";
    pf_ctx ctx;
    pf_buf out;
    char *there = NULL;
    size_t size = 0;
    world w;
    pf_ctx_init(&ctx);
    pf_buf_init(&out, &ctx);
    pf_setup_reference(&out);
    assert_ok(&ctx, pf_buf_ok(&out));
    if (getenv("PF_REGENERATE"))
        assert_ok(&ctx, pf_file_write(&ctx, PATH, out.bytes, out.size));
    assert_ok(&ctx, pf_file_read(&ctx, PATH, 0, &there, &size));
    if (strcmp(there, out.bytes) != 0)
        fail_msg(
            "%s is not up to date: PF_REGENERATE=1 build/dev/tests/test_tissue_read", PATH);
    /* Its example is a good file. */
    char *example = strstr(there, "```yaml\n") + 8;
    *strstr(example, "```") = '\0';
    read_text(&w, example, NULL, NULL);
    if (w.diag.n) fail_msg("%s", w.told.bytes);
    end(&w);
    pf_free(there);
    pf_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_becomes_numbers_in_their_units),
        cmocka_unit_test(drugs_arrivals_losses_and_bodies_become_numbers),
        cmocka_unit_test(what_is_not_said_is_the_reference_cell),
        cmocka_unit_test(a_phase_is_given_by_its_time_or_its_rate),
        cmocka_unit_test(snapshots_are_chosen_by_kind_and_moment),
        cmocka_unit_test(films_last_48_frames_unless_told),
        cmocka_unit_test(every_mistake_has_its_sentence),
        cmocka_unit_test(every_mistake_of_a_killer_has_its_sentence),
        cmocka_unit_test(all_mistakes_are_told_at_once),
        cmocka_unit_test(cells_begin_inside_apart_and_with_room),
        cmocka_unit_test(steps_that_are_too_large_are_refused_with_the_largest),
        cmocka_unit_test(positions_come_from_a_table_too),
        cmocka_unit_test(the_files_of_the_project_are_good),
        cmocka_unit_test(the_reference_is_current),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
