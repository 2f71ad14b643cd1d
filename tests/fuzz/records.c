/* Any bytes as a table of records: it must be refused with a sentence, or be played to its end
 * with every row seen, in a model that answers to all kinds of doses. */
#include "model/lanes.h"
#include "patient/course.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char MODEL[] =
    "model m\n  x' = -k*x; y' = k*x - 0.5*y; x = 1; y = 0; k = 1; b = 2*k;\n"
    "  F_x = 0.5; ALAG_x = 0.25; R_x = 3; D2 = 0.5; F_y := 1/(1 + time); end\n";
static const double ATOL[] = {1e-6, 1e-6}, START = -1.0, LONGEST = 50.0;

static struct {
    pf_model *model;
    pf_course *course;
    int open;
} game;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    pf_ctx ctx;
    (void)argc, (void)argv;
    pf_ctx_init(&ctx);
    if (pf_model_parse(&ctx, MODEL, "fuzz.ant", &game.model)) abort();
    return 0;
}

static int begin(void *payload, pf_case *c)
{
    const pf_record_table *t = payload;
    if (!game.open) return 0;
    game.open = 0;
    for (uint32_t i = 0; i < pf_model_count(game.model, PF_SYMBOL_PARAMETER); i++) {
        double x = pf_model_symbol(game.model, PF_SYMBOL_PARAMETER, i)->value;
        if (!isnan(x)) pf_case_set(c, i, x);
    }
    pf_course_begin(game.course, c, t->n_person ? &t->person[t->n_person - 1] : NULL);
    return 1;
}

static void look(void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    (void)payload;
    if (!pf_course_look(game.course, c, t, tag, out)) abort();
}

static void stopped(void *payload, pf_case *c, const pf_stop *stop)
{
    (void)payload;
    pf_course_stopped(game.course, c, stop);
}

static void row(void *payload, pf_case *c, const pf_course_row *x)
{
    const pf_record_table *t = payload;
    (void)c;
    if (x->record < t->row || x->record >= t->row + t->n_row || isnan(x->t)) abort();
}

static void play(pf_ctx *ctx, const pf_record_table *t, int nocb)
{
    const char *output[20] = {"x"};
    if (t->n_ask > 19) abort();
    for (size_t i = 0; i < t->n_ask; i++) output[i + 1] = t->ask[i];
    static const char *const derived[] = {"b"};
    pf_compile_options co = {
        .outputs = output, .n_outputs = t->n_ask + 1, .inputs = derived, .n_inputs = 1};
    pf_program *program;
    pf_engine *engine;
    if (pf_model_compile(ctx, game.model, &co, &program)) abort();
    double last = pf_record_table_last(t);
    pf_course_plan plan = {.records = t,
        .program = program,
        .model = game.model,
        .ask0 = 1,
        .nocb = nocb,
        .t0 = START,
        .t1 = fmax(START, fmin(last, LONGEST)),
        .rtol = 1e-3,
        .atol = ATOL,
        .payload = (void *)(uintptr_t)t,
        .row = row,
        .expand = 1};
    pf_engine_options eo = {.lanes = 1,
        .rtol = 1e-3,
        .atol = ATOL,
        .max_steps = 20000,
        .n_input = t->n_input,
        .input = t->input};
    pf_source source = {
        .payload = (void *)(uintptr_t)t, .begin = begin, .look = look, .stopped = stopped};
    if (pf_record_table_check_end(ctx, t, plan.t1) || pf_course_check(ctx, &plan, 0)) {
        if (!ctx->message[0]) abort();
    } else {
        if (pf_engine_new(ctx, program, &eo, &engine) ||
            pf_course_new(ctx, &plan, &game.course))
            abort();
        game.open = 1;
        if (pf_engine_run(ctx, engine, &source)) abort();
        pf_course_free(game.course);
        pf_engine_free(engine);
    }
    pf_program_free(program);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pf_ctx ctx;
    pf_record_table t;
    pf_ctx_init(&ctx);
    pf_err err = pf_record_table_parse(
        &ctx, (const char *)data, size, "fuzz.csv", game.model, START, &t);
    if (err && !ctx.message[0]) abort();
    if (!err && t.n_row < 200) play(&ctx, &t, size & 1);
    pf_record_table_clear(&t);
    return 0;
}
