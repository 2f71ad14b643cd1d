/* Figures of runs of a tissue as a table, as lines for a study, as CSV and as JSON. */
#include "api/tissue_rates.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const SCALE[] = {"", "log", "logit"};

/* Four digits: no estimate has more. */
static void number(pf_buf *b, double x)
{
    pf_buf_printf(b, "%.4g", x);
}

static void unit(pf_buf *b, const char *text)
{
    if (strcmp(text, "1") != 0) pf_buf_printf(b, " %s", text);
}

/* ---- for people ---- */

static void tell_rate(const pf_rate *x, pf_buf *b)
{
    char value[80], limits[80] = "";
    if (x->value == 0 && isnan(x->se) && x->high > 0)
        snprintf(value, sizeof value, "below %.4g", x->high);
    else
        snprintf(value, sizeof value, "%.4g", x->value);
    if (!isnan(x->se)) snprintf(limits, sizeof limits, "%.4g to %.4g", x->low, x->high);
    pf_buf_printf(b, "%-44s %12s %-8s %-22s %-10s %s\n", x->name, value,
        strcmp(x->unit, "1") ? x->unit : "", limits, x->parameter ? x->parameter : "", x->how);
}

static void tell_runs(const pf_rates *r, pf_buf *b)
{
    pf_buf_printf(b, "\n%-6s %-22s %12s %10s %12s %8s %10s %8s %10s\n", "run", "seed",
        "targets/mL", "E:T", "killers in", "held", "expected", "kills", "per day");
    for (size_t i = 0; i < r->n_run; i++) {
        const pf_rate_run *x = &r->run[i];
        pf_buf_printf(b, "%-6zu %-22s %12.4g %10.3g %12.4g %7.1f%% %9.1f%% %8.0f %10.4g\n",
            i + 1, r->memory[i].seed_text, x->density,
            x->targets > 0 ? x->killers / x->targets : 0.0, x->killers,
            x->present > 0 ? 100 * x->held / x->present : 0.0,
            x->present > 0 ? 100 * x->expected / x->present : 0.0, x->kills,
            x->days > 0 ? x->kills / x->days : 0.0);
    }
    pf_buf_text(b, "held: share of the time inside with a target, seen and by the fit; kills "
                   "and kills per held day with granules\n");
}

static void tell_notes(const pf_rates *r, pf_buf *b)
{
    pf_buf_printf(b,
        "\nIntervals hold 95 %%; between runs, kills vary %.3g times as much as "
        "chance within them says",
        r->killing.dispersion);
    pf_buf_text(b, r->n_run > 1 ? ", which is in the errors.\n"
                                : ": one run cannot tell; errors are those of chance alone.\n");
    if (isnan(r->killing.density.value))
        pf_buf_text(b, "Killers hold always or never: the search density is not told.\n");
    if (r->entry.n && !r->entry.told && r->entry.entered)
        pf_buf_text(b, "The runs are too short to tell who can enter from how fast.\n");
    if (r->divided)
        pf_buf_printf(b, "%zu killers divided, and were followed until then.\n", r->divided);
    for (size_t i = 0; i < r->n_run; i++)
        if (strcmp(r->memory[i].state, "complete") != 0)
            pf_buf_printf(b, "The run in '%s' was stopped at minute %.6g.\n",
                r->memory[i].folder, r->memory[i].minutes);
}

void pf_rates_text(const pf_rates *r, pf_buf *b)
{
    pf_buf_printf(b, "%s\n\n%-44s %12s %-8s %-22s %-10s %s\n", r->source, "", "estimate", "",
        "95 %", "parameter", "method");
    for (size_t i = 0; i < r->n; i++) tell_rate(&r->rate[i], b);
    tell_runs(r, b);
    tell_notes(r, b);
    pf_buf_text(b, "\nFor a study:\n\n");
    pf_rates_yaml(r, b);
}

/* ---- for a study ---- */

static void yaml_text(pf_buf *b, const char *text)
{
    pf_buf_text(b, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') pf_buf_text(b, "\\");
        pf_buf_put(b, text, 1);
    }
    pf_buf_text(b, "\"");
}

