/* One lot on one page: what it is, how it was made, what was measured, what was decided. */
#include "product/lots.h"

#include <math.h>
#include <string.h>

static void line(pf_buf *out, const char *name, const char *value)
{
    if (value && *value) pf_buf_printf(out, "  %-26s %s\n", name, value);
}

static void cytokines(const pf_lot_plan *p, pf_buf *out)
{
    if (!p->n_cytokine) return;
    pf_buf_printf(out, "  %-26s ", "cytokines");
    for (size_t i = 0; i < p->n_cytokine; i++)
        pf_buf_printf(out, "%s%s", i ? ", " : "", p->cytokine[i]);
    pf_buf_text(out, p->individualised ? " (chosen for the donor)\n" : "\n");
}

static void process(const pf_lot_plan *p, const pf_lot *lot, pf_buf *out)
{
    static const char *const METHOD[] = {"virus", "mRNA", "transposon", "CRISPR", "loading"};
    pf_buf_text(out, "\nprocess\n");
    line(out, "donor", pf_donor_text(p->donor));
    if (isfinite(lot->x[PF_ATTRIBUTE_AGE]))
        pf_buf_printf(
            out, "  %-26s %.0f years\n", "age of the donor", lot->x[PF_ATTRIBUTE_AGE]);
    line(out, "feeder cells", p->feeder ? (p->feeder_cells ? p->feeder_cells : "yes") : "none");
    cytokines(p, out);
    for (size_t i = 0; i < p->n_edit; i++)
        pf_buf_printf(out, "  edit %-21s %s, %s the culture: %.3g %% of living cells\n",
            p->edit[i].name, METHOD[p->edit[i].method], p->edit[i].late ? "after" : "before",
            100 * lot->share[i]);
    line(out, "irradiated", p->irradiated ? "yes" : "no");
    line(out, "frozen", p->frozen ? (p->cryoprotectant ? p->cryoprotectant : "yes") : "no");
    pf_buf_text(out, "\nliving cells of the wanted kind\n");
    for (int s = 0; s < PF_STAGES; s++)
        pf_buf_printf(out, "  %-26s %10.3g\n", pf_stage_text((pf_lot_stage)s), lot->stage[s]);
    pf_buf_printf(out, "  %-26s %10.3g of %.3g %s, counting %s\n", "doses",
        lot->x[PF_ATTRIBUTE_DOSES], p->dose, p->per_kg ? "cells/kg" : "cells",
        pf_counts_text(p->counts));
}

static void limits(const pf_lot_test *t, pf_buf *out)
{
    if (t->measures == PF_ATTRIBUTE_STERILE) {
        pf_buf_text(out, "no growth");
        return;
    }
    if (isfinite(t->least)) pf_buf_text(out, "at least ");
    if (isfinite(t->least)) pf_lot_value_text(t, t->least, out);
    if (isfinite(t->least) && isfinite(t->most)) pf_buf_text(out, ", ");
    if (isfinite(t->most)) pf_buf_text(out, "at most ");
    if (isfinite(t->most)) pf_lot_value_text(t, t->most, out);
}

static void pad(pf_buf *out, size_t from, size_t width)
{
    for (size_t n = out->size - from; n < width; n++) pf_buf_text(out, " ");
}

static void tests(const pf_lot_plan *p, const pf_lot *lot, pf_buf *out)
{
    const pf_specification *s = &p->specification;
    if (!s->n) {
        pf_buf_text(out, "\nno specification: nothing was tested\n");
        return;
    }
    pf_buf_printf(out, "\ntests against %s, version %s (%s)\n", s->name, s->version, s->source);
    for (size_t i = 0; i < s->n; i++) {
        const pf_lot_test *t = &s->test[i];
        int pending = (int)(lot->pending >> i & 1), missed = (int)(lot->missed >> i & 1);
        size_t from = out->size;
        pf_buf_printf(out, "  %s", pf_attribute_of(t->measures)->name);
        pad(out, from, 14);
        if (pending)
            pf_buf_printf(out, " pending, day %.0f", t->result_day);
        else {
            pf_buf_text(out, " ");
            pf_lot_value_text(t, lot->measured[i], out);
        }
        pad(out, from, 34);
        pf_buf_text(out, " ");
        limits(t, out);
        pad(out, from, 58);
        pf_buf_printf(out, " %s  %s\n",
            pending                  ? "-      "
            : missed && t->exception ? "outside"
            : missed                 ? "OUTSIDE"
                                     : "within ",
            t->method);
    }
}

