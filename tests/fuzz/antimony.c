/* Any bytes into the model reader and the compiler: they may be refused, never crash or hang.
 * What compiles is run once with numbers, so that a slot out of range is seen. */
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "model/ops.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(const pf_program *p, pf_code code, double *slot)
{
    for (size_t i = 0; i < code.n; i++) {
        pf_instr x = code.instr[i];
        if (x.dst >= p->n_slots || x.a >= p->n_slots || x.b >= p->n_slots || x.c >= p->n_slots)
            abort();
        slot[x.dst] = pf_op_value((pf_op)x.op, slot[x.a], slot[x.b], slot[x.c]);
    }
}

static void run_all(const pf_program *p)
{
    double *slot = calloc(p->n_slots ? p->n_slots : 1, sizeof *slot);
    if (!slot) return;
    for (size_t i = 0; i < p->n_constant; i++) slot[p->constant0 + i] = p->constant[i];
    const pf_code all[] = {p->code[PF_CODE_PREP], p->code[PF_CODE_INIT], p->code[PF_CODE_RHS],
        p->code[PF_CODE_JAC], p->code[PF_CODE_FACTOR], p->code[PF_CODE_SOLVE],
        p->code[PF_CODE_OUT], p->code[PF_CODE_POPS], p->code[PF_CODE_FIRE],
        p->code[PF_CODE_TRIG], p->code[PF_CODE_ACT], p->code[PF_CODE_PAST]};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) run(p, all[i], slot);
    free(slot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pf_ctx ctx;
    pf_model *m = NULL;
    pf_program *p = NULL;
    char *text = malloc(size + 1);
    if (!text) return 0;
    if (size) memcpy(text, data, size);
    text[size] = '\0';
    pf_ctx_init(&ctx);
    pf_err err = pf_model_parse(&ctx, text, "fuzz", &m);
    if (err ? (m != NULL || !ctx.message[0]) : m == NULL) abort();
    for (int jumps = 0; jumps < 2 && !err; jumps++) {
        const pf_symbol *s = pf_model_symbol(m, PF_SYMBOL_STATE, 0);
        const pf_compile_options o = {
            .outputs = &s->name, .n_outputs = !s->hidden, .stochastic = jumps};
        err = pf_model_compile(&ctx, m, &o, &p);
        if (err ? (p != NULL || !ctx.message[0]) : p == NULL) abort();
        if (!err) run_all(p);
        pf_program_free(p);
        p = NULL;
    }
    pf_model_free(m);
    free(text);
    return 0;
}
