/* Patients and the lots they get: their own or shared, late, or none. */
#include "trial_world.h"

#include "product/lot_serve.h"

#include <dirent.h>

static const char TINY[] =
    "model m\n"
    "  d' = 0.02*d; d = 50;\n"
    "  P' = -0.1*P; P = 0; F' = -F; F = 0; B' = -0.5*B; B = 0; hazard' = 0*d; hazard = 0;\n"
    "  z0 = 9; blood := B*z0; drug := P; flu := F;\n"
    "  //! role target-lesion d [mm]\n"
    "  //! role dose.drug P [mg]\n"
    "  //! role dose.fludarabine F [mg]\n"
    "  //! role dose.product B [cell]\n"
    "  //! role kinetics blood [cell/mL]\n"
    "  //! role marker.drug drug\n"
    "  //! role marker.flu flu\n"
    "  //! role death-hazard hazard\nend\n";

/* A folder with a lot file and a product file, and a study that names them. */
typedef struct shop {
    world w;
    char folder[64], study[3000];
} shop;

static void put_in(const shop *s, const char *name, const char *text)
{
    world at = {0};
    snprintf(at.folder, sizeof at.folder, "%s", s->folder);
    put_file(&at, name, text);
}

static void open_shop(shop *s, const char *donor, const char *product, const char *variables)
{
    char text[3000];
    memset(s, 0, sizeof *s);
    strcpy(s->folder, "/tmp/perforin-lots-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    snprintf(text, sizeof text,
        "lot: x\ndonor: {source: %s}\nfrom_patient: [weight]\n"
        "dose: {amount: 10 cell, counts: total, source: test}\nvariables:\n"
        "  - {name: weight, value: 40 kg, source: test}\n"
        "  - {name: collected, value: 1e8 cell, source: test}\n%s",
        donor, variables);
    put_in(s, "lot.yaml", text);
    snprintf(text, sizeof text, "product: p\nlot: %s/lot.yaml\n%s", s->folder, product);
    put_in(s, "p.yaml", text);
    snprintf(s->study, sizeof s->study,
        "study: s\nmodel: m.ant\npopulation: people.yaml\n"
        "arms:\n  - name: a\n    size: 400\n    regimen:\n"
        "      - {drug: fludarabine, dose: 5 mg, on: [-5] day}\n"
        "      - {product: %s/p.yaml, dose: 100 cell}\n"
        "      - {drug: drug, dose: 1 mg, on: [3] day}\n"
        "horizon: 120 day\nreplicates: 2\nseed: 3\n"
        "assess: {imaging: {every: 60 day}, markers: [drug, flu], kinetics: [1] day}\n",
        s->folder);
    open_world(&s->w, TINY, s->study);
    simulate(&s->w, 1, 0, 400);
}

static void close_shop(shop *s)
{
    close_world(&s->w);
    world at = {0};
    snprintf(at.folder, sizeof at.folder, "%s", s->folder);
    drop_file(&at, "lot.yaml");
    drop_file(&at, "p.yaml");
    rmdir(s->folder);
}

static double patient(const shop *s, size_t i, size_t column)
{
    return cell(&s->w, PF_TABLE_PATIENTS, i, column);
}

/* Columns behind the one covariate and the one sample. */
enum { WEIGHT = PF_P_FIXED, SAMPLE, DRUG, FLU };

/* A column of lots, by its name. */
static double of_lot(const shop *s, size_t i, const char *name)
{
    const pf_layout *l = pf_trial_layout(s->w.trial);
    for (size_t k = 0; k < l->n_column[PF_TABLE_PATIENTS]; k++)
        if (!strcmp(l->column[PF_TABLE_PATIENTS][k], name)) return patient(s, i, k);
    fail_msg("there is no column %s", name);
    return NAN;
}

static const char VARIES[] =
    "  - {name: viability_harvest, distribution: uniform, low: 0.5, high: 1, source: test}\n";
