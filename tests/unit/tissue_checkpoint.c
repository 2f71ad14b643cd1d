/* Checkpoints of a lesion: going on from one changes nothing; damaged ones are refused. */
#include "ct.h"
#include "tissue/checkpoint.h"
#include "tissue/rules.h"
#include "tissue_scene.h"

#include "base/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { STEPS = 120, STOPS = 20 };

static char folder[] = "/tmp/pf_checkpoint_XXXXXX";

static const char *path_of(const char *name)
{
    static char path[4][128];
    static int k;
    k = (k + 1) % 4;
    snprintf(path[k], sizeof path[k], "%s/%s", folder, name);
    return path[k];
}
static char *bytes_of(pf_ctx *ctx, const char *path, size_t *size)
{
    char *bytes;
    assert_ok(ctx, pf_file_read(ctx, path, 0, &bytes, size));
    return bytes;
}
static void run_to(pf_ctx *ctx, pf_tissue *t, uint64_t step)
{
    while (t->step < step) assert_ok(ctx, pf_tissue_step(ctx, t));
}
/* The end as a checkpoint: it holds all there is to compare, what was told on the way too. */
static char *end_of(pf_ctx *ctx, pf_tissue *t, size_t *size)
{
    run_to(ctx, t, STEPS);
    assert_ok(ctx, pf_checkpoint_write(ctx, path_of("end"), t));
    return bytes_of(ctx, path_of("end"), size);
}

static void expect_everything_happened(const pf_tissue *t)
{
    size_t seen[PF_LIFE_GONE + 1] = {0};
    for (size_t i = 0; i < t->n_life; i++) seen[t->life[i].kind]++;
    for (int k = 0; k <= PF_LIFE_GONE; k++) assert_true(seen[k] > 0);
    assert_true(t->kills > 5 && t->n_spare > 0 && t->n_spring > 0);
}

/* Rules that ask for neighbours, substances and those who hold. */
static pf_rules *rule(pf_ctx *ctx, pf_scene *w)
{
    static const char TEXT[] =
        "cell type,signal,direction,behaviour,saturation value,half-max,Hill power,applies to "
        "dead\n"
        "tumour,pressure,decreases,cycle entry,0,1,2,no\n"
        "tumour,held,increases,necrosis,0.1,1,1,no\n"
        "killer,lure,increases,bind,4,0.1,1,no\n"
        "killer,contact with killer,decreases,migration speed,0,2,1,no\n"
        "killer,oxygen,increases,lure secretion,0.1,20,1,no\n";
    pf_units *units;
    pf_diag diag;
    pf_rules *rules;
    pf_diag_init(&diag, ctx);
    assert_ok(ctx, pf_units_new(ctx, &units));
    assert_ok(ctx, pf_rules_parse(ctx, &diag, units, &w->setup,
                       &(pf_rules_text){"rules.csv", TEXT, sizeof TEXT - 1}, &rules));
    pf_diag_clear(&diag);
    pf_units_free(units);
    return rules;
}

static void going_on_from_any_step_on_any_threads_gives_the_same_bytes(void **state)
{
    (void)state;
    pf_scene w;
    pf_ctx ctx;
    pf_tissue *t;
    pf_random r;
    uint64_t stop[STOPS];
    size_t size, again;
    pf_ctx_init(&ctx);
    pf_scene_init(&w, 32, 15);
    pf_rules *rules = rule(&ctx, &w);
    w.setup.rules = rules;
    assert_ok(&ctx, pf_tissue_new(&ctx, &w.setup, 1, &t));
    char name[32];
    pf_random_init(&r, 5, PF_DRAW_TEST, 0, 0, 0);
    for (size_t k = 0; k < STOPS; k++) stop[k] = (uint64_t)(pf_random_uniform(&r) * STEPS);
    stop[0] = 0;
    for (uint64_t step = 0; step < STEPS; step++) {
        run_to(&ctx, t, step);
        for (size_t k = 0; k < STOPS; k++) {
            if (stop[k] != step) continue;
            snprintf(name, sizeof name, "at%zu", k);
            assert_ok(&ctx, pf_checkpoint_write(&ctx, path_of(name), t));
        }
    }
    char *whole = end_of(&ctx, t, &size);
    expect_everything_happened(t);
    pf_tissue_free(t);
    for (size_t k = 0; k < STOPS; k++) {
        snprintf(name, sizeof name, "at%zu", k);
        int threads = k % 5 == 2 ? 2 : k % 5 == 4 ? 3 : 1;
        assert_ok(&ctx, pf_checkpoint_read(&ctx, path_of(name), &w.setup, threads, &t));
        char *resumed = end_of(&ctx, t, &again);
        assert_int_equal(again, size);
        assert_memory_equal(resumed, whole, size);
        pf_free(resumed);
        pf_tissue_free(t);
        unlink(path_of(name));
    }
    pf_free(whole);
    pf_rules_free(rules);
}

