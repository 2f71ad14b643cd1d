/* pf_show: the summary of a complete run; of any other run what is there and how to go on. */
#include "api/resume.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    pf_ctx ctx;
    pf_arena arena;
    const char *folder;
    pf_run_status run;
    char why[PF_WHY_SIZE]; /* the run cannot be resumed as it stands; empty: it can */
    const char *resume;    /* the command; NULL: there is none */
} job;

/* ---- telling ---- */

/* "11,336", as `perforin run` writes it. */
static const char *grouped(uint64_t n, char out[32])
{
    char plain[24];
    int length = snprintf(plain, sizeof plain, "%" PRIu64, n), at = 0;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) out[at++] = ',';
        out[at++] = plain[i];
    }
    out[at] = '\0';
    return out;
}

static void tell_text(const job *j, pf_buf *b)
{
    const pf_run_status *r = &j->run;
    const pf_manifest *m = &r->manifest;
    char kept[32], total[32];
    pf_buf_printf(b, "%s   %" PRIu64 " replicate%s x %" PRIu64 " patients   seed %" PRIu64 "\n",
        m->study, m->replicates, m->replicates == 1 ? "" : "s", m->patients, m->seed);
    pf_buf_printf(b, "state     %s\n",
        r->busy ? "running: another program is writing here now"
                : "stopped before the end; there is no summary yet");
    pf_buf_printf(b,
        "patients  %s of %s are kept, %" PRIu64 " of %" PRIu64 " replicates are whole\n",
        grouped(r->patients, kept), grouped(r->total, total), r->replicates, m->replicates);
    if (r->damaged)
        pf_buf_printf(b,
            "damaged   %" PRIu64 " of %" PRIu64 " chunks; their patients are simulated again\n",
            r->damaged, r->whole + r->damaged);
    if (r->busy) return;
    if (j->resume)
        pf_buf_printf(b, "resume    %s\n", j->resume);
    else
        pf_buf_printf(b, "resume    %s\n", j->why);
}

static void tell_json(const job *j, pf_buf *b)
{
    const pf_run_status *r = &j->run;
    const pf_manifest *m = &r->manifest;
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "format", "perforin-status-1");
    pf_json_text(b, "folder", j->folder);
    pf_json_text(b, "state", r->busy ? "running" : "stopped");
    pf_json_text(b, "study", m->study);
    pf_json_text(b, "version", m->version);
    pf_json_integer(b, "seed", (long long)m->seed);
    pf_json_integer(b, "patients", (long long)r->patients);
    pf_json_integer(b, "patients_total", (long long)r->total);
    pf_json_integer(b, "replicates", (long long)r->replicates);
    pf_json_integer(b, "replicates_total", (long long)m->replicates);
    pf_json_integer(b, "chunks", (long long)r->whole);
    pf_json_integer(b, "chunks_damaged", (long long)r->damaged);
    pf_json_integer(b, "chunks_total", (long long)r->chunks);
    pf_json_text(b, "resume", j->resume);
    if (*j->why)
        pf_json_text(b, "why_not", j->why);
    else
        pf_json_null(b, "why_not");
    pf_json_integer(b, "exit_code", PF_STOPPED);
    pf_json_close(b, '}');
}

/* A folder whose manifest cannot be read, or whose summary is not the one that was written. */
static pf_err damaged(job *j, int json, const char *why, pf_buf *b)
{
    if (json) {
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "format", "perforin-status-1");
        pf_json_text(b, "folder", j->folder);
        pf_json_text(b, "state", "damaged");
        pf_json_text(b, "study", j->run.manifest.study);
        pf_json_text(b, "why_not", why);
        pf_json_null(b, "resume");
        pf_json_integer(b, "exit_code", PF_FAILED);
        pf_json_close(b, '}');
    }
    char copy[600];
    snprintf(copy, sizeof copy, "%.590s", why);
    pf_ctx_reset(&j->ctx); /* the first failure is told inside this one */
    return pf_fail(&j->ctx, PF_ERR_CORRUPT, "%s; %s", copy, PF_DAMAGED_MEND);
}

static pf_err show_summary(job *j, int json, pf_buf *b)
{
    char *bytes = NULL, why[700];
    size_t size = 0;
    const char *name = json ? "summary.json" : "summary.txt";
    char *path = pf_path_join(&j->ctx, &j->arena, j->folder, name);
    if (!path) return PF_ERR_NO_MEMORY;
    pf_err err = pf_file_read(&j->ctx, path, 0, &bytes, &size);
    if (!err && pf_hash(0, bytes, size) == pf_manifest_result(&j->run.manifest, name)) {
        pf_buf_put(b, bytes, size);
        err = pf_buf_ok(b);
    } else if (err != PF_ERR_NO_MEMORY) {
        snprintf(why, sizeof why, "the run is complete, but '%.500s' %s", path,
            err ? "cannot be read" : "is not what it wrote");
        err = damaged(j, json, why, b);
    }
    pf_free(bytes);
    return err;
}

static pf_err show(job *j, int json, pf_buf *b)
{
    PF_TRY(pf_call_find_run(&j->ctx, &j->arena, j->folder));
    pf_ctx_reset(&j->ctx);
    pf_err err = pf_run_status_read(&j->ctx, &j->arena, j->folder, &j->run);
    if (err == PF_ERR_CORRUPT) return damaged(j, json, j->ctx.message, b);
    if (err) return err;
    if (j->run.manifest.complete) return show_summary(j, json, b);
    if (!j->run.busy)
        PF_TRY(pf_call_resume(&j->ctx, &j->arena, j->folder, &j->run, j->why, &j->resume));
    if (json)
        tell_json(j, b);
    else
        tell_text(j, b);
    PF_TRY(pf_buf_ok(b));
    return pf_fail(&j->ctx, PF_ERR_CANCELLED, "the run in '%s' is not complete", j->folder);
}

pf_status pf_show(const char *folder, int json, char **text, pf_error *error)
{
    job j = {.folder = folder};
    pf_buf b;
    *text = NULL;
    pf_ctx_init(&j.ctx);
    pf_arena_init(&j.arena);
    pf_buf_init(&b, &j.ctx);
    const pf_jvalue *tissue = pf_tissue_manifest(&j.ctx, &j.arena, folder ? folder : "");
    pf_err err =
        tissue ? pf_call_show_tissue(&j.ctx, folder, tissue, json, &b) : show(&j, json, &b);
    pf_err late = PF_OK;
    if (!err || b.size) late = pf_call_text(&j.ctx, &b, text);
    pf_status status = pf_call_end(&j.ctx, err ? err : late, error);
    pf_buf_clear(&b);
    pf_arena_clear(&j.arena);
    return status;
}
