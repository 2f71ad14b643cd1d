/* What must hold in the core model whatever its numbers are: rest, conservation, anchored
 * growth, closed forms of operations, chemotherapy, depots and arrival. */
#include "ct.h"
#include "model/model.h"
#include "solve/engine.h"

#include <string.h>

enum { SEEN = 16, STATES = 128 };

typedef struct {
    const char *name;
    double value, day; /* a parameter (day not read), or what is added to a state on a day */
} entry;

typedef struct {
    const entry *set, *dose; /* end with a name NULL; NULL: none */
    const char *const *out;  /* observables; NULL: all states */
    size_t n_out;
    const double *day; /* rising */
    size_t n_day;
} plan;

typedef struct {
    pf_ctx ctx;
    pf_model *model;
    pf_program *program;
    const plan *plan;
    double seen[SEEN][STATES];
    int begun, failed;
} world;

static uint32_t find(world *w, const char *name)
{
    const pf_symbol *s = pf_model_find(w->model, name);
    if (!s) fail_msg("the core model has no %s", name);
    return (uint32_t)s->index;
}

static int begin(void *payload, pf_case *c)
{
    world *w = payload;
    const plan *p = w->plan;
    if (w->begun++) return 0;
    pf_case_span(c, 0, p->day[p->n_day - 1]);
    for (uint32_t i = 0; i < w->program->n_param; i++)
        pf_case_set(c, i, pf_model_symbol(w->model, PF_SYMBOL_PARAMETER, i)->value);
    for (const entry *e = p->set; e && e->name; e++) pf_case_set(c, find(w, e->name), e->value);
    for (const entry *e = p->dose; e && e->name; e++)
        pf_case_stop(c, (pf_stop){e->day, PF_STOP_ADD, find(w, e->name), e->value, 1});
    for (uint32_t d = 0; d < p->n_day; d++) pf_case_look(c, p->day[d], d);
    return 1;
}

static void look(void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    world *w = payload;
    (void)c;
    (void)t;
    memcpy(w->seen[tag], out, w->plan->n_out * sizeof *out);
}

static void end(void *payload, pf_case *c, const pf_case_end *how)
{
    (void)c;
    ((world *)payload)->failed += how->status != PF_CASE_DONE;
}

/* One patient; w->seen[day][observable]. */
static void run(world *w, plan *p)
{
    const char *names[STATES];
    double atol[STATES];
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    assert_ok(&w->ctx, pf_model_read(&w->ctx, PF_SOURCE_DIR "/models/core.ant", &w->model));
    size_t n = pf_model_count(w->model, PF_SYMBOL_STATE);
    for (size_t i = 0; i < n; i++) {
        names[i] = pf_model_symbol(w->model, PF_SYMBOL_STATE, i)->name;
        atol[i] = 1e-6;
    }
    if (!p->out) p->n_out = n;
    pf_compile_options c = {.outputs = p->out ? p->out : names, .n_outputs = p->n_out};
    assert_ok(&w->ctx, pf_model_compile(&w->ctx, w->model, &c, &w->program));
    pf_engine_options o = {.rtol = 1e-8, .atol = atol};
    w->plan = p;
    pf_source s = {.payload = w, .begin = begin, .look = look, .end = end};
    pf_engine *e;
    assert_ok(&w->ctx, pf_engine_new(&w->ctx, w->program, &o, &e));
    assert_ok(&w->ctx, pf_engine_run(&w->ctx, e, &s));
    assert_int_equal(w->failed, 0);
    pf_engine_free(e);
}

static void close_world(world *w)
{
    pf_program_free(w->program);
    pf_model_free(w->model);
}

#define OUT(...)                                                                               \
    .out = (const char *const[]){__VA_ARGS__},                                                 \
    .n_out = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)
#define DAYS(...)                                                                              \
    .day = (const double[]){__VA_ARGS__},                                                      \
    .n_day = sizeof((const double[]){__VA_ARGS__}) / sizeof(double)
#define SET(...)                                                                               \
    .set = (const entry[])                                                                     \
    {                                                                                          \
        __VA_ARGS__,                                                                           \
        {                                                                                      \
            NULL, 0, 0                                                                         \
        }                                                                                      \
    }
#define DOSE(...)                                                                              \
    .dose = (const entry[])                                                                    \
    {                                                                                          \
        __VA_ARGS__,                                                                           \
        {                                                                                      \
            NULL, 0, 0                                                                         \
        }                                                                                      \
    }

/* ---- rest
 * ------------------------------------------------------------------------------------ */