static void decision(const pf_lot_plan *p, const pf_lot *lot, pf_buf *out)
{
    const pf_specification *s = &p->specification;
    pf_buf_printf(out, "\ndisposition: %s\n", pf_disposition_text(lot->disposition));
    if (lot->disposition == PF_LOT_FAILED)
        pf_buf_printf(out, "  because %s\n",
            lot->too_few ? "the lot fills less than one dose" : "the process failed");
    for (size_t i = 0; i < s->n && lot->disposition != PF_LOT_FAILED; i++) {
        if (!(lot->missed >> i & 1) || (lot->pending >> i & 1)) continue;
        pf_buf_text(out, "  because ");
        pf_lot_limit_text(&s->test[i], !(lot->measured[i] >= s->test[i].least), out);
        pf_buf_printf(out, "; measured ");
        pf_lot_value_text(&s->test[i], lot->measured[i], out);
        pf_buf_text(out, s->test[i].exception ? " (a physician may accept it)\n" : "\n");
    }
    for (size_t i = 0; i < s->n && lot->disposition != PF_LOT_FAILED; i++) {
        if (!(lot->pending >> i & 1)) continue;
        pf_buf_printf(out, "  %s: %s pending, result on day %.0f after harvest\n",
            s->test[i].wait ? "quarantined" : "used at risk",
            pf_attribute_of(s->test[i].measures)->name, s->test[i].result_day);
    }
    pf_buf_printf(out, "  %.0f days from the order", lot->delay);
    if (lot->wait > 0) pf_buf_printf(out, ", and %.0f days of quarantine", lot->wait);
    pf_buf_text(out, "\n");
}

static void truth(const pf_lot *lot, pf_buf *out)
{
    pf_buf_text(out, "\ntrue attributes, which no test shows without error\n");
    for (int a = 0; a < PF_ATTRIBUTES; a++) {
        const pf_attribute_info *info = pf_attribute_of((pf_attribute)a);
        if (isnan(lot->x[a])) continue;
        pf_buf_printf(out, "  %-12s %10.4g %-8s %s\n", info->name, lot->x[a],
            strcmp(info->unit, "1") ? info->unit : "", info->doc);
    }
}

static void unknown_numbers(const pf_lot_plan *p, pf_buf *out)
{
    size_t n = 0;
    for (size_t i = 0; i < p->variables.n_variable; i++) {
        const pf_variable *v = &p->variables.variable[i];
        if (!v->unknown) continue;
        pf_buf_printf(out, "%s  %-26s %s\n", n++ ? "" : "\nnumbers that nobody has published\n",
            v->name, v->source);
    }
}

void pf_lot_certificate(const pf_lots *lots, size_t i, pf_buf *out)
{
    const pf_lot_plan *p = lots->plan;
    const pf_lot *lot = &lots->lot[i];
    pf_buf_printf(out,
        "CERTIFICATE OF ANALYSIS                                          SIMULATED\n"
        "This lot does not exist. It is a result of a simulation, not a record of a "
        "product.\n\n"
        "  %-26s %s, lot %zu of seed %llu\n  %-26s %s\n  %-26s %s\n",
        "lot", p->name, i + 1, (unsigned long long)lots->seed, "product", p->title, "made by",
        p->path);
    process(p, lot, out);
    tests(p, lot, out);
    decision(p, lot, out);
    if (isfinite(lot->cost_dose))
        pf_buf_printf(out, "\ncost of a dose: %.0f %s, of which %.0f %% is a prior\n",
            lot->cost_dose, p->currency, 100 * lot->cost_unknown);
    truth(lot, out);
    unknown_numbers(p, out);
}