static void spread(const pf_rate *x, pf_buf *b)
{
    int logit = x->scale == PF_SCALE_LOGIT;
    pf_buf_printf(b, "distribution: %s, median: ", logit ? "logitnormal" : "lognormal");
    number(b, x->value);
    unit(b, x->unit);
    pf_buf_text(b, logit ? ", sd_logit: " : ", sd_log: ");
    number(b, x->se);
}

void pf_rates_yaml(const pf_rates *r, pf_buf *b)
{
    pf_buf_text(b, "unknowns:\n");
    for (size_t i = 0; i < r->n; i++) {
        const pf_rate *x = &r->rate[i];
        int uncertain = x->scale != PF_SCALE_NONE;
        if (!x->parameter || !isfinite(x->value) || (uncertain && !isfinite(x->se))) continue;
        pf_buf_printf(b, "  - {name: %s, ", x->parameter);
        if (uncertain) {
            spread(x, b);
        } else {
            pf_buf_text(b, "value: ");
            number(b, x->value);
            unit(b, x->unit);
        }
        pf_buf_text(b, ", source: ");
        yaml_text(b, r->source);
        pf_buf_text(b, ", note: ");
        yaml_text(b, x->how);
        pf_buf_text(b, "}\n");
    }
}

/* ---- for programs ---- */

void pf_rates_csv(const pf_rates *r, pf_buf *b)
{
    pf_buf_text(b, "quantity,parameter,value,low,high,scale,se,unit,method,source\n");
    for (size_t i = 0; i < r->n; i++) {
        const pf_rate *x = &r->rate[i];
        pf_csv_text(b, x->name);
        pf_csv_text(b, x->parameter ? x->parameter : "");
        pf_csv_number(b, x->value);
        pf_csv_number(b, x->low);
        pf_csv_number(b, x->high);
        pf_csv_text(b, SCALE[x->scale]);
        pf_csv_number(b, x->se);
        pf_csv_text(b, x->unit);
        pf_csv_text(b, x->how);
        pf_csv_text(b, r->source);
        pf_csv_end(b);
    }
}

static void json_runs(const pf_rates *r, pf_buf *b)
{
    pf_json_open(b, "runs", '[');
    for (size_t i = 0; i < r->n_run; i++) {
        const pf_rate_run *x = &r->run[i];
        const pf_tissue_memory *m = &r->memory[i];
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "folder", m->folder);
        pf_json_text(b, "tissue", m->tissue);
        pf_json_text(b, "variant", m->variant);
        pf_json_text(b, "version", m->version);
        pf_json_text(b, "state", m->state);
        pf_json_text(b, "seed", m->seed_text);
        pf_json_number(b, "minutes", m->minutes);
        pf_json_number(b, "volume_mL", m->past.volume);
        pf_json_number(b, "targets_per_mL", x->density);
        pf_json_number(b, "targets", x->targets);
        pf_json_number(b, "killers", x->killers);
        pf_json_number(b, "present_days", x->present);
        pf_json_number(b, "held_days", x->held);
        pf_json_number(b, "held_days_expected", x->expected);
        pf_json_number(b, "kills", x->kills);
        pf_json_number(b, "able_held_days", x->days);
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
}

void pf_rates_json(const pf_rates *r, pf_buf *b)
{
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "format", "perforin-tissue-rates-1");
    pf_json_text(b, "source", r->source);
    pf_json_open(b, "rates", '[');
    for (size_t i = 0; i < r->n; i++) {
        const pf_rate *x = &r->rate[i];
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "quantity", x->name);
        pf_json_text(b, "parameter", x->parameter);
        pf_json_number(b, "value", x->value);
        pf_json_number(b, "low", x->low);
        pf_json_number(b, "high", x->high);
        pf_json_text(b, "scale", x->scale ? SCALE[x->scale] : NULL);
        pf_json_number(b, "se", x->se);
        pf_json_text(b, "unit", x->unit);
        pf_json_text(b, "method", x->how);
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
    json_runs(r, b);
    pf_json_number(b, "dispersion", r->killing.dispersion);
    pf_json_number(b, "dispersion_contact", r->killing.dispersion_contact);
    pf_json_number(b, "placed_outside", (double)r->entry.n);
    pf_json_number(b, "entered", (double)r->entry.entered);
    pf_json_bool(b, "entry_told", r->entry.told);
    pf_json_number(b, "divided", (double)r->divided);
    pf_json_close(b, '}');
    pf_buf_text(b, "\n");
}