static void who_has_no_tumour_and_no_treatment_does_not_change(void **state)
{
    (void)state;
    /* hazards rise with time; the endothelium settles at what normal IL-6 does to it */
    static const char *const moves[] = {"hazard", "haz_second", "cyt.En"};
    static world w;
    plan p = {SET({"L1.T0", 0, 0}, {"BC0", 5e10, 0}, {"stress", 1.5, 0}, {"age_y", 75, 0},
                  {"NK_prod", 0.5, 0}, {"marrow.V_site", 300, 0}),
        DAYS(0, 300)};
    run(&w, &p);
    for (size_t i = 0; i < p.n_out; i++) {
        const char *name = pf_model_symbol(w.model, PF_SYMBOL_STATE, i)->name;
        int known = 0;
        for (size_t k = 0; k < sizeof moves / sizeof *moves; k++)
            known |= !strcmp(name, moves[k]);
        if (!known && fabs(w.seen[1][i] - w.seen[0][i]) > 1e-6 * fmax(1, fabs(w.seen[0][i])))
            fail_msg("%s moves from %g to %g", name, w.seen[0][i], w.seen[1][i]);
    }
    close_world(&w);
}

/* ---- growth is anchored
 * ---------------------------------------------------------------------- */

/* Diseases: a lung lesion, a lymphoma with little T-cell help, a small focus, a sheltered
 * tumour with much suppression, half of it a clone that only NK cells see; leukaemia in marrow,
 * a cavity. */
static const entry disease[][9] = {
    {{"L1.T0", 2.8e9, 0}, {"L1.g_obs", 0.0042, 0}, {NULL, 0, 0}},
    {{"L1.T0", 8e9, 0}, {"L1.g_obs", 0.02, 0}, {"L1.delta", 8, 0}, {"theta", 0.2, 0},
        {"sup", 0.5, 0}, {"see_m", 1, 0}, {"L1.frac_m", 1e-3, 0}, {NULL, 0, 0}},
    {{"L1.T0", 2e5, 0}, {"L1.g_obs", 0.01, 0}, {"hla_p", 0.3, 0}, {NULL, 0, 0}},
    {{"L1.T0", 4e10, 0}, {"L1.g_obs", 0.006, 0}, {"sup", 3, 0}, {"L1.frac_m", 0.5, 0},
        {"age_y", 80, 0}, {"stress", 2, 0}, {"NK_fun", 0.5, 0}, {NULL, 0, 0}},
    {{"L1.T0", 0, 0}, {"marrow.T0", 1e11, 0}, {"marrow.g_obs", 0.035, 0},
        {"marrow.V_site", 1400, 0}, {"marrow.delta", 8, 0}, {"theta", 0.1, 0}, {NULL, 0, 0}},
    {{"L1.T0", 0, 0}, {"regional.T0", 2e9, 0}, {"regional.g_obs", 0.008, 0},
        {"regional.V_site", 200, 0}, {"regional.delta", 2, 0}, {NULL, 0, 0}},
};
enum { DISEASES = sizeof disease / sizeof *disease, SMALL_FOCUS = 2 };

static double grown(size_t which, const entry *more, double days)
{
    static world w;
    entry set[16];
    size_t n = 0;
    for (const entry *e = disease[which]; e->name; e++) set[n++] = *e;
    for (const entry *e = more; e && e->name; e++) set[n++] = *e;
    set[n] = (entry){NULL, 0, 0};
    plan p = {.set = set, OUT("all_T"), DAYS(0, days)};
    run(&w, &p);
    double ratio = w.seen[1][0] / w.seen[0][0];
    close_world(&w);
    return ratio;
}

static void an_untreated_tumour_starts_at_the_growth_that_was_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < DISEASES; i++) {
        double g = 0;
        for (const entry *e = disease[i]; e->name; e++)
            if (strstr(e->name, ".g_obs")) g = e->value;
        double got = log(grown(i, NULL, 0.5)) / 0.5;
        print_message("disease %zu: seen %.4g, grows %.4g a day\n", i, g, got);
        assert_close(got, g, 0.02, 0);
    }
}

/* What kills before treatment is added back to growth, so that a lesion of centimetres grows as
 * it does without; a small focus grows away from patrols, which reach less and less of it. */
static void what_kills_already_does_not_change_the_untreated(void **state)
{
    (void)state;
    static const entry fewer[] = {{"k_pat", 0, 0}, {NULL, 0, 0}};
    static const entry none[] = {{"k_pat", 0, 0}, {"in_D", 0, 0}, {NULL, 0, 0}};
    for (size_t i = 0; i < DISEASES; i++) {
        double all = grown(i, NULL, 56), less = grown(i, fewer, 56), bare = grown(i, none, 56);
        print_message("disease %zu: x %.4g in 56 days, without NK cells %.4g, without T cells "
                      "too %.4g\n",
            i, all, less, bare);
        if (i != SMALL_FOCUS) {
            assert_close(all, less, 0.01, 0);
            assert_close(less, bare, 0.02, 0);
        } else
            assert_true(all > less && all < 1.5 * less);
    }
}

