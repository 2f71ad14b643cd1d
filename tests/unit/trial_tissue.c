/* A site of a patient that is a tissue: what is exchanged, and what it changes. */
#include "trial_world.h"

/* Tumour T in a site that cells E reach from the blood B; P has been cleared. */
static const char SITE[] =
    "model m\n"
    "  B' = -0.8*B - c*B + out*E; B = 0;\n"
    "  E' = 0.8*B - out*E - gone*E; E = 0;\n"
    "  P' = c*B + gone*E; P = 0;\n"
    "  T' = 0.01*T - kill*T; T = 1e6;\n"
    "  tis = 0; tis_p = 0; tis_m = 0; tis_loss = 0; tis_back = 0;\n"
    "  kill := (1 - tis)*0.1*E/(E + 1e5) + tis*tis_p;\n"
    "  out := (1 - tis)*0.2 + tis*tis_back; gone := (1 - tis)*loss_own + tis*tis_loss;\n"
    "  loss_own := loss; loss = 0.3; free_out := 0.4; c = 0;\n"
    "  cells := max(E, 0); all := B + E + P; z0 = 3; d := T^(1/3);\n"
    "  //! role target-lesion d [mm]\n"
    "  //! role dose.product B [cell]\n"
    "  //! role tissue.spot tis\n"
    "  //! role kinetics cells [cell]\n"
    "  //! role marker.tumour T [cell]\n"
    "  //! role marker.blood B [cell]\n"
    "  //! role marker.all all [cell]\n"
    "  //! role marker.cleared P [cell]\nend\n";

static const char NODULE[] =
    "tissue: nodule\ndomain: {size: [120, 120, 120] um}\nduration: 1 day\n"
    "steps: {field: 0.2 min, mechanics: 0.2 min}\n"
    "substances: [{name: drug, diffusion: 0 um2/min, border: 0}]\n"
    "cells:\n"
    "  - {name: tumour, radius: 8 um, antigens: [{name: A, median: 1e4}]}\n"
    "  - name: NK\n"
    "    radius: 5 um\n"
    "    adhesion: 0 um/min\n"
    "    motility: {speed: 8 um/min, persistence: 5 min}\n"
    "    receptors: [{name: R, median: 1e4}]\n"
    "    killer: {attacks: tumour, recognition: [{receptor: R, antigen: A, half: 1}], bind: 1 "
    "1/min, hold: 60 min, attempts: 0.02 1/min, granules: 10, pull: 0.1 1/min}\n"
    "place:\n"
    "  - {cells: tumour, shape: ball, radius: 32 um, packed: yes}\n"
    "  - {cells: NK, shape: shell, inner: 40 um, outer: 50 um, count: 1}\n";

static char nodule[64];

static int write_nodule(void **state)
{
    (void)state;
    strcpy(nodule, "/tmp/pf-nodule-XXXXXX");
    int fd = mkstemp(nodule);
    if (fd < 0) return 1;
    ssize_t n = write(fd, NODULE, strlen(NODULE));
    close(fd);
    return n != (ssize_t)strlen(NODULE);
}
static int drop_nodule(void **state)
{
    (void)state;
    return unlink(nodule);
}

/* Two patients who get this many cells; a tissue for 12 hours in the first `patients` of them,
 * or none. */
static void open_site(world *w, const char *dose, int patients, const char *rest)
{
    char study[2000], tissue[400] = "";
    if (patients)
        snprintf(tissue, sizeof tissue,
            "tissue: {file: %s, site: spot, killers: NK, tumour: tumour, lasts: 12 hour, "
            "every: 2 hour, patients: %d%s}\n",
            nodule, patients, rest);
    snprintf(study, sizeof study,
        "study: s\nmodel: m.ant\npopulation: people.yaml\n"
        "arms:\n  - {name: a, size: 2, regimen: [{product: cells.yaml, dose: %s}]}\n"
        "horizon: 3 day\nreplicates: 1\nseed: 3\n"
        "assess: {imaging: {every: 1 day}, markers: [tumour, blood, all, cleared], kinetics: "
        "[0, 0.1, 0.3, 0.5, 0.51, 1, 2] day}\n%s",
        dose, tissue);
    open_world(w, SITE, study);
}

enum { TIMES = 7, TUMOUR = PF_K_FIXED + 1, BLOOD, ALL, CLEARED };

static double at(const world *w, int patient, int time, int column)
{
    return cell(w, PF_TABLE_KINETICS, (size_t)(patient * TIMES + time), (size_t)column);
}

static void expect_same(const world *a, const world *b)
{
    for (int k = 0; k < PF_TABLE_COUNT; k++) {
        const pf_rows *x = &a->chunk.table[k], *y = &b->chunk.table[k];
        assert_int_equal(x->n, y->n);
        if (x->n) assert_memory_equal(x->x, y->x, x->n * x->n_column * sizeof(double));
    }
}

static void a_tissue_that_only_listens_changes_no_bit(void **state)
{
    (void)state;
    world a, b;
    open_site(&a, "1e6 cell", 0, "");
    open_site(&b, "1e6 cell", 2, ", coupling: 0");
    simulate(&a, 0, 0, 2);
    simulate(&b, 0, 0, 2);
    expect_same(&a, &b);
    close_world(&a);
    close_world(&b);
}

