/* Any bytes as resolved.yaml, summary.json or replicates.csv of a run that is compared: refused
 * with a sentence, or a comparison with itself in which nothing differs. */
#include <stdlib.h>
#include <string.h>

#include "api/compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char SUMMARY[] =
    "{\"arms\": [{\"name\": \"a\", \"endpoints\": [{\"endpoint\": \"ORR\", \"unit\": "
    "\"share\", "
    "\"mean\": 0.2, \"sd\": 0.1, \"replicates_defined\": 2, \"replicates_reached\": 2}]}]}";

static pf_err read_all(pf_comparison *c, pf_run_read *r, const char *text, size_t size)
{
    const char *json = *text == '{' ? text : SUMMARY;
    r->folder = r->label = "run";
    r->manifest = (pf_manifest){.version = "1", .study = "s", .changed = "none"};
    r->replicates = r->manifest.replicates = 2;
    PF_TRY(pf_jvalue_parse(c->ctx, &c->arena, json, strlen(json), &r->summary));
    PF_TRY(pf_compare_measures(c, r));
    if (!strncmp(text, "STUDYID", 7)) PF_TRY(pf_compare_values(c, r, text, size));
    return pf_compare_keys(c, r, text, size);
}

static void tell(const pf_comparison *c, pf_ctx *ctx)
{
    pf_buf b;
    pf_buf_init(&b, ctx);
    if (c->change[1][PF_CHANGE_STUDY].n) abort();
    pf_compare_text(c, 1, &b);
    pf_compare_json(c, &b);
    if (pf_buf_ok(&b) == PF_OK && !b.size) abort();
    pf_buf_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pf_ctx ctx;
    pf_comparison *c = calloc(1, sizeof *c);
    char *text = malloc(size + 1);
    if (!text || !c) abort();
    if (size) memcpy(text, data, size);
    text[size] = '\0';
    pf_ctx_init(&ctx);
    c->ctx = &ctx;
    pf_arena_init(&c->arena);
    pf_err err = PF_OK;
    for (c->n = 0; c->n < 2 && !err; c->n++) err = read_all(c, &c->run[c->n], text, size);
    if (!err) err = pf_compare_changes(c, 1);
    if (!err) err = pf_compare_rows(c);
    if (err && !ctx.message[0]) abort();
    if (!err) tell(c, &ctx);
    pf_compare_clear(c);
    free(c);
    free(text);
    return 0;
}