/* Growth of zero is a balance of division and death that holds for a year. */
static void a_dormant_lesion_stays_as_it_is(void **state)
{
    (void)state;
    static const entry asleep[] = {
        {"L1.g_obs", 0, 0}, {"marrow.g_obs", 0, 0}, {"regional.g_obs", 0, 0}, {NULL, 0, 0}};
    for (size_t i = 0; i < DISEASES; i++)
        if (i != SMALL_FOCUS) assert_close(grown(i, asleep, 365), 1, 0.05, 0);
}

/* ---- conservation
 * ---------------------------------------------------------------------------- */

/* Infused cells that neither divide nor die are where they can be, whatever the way in. */
static void infused_cells_that_neither_divide_nor_die_stay_as_many(void **state)
{
    (void)state;
    static world w;
    plan p = {
        SET({"d0", 0, 0}, {"rho_il", 0, 0}, {"mm", 0, 0}, {"e_k", 0, 0}, {"marrow.T0", 1e9, 0},
            {"marrow.V_site", 300, 0}, {"regional.T0", 1e8, 0}, {"motile", 1, 0}),
        DOSE({"B", 1e9, 1}, {"Z", 9e9, 1}, {"regional.E", 5e8, 2}, {"Z", 4.5e9, 2},
            {"L1.E", 5e8, 3}, {"Z", 4.5e9, 3}),
        OUT("C", "B", "L1.E", "marrow.E", "regional.E", "z"), DAYS(1.5, 2.5, 4, 30, 200)};
    run(&w, &p);
    static const double dose[] = {1e9, 1.5e9, 2e9, 2e9, 2e9};
    for (size_t d = 0; d < 5; d++) {
        assert_close(w.seen[d][0], dose[d], 1e-6, 0);
        assert_close(w.seen[d][5], 9, 1e-6, 0);
        assert_true(w.seen[d][1] > 0 && w.seen[d][3] > 0);
    }
    assert_true(w.seen[1][4] > 4e8); /* a local dose is in place, and reaches blood later */
    assert_true(w.seen[4][4] < 1e8);
    close_world(&w);
}

static void a_surgeon_takes_the_cells_in_the_tumour_along(void **state)
{
    (void)state;
    static world w;
    plan p = {SET({"d0", 0, 0}, {"rho_il", 0, 0}, {"mm", 0, 0}, {"e_k", 0, 0}, {"r_E", 0, 0},
                  {"motile", 0, 0}, {"L1.resect", 30, 0}, {"cd16", 1, 0}, {"shed16", 0, 0}),
        DOSE({"B", 1e8, 1}, {"L1.E", 1e9, 1}, {"Z", 9.9e9, 1}, {"Cr", 1.1e9, 1},
            {"F16", 1.1e9, 1}, {"surgery.left", 1, 3}),
        OUT("C", "z", "carried", "with16", "L1.E", "L1.T", "L1.diameter", "L1.D"),
        DAYS(2, 5, 60)};
    run(&w, &p);
    assert_close(w.seen[0][0], 1.1e9, 1e-6, 0);
    for (size_t d = 1; d < 3; d++) {
        assert_close(w.seen[d][0], 1e8, 1e-5, 0);
        assert_close(w.seen[d][1], 9, 1e-4, 0); /* what the rest can do has not changed */
        assert_close(w.seen[d][2], 1, 1e-4, 0);
        assert_close(w.seen[d][3], 1, 1e-4, 0);
        assert_close(w.seen[d][5], 0, 0, 0); /* gone, and does not come back */
        assert_true(w.seen[d][6] < 0.1);
    }
    close_world(&w);
}

static void an_incomplete_operation_leaves_its_share(void **state)
{
    (void)state;
    double left[2];
    for (int i = 0; i < 2; i++) {
        static world w;
        plan p = {
            SET({"L1.resect", i * 2.0, 0}, {"in_D", 0, 0}, {"k_pat", 0, 0}, {"L1.g_obs", 0, 0}),
            DOSE({"surgery.left", 1, 1}), OUT("L1.T"), DAYS(0, 3)};
        run(&w, &p);
        left[i] = w.seen[1][0] / w.seen[0][0];
        close_world(&w);
    }
    assert_close(left[0], 1, 1e-7, 0);
    assert_close(left[1], exp(-2), 1e-5, 0);
}

/* ---- closed forms
 * ---------------------------------------------------------------------------- */

