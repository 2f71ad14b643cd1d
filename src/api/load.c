/* Reading a study with everything it names, and pf_check. */
#include "api/call.h"
#include "api/units.h"
#include "tissue/field_error.h"
#include "tissue/placing.h"
#include "tissue/setup_read.h"
#include "trial/simulate.h"
#include "trial/study_read.h"

#include <stdio.h>

static void render(pf_diag *d, int json, pf_buf *out)
{
    if (json)
        pf_diag_json(d, NULL, out);
    else
        pf_diag_text(d, out);
}

/* A name without its folder or its ending is the usual slip. */
static pf_err absent(pf_ctx *ctx, const char *path)
{
    static const char *const round[][2] = {
        {"", ".yaml"}, {"studies/", ""}, {"studies/", ".yaml"}};
    char guess[4200];
    for (size_t i = 0; *path && i < PF_COUNT(round); i++) {
        snprintf(guess, sizeof guess, "%s%.4000s%s", round[i][0], path, round[i][1]);
        if (pf_path_exists(guess))
            return pf_fail(
                ctx, PF_ERR_CONFIG, "there is no study '%s'; did you mean '%s'?", path, guess);
    }
    return pf_fail(ctx, PF_ERR_CONFIG, "there is no study '%s'", path);
}

pf_err pf_call_load(pf_ctx *ctx, const char *path, int json, pf_study **study, pf_buf *problems)
{
    pf_diag d;
    *study = NULL;
    if (!path) return pf_fail(ctx, PF_ERR_CONFIG, "no study was named");
    if (!pf_path_exists(path)) return absent(ctx, path);
    if (pf_is_tissue(path))
        return pf_fail(ctx, PF_ERR_CONFIG,
            "'%s' is a tissue, no study: 'perforin tissue run' simulates it", path);
    pf_diag_init(&d, ctx);
    pf_err err = pf_study_read(ctx, &d, path, study);
    if (d.n) render(&d, json, problems);
    pf_diag_clear(&d);
    if (!err) err = pf_buf_ok(problems);
    return err;
}

/* The model must have what the study asks of it; only compiling tells. */
static pf_err compile(pf_ctx *ctx, const pf_study *study)
{
    pf_trial *t = NULL;
    pf_err err = pf_trial_new(ctx, study, &t);
    pf_trial_free(t);
    return err;
}

/* A list of problems for JSON that holds one sentence, or none. */
static void json_list(pf_ctx *ctx, pf_err err, pf_buf *b)
{
    pf_json_open(b, NULL, '{');
    pf_json_integer(b, "errors", err ? 1 : 0);
    pf_json_integer(b, "warnings", 0);
    pf_json_open(b, "problems", '[');
    if (err) {
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "severity", "error");
        pf_json_text(b, "sentence", ctx->message);
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
    pf_json_close(b, '}');
}

static void say(pf_ctx *ctx, pf_err err, int json, const pf_study *s, pf_buf *b)
{
    if (json && b->size) return;
    if (json) {
        json_list(ctx, err, b);
    } else if (!err) {
        pf_buf_printf(b, "%s: no errors; %zu replicate%s x %zu patients in %zu arm%s\n",
            s->name, s->replicates, s->replicates == 1 ? "" : "s", pf_study_size(s), s->n_arm,
            s->n_arm == 1 ? "" : "s");
    } else if (!b->size) {
        pf_buf_printf(b, "error: %s\n", ctx->message);
    }
}

/* A study, and the units of its model. */
static pf_err check_study(
    pf_ctx *ctx, const char *path, const pf_unit_ask *how, pf_study **s, pf_buf *b)
{
    pf_unit_ask ask = *how;
    PF_TRY(pf_call_load(ctx, path, how->json, s, b));
    PF_TRY(compile(ctx, *s));
    ask.model = (*s)->model_path;
    if (!ask.json || !b->size) return pf_call_units(ctx, &ask, NULL, b);
    return PF_OK; /* one list of problems as JSON: that of the study */
}

