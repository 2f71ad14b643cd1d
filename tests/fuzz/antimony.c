/* Any bytes into the model reader and the compiler: they may be refused, never crash or hang.
 * What compiles is run once with numbers, so that a slot out of range is seen. */
#include <stdlib.h>
#include <string.h>

#include <stdio.h>

#include "model/antimony_write.h"
#include "model/flatten.h"
#include "model/model.h"
#include "model/ops.h"
#include "model/units.h"
#include "model/reading.h"
#include "model/sbml_write.h"

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

/* Imports never reach the disk: a form feed starts another file, whose first line is its name.
 */
static pf_err read_part(void *text, pf_ctx *ctx, const char *path, char **out, size_t *size)
{
    size_t n = strlen(path);
    for (const char *p = text; (p = strchr(p, '\f'));) {
        if (strncmp(++p, path, n) != 0 || p[n] != '\n') continue;
        *size = strcspn(p + n, "\f");
        *out = pf_calloc(ctx, *size + 1, 1);
        if (*out) memcpy(*out, p + n, *size);
        return *out ? PF_OK : PF_ERR_NO_MEMORY;
    }
    return pf_fail(ctx, PF_ERR_IO, "there is no file '%s'", path);
}

/* What is written must be read again. */
static void write_it(pf_reading *r)
{
    pf_ctx ctx;
    pf_buf b;
    pf_reading again;
    pf_ctx_init(&ctx);
    pf_buf_init(&b, &ctx);
    r->flat.ctx = &ctx;
    pf_err err = pf_antimony_write(&ctx, &r->flat, &b);
    if (err ? !ctx.message[0] : !b.size) abort();
    if (!err && b.size < 200000) {
        err = pf_reading_parse(&ctx, b.bytes, b.size, "again", &again);
        if (err) {
            fprintf(stderr, "%s\n%s\n", ctx.message, b.bytes);
            abort();
        }
        pf_reading_close(&again);
    }
    pf_buf_clear(&b);
}

/* Units of what can be read, also where it does not build. */
static void check_units(const pf_flat *flat)
{
    static pf_units *units;
    pf_ctx ctx;
    pf_clashes c;
    pf_ctx_init(&ctx);
    if (!units && pf_units_new(&ctx, &units)) abort();
    if (pf_units_check(&ctx, flat, units, &c) || c.kept > c.n) abort();
    for (size_t i = 0; i < c.kept; i++)
        if (!c.clash[i].sentence[0] || !c.clash[i].mend[0]) abort();
    pf_clashes_clear(&c);
}

static int read_and_write(char *text)
{
    pf_ctx ctx;
    pf_reading r = {0};
    pf_files files = {read_part, text};
    size_t size = strcspn(text, "\f");
    pf_ctx_init(&ctx);
    pf_buf b;
    pf_buf_init(&b, &ctx);
    pf_err err = pf_ast_read(&ctx, text, size, "fuzz", &files, &r.ast);
    if (!err) err = pf_flatten(&ctx, &r.ast, &r.ast.arena, &r.flat);
    if (err && !ctx.message[0]) abort();
    int imports = r.ast.n_source > 1;
    if (!err) check_units(&r.flat);
    if (!err && pf_sbml_write(&ctx, &r.flat, &b) && !ctx.message[0]) abort();
    if (!err) write_it(&r);
    pf_buf_clear(&b);
    pf_reading_close(&r);
    return imports || err == PF_ERR_IO;
}

static void compile_it(const char *text)
{
    pf_ctx ctx;
    pf_model *m = NULL;
    pf_program *p = NULL;
    pf_ctx_init(&ctx);
    pf_err err = pf_model_parse(&ctx, text, "fuzz", &m);
    if (err ? (m != NULL || !ctx.message[0]) : m == NULL) abort();
    for (int jumps = 0; jumps < 2 && !err; jumps++) {
        const pf_symbol *s =
            pf_model_count(m, PF_SYMBOL_STATE) ? pf_model_symbol(m, PF_SYMBOL_STATE, 0) : NULL;
        const pf_compile_options o = {
            .outputs = s ? &s->name : NULL, .n_outputs = s && !s->hidden, .stochastic = jumps};
        err = pf_model_compile(&ctx, m, &o, &p);
        if (err ? (p != NULL || !ctx.message[0]) : p == NULL) abort();
        if (!err) run_all(p);
        pf_program_free(p);
        p = NULL;
    }
    pf_model_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text) return 0;
    if (size) memcpy(text, data, size);
    text[size] = '\0';
    size_t blank = strspn(text, " \t\r\n");
    int sbml = text[blank] == '<'; /* fuzz_sbml reads that */
    if (!sbml && !read_and_write(text)) compile_it(text);
    free(text);
    return 0;
}
