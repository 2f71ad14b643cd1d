/* What is told of cells adds up to what is there. */
#include "ct.h"
#include "tissue/contact.h"
#include "tissue_scene.h"

enum { MOST = 4096 };

/* What is known of an id from events alone. */
typedef struct {
    uint64_t id, killer;
    int told[PF_LIFE_GONE + 1], type;
} fame;
typedef struct {
    size_t n;
    fame of[MOST];
} rumour;

static fame *find(rumour *r, uint64_t id)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->of[i].id == id) return &r->of[i];
    return NULL;
}

static void hear(rumour *r, const pf_life_event *e)
{
    fame *f = find(r, e->id);
    if (e->kind == PF_LIFE_PLACED || e->kind == PF_LIFE_BORN) {
        assert_null(f);
        assert_true(r->n < MOST);
        f = &r->of[r->n++];
        *f = (fame){.id = e->id, .type = e->type};
        if (e->kind == PF_LIFE_BORN) { /* of a mother who lives, and is of its type */
            const fame *mother = find(r, e->other);
            assert_non_null(mother);
            assert_int_equal(mother->type, e->type);
            assert_int_equal(
                mother->told[PF_LIFE_APOPTOSIS] + mother->told[PF_LIFE_NECROSIS], 0);
        }
    }
    assert_non_null(f);
    assert_int_equal(f->told[e->kind]++, 0); /* everything once */
    if (e->kind == PF_LIFE_APOPTOSIS) f->killer = e->other;
    if (e->kind == PF_LIFE_LYSIS) assert_int_equal(f->told[PF_LIFE_NECROSIS], 1);
}

static void lives_add_up_to_who_is_there(void **state)
{
    (void)state;
    static rumour r;
    pf_scene w;
    pf_ctx ctx;
    pf_tissue *t;
    pf_ctx_init(&ctx);
    pf_scene_init(&w, 32, 15);
    assert_ok(&ctx, pf_tissue_new(&ctx, &w.setup, 1, &t));
    while (t->step < 150) assert_ok(&ctx, pf_tissue_step(&ctx, t));
    size_t told[PF_LIFE_GONE + 1] = {0}, killed = 0;
    for (size_t i = 0; i < t->n_life; i++) {
        assert_true(!i || t->life[i].minute >= t->life[i - 1].minute);
        hear(&r, &t->life[i]);
        told[t->life[i].kind]++;
        killed += t->life[i].kind == PF_LIFE_APOPTOSIS && t->life[i].other;
    }
    assert_int_equal(told[PF_LIFE_BORN], t->births);
    assert_int_equal(told[PF_LIFE_APOPTOSIS], t->deaths[PF_CELL_APOPTOTIC]);
    assert_int_equal(told[PF_LIFE_NECROSIS], t->deaths[PF_CELL_SWELLING]);
    assert_int_equal(told[PF_LIFE_LYSIS], t->deaths[PF_CELL_LYSED]);
    assert_int_equal(told[PF_LIFE_GONE], t->deaths[PF_CELL_GONE]);
    assert_int_equal(killed, t->kills);
    uint64_t tally[PF_TALLIES] = {0};
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < PF_TALLIES; i++) tally[i] += t->tally[k][i];
    for (int k = 0; k <= PF_LIFE_NECROSIS; k++) assert_int_equal(tally[k], told[k]);
    assert_int_equal(tally[PF_TALLY_KILLED], killed);
    assert_int_equal(t->tally[1][PF_TALLY_KILLS], killed); /* by the killers */
    assert_int_equal(t->tally[0][PF_TALLY_KILLED], killed);
    assert_int_equal(t->cells.n, r.n - told[PF_LIFE_GONE]);
    for (int k = 0; k <= PF_LIFE_GONE; k++) assert_true(told[k] > 0);
    for (size_t i = 0; i < t->cells.n; i++) {
        const fame *f = find(&r, t->cells.id[i]);
        assert_non_null(f);
        assert_int_equal(f->type, t->cells.type[i]);
        assert_int_equal(f->told[PF_LIFE_GONE], 0);
        int dies = f->told[PF_LIFE_APOPTOSIS] + f->told[PF_LIFE_NECROSIS];
        assert_int_equal(dies, t->row[t->cells.slot[i]].state != PF_CELL_ALIVE);
    }
    for (size_t i = 0; i < t->n_event; i++) {
        const pf_contact_event *e = &t->event[i];
        if (e->kind == PF_CONTACT_KILLED)
            assert_int_equal(find(&r, e->target)->killer, e->killer);
    }
    pf_tissue_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lives_add_up_to_who_is_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
