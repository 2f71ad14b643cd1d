/* Any bytes as SBML, to the graph and to code: they may be refused, never crash or hang. Bytes
 * that do not start with '<' become what stands inside <model>, so that less has to be guessed.
 */
#include <stdlib.h>
#include <string.h>

#include "model/build.h"
#include "model/reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char HEAD[] =
    "<sbml xmlns='http://www.sbml.org/sbml/level3/version2/core' level='3' version='2'><model>";
static const char TAIL[] = "</model></sbml>";

static char *document(const uint8_t *data, size_t size, size_t *n)
{
    int whole = size && data[0] == '<';
    size_t head = whole ? 0 : sizeof HEAD - 1, tail = whole ? 0 : sizeof TAIL - 1;
    char *text = malloc(head + size + tail + 1);
    if (!text) return NULL;
    memcpy(text, HEAD, head);
    if (size) memcpy(text + head, data, size);
    memcpy(text + head + size, TAIL, tail);
    *n = head + size + tail;
    text[*n] = '\0';
    return text;
}

static void compile(pf_ctx *ctx, const pf_model *m)
{
    pf_program *p = NULL;
    const pf_symbol *s = pf_model_symbol(m, PF_SYMBOL_STATE, 0);
    const pf_compile_options o = {.outputs = &s->name, .n_outputs = 1};
    pf_err err = pf_model_compile(ctx, m, &o, &p);
    if (err ? (p != NULL || !ctx->message[0]) : p == NULL) abort();
    pf_program_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pf_ctx ctx;
    pf_reading r;
    pf_model *m = NULL;
    size_t n;
    char *text = document(data, size, &n);
    if (!text) return 0;
    pf_ctx_init(&ctx);
    pf_err err = pf_reading_parse(&ctx, text, n, "fuzz", &r);
    if (!err) err = pf_model_build(&ctx, &r.flat, &r.ast.arena, &m);
    if (err ? (m != NULL || !ctx.message[0]) : m == NULL) abort();
    pf_reading_close(&r);
    if (m) compile(&ctx, m);
    pf_model_free(m);
    free(text);
    return 0;
}