static const char SETS[] =
    "set:\n  - {parameter: z0, formula: 10*lot_viability, source: test}\n"
    "attributes:\n  - {name: age_of_lot, value: 1, source: test}\n";

static void a_patient_has_the_lot_of_its_number(void **state)
{
    (void)state;
    shop s;
    double x[8];
    pf_lot lot;
    open_shop(&s, "autologous", SETS, VARIES);
    for (size_t i = 0; i < 400; i++) {
        const pf_lot_identity who = {.seed = 3, .number = i};
        double weight = patient(&s, i, WEIGHT);
        assert_ok(
            &s.w.ctx, pf_lot_make(&s.w.ctx, s.w.study->product[0].lot, &who, &weight, x, &lot));
        assert_close(
            lot.quantity[PF_QUANTITY_WEIGHT], weight, 0, 0); /* the patient is the donor */
        double alive = lot.x[PF_ATTRIBUTE_VIABILITY];
        assert_close(of_lot(&s, i, "LOT_viability"), alive, 0, 0);
        double want = 100 * alive * 10 * alive * exp(-0.5 * (1 - 1.0 / 1440));
        assert_close(patient(&s, i, SAMPLE), want, 2e-3, 0);
        assert_close(of_lot(&s, i, "LOT_DISPOSITION"), PF_SERVED_RELEASED, 0, 0);
        assert_close(of_lot(&s, i, "LOT_DELAY"), 0, 0, 0);
    }
    close_shop(&s);
}

static void ten_patients_share_an_allogeneic_lot(void **state)
{
    (void)state;
    shop s;
    static const char SHARED[] = "doses_per_lot: 10\n"
                                 "attributes:\n  - {name: z0, value: 1, source: test}\n";
    open_shop(&s, "allogeneic", SHARED, VARIES);
    size_t lots = 0, most = 0;
    for (size_t i = 0; i < 400; i++) {
        size_t before = 0, all = 0;
        for (size_t k = 0; k < 400; k++) {
            int same = fabs(patient(&s, k, SAMPLE) / patient(&s, i, SAMPLE) - 1) < 1e-9;
            before += same && k < i;
            all += (size_t)same;
        }
        lots += before == 0;
        if (all > most) most = all;
    }
    assert_int_equal(lots, 40);
    assert_int_equal(most, 10);
    close_shop(&s);
}

static void without_a_lot_there_are_neither_cells_nor_conditioning(void **state)
{
    (void)state;
    shop s;
    open_shop(&s, "autologous", SETS, "  - {name: failure, value: 1, source: test}\n");
    size_t n = s.w.chunk.table[PF_TABLE_EVENTS].n, doses = 0;
    for (size_t i = 0; i < n; i++) {
        if (cell(&s.w, PF_TABLE_EVENTS, i, PF_E_KIND) != PF_EVENT_DOSE) continue;
        assert_close(cell(&s.w, PF_TABLE_EVENTS, i, PF_E_DAY), 3, 0, 0); /* the other drug */
        doses++;
    }
    assert_int_equal(doses, 400);
    for (size_t i = 0; i < 400; i++) {
        assert_close(of_lot(&s, i, "LOT_DISPOSITION"), PF_SERVED_NONE, 0, 0);
        assert_true(isnan(patient(&s, i, PF_P_CMAX))); /* as in an arm without the product */
        assert_true(isnan(of_lot(&s, i, "LOT_viability")));
        assert_close(patient(&s, i, PF_P_FAILED), 0, 0, 0);
    }
    close_shop(&s);
}

