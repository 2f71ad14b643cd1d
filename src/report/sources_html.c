/* Parts of the page that come from the study itself: what was asked, where its numbers are
 * from, how to get the same again. */
#include "report/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void row(pf_buf *b, const char *key, const char *value)
{
    pf_buf_printf(b, "<tr><th>%s</th><td>", key);
    pf_html_text(b, value);
    pf_buf_text(b, "</td></tr>\n");
}

static void dose(pf_buf *b, const pf_study *s, const pf_regimen_item *r)
{
    static const char *const per[] = {"", "/kg", "/m²"};
    const char *unit = !r->drug ? "cells" : r->unit ? r->unit : "mg";
    pf_html_text(b, r->drug                        ? r->drug
                    : s->product[r->product].title ? s->product[r->product].title
                                                   : s->product[r->product].name);
    pf_buf_text(b, ", ");
    for (size_t i = 0; i < r->n_dose; i++) {
        pf_buf_text(b, i ? ", then " : "");
        pf_html_plain(b, r->dose[i]);
    }
    if (r->dose_high > r->dose[0]) {
        pf_buf_text(b, " to ");
        pf_html_plain(b, r->dose_high);
    }
    /* "1" is one of whatever the drug is: a cycle, an operation */
    if (strcmp(unit, "1")) pf_buf_printf(b, " %s", unit);
    pf_buf_text(b, per[r->per]);
    if (r->site) {
        pf_buf_text(b, " into ");
        pf_html_text(b, r->site);
    }
    if (r->when) {
        pf_buf_text(b, " whenever ");
        pf_html_text(b, r->when);
        pf_buf_printf(b, " reaches grade %g", r->grade);
        return;
    }
    if (r->n_on && !(r->n_on == 1 && r->on[0] == 0)) {
        pf_buf_text(b, " on days ");
        for (size_t i = 0; i < r->n_on; i++) {
            pf_buf_text(b, i ? ", " : "");
            pf_html_plain(b, r->on[i]);
        }
    }
    if (r->every > 0) {
        pf_buf_text(b, " every ");
        pf_html_plain(b, r->every);
        pf_buf_text(b, " days");
    }
    if (r->cycle > 0) {
        pf_buf_text(b, " of a cycle of ");
        pf_html_plain(b, r->cycle);
        pf_buf_text(b, " days");
        if (r->cycles_high > r->cycles_low)
            pf_buf_printf(b, ", %d to %d cycles", r->cycles_low, r->cycles_high);
        else if (r->cycles_low > 1)
            pf_buf_printf(b, ", %d cycles", r->cycles_low);
    }
    if (r->until_progression) pf_buf_text(b, ", until progression");
}

static void arms(pf_buf *b, const pf_study *s)
{
    for (size_t i = 0; i < s->n_arm; i++) {
        pf_buf_printf(b, "<tr><th>arm %zu</th><td><b>", i + 1);
        pf_html_text(b, s->arm[i].name);
        pf_buf_printf(
            b, "</b>, %zu patient%s<br>", s->arm[i].size, s->arm[i].size == 1 ? "" : "s");
        if (s->arm[i].like) {
            pf_buf_text(b, "like ");
            pf_html_text(b, s->arm[s->arm[i].like - 1].name);
            pf_buf_text(b, "<br>");
        }
        for (size_t k = 0; k < s->arm[i].n_without; k++) {
            pf_buf_text(b, k ? ", " : "<b>without</b> ");
            pf_html_text(b, s->arm[i].without[k]);
        }
        if (s->arm[i].n_without) pf_buf_text(b, "<br>");
        for (size_t k = 0; k < s->arm[i].n_item; k++) {
            if (k) pf_buf_text(b, "<br>");
            dose(b, s, &s->arm[i].item[k]);
        }
        pf_buf_text(b, "</td></tr>\n");
    }
}

void pf_html_study(pf_buf *b, const pf_study *s)
{
    char text[300];
    pf_buf_text(b, "<table class=\"facts\"><tbody>\n");
    row(b, "study", s->name);
    arms(b, s);
    if (s->allocation.method == PF_ALLOCATE_PAIRED)
        row(b, "allocation", "paired: every arm holds the same virtual people");
    const char *population = s->population.title ? s->population.title : s->population.name;
    row(b, "population", population ? population : "");
    static const char *const criteria[] = {[PF_CRITERIA_RECIST] = "RECIST 1.1",
        [PF_CRITERIA_LUGANO] = "Lugano",
        [PF_CRITERIA_RECURRENCE] = "recurrence"};
    const char *confirmed = s->assess.confirm ? "confirmed" : "unconfirmed";
    if (!(s->assess.every > 0))
        snprintf(text, sizeof text, "none");
    else if (s->assess.criteria == PF_CRITERIA_RECURRENCE)
        snprintf(text, sizeof text, "every %g days, recurrence: a lesion of %g mm or a new one",
            s->assess.every, s->assess.detect_mm);
    else
        snprintf(text, sizeof text, "every %g days, %s, responses %s", s->assess.every,
            criteria[s->assess.criteria], confirmed);
    row(b, "imaging", text);
    snprintf(text, sizeof text, "%.1f months", s->horizon / 30.4375);
    row(b, "follow-up", text);
    snprintf(text, sizeof text, "%zu replicate%s × %zu patients, seed %" PRIu64, s->replicates,
        s->replicates == 1 ? "" : "s", pf_study_size(s), s->seed);
    row(b, "simulation", text);
    pf_buf_text(b, "</tbody></table>\n");
}