/* A population or product by itself. */
static pf_err check_people(pf_ctx *ctx, const char *path, int json, pf_buf *b)
{
    pf_diag d;
    pf_people people;
    pf_diag_init(&d, ctx);
    pf_err err = pf_people_check(ctx, &d, path, &people);
    if (d.n) render(&d, json, b);
    pf_diag_clear(&d);
    if (json && !b->size) json_list(ctx, err, b);
    if (json || err) return err;
    pf_buf_printf(b,
        "%s: no errors; %zu %s and %zu settings from %zu file%s, to be compared with the model "
        "of a study\n",
        path, people.n_variable, people.product ? "attributes" : "variables", people.n_setting,
        people.n_file, people.n_file == 1 ? "" : "s");
    return PF_OK;
}

/* What a large step of its fields costs: a note, or a warning of the file as a whole. */
static pf_err try_fields(pf_ctx *ctx, const pf_setup *s, pf_diag *d, pf_buf *note)
{
    pf_field_error e;
    PF_TRY(pf_tissue_field_error(ctx, s, 1, &e));
    pf_field_error_sentence(s, &e, note);
    PF_TRY(pf_buf_ok(note));
    if (!note->size || e.of[e.worst] <= PF_FIELD_ERROR_WARN) return PF_OK;
    pf_diag_warning(d, &(pf_place){.file = s->path}, "%.*s", (int)note->size, note->bytes);
    pf_diag_mend(d, "a smaller `steps: field` is nearer");
    pf_buf_empty(note);
    return PF_OK;
}

/* A lesion of single cells. */
static pf_err check_tissue(pf_ctx *ctx, const char *path, int json, pf_buf *b)
{
    pf_diag d;
    pf_setup *s = NULL;
    pf_buf note;
    double n = 0;
    pf_diag_init(&d, ctx);
    pf_buf_init(&note, ctx);
    pf_err err = pf_setup_read(ctx, &d, path, &s);
    if (!err) err = try_fields(ctx, s, &d, &note);
    if (d.n) render(&d, json, b);
    pf_diag_clear(&d);
    if (json && !b->size) json_list(ctx, err, b);
    if (!json && err && !b->size) pf_buf_printf(b, "error: %s\n", ctx->message);
    for (size_t i = 0; s && i < s->n_placement; i++)
        n += pf_placement_total(s, &s->placement[i], s->max_time);
    if (s && !json)
        pf_buf_printf(b,
            "%s: no errors; %zu type%s of cells, about %.0f cells, %zu substance%s on %zu x "
            "%zu "
            "x "
            "%zu voxels, %g min\n",
            s->name, s->n_type, s->n_type == 1 ? "" : "s", n, s->n_substance,
            s->n_substance == 1 ? "" : "s", s->mesh.n[0], s->mesh.n[1], s->mesh.n[2],
            s->max_time);
    if (s && !json && note.size) pf_buf_printf(b, "note: %.*s\n", (int)note.size, note.bytes);
    pf_buf_clear(&note);
    pf_setup_free(s);
    return err;
}

pf_status pf_check(const char *path, unsigned how, char **text, pf_error *error)
{
    pf_ctx ctx;
    pf_buf b;
    pf_study *s = NULL;
    pf_unit_ask ask = {.model = path,
        .strict = (how & PF_CHECK_STRICT) != 0,
        .json = (how & PF_CHECK_JSON) != 0};
    *text = NULL;
    pf_ctx_init(&ctx);
    pf_buf_init(&b, NULL);
    int tissue = path && pf_is_tissue(path), people = path && !tissue && pf_is_people(path);
    pf_err err = pf_call_is_model(path) ? pf_call_check_model(&ctx, &ask, &b)
                 : tissue               ? check_tissue(&ctx, path, ask.json, &b)
                 : people               ? check_people(&ctx, path, ask.json, &b)
                                        : check_study(&ctx, path, &ask, &s, &b);
    if (s || (err && !people && !tissue)) say(&ctx, err, ask.json, s, &b);
    pf_err late = pf_call_text(&ctx, &b, text);
    pf_status status = pf_call_end(&ctx, err ? err : late, error);
    pf_buf_clear(&b);
    pf_study_free(s);
    return status;
}