static void a_lot_made_again_comes_late_with_its_conditioning(void **state)
{
    (void)state;
    shop s;
    double n[PF_SERVED_WAYS] = {0};
    open_shop(&s, "autologous", SETS,
        "  - {name: failure, value: 0.5, source: test}\n"
        "  - {name: delay, value: 20 day, source: test}\n");
    for (size_t i = 0; i < 400; i++) n[(int)of_lot(&s, i, "LOT_DISPOSITION")]++;
    assert_close(n[PF_SERVED_RELEASED], 200, 0, 40);
    assert_close(n[PF_SERVED_REMADE], 100, 0, 35);
    assert_close(n[PF_SERVED_NONE], 100, 0, 35);
    size_t rows = s.w.chunk.table[PF_TABLE_EVENTS].n;
    double day[400][3];
    size_t given[400] = {0};
    for (size_t i = 0; i < rows; i++) {
        size_t who = (size_t)cell(&s.w, PF_TABLE_EVENTS, i, PF_E_PATIENT);
        if (cell(&s.w, PF_TABLE_EVENTS, i, PF_E_KIND) != PF_EVENT_DOSE) continue;
        assert_true(given[who] < 3);
        day[who][given[who]++] = cell(&s.w, PF_TABLE_EVENTS, i, PF_E_DAY);
    }
    static const double TIMELY[] = {-5, 0, 3}, LATE[] = {3, 15, 20};
    for (size_t i = 0; i < 400; i++) {
        int how = (int)of_lot(&s, i, "LOT_DISPOSITION");
        assert_close(of_lot(&s, i, "LOT_DELAY"), how == PF_SERVED_RELEASED ? 0 : 20, 0, 0);
        assert_int_equal(given[i], how == PF_SERVED_NONE ? 1 : 3);
        for (size_t k = 0; k < 3 && how != PF_SERVED_NONE; k++)
            assert_close(day[i][k], how == PF_SERVED_REMADE ? LATE[k] : TIMELY[k], 0, 1e-9);
        if (how == PF_SERVED_NONE) continue; /* blood is drawn a day after the cells */
        assert_close(patient(&s, i, SAMPLE), 1000 * exp(-0.5 * (1 - 1.0 / 1440)), 2e-3, 0);
    }
    close_shop(&s);
}

static void paired_arms_share_what_their_lots_share(void **state)
{
    (void)state;
    shop s;
    char text[2000];
    open_shop(&s, "autologous", SETS, VARIES);
    close_world(&s.w);
    snprintf(text, sizeof text, "product: q\nlot: %s/lot.yaml\n%s", s.folder, SETS);
    put_in(&s, "q.yaml", text);
    snprintf(s.study, sizeof s.study,
        "study: s\nmodel: m.ant\npopulation: people.yaml\narms:\n"
        "  - {name: a, size: 50, regimen: [{product: %s/p.yaml, dose: 100 cell}]}\n"
        "  - {name: b, size: 50, regimen: [{product: %s/q.yaml, dose: 100 cell}]}\n"
        "allocation: {method: paired}\nhorizon: 120 day\nreplicates: 1\nseed: 3\n"
        "assess: {imaging: {every: 60 day}, kinetics: [1] day}\n",
        s.folder, s.folder);
    open_world(&s.w, TINY, s.study);
    simulate(&s.w, 1, 0, 100);
    assert_int_equal(s.w.study->n_product, 2);
    double sum[2] = {0};
    for (size_t i = 0; i < 100; i++)
        sum[(int)patient(&s, i, PF_P_ARM)] += patient(&s, i, SAMPLE);
    assert_close(sum[1], sum[0], 1e-9, 0);
    world at = {0};
    snprintf(at.folder, sizeof at.folder, "%s", s.folder);
    drop_file(&at, "q.yaml");
    close_shop(&s);
}

