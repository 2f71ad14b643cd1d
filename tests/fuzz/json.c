/* Any bytes as JSON: refused with a sentence, or a tree that holds together and that the
 * writer's strings survive. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const pf_jvalue *v, int depth, size_t room)
{
    size_t n = 0;
    if (depth > 64) abort();
    if (v->text && strlen(v->text) > room) abort();
    if (v->kind == PF_JVALUE_TEXT && pf_jvalue_text(v, NULL) != v->text) abort();
    if (v->kind != PF_JVALUE_NUMBER && v->kind != PF_JVALUE_BOOL && !isnan(pf_jvalue_number(v)))
        abort();
    for (const pf_jvalue *c = v->first; c; c = c->next, n++) {
        if ((v->kind == PF_JVALUE_OBJECT) != (c->key != NULL)) abort();
        if (c->key && !pf_jvalue_get(v, c->key)) abort();
        walk(c, depth + 1, room);
    }
    if (n != v->n) abort();
}

/* What the writer makes of a text reads back as the same text. */
static void round_trip(const char *text)
{
    pf_ctx ctx;
    pf_arena a;
    pf_buf b;
    const pf_jvalue *v;
    pf_ctx_init(&ctx);
    pf_arena_init(&a);
    pf_buf_init(&b, &ctx);
    pf_json_open(&b, NULL, '{');
    pf_json_text(&b, "t", text);
    pf_json_close(&b, '}');
    if (pf_buf_ok(&b) || pf_jvalue_parse(&ctx, &a, b.bytes, b.size, &v)) abort();
    if (strcmp(pf_jvalue_text(pf_jvalue_get(v, "t"), ""), text)) abort();
    pf_buf_clear(&b);
    pf_arena_clear(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pf_ctx ctx;
    pf_arena a;
    const pf_jvalue *v;
    char *text = malloc(size + 1);
    if (!text) return 0;
    if (size) memcpy(text, data, size);
    text[size] = '\0';
    pf_ctx_init(&ctx);
    pf_arena_init(&a);
    pf_err err = pf_jvalue_parse(&ctx, &a, text, size, &v);
    if (err ? !ctx.message[0] || v : !v) abort();
    if (v) walk(v, 0, size);
    round_trip(text);
    pf_arena_clear(&a);
    free(text);
    return 0;
}
