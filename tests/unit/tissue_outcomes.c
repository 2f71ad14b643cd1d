/* What is asked of a lesion, on lesions made by hand. */
#include "ct.h"
#include "tissue/outcome.h"
#include "tissue/surface.h"
#include "tissue_scene.h"

#include <math.h>

#define BALL 100.0

typedef struct {
    pf_scene scene;
    pf_ctx ctx;
    pf_tissue *t;
    pf_outcome o;
} world;

/* A packed ball of tumour cells (type 0), and killers (type 1) exactly here. */
static void begin_ball(world *w, double ball)
{
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    pf_scene_init(&w->scene, ball, 1);
    w->scene.setup.n_placement = 1;
    assert_ok(&w->ctx, pf_tissue_new(&w->ctx, &w->scene.setup, 1, &w->t));
}
static void begin(world *w, const double (*killer)[3], size_t n)
{
    begin_ball(w, BALL);
    for (size_t i = 0; i < n; i++)
        assert_ok(&w->ctx, pf_tissue_add(&w->ctx, w->t, 1, killer[i]));
}
static void end(world *w)
{
    pf_tissue_free(w->t);
}

static pf_cell *row(world *w, size_t i)
{
    return &w->t->row[w->t->cells.slot[i]];
}
static double distance(const world *w, size_t i)
{
    double square = 0;
    for (int d = 0; d < 3; d++) square += w->t->cells.at[d][i] * w->t->cells.at[d][i];
    return sqrt(square);
}

static double ask(world *w, pf_outcome o)
{
    double x;
    assert_ok(&w->ctx, pf_outcome_value(&w->ctx, w->t, &o, &x));
    return x;
}
#define KILLERS .cells = {0, 1}
#define TUMOUR .cells = {1}

static void depth_is_counted_from_the_surface(void **state)
{
    (void)state;
    static const double AT[][3] = {{40, 0, 0}, {0, -70, 0}, {0, 0, 10}, {110, 0, 0}};
    world w;
    begin(&w, AT, 4);
    /* a ball of cells ends where the outermost do: at its radius, to less than one of theirs */
    double depth =
        ask(&w, (pf_outcome){.kind = PF_OUTCOME_DEPTH, KILLERS, .of = {1}, .quantile = 1});
    assert_close(depth, BALL - 10, 0, 8.5);
    depth = ask(&w, (pf_outcome){.kind = PF_OUTCOME_DEPTH, KILLERS, .of = {1}, .quantile = 0});
    assert_close(depth, BALL - 110, 0, 8.5);
    depth =
        ask(&w, (pf_outcome){.kind = PF_OUTCOME_DEPTH, KILLERS, .of = {1}, .quantile = 0.5});
    assert_close(depth, BALL - 55, 0, 8.5);
    assert_close(ask(&w, (pf_outcome){.kind = PF_OUTCOME_INSIDE, KILLERS, .of = {1}}), 3, 0, 0);
    assert_close(
        ask(&w, (pf_outcome){.kind = PF_OUTCOME_INSIDE_SHARE, KILLERS, .of = {1}}), 0.75, 0, 0);
    end(&w);
}

/* A lens: half as high as it is wide, and aside. Within a patch its surface varies by 15 %, and
 * cells were not made smaller. */
static void the_surface_follows_a_tumour_that_is_no_ball(void **state)
{
    (void)state;
    world w;
    pf_surface s;
    begin_ball(&w, 150);
    for (size_t i = 0; i < w.t->cells.n; i++) w.t->cells.at[2][i] *= 0.5;
    for (size_t i = 0; i < w.t->cells.n; i++) w.t->cells.at[0][i] += 20;
    assert_ok(&w.ctx, pf_surface_find(&w.ctx, w.t, (uint8_t[PF_CELL_TYPES_MAX]){1}, &s));
    assert_close(s.centre[0], 20, 0, 1);
    assert_int_equal(s.across, 4);
    assert_close(pf_surface_depth(&s, (double[]){20, 1, 0}), 150, 0, 10);
    assert_close(pf_surface_depth(&s, (double[]){20, 0, 1}), 75, 0, 18);
    assert_close(pf_surface_depth(&s, (double[]){20, 130, 0}), 150 - 130, 0, 10);
    assert_close(pf_surface_depth(&s, (double[]){20, 0, 130}), 75 - 130, 0, 18);
    end(&w);
}