static void what_is_read_is_written_again_as_it_was(void **state)
{
    (void)state;
    pf_scene w;
    pf_ctx ctx;
    pf_tissue *t, *u;
    size_t size, again;
    pf_ctx_init(&ctx);
    pf_scene_init(&w, 30, 10);
    assert_ok(&ctx, pf_tissue_new(&ctx, &w.setup, 1, &t));
    run_to(&ctx, t, 40);
    for (uint64_t k = 0; k < PF_TISSUE_MARKS; k++) t->mark[k] = k * 1000003 + 1;
    assert_ok(&ctx, pf_checkpoint_write(&ctx, path_of("a"), t));
    assert_ok(&ctx, pf_checkpoint_read(&ctx, path_of("a"), &w.setup, 1, &u));
    assert_int_equal(u->step, 40);
    assert_int_equal(u->mark[7], 7000022);
    assert_int_equal(u->n_life, t->n_life);
    assert_ok(&ctx, pf_checkpoint_write(&ctx, path_of("b"), u));
    char *a = bytes_of(&ctx, path_of("a"), &size), *b = bytes_of(&ctx, path_of("b"), &again);
    assert_int_equal(size, again);
    assert_memory_equal(a, b, size);
    pf_free(a);
    pf_free(b);
    pf_tissue_free(t);
    pf_tissue_free(u);
}

/* A handful of cells, so that every byte can be damaged. */
static char *little(pf_scene *w, size_t *size)
{
    pf_ctx ctx;
    pf_tissue *t;
    pf_ctx_init(&ctx);
    pf_scene_little(w);
    assert_ok(&ctx, pf_tissue_new(&ctx, &w->setup, 1, &t));
    run_to(&ctx, t, 32);
    assert_ok(&ctx, pf_checkpoint_write(&ctx, path_of("little"), t));
    pf_tissue_free(t);
    return bytes_of(&ctx, path_of("little"), size);
}
static pf_err parse(pf_ctx *ctx, const pf_scene *w, const char *bytes, size_t size)
{
    pf_tissue *t;
    pf_ctx_init(ctx);
    pf_err err = pf_checkpoint_parse(ctx, "x.checkpoint", bytes, size, &w->setup, 1, &t);
    assert_int_equal(!err, t != NULL);
    if (err) assert_true(strstr(ctx->message, "'x.checkpoint'") != NULL);
    pf_tissue_free(t);
    return err;
}

static void any_byte_that_changes_is_noticed(void **state)
{
    (void)state;
    pf_scene w;
    pf_ctx ctx;
    size_t size;
    char *bytes = little(&w, &size);
    assert_int_equal(parse(&ctx, &w, bytes, size), PF_OK);
    for (size_t i = 0; i < size; i++) {
        char was = bytes[i];
        bytes[i] = (char)(was ^ 1 << i % 8);
        assert_int_equal(parse(&ctx, &w, bytes, size), PF_ERR_CORRUPT);
        bytes[i] = was;
        assert_int_equal(parse(&ctx, &w, bytes, i), PF_ERR_CORRUPT);
    }
    assert_int_equal(parse(&ctx, &w, bytes, size), PF_OK);
    pf_free(bytes);
}

/* Damage with a checksum that fits: refused, or a lesion that can go on. */
static void what_is_accepted_can_go_on(void **state)
{
    (void)state;
    pf_scene w;
    pf_ctx ctx;
    pf_tissue *t;
    size_t size, accepted = 0;
    char *bytes = little(&w, &size);
    for (size_t i = 16; i < size - 8; i += i < 200 ? 1 : 5) {
        char was = bytes[i];
        bytes[i] = (char)(was ^ (i % 2 ? -1 : 1));
        uint64_t hash = pf_hash(0, bytes, size - 8);
        memcpy(bytes + size - 8, &hash, sizeof hash);
        pf_ctx_init(&ctx);
        if (!pf_checkpoint_parse(&ctx, "x", bytes, size, &w.setup, 1, &t)) {
            pf_err err = pf_tissue_step(&ctx, t);
            assert_true(!err || ctx.message[0]);
            accepted++;
            pf_tissue_free(t);
        }
        bytes[i] = was;
    }
    assert_true(accepted > 100);
    pf_free(bytes);
}

