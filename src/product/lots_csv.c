/* Lots as a table. */
#include "product/lots.h"

#include <math.h>
#include <stdio.h>

static void name(pf_buf *out, const char *what, const char *unit)
{
    char text[160];
    snprintf(text, sizeof text, "%.80s [%.60s]", what, unit);
    pf_csv_text(out, text);
}

static void header(const pf_lot_plan *p, pf_buf *out)
{
    char text[160];
    pf_csv_text(out, "lot");
    pf_csv_text(out, "simulated");
    pf_csv_text(out, "disposition");
    pf_csv_text(out, "after all results");
    pf_csv_text(out, "reasons");
    name(out, "delay", "day");
    for (int i = 0; i < PF_STAGES; i++) name(out, pf_stage_text((pf_lot_stage)i), "cell");
    for (int i = 0; i < PF_ATTRIBUTES; i++)
        name(out, pf_attribute_of((pf_attribute)i)->name,
            pf_attribute_of((pf_attribute)i)->unit);
    for (size_t i = 0; i < p->n_edit; i++) {
        snprintf(text, sizeof text, "edit %.80s", p->edit[i].name);
        name(out, text, "1");
    }
    for (size_t i = 0; i < p->specification.n; i++) {
        const pf_attribute_info *a = pf_attribute_of(p->specification.test[i].measures);
        snprintf(text, sizeof text, "measured %s", a->name);
        name(out, text, a->unit);
    }
    name(out, "cost_lot", *p->currency ? p->currency : "1");
    name(out, "cost_dose", *p->currency ? p->currency : "1");
    pf_csv_end(out);
}

/* What is out of its limits, with semicolons between. */
static void reasons(const pf_lot_plan *p, const pf_lot *lot, pf_buf *scratch)
{
    pf_buf_empty(scratch);
    if (lot->disposition == PF_LOT_FAILED)
        pf_buf_text(scratch, lot->too_few ? "less than one dose" : "the process failed");
    for (size_t i = 0; i < p->specification.n && lot->disposition != PF_LOT_FAILED; i++) {
        const pf_lot_test *t = &p->specification.test[i];
        if (!(lot->missed >> i & 1)) continue;
        if (scratch->size) pf_buf_text(scratch, "; ");
        pf_lot_limit_text(t, !(lot->measured[i] >= t->least), scratch);
        if (lot->pending >> i & 1) pf_buf_text(scratch, " (result pending)");
    }
}

void pf_lots_csv(const pf_lots *lots, pf_buf *out)
{
    const pf_lot_plan *p = lots->plan;
    pf_buf scratch;
    pf_buf_init(&scratch, out->ctx);
    header(p, out);
    for (size_t i = 0; i < lots->n; i++) {
        const pf_lot *lot = &lots->lot[i];
        pf_csv_number(out, (double)(i + 1));
        pf_csv_text(out, "SIMULATED");
        pf_csv_text(out, pf_disposition_text(lot->disposition));
        pf_csv_text(out, pf_disposition_text(lot->last));
        reasons(p, lot, &scratch);
        pf_csv_text(out, scratch.bytes ? scratch.bytes : "");
        pf_csv_number(out, lot->delay);
        for (int k = 0; k < PF_STAGES; k++) pf_csv_number(out, lot->stage[k]);
        for (int k = 0; k < PF_ATTRIBUTES; k++) pf_csv_number(out, lot->x[k]);
        for (size_t k = 0; k < p->n_edit; k++) pf_csv_number(out, lot->share[k]);
        for (size_t k = 0; k < p->specification.n; k++) pf_csv_number(out, lot->measured[k]);
        pf_csv_number(out, lot->cost_lot);
        pf_csv_number(out, lot->cost_dose);
        pf_csv_end(out);
    }
    if (scratch.failed && !out->failed) out->failed = scratch.failed;
    pf_buf_clear(&scratch);
}