static void a_few_cells_apart_do_not_move_the_surface(void **state)
{
    (void)state;
    world w;
    pf_surface before, after;
    begin(&w, NULL, 0);
    const uint8_t of[PF_CELL_TYPES_MAX] = {1};
    assert_ok(&w.ctx, pf_surface_find(&w.ctx, w.t, of, &before));
    assert_ok(&w.ctx, pf_tissue_add(&w.ctx, w.t, 0, (double[]){135, 3, 3}));
    assert_ok(&w.ctx, pf_surface_find(&w.ctx, w.t, of, &after));
    double at[] = {50, 1, 1};
    assert_close(pf_surface_depth(&after, at), pf_surface_depth(&before, at), 0, 16);
    assert_ok(&w.ctx, pf_surface_find(&w.ctx, w.t, (uint8_t[PF_CELL_TYPES_MAX]){0, 1}, &after));
    assert_int_equal(after.cells, 0);
    assert_true(isnan(pf_surface_depth(&after, at)));
    end(&w);
}

static void the_rim_ends_where_necrosis_begins(void **state)
{
    (void)state;
    world w;
    begin(&w, NULL, 0);
    const pf_outcome rim = {.kind = PF_OUTCOME_RIM, .of = {1}},
                     necrotic = {.kind = PF_OUTCOME_NECROTIC, .of = {1}};
    assert_close(ask(&w, rim), BALL, 0, 8.5); /* all alive: the whole radius */
    assert_close(ask(&w, necrotic), 0, 0, 0);
    size_t n = 0;
    for (size_t i = 0; i < w.t->cells.n; i++) {
        if (distance(&w, i) >= 60) continue;
        row(&w, i)->state = n++ % 2 ? PF_CELL_SWELLING : PF_CELL_LYSED;
    }
    row(&w, 0)->state = PF_CELL_ALIVE; /* one in the wrong place changes nothing */
    assert_close(ask(&w, rim), BALL - 60, 0, 8.5);
    assert_close(ask(&w, necrotic), pow(0.6, 3), 0, 0.02);
    for (size_t i = 0; i < w.t->cells.n; i++) row(&w, i)->state = PF_CELL_LYSED;
    assert_close(ask(&w, rim), 0, 0, 0);
    end(&w);
}

static void shares_and_means_are_those_of_living_cells(void **state)
{
    (void)state;
    static const double AT[][3] = {{110, 0, 0}, {-110, 0, 0}, {0, 110, 0}, {0, 0, 110}};
    world w;
    begin(&w, AT, 4);
    size_t n = w.t->cells.n - 4;
    for (size_t i = 0; i < 4; i++) {
        pf_cell *c = row(&w, n + i);
        c->kills = (uint16_t)i;
        c->granules = 10 * (float)i;
        c->exhaustion = (float)i;
        c->target = i % 2 ? 0 : UINT32_MAX;
    }
    row(&w, n + 3)->state = PF_CELL_APOPTOTIC;
    assert_close(ask(&w, (pf_outcome){.kind = PF_OUTCOME_ALIVE, KILLERS}), 3, 0, 0);
    assert_close(ask(&w, (pf_outcome){.kind = PF_OUTCOME_REMAINING, KILLERS}), 0.75, 0, 0);
    assert_close(ask(&w, (pf_outcome){.kind = PF_OUTCOME_SERIAL, KILLERS, .at_least = 1}),
        2 / 3.0, 1e-15, 0);
    assert_close(ask(&w, (pf_outcome){.kind = PF_OUTCOME_BOUND, KILLERS}), 1 / 3.0, 1e-15, 0);
    assert_close(ask(&w, (pf_outcome){.kind = PF_OUTCOME_GRANULES, KILLERS}), 10, 1e-15, 0);
    assert_close(ask(&w, (pf_outcome){.kind = PF_OUTCOME_EXHAUSTION, KILLERS}), 1, 1e-15, 0);
    for (size_t i = 0; i < n; i++) row(&w, i)->antigen[1] = i % 4 ? 1000 : 10;
    pf_outcome antigen = {.kind = PF_OUTCOME_ANTIGEN, TUMOUR, .antigen = 1, .below = 100};
    double low = (double)((n + 3) / 4) / (double)n;
    assert_close(ask(&w, antigen), 10 * low + 1000 * (1 - low), 1e-12, 0);
    antigen.kind = PF_OUTCOME_NEGATIVE;
    assert_close(ask(&w, antigen), low, 1e-15, 0);
    for (size_t i = 0; i < w.t->cells.n; i++) row(&w, i)->state = PF_CELL_LYSED;
    assert_true(isnan(ask(&w, antigen))); /* nobody to ask */
    end(&w);
}

