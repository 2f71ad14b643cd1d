/* pf_tissue_summarise: runs of a tissue into parameters of the model of a patient. */
#include "api/call.h"
#include "api/tissue_page.h"
#include "api/tissue_rates.h"

#include <string.h>

typedef void (*writer)(const pf_rates *r, pf_buf *b);

static writer writer_of(const char *path)
{
    static const struct {
        const char *ending;
        writer write;
    } KIND[] = {{".csv", pf_rates_csv}, {".json", pf_rates_json}, {".yaml", pf_rates_yaml},
        {".yml", pf_rates_yaml}};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < PF_COUNT(KIND); i++)
        if (!strcmp(dot, KIND[i].ending)) return KIND[i].write;
    return NULL;
}

static pf_err write_file(pf_ctx *ctx, const pf_rates *r, const char *path)
{
    pf_buf b;
    pf_buf_init(&b, ctx);
    writer_of(path)(r, &b);
    pf_err err = pf_buf_ok(&b);
    if (!err) err = pf_file_write(ctx, path, b.bytes, b.size);
    pf_buf_clear(&b);
    return err;
}

static pf_err check(pf_ctx *ctx, const pf_tissue_summarise_options *o)
{
    if (o->size != sizeof *o)
        return pf_fail(ctx, PF_ERR_CONFIG, "the options were made for another version");
    if (!o->n_folder) return pf_fail(ctx, PF_ERR_CONFIG, "no run folder was named");
    if (o->out && !writer_of(o->out))
        return pf_fail(ctx, PF_ERR_CONFIG,
            "'%s' ends in none of .csv, .json and .yaml, of which one is written", o->out);
    for (size_t i = 0; i < o->n_folder; i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(o->folder[i], o->folder[k]))
                return pf_fail(ctx, PF_ERR_CONFIG, "'%s' was named twice", o->folder[i]);
    return PF_OK;
}

/* The tables that rates are made of have to be what the run wrote. */
static pf_err check_tables(pf_ctx *ctx, pf_arena *a, const char *folder)
{
    static const char *const TABLE[] = {"lives.csv", "events.csv", "counts.csv", "cells.csv"};
    const pf_jvalue *manifest = pf_tissue_manifest(ctx, a, folder);
    for (size_t i = 0; i < PF_COUNT(TABLE); i++)
        PF_TRY(pf_call_tissue_file_is(ctx, a, folder, manifest, TABLE[i]));
    return PF_OK;
}

static pf_err summarise(
    pf_ctx *ctx, pf_arena *a, const pf_tissue_summarise_options *o, pf_rates *r, pf_buf *text)
{
    r->memory = pf_arena_alloc(ctx, a, o->n_folder, sizeof *r->memory);
    if (!r->memory) return PF_ERR_NO_MEMORY;
    while (r->n_run < o->n_folder) {
        size_t i = r->n_run++;
        PF_TRY(check_tables(ctx, a, o->folder[i]));
        PF_TRY(pf_tissue_memory_read(ctx, a, o->folder[i], o->killer, i, &r->memory[i]));
    }
    PF_TRY(pf_rates_make(ctx, a, r));
    if (o->out) PF_TRY(write_file(ctx, r, o->out));
    (o->json ? pf_rates_json : pf_rates_text)(r, text);
    return pf_buf_ok(text);
}

pf_status pf_tissue_summarise(
    const pf_tissue_summarise_options *options, char **text, pf_error *error)
{
    pf_ctx ctx;
    pf_arena a;
    pf_buf b;
    pf_rates r;
    memset(&r, 0, sizeof r);
    *text = NULL;
    pf_ctx_init(&ctx);
    pf_arena_init(&a);
    pf_buf_init(&b, &ctx);
    pf_err err = check(&ctx, options);
    if (!err) err = summarise(&ctx, &a, options, &r, &b);
    if (!err) err = pf_call_text(&ctx, &b, text);
    for (size_t i = 0; i < r.n_run; i++) pf_tissue_memory_clear(&r.memory[i]);
    pf_buf_clear(&b);
    pf_status status = pf_call_end(&ctx, err, error);
    pf_arena_clear(&a);
    return status;
}