static void checkpoints_of_others_are_told_apart_from_damage(void **state)
{
    (void)state;
    pf_scene w;
    pf_ctx ctx;
    size_t size;
    char *bytes = little(&w, &size);
    w.setup.max_time = 500;
    w.setup.title = "longer";
    assert_int_equal(parse(&ctx, &w, bytes, size), PF_OK);
    w.type[1].killer.half[0][0] *= 1.0000001;
    assert_int_equal(parse(&ctx, &w, bytes, size), PF_ERR_VERSION);
    assert_string_equal(ctx.message, "'x.checkpoint' belongs to another tissue; go on with the "
                                     "file that it was begun with");
    bytes[8] = 99;
    uint64_t hash = pf_hash(0, bytes, size - 8);
    memcpy(bytes + size - 8, &hash, sizeof hash);
    assert_int_equal(parse(&ctx, &w, bytes, size), PF_ERR_VERSION);
    assert_true(strstr(ctx.message, "has format 99") != NULL);
    pf_free(bytes);
}

/* Each byte of what a killer is, and numbers from all corners of a type. */
static void whatever_steps_depend_on_makes_another_tissue(void **state)
{
    (void)state;
    pf_scene w;
    pf_scene_little(&w);
    uint64_t hash = pf_setup_hash(&w.setup);
    pf_cell_type *t = &w.type[1];
    double *number[] = {&t->volume, &t->fluid_rate, &t->affinity[1], &t->necrosis,
        &t->lysis_rate, &t->exchange[1].uptake, &t->motile, &t->taxis[1], &t->antigen[3],
        &t->receptor_sd[3], &w.type[0].phase[1].rate, &w.substance[1].decay,
        &w.substance[0].at[5], &w.placement[2].at, &w.placement[1].outer, &w.setup.wall,
        &w.setup.mechanics_step, &w.setup.mesh.origin[2], &t->antigen_loss[3].rate,
        &t->receptor_loss[0].division};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++) {
        *number[k] += 1;
        assert_true(pf_setup_hash(&w.setup) != hash);
        *number[k] -= 1;
    }
    uint8_t *byte = (uint8_t *)&t->killer;
    for (size_t k = 0; k < sizeof t->killer; k++) {
        byte[k] ^= 1;
        assert_true(pf_setup_hash(&w.setup) != hash);
        byte[k] ^= 1;
    }
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_rules *rules = rule(&ctx, &w);
    w.setup.rules = rules;
    uint64_t ruled = pf_setup_hash(&w.setup);
    assert_true(ruled != hash);
    rules->rule[3].half *= 2;
    assert_true(pf_setup_hash(&w.setup) != ruled);
    w.setup.rules = NULL;
    pf_rules_free(rules);
    w.setup.seed++;
    assert_true(pf_setup_hash(&w.setup) != hash);
}

/* Seeds for the fuzzer, of the format as it is now: the first byte says whether it mends magic
 * and checksum. */
static void write_seeds(const char *to)
{
    static const struct {
        const char *name;
        char mend;
        size_t most;
    } SEED[] = {{"whole", 1, SIZE_MAX}, {"as-it-is", 0, SIZE_MAX}, {"short", 1, 700}};
    pf_scene w;
    pf_ctx ctx;
    size_t size;
    char path_to[300];
    char *bytes = little(&w, &size), *seed = calloc(size + 1, 1);
    pf_ctx_init(&ctx);
    for (size_t k = 0; seed && k < PF_COUNT(SEED); k++) {
        size_t n = size < SEED[k].most ? size : SEED[k].most;
        seed[0] = SEED[k].mend;
        memcpy(seed + 1, bytes, n);
        snprintf(path_to, sizeof path_to, "%s/%s", to, SEED[k].name);
        if (pf_file_write(&ctx, path_to, seed, n + 1)) fprintf(stderr, "%s\n", ctx.message);
    }
    free(seed);
    pf_free(bytes);
}

int main(void)
{
    if (!mkdtemp(folder)) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(going_on_from_any_step_on_any_threads_gives_the_same_bytes),
        cmocka_unit_test(what_is_read_is_written_again_as_it_was),
        cmocka_unit_test(any_byte_that_changes_is_noticed),
        cmocka_unit_test(what_is_accepted_can_go_on),
        cmocka_unit_test(checkpoints_of_others_are_told_apart_from_damage),
        cmocka_unit_test(whatever_steps_depend_on_makes_another_tissue),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    const char *seeds = getenv("PF_REGENERATE_SEEDS"); /* a folder */
    if (seeds) write_seeds(seeds);
    const char *left[] = {"end", "a", "b", "little"};
    for (size_t k = 0; k < sizeof left / sizeof *left; k++) unlink(path_of(left[k]));
    rmdir(folder);
    return failed;
}