static void a_cycle_of_chemotherapy_costs_each_cell_type_its_own_share(void **state)
{
    (void)state;
    static world w;
    plan p = {SET({"d0", 0, 0}, {"rho_il", 0, 0}, {"mm", 0, 0}, {"motile", 0, 0}, {"k_H", 0, 0},
                  {"d_N", 0, 0}, {"d_F", 0, 0}, {"e_chH", 0.4, 0}, {"e_chN", 0.9, 0},
                  {"e_chF", 0.6, 0}),
        DOSE({"B", 1e9, 1}, {"chemo.left", 1, 2}),
        OUT("C", "lymphocytes", "own_count", "own_kill"), DAYS(1.5, 40)};
    run(&w, &p);
    assert_close(w.seen[1][0] / w.seen[0][0], exp(-0.4), 1e-5, 0);
    assert_close(w.seen[1][1] / w.seen[0][1], exp(-0.4), 1e-5, 0);
    assert_close(w.seen[1][2] / w.seen[0][2], exp(-0.9), 1e-5, 0);
    assert_close(w.seen[1][3] / w.seen[0][3], exp(-0.6), 1e-5, 0);
    close_world(&w);
}

static void nk_cells_come_back_at_their_turnover(void **state)
{
    (void)state;
    static world w;
    plan p = {
        DOSE({"flu.mg", 50, 1}, {"cy.mg", 900, 1}), OUT("NK_count"), DAYS(0, 25, 35, 300)};
    run(&w, &p);
    assert_close(w.seen[0][0], 1, 1e-12, 0);
    assert_close((1 - w.seen[2][0]) / (1 - w.seen[1][0]), exp(-0.69), 1e-4, 0);
    assert_close(w.seen[3][0], 1, 1e-6, 0);
    close_world(&w);
}

/* Division by IL-15 saturates in all of it together: a depot adds to what is in blood. */
static void no_amount_of_cytokine_divides_cells_faster_than_its_maximum(void **state)
{
    (void)state;
    static world w;
    plan p = {
        SET({"L1.T0", 0, 0}, {"d0", 0, 0}, {"rho_il", 0.3, 0}, {"mm", 0, 0}, {"z0", 60, 0},
            {"r_E", 0, 0}, {"motile", 0, 0}, {"I0", 30, 0}, {"w_up", 0, 0}, {"K_C", 1e15, 0}),
        DOSE({"regional.E", 1e6, 1}, {"Z", 6e7, 1}, {"depR.mg", 1e4, 1}),
        OUT("regional.E", "own_count"), DAYS(2, 12)};
    run(&w, &p);
    double rate = log(w.seen[1][0] / w.seen[0][0]) / 10;
    print_message("divides at %.6f a day of 0.3\n", rate);
    assert_true(rate <= 0.3 && rate > 0.2999);
    assert_true(
        w.seen[1][1] > 1); /* what it releases reaches blood, and the patient's NK cells */
    close_world(&w);
}

/* Of cells that arrive, exp(-k_arr N r/arr_ref) live; contacts never kill more than all. */
static void arriving_cells_are_killed_by_what_recognises_them(void **state)
{
    (void)state;
    double founded[3];
    static const double hla[] = {0, 1, 1};
    for (int i = 0; i < 3; i++) {
        static world w;
        plan p = {SET({"hla_p", hla[i], 0}, {"on_ctc", i < 2, 0}, {"seed", 1, 0},
                      {"wake_s", 0, 0}, {"k_foc", 0, 0}, {"k_CTC", 0, 0}, {"in_D", 0, 0},
                      {"k_pat", 0, 0}, {"L1.g_obs", 0, 0}),
            OUT("micro.Fs", "CTC_level"), DAYS(0, 10)};
        run(&w, &p);
        founded[i] = w.seen[1][0] / (10 * w.seen[0][1]);
        close_world(&w);
    }
    assert_close(founded[0], exp(-2.8 / 0.68), 1e-4, 0);
    assert_close(founded[1], exp(-2.8 / 3.33 / 0.68), 1e-4, 0);
    assert_close(founded[2], 1, 1e-4, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_no_tumour_and_no_treatment_does_not_change),
        cmocka_unit_test(an_untreated_tumour_starts_at_the_growth_that_was_seen),
        cmocka_unit_test(what_kills_already_does_not_change_the_untreated),
        cmocka_unit_test(a_dormant_lesion_stays_as_it_is),
        cmocka_unit_test(infused_cells_that_neither_divide_nor_die_stay_as_many),
        cmocka_unit_test(a_surgeon_takes_the_cells_in_the_tumour_along),
        cmocka_unit_test(an_incomplete_operation_leaves_its_share),
        cmocka_unit_test(a_cycle_of_chemotherapy_costs_each_cell_type_its_own_share),
        cmocka_unit_test(nk_cells_come_back_at_their_turnover),
        cmocka_unit_test(no_amount_of_cytokine_divides_cells_faster_than_its_maximum),
        cmocka_unit_test(arriving_cells_are_killed_by_what_recognises_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