static void fields_are_asked_where_cells_are(void **state)
{
    (void)state;
    static const double AT[][3] = {{0, 0, -110}, {0, 0, 110}};
    world w;
    begin(&w, AT, 2);
    const pf_mesh *m = &w.t->setup->mesh;
    double *x = pf_field_values(w.t->field, 1);
    size_t stride = pf_field_stride(w.t->field);
    for (size_t z = 0; z < m->n[2]; z++)
        for (size_t i = 0; i < stride * m->n[1]; i++) x[z * stride * m->n[1] + i] = (double)z;
    double top = (double)(m->n[2] - 1);
    pf_outcome o = {.kind = PF_OUTCOME_MEAN, .substance = 1, KILLERS, .of = {1}};
    assert_close(ask(&w, o), top / 2, 1e-12, 0);
    o.kind = PF_OUTCOME_SENSED; /* one as far up as the other is down */
    assert_close(ask(&w, o), top / 2, 1e-12, 0);
    o.kind = PF_OUTCOME_CORE;
    assert_close(ask(&w, o), top / 2, 0, 0.51);
    end(&w);
}

static void what_has_happened_is_counted_by_type(void **state)
{
    (void)state;
    world w;
    begin(&w, NULL, 0);
    static const uint64_t TALLY[PF_TALLIES] = {[PF_TALLY_PLACED] = 8,
        [PF_TALLY_BORN] = 2,
        [PF_TALLY_APOPTOSES] = 3,
        [PF_TALLY_NECROSES] = 4,
        [PF_TALLY_KILLED] = 1,
        [PF_TALLY_KILLS] = 5};
    static const double WANTED[] = {2, 7, 1, 5, 0.5};
    static const pf_outcome_kind KIND[] = {PF_OUTCOME_BIRTHS, PF_OUTCOME_DEAD,
        PF_OUTCOME_KILLED, PF_OUTCOME_KILLS, PF_OUTCOME_KILLS_EACH};
    memcpy(w.t->tally[1], TALLY, sizeof TALLY);
    for (size_t k = 0; k < PF_COUNT(KIND); k++)
        assert_close(ask(&w, (pf_outcome){.kind = KIND[k], KILLERS}), WANTED[k], 0, 0);
    end(&w);
}

static void a_row_has_every_outcome(void **state)
{
    (void)state;
    world w;
    pf_buf b;
    pf_outcome o[] = {{.name = "left", .kind = PF_OUTCOME_REMAINING, TUMOUR},
        {.name = "nobody", .kind = PF_OUTCOME_GRANULES, KILLERS}};
    begin(&w, NULL, 0);
    w.scene.setup.outcome = o;
    w.scene.setup.n_outcome = 2;
    pf_buf_init(&b, &w.ctx);
    pf_outcomes_head(&w.scene.setup, &b);
    assert_ok(&w.ctx, pf_outcomes_row(&w.ctx, w.t, &b));
    assert_string_equal(b.bytes, "time_min,left,nobody\n0,1,\n");
    pf_buf_clear(&b);
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_is_counted_from_the_surface),
        cmocka_unit_test(the_surface_follows_a_tumour_that_is_no_ball),
        cmocka_unit_test(a_few_cells_apart_do_not_move_the_surface),
        cmocka_unit_test(the_rim_ends_where_necrosis_begins),
        cmocka_unit_test(shares_and_means_are_those_of_living_cells),
        cmocka_unit_test(fields_are_asked_where_cells_are),
        cmocka_unit_test(what_has_happened_is_counted_by_type),
        cmocka_unit_test(a_row_has_every_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
