/* The manifest of a tissue's run. */
#include "store/machine.h"
#include "store/tissue_folder_parts.h"
#include "tissue/checkpoint.h"
#include "tissue/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_part(void *payload, const char *what, uint64_t hash)
{
    pf_json_hash(payload, what, hash);
}

static void field_error_json(const pf_setup *s, const pf_field_error *e, pf_buf *b)
{
    if (!e) return;
    pf_json_open(b, "field_error", '{');
    pf_json_number(b, "step", e->step);
    pf_json_number(b, "small_step", e->small);
    pf_json_number(b, "minutes", e->minutes);
    pf_json_open(b, "largest_difference", '{');
    for (size_t k = 0; k < e->n; k++)
        if (e->of[k] >= 0) pf_json_number(b, s->substance[k].name, e->of[k]);
    pf_json_close(b, '}');
    pf_json_close(b, '}');
}

static void put_asked(pf_buf *b, const pf_tissue_folder *f)
{
    char seed[24];
    snprintf(seed, sizeof seed, "%" PRIu64, f->setup->seed);
    pf_json_open(b, "settings", '{');
    pf_json_text(b, "seed", seed);
    pf_json_number(b, "minutes", f->options.minutes);
    pf_json_number(b, "step", f->setup->mechanics_step);
    if (f->setup->chosen) pf_json_text(b, "variant", f->setup->chosen);
    pf_json_close(b, '}');
    pf_json_number(b, "minutes_done", f->minutes);
    field_error_json(f->setup, f->options.field_error, b);
    pf_json_hash(b, "tissue_yaml", f->text_hash);
    if (f->setup->rules) pf_json_hash(b, "rules_csv", f->rules_hash);
    pf_tissue_inputs_json(b, f);
    pf_json_open(b, "setup", '{');
    pf_setup_parts(f->setup, put_part, b);
    pf_setup_output_parts(f->setup, put_part, b);
    pf_json_close(b, '}');
}

pf_err pf_tissue_manifest_write(pf_ctx *ctx, pf_tissue_folder *f)
{
    pf_buf b;
    const char *path = pf_tissue_file(ctx, f, "manifest.json");
    if (!path) return PF_ERR_NO_MEMORY;
    pf_buf_init(&b, ctx);
    pf_json_open(&b, NULL, '{');
    pf_json_text(&b, "format", PF_TISSUE_FORMAT);
    pf_json_text(&b, "simulated", "Every cell in this folder is simulated.");
    pf_json_text(&b, "state", f->state);
    pf_json_text(&b, "version", f->options.version);
    pf_json_text(&b, "tissue", f->setup->name);
    put_asked(&b, f);
    pf_json_open(&b, "results", '{');
    for (size_t i = 0; i < f->n; i++)
        if (!f->output[i].file) pf_json_hash(&b, f->output[i].name, f->output[i].mark.hash);
    pf_json_close(&b, '}');
    pf_machine_json(&b, f->options.threads, 0, f->started);
    pf_json_close(&b, '}');
    pf_err err = pf_buf_ok(&b);
    if (!err) err = pf_file_write(ctx, path, b.bytes, b.size);
    pf_buf_clear(&b);
    return err;
}

const pf_jvalue *pf_tissue_manifest(pf_ctx *ctx, pf_arena *a, const char *path)
{
    char *bytes = NULL;
    size_t size;
    const pf_jvalue *root = NULL;
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    char *manifest = pf_path_join(ctx, a, path, "manifest.json");
    if (!manifest || pf_file_read(&quiet, manifest, 1 << 24, &bytes, &size)) return NULL;
    int is = !pf_jvalue_parse(&quiet, a, bytes, size, &root) &&
             !strcmp(pf_jvalue_text(pf_jvalue_get(root, "format"), ""), PF_TISSUE_FORMAT);
    pf_free(bytes);
    return is ? root : NULL;
}

const char *pf_tissue_results(
    pf_ctx *ctx, pf_arena *a, const char *path, const pf_jvalue *manifest)
{
    const char *state = pf_jvalue_text(pf_jvalue_get(manifest, "state"), "");
    if (!strcmp(state, "complete")) return path;
    return pf_path_join(ctx, a, path, PF_TISSUE_PARTIAL);
}

/* ---- is it the same run? ---- */

typedef struct {
    const pf_jvalue *then;
    size_t told;
    pf_buf what; /* names of what differs */
} comparison;

enum { TOLD_MOST = 5 };

static void differs(comparison *c, const char *what)
{
    if (c->told++ < TOLD_MOST) pf_buf_printf(&c->what, "%s%s", c->told > 1 ? ", " : "", what);
}

static void compare_part(void *payload, const char *what, uint64_t hash)
{
    comparison *c = payload;
    char now[20];
    const char *then = pf_jvalue_text(pf_jvalue_get(c->then, what), NULL);
    snprintf(now, sizeof now, "%016" PRIx64, hash);
    if (!then || strcmp(then, now) != 0) differs(c, what);
}

/* Parts that were there, and are no more. */
typedef struct {
    const char *what;
    int there;
} wanted;

static void look_for(void *payload, const char *what, uint64_t hash)
{
    wanted *w = payload;
    (void)hash;
    w->there |= !strcmp(w->what, what);
}

static void compare(comparison *c, const pf_setup *s)
{
    pf_setup_parts(s, compare_part, c);
    pf_setup_output_parts(s, compare_part, c);
    for (const pf_jvalue *v = c->then ? c->then->first : NULL; v; v = v->next) {
        wanted w = {v->key, 0};
        pf_setup_parts(s, look_for, &w);
        pf_setup_output_parts(s, look_for, &w);
        if (!w.there) differs(c, v->key);
    }
}

static uint64_t hash_of(const pf_jvalue *manifest, const char *key)
{
    return strtoull(pf_jvalue_text(pf_jvalue_get(manifest, key), "0"), NULL, 16);
}

pf_err pf_tissue_manifest_match(pf_ctx *ctx, pf_tissue_folder *f, const pf_jvalue *manifest)
{
    const char *version = pf_jvalue_text(pf_jvalue_get(manifest, "version"), "");
    if (strcmp(version, f->options.version) != 0)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "the run in '%s' was begun by version %.40s, this is %.40s: only that version "
            "resumes it; --force begins again",
            f->path, version, f->options.version);
    comparison c = {.then = pf_jvalue_get(manifest, "setup")};
    pf_buf_init(&c.what, ctx);
    const char *variant =
        pf_jvalue_text(pf_jvalue_get(pf_jvalue_get(manifest, "settings"), "variant"), "");
    if (strcmp(variant, f->setup->chosen ? f->setup->chosen : "") != 0) differs(&c, "variant");
    compare(&c, f->setup);
    pf_err err = pf_buf_ok(&c.what);
    if (!err && c.told)
        err = pf_fail(ctx, PF_ERR_CONFIG,
            "the run in '%s' was begun with another tissue: what differs is %s%s; resume it "
            "with "
            "the file as it was (a copy is '%s/tissue.yaml'), or begin again with --force",
            f->path, c.what.bytes, c.told > TOLD_MOST ? " and more" : "", f->path);
    pf_buf_clear(&c.what);
    f->text_hash = hash_of(manifest, "tissue_yaml");
    f->rules_hash = hash_of(manifest, "rules_csv");
    return err;
}