static void others_than_the_chosen_patients_are_as_without(void **state)
{
    (void)state;
    world a, b;
    open_site(&a, "1e6 cell", 0, "");
    open_site(&b, "1e6 cell", 1, "");
    simulate(&a, 0, 0, 2);
    simulate(&b, 0, 0, 2);
    size_t other = at(&a, 0, TIMES - 1, TUMOUR) == at(&b, 0, TIMES - 1, TUMOUR) ? 0 : 1;
    for (int k = 0; k < TIMES; k++)
        assert_true(at(&a, (int)other, k, TUMOUR) == at(&b, (int)other, k, TUMOUR));
    assert_true(at(&a, 1 - (int)other, 6, TUMOUR) != at(&b, 1 - (int)other, 6, TUMOUR));
    close_world(&a);
    close_world(&b);
}

static void lanes_and_ranges_change_no_bit(void **state)
{
    (void)state;
    world a, b;
    open_site(&a, "1e6 cell", 2, "");
    open_site(&b, "1e6 cell", 2, "");
    simulate(&a, 1, 0, 2);
    simulate(&b, 0, 0, 2);
    expect_same(&a, &b);
    simulate(&b, 4, 1, 1); /* the second alone */
    for (int k = 0; k < TIMES; k++) assert_true(at(&b, 0, k, TUMOUR) == at(&a, 1, k, TUMOUR));
    close_world(&a);
    close_world(&b);
}

/* The tumour's fate follows from what the tissue says, and that from who came. */
static void more_killers_that_arrive_kill_more(void **state)
{
    (void)state;
    static const char *const dose[] = {"1e4 cell", "3e5 cell", "3e6 cell"};
    double left[3];
    for (int k = 0; k < 3; k++) {
        world w;
        open_site(&w, dose[k], 1, "");
        simulate(&w, 1, 0, 1);
        left[k] = at(&w, 0, 3, TUMOUR) / 1e6;
        close_world(&w);
    }
    assert_close(left[0], exp(0.01 * 0.5), 0.03, 0); /* less than a killer for the nodule */
    assert_true(left[0] > left[1] + 0.01 && left[1] > left[2] + 0.1);
}

/* Killers that enter leave the blood; they come back or die, and nobody is lost or made. */
static void killers_are_conserved(void **state)
{
    (void)state;
    world w, plain;
    open_site(&w, "1e6 cell", 1, "");
    open_site(&plain, "1e6 cell", 0, "");
    simulate(&w, 1, 0, 1);
    simulate(&plain, 1, 0, 1);
    for (int k = 1; k < TIMES; k++) assert_close(at(&w, 0, k, ALL), 1e6, 1e-6, 0);
    assert_true(at(&w, 0, 3, BLOOD) < 0.8e6); /* 0.8 a day go in */
    assert_true(at(&w, 0, 3, PF_K_FIXED) > 1e5);
    /* they die at the patient's rate: 0.3 a day, by single cells */
    assert_close(at(&w, 0, 3, CLEARED), at(&plain, 0, 3, CLEARED), 0.5, 0);
    assert_true(at(&w, 0, 3, CLEARED) > 0);
    close_world(&w);
    close_world(&plain);
}

static void mistakes_of_a_tissue_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *part, *message;
    } CASE[] = {
        {"site: spit", "there is no site that can be a tissue 'spit'; did you mean 'spot'"},
        {"killers: nk", "there is no type of cell 'nk'; did you mean 'NK'"},
        {"killers: tumour", "'tumour' has no 'killer' in the tissue file"},
        {"arms: [b]", "there is no arm 'b'"},
        {"every: 5 minute", "no whole number of the tissue's phenotype steps of 6 min"},
        {"levels: [{level: Q, substance: drug}]", "the model has no 'Q'"},
        {"levels: [{level: B, substance: dug}]",
            "there is no substance 'dug'; did you mean 'drug'"},
        {"from: 4 day", "the tissue begins on day 4, after the study has ended"}};
    for (size_t i = 0; i < PF_COUNT(CASE); i++) {
        world w;
        char study[2000], path[128];
        static const char *const KEY[] = {"site: spot", "killers: NK", "every: 2 hour"};
        open_site(&w, "1e6 cell", 0, "");
        int n = snprintf(study, sizeof study,
            "study: s\nmodel: m.ant\npopulation: people.yaml\narms: [{name: a, size: 2}]\n"
            "horizon: 3 day\nassess: {kinetics: [1] day}\n"
            "tissue: {file: %s, tumour: tumour, lasts: 12 hour, %s",
            nodule, CASE[i].part);
        for (size_t k = 0; k < PF_COUNT(KEY); k++)
            if (strncmp(CASE[i].part, KEY[k], 5) != 0)
                n += snprintf(study + n, sizeof study - (size_t)n, ", %s", KEY[k]);
        snprintf(study + n, sizeof study - (size_t)n, "}\n");
        put_file(&w, "study.yaml", study);
        pf_study *bad;
        pf_buf text;
        snprintf(path, sizeof path, "%s/study.yaml", w.folder);
        assert_int_equal(pf_study_read(&w.ctx, &w.diag, path, &bad), PF_ERR_CONFIG);
        pf_buf_init(&text, NULL);
        pf_diag_text(&w.diag, &text);
        assert_contains(text.bytes, CASE[i].message);
        pf_buf_clear(&text);
        close_world(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tissue_that_only_listens_changes_no_bit),
        cmocka_unit_test(others_than_the_chosen_patients_are_as_without),
        cmocka_unit_test(lanes_and_ranges_change_no_bit),
        cmocka_unit_test(more_killers_that_arrive_kill_more),
        cmocka_unit_test(killers_are_conserved),
        cmocka_unit_test(mistakes_of_a_tissue_are_told),
    };
    return cmocka_run_group_tests(tests, write_nodule, drop_nodule);
}