static void sources_of(pf_buf *b, const char *where, const pf_population *p)
{
    for (size_t i = 0; i < p->n_variable; i++) {
        const pf_variable *v = &p->variable[i];
        pf_buf_text(b, "<tr><td>");
        pf_html_text(b, where);
        pf_buf_text(b, "</td><td><code>");
        pf_html_text(b, v->name);
        pf_buf_text(b, "</code></td><td>");
        if (v->text) {
            pf_buf_text(b, "<code>");
            pf_html_text(b, v->text);
            pf_buf_text(b, "</code>");
        } else if (v->kind == PF_DIST_UNIFORM || v->kind == PF_DIST_LOGUNIFORM) {
            pf_html_plain(b, v->low);
            pf_buf_text(b, " to ");
            pf_html_plain(b, v->high);
        } else if (v->kind == PF_DIST_DISCRETE) {
            pf_buf_printf(b, "%zu values", v->n_values);
        } else {
            pf_html_plain(b, v->centre);
            if (v->kind != PF_DIST_CONSTANT) {
                pf_buf_text(b, ", sd ");
                pf_html_plain(b, v->spread);
            }
        }
        pf_buf_text(b, "</td><td>");
        pf_html_unit(b, v->unit);
        pf_buf_printf(b, "</td><td>%s", v->unknown ? "<b>unknown</b>: " : "");
        const char *source = v->source ? v->source : "";
        pf_html_text(b, v->unknown ? pf_after_unknown(source) : source);
        pf_buf_text(b, "</td></tr>\n");
    }
    for (size_t i = 0; i < p->n_setting; i++) {
        pf_buf_text(b, "<tr><td>");
        pf_html_text(b, where);
        pf_buf_text(b, "</td><td><code>");
        pf_html_text(b, p->setting[i].parameter);
        pf_buf_text(b, "</code></td><td><code>");
        pf_html_text(b, p->setting[i].text);
        pf_buf_text(b, "</code></td><td></td><td>");
        pf_html_text(b, p->setting[i].source ? p->setting[i].source : "");
        pf_buf_text(b, "</td></tr>\n");
    }
}

void pf_html_sources(pf_buf *b, const pf_study *s)
{
    pf_buf_text(b, "<table class=\"small\"><thead><tr><th>of</th><th>name</th><th>value</th>"
                   "<th>unit</th><th>source</th></tr></thead><tbody>\n");
    sources_of(b, "population", &s->population);
    for (size_t i = 0; i < s->n_product; i++) {
        const pf_lot_plan *lot = s->product[i].lot;
        sources_of(b, s->product[i].name, &s->product[i].attributes);
        if (lot) sources_of(b, lot->name, &lot->variables);
    }
    sources_of(b, "unknowns", &s->unknowns);
    pf_buf_text(b,
        "</tbody></table>\n<p class=\"note\">Parameters that are not listed stand in the model "
        "file, a copy of which is in <code>inputs/</code>.</p>\n");
}

void pf_html_changes(pf_buf *b, const pf_jvalue *summary)
{
    const pf_jvalue *list = pf_jvalue_get(summary, "changed_parameters");
    if (!list || !list->first) return;
    pf_buf_text(b, "<p><b>Run with changed parameters:</b> ");
    for (const pf_jvalue *v = list->first; v; v = v->next) {
        pf_buf_text(b, v == list->first ? "<code>" : ", <code>");
        pf_html_text(b, pf_jvalue_text(v, ""));
        pf_buf_text(b, "</code>");
    }
    pf_buf_text(b,
        ". This is not what the study file says: every patient of every arm has them, "
        "after all that files and unknowns set.</p>\n");
}

void pf_html_reproduce(pf_buf *b, const pf_page *page)
{
    const pf_study *s = page->study;
    const char *file = "study.yaml";
    for (size_t i = 0; i < s->n_source; i++)
        if (pf_text_equal(s->source_path[i], s->path)) file = page->input[i];
    pf_buf_text(b, "<p>In the run folder:</p>\n<pre>perforin run inputs/");
    pf_html_text(b, file);
    pf_buf_printf(b, " --seed %" PRIu64 " --replicates %zu", s->seed, s->replicates);
    const pf_jvalue *changed = pf_jvalue_get(page->summary, "changed_parameters");
    for (const pf_jvalue *v = changed ? changed->first : NULL; v; v = v->next) {
        pf_buf_text(b, " --set '");
        pf_html_text(b, pf_jvalue_text(v, ""));
        pf_buf_text(b, "'");
    }
    pf_buf_text(b, " --out again</pre>\n");
    pf_buf_printf(b,
        "<p>with Perforin %s gives the same bytes in every table, with any number of threads "
        "and "
        "lanes.</p>\n<table class=\"small\"><thead><tr><th>input</th><th>hash "
        "(FNV-1a)</th></tr>"
        "</thead><tbody>\n",
        page->version);
    for (size_t i = 0; i < s->n_source; i++) {
        pf_buf_text(b, "<tr><td><code>");
        pf_html_text(b, page->input[i]);
        pf_buf_printf(
            b, "</code></td><td><code>%016" PRIx64 "</code></td></tr>\n", s->source_hash[i]);
    }
    pf_buf_text(b, "</tbody></table>\n");
}
