/* replicates.csv: every measure of every replicate, which summary.json only sums up. */
#include "trial/summary_parts.h"

#include <math.h>
#include <stdio.h>

void pf_summary_replicates_header(pf_buf *out)
{
    static const char *const name[] = {"STUDYID", "REPLICATE", "ARM", "AGAINST", "ENDPOINT",
        "AT_DAY", "LABEL", "UNIT", "VALUE"};
    for (size_t i = 0; i < PF_COUNT(name); i++) pf_csv_text(out, name[i]);
    pf_csv_end(out);
}

/* A median that is not reached is a value, not a missing one. */
static void put_value(pf_buf *out, double x)
{
    if (isinf(x))
        pf_csv_text(out, x > 0 ? "inf" : "-inf");
    else
        pf_csv_number(out, x);
}

static void put_measure(const pf_summary *s, const pf_measure *m, pf_buf *out)
{
    char text[600];
    const pf_study *study = s->study;
    pf_csv_text(out, study->arm[m->arm].name);
    pf_csv_text(out, pf_measure_is_comparison(m) ? study->arm[m->against].name : "");
    pf_measure_key(study, m, text, sizeof text);
    pf_csv_text(out, text);
    pf_csv_number(out, PF_ENDPOINT_KIND[m->kind].timed ? m->at : NAN);
    text[0] = '\0';
    if (pf_summary_has_label(m)) pf_measure_label(study, m, text, sizeof text);
    pf_csv_text(out, text);
    pf_summary_unit_text(m, text, sizeof text);
    pf_csv_text(out, text);
}

void pf_summary_replicate_rows(const pf_summary *s, size_t replicate, pf_buf *out)
{
    char id[200];
    if (replicate >= s->n_replicate) return;
    snprintf(id, sizeof id, "SIMULATED-%s", s->study->name);
    for (size_t i = 0; i < s->n_measure; i++) {
        pf_csv_text(out, id);
        pf_csv_number(out, (double)replicate);
        put_measure(s, &s->measure[i], out);
        put_value(out, s->value[replicate * s->n_measure + i]);
        pf_csv_end(out);
    }
}