static void mistakes_about_lots_are_told(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"product: p\nlot: nowhere.yaml\nattributes: []\n", "there is no file 'nowhere.yaml'"},
        {"product: p\ndoses_per_lot: 3\nattributes: []\n", "'doses_per_lot' without a 'lot'"},
        {"product: p\nlot: %s/lot.yaml\ndoses_per_lot: 3\nattributes: []\n",
            "one patient's own"},
        {"product: p\nlot: %s/lot.yaml\nattributes:\n"
         "  - {name: z0, formula: lot_viabilty, source: test}\n",
            "lot_viability"},
        {"product: p\nlot: %s/lot.yaml\nattributes:\n"
         "  - {name: z0, formula: lot_car, source: test}\n",
            "lot_car"},
    };
    for (size_t i = 0; i < PF_COUNT(bad); i++) {
        shop s;
        char path[128], text[1000];
        pf_study *study = NULL;
        pf_buf told;
        open_shop(&s, "autologous", SETS, "");
        const char *hole = strstr(bad[i][0], "%s");
        snprintf(text, sizeof text, "%.*s%s%s", hole ? (int)(hole - bad[i][0]) : 0, bad[i][0],
            hole ? s.folder : "", hole ? hole + 2 : bad[i][0]);
        put_in(&s, "p.yaml", text);
        snprintf(path, sizeof path, "%s/study.yaml", s.w.folder);
        assert_int_equal(pf_study_read(&s.w.ctx, &s.w.diag, path, &study), PF_ERR_CONFIG);
        pf_buf_init(&told, NULL);
        pf_diag_text(&s.w.diag, &told);
        assert_contains(told.bytes, bad[i][1]);
        pf_buf_clear(&told);
        close_shop(&s);
    }
}

static int has_lot(const char *path)
{
    char *text = NULL;
    size_t size;
    assert_ok(NULL, pf_file_read(NULL, path, 0, &text, &size));
    int has = strstr(text, "\nlot: ") != NULL;
    pf_free(text);
    return has;
}

static void every_product_with_lots_can_be_given(void **state)
{
    (void)state;
    DIR *folder = opendir(PF_SOURCE_DIR "/products");
    world w = {0};
    char path[400], text[2000];
    size_t products = 0;
    assert_non_null(folder);
    strcpy(w.folder, "/tmp/perforin-lots-XXXXXX");
    assert_non_null(mkdtemp(w.folder));
    for (struct dirent *e; (e = readdir(folder));) {
        snprintf(path, sizeof path, "%s/products/%s", PF_SOURCE_DIR, e->d_name);
        if (!strstr(e->d_name, ".yaml") || !has_lot(path)) continue;
        snprintf(text, sizeof text,
            "study: s\nmodel: %s/models/core.ant\npopulation: "
            "%s/evidence/populations/nsclc.yaml\n"
            "arms:\n  - {name: a, size: 3, regimen: [{product: %s, dose: 1e9 cell}]}\n"
            "assess: {imaging: {every: 60 day}}\nhorizon: 90 day\n",
            PF_SOURCE_DIR, PF_SOURCE_DIR, path);
        put_file(&w, "study.yaml", text);
        snprintf(path, sizeof path, "%s/study.yaml", w.folder);
        pf_ctx_init(&w.ctx);
        pf_diag_init(&w.diag, &w.ctx);
        assert_ok(&w.ctx, pf_study_read(&w.ctx, &w.diag, path, &w.study));
        assert_int_equal(w.diag.n, 0);
        assert_non_null(w.study->product[0].lot);
        pf_study_free(w.study);
        pf_diag_clear(&w.diag);
        products++;
    }
    closedir(folder);
    drop_file(&w, "study.yaml");
    rmdir(w.folder);
    assert_true(products >= 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_patient_has_the_lot_of_its_number),
        cmocka_unit_test(ten_patients_share_an_allogeneic_lot),
        cmocka_unit_test(without_a_lot_there_are_neither_cells_nor_conditioning),
        cmocka_unit_test(a_lot_made_again_comes_late_with_its_conditioning),
        cmocka_unit_test(paired_arms_share_what_their_lots_share),
        cmocka_unit_test(mistakes_about_lots_are_told),
        cmocka_unit_test(every_product_with_lots_can_be_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
