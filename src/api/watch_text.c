/* What a watch saw, as one line of JSON. */
#include "api/call.h"
#include "base/json.h"
#include "perforin/watch.h"

#include <math.h>
#include <string.h>

static const char *const STATE[] = {"absent", "running", "finishing", "stopped", "complete"};

static void median_json(const char *key, const pf_watch_median *m, pf_buf *b)
{
    pf_json_open(b, key, '{');
    pf_json_number(b, "median_day", m->value); /* not reached, or nobody: null */
    pf_json_number(b, "low", m->low);
    pf_json_number(b, "high", m->high);
    pf_json_bool(b, "reached", isfinite(m->value));
    pf_json_integer(b, "events", (long long)m->events);
    pf_json_close(b, '}');
}

static void response_json(const pf_watch_arm *a, pf_buf *b)
{
    pf_json_open(b, "responses", '{');
    pf_json_integer(b, "CR", (long long)a->cr);
    pf_json_integer(b, "PR", (long long)a->pr);
    pf_json_integer(b, "SD", (long long)a->sd);
    pf_json_integer(b, "PD", (long long)a->pd);
    pf_json_integer(b, "NE", (long long)a->ne);
    pf_json_close(b, '}');
    pf_json_open(b, "ORR", '{');
    pf_json_number(b, "share", a->orr);
    pf_json_number(b, "low", a->orr_low);
    pf_json_number(b, "high", a->orr_high);
    pf_json_close(b, '}');
}

static void arm_json(const pf_watch_view *v, const pf_watch_arm *a, pf_buf *b)
{
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "name", a->name);
    pf_json_integer(b, "size", (long long)a->size);
    pf_json_integer(b, "patients", (long long)a->patients);
    pf_json_integer(b, "failed", (long long)a->failed);
    pf_json_integer(b, "treated", (long long)a->treated);
    if (v->has_response) response_json(a, b);
    if (v->progression_free) median_json(v->progression_free, &a->pfs, b);
    if (v->overall) median_json(v->overall, &a->os, b);
    pf_json_open(b, "grades", '[');
    for (size_t g = 0; g < v->n_grade; g++) {
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "grade", v->grade[g]);
        pf_json_open(b, "worst", '[');
        for (int k = 0; k <= 5; k++) pf_json_integer(b, NULL, (long long)a->grade[g][k]);
        pf_json_close(b, ']');
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
    pf_json_close(b, '}');
}

static void progress_json(const pf_watch_view *v, pf_buf *b)
{
    pf_json_text(b, "study", v->study);
    pf_json_integer(b, "seed", (long long)v->seed);
    pf_json_integer(b, "patients", (long long)v->done);
    pf_json_integer(b, "patients_total", (long long)v->total);
    pf_json_integer(b, "replicates", (long long)v->replicates_done);
    pf_json_integer(b, "replicates_total", (long long)v->replicates);
    pf_json_integer(b, "chunks", (long long)v->chunks_done);
    pf_json_integer(b, "chunks_damaged", (long long)v->chunks_damaged);
    pf_json_integer(b, "chunks_total", (long long)v->chunks);
    if (v->n_arm)
        pf_json_integer(b, "failed", (long long)v->failed);
    else
        pf_json_null(b, "failed");
    pf_json_number(b, "seconds", v->seconds);
    pf_json_number(b, "patients_per_second", v->rate);
    pf_json_number(b, "seconds_left", v->left);
    pf_json_open(b, "arms", '[');
    for (size_t i = 0; i < v->n_arm; i++) arm_json(v, &v->arm[i], b);
    pf_json_close(b, ']');
    pf_json_text(b, "resume", v->resume);
    pf_json_text(b, "report", v->report);
    pf_json_text(b, "why_not", v->why);
}

/* The writer breaks lines between values; a text holds no line feed. */
static void one_line(pf_buf *b)
{
    size_t to = 0;
    for (size_t i = 0; i < b->size; i++) {
        if (b->bytes[i] != '\n') {
            b->bytes[to++] = b->bytes[i];
            continue;
        }
        while (i + 1 < b->size && b->bytes[i + 1] == ' ') i++;
        if (to && b->bytes[to - 1] == ',') b->bytes[to++] = ' ';
    }
    b->size = to;
    if (b->bytes) b->bytes[to] = '\0';
}

pf_status pf_watch_json(const pf_watch_view *view, char **text, pf_error *error)
{
    pf_ctx ctx;
    pf_buf b;
    *text = NULL;
    pf_ctx_init(&ctx);
    pf_buf_init(&b, &ctx);
    pf_json_open(&b, NULL, '{');
    pf_json_text(&b, "format", "perforin-watch-1");
    pf_json_bool(&b, "simulated", 1);
    pf_json_text(&b, "folder", view->folder);
    pf_json_text(&b, "state", STATE[view->state]);
    if (view->state != PF_WATCH_ABSENT) progress_json(view, &b);
    pf_json_close(&b, '}');
    one_line(&b);
    pf_err err = pf_call_text(&ctx, &b, text);
    pf_status status = pf_call_end(&ctx, err, error);
    pf_buf_clear(&b);
    return status;
}
