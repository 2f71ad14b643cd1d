/* What was judged, as text, JSON and CSV. */
#include "product/judge.h"

#include <math.h>
#include <string.h>

/* Why: limits that are missed, then results that are not there. */
static void why(const pf_judgement *j, const pf_judged *lot, pf_buf *out)
{
    const pf_specification *s = j->specification;
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (!(lot->missed >> i & 1)) continue;
        if (n++) pf_buf_text(out, "; ");
        pf_lot_limit_text(&s->test[i], !(lot->value[i] >= s->test[i].least), out);
        if (s->test[i].measures == PF_ATTRIBUTE_STERILE) continue;
        pf_buf_text(out, ": ");
        pf_lot_value_text(&s->test[i], lot->value[i], out);
    }
    for (size_t i = 0; i < s->n; i++) {
        if (!(lot->pending >> i & 1)) continue;
        pf_buf_printf(
            out, "%s%s pending", n++ ? "; " : "", pf_attribute_of(s->test[i].measures)->name);
    }
}

static void count(const pf_judgement *j, size_t *n)
{
    for (size_t i = 0; i < j->n; i++) n[j->lot[i].verdict]++;
}

void pf_judgement_text(const pf_judgement *j, pf_buf *out)
{
    size_t n[4] = {0}, wide = 3;
    for (size_t i = 0; i < j->n; i++) {
        size_t length = strlen(j->lot[i].lot);
        if (length > wide) wide = length < 40 ? length : 40;
    }
    pf_buf_printf(out, "%zu lots against %s, version %s\n", j->n, j->specification->name,
        j->specification->version);
    for (size_t i = 0; i < j->n; i++) {
        pf_buf_printf(out, "  %-*s  %-21s  ", (int)wide, j->lot[i].lot,
            pf_lot_verdict_text(j->lot[i].verdict));
        why(j, &j->lot[i], out);
        while (out->size && out->bytes[out->size - 1] == ' ') out->bytes[--out->size] = '\0';
        pf_buf_text(out, "\n");
    }
    count(j, n);
    for (int v = 0; v < 4; v++)
        if (n[v])
            pf_buf_printf(out, "%s%zu %s", v && out->bytes[out->size - 1] != '\n' ? ", " : "",
                n[v], pf_lot_verdict_text((pf_lot_verdict)v));
    pf_buf_text(out, "\nThis applies limits to numbers; it is no record of a release.\n");
}

void pf_judgement_json(const pf_judgement *j, pf_buf *out)
{
    const pf_specification *s = j->specification;
    size_t n[4] = {0};
    pf_buf reason;
    pf_buf_init(&reason, out->ctx);
    count(j, n);
    pf_json_open(out, NULL, '{');
    pf_json_text(out, "specification", s->name);
    pf_json_text(out, "version", s->version);
    for (int v = 0; v < 4; v++)
        pf_json_integer(out, pf_lot_verdict_text((pf_lot_verdict)v), (long long)n[v]);
    pf_json_open(out, "lots", '[');
    for (size_t i = 0; i < j->n; i++) {
        const pf_judged *lot = &j->lot[i];
        pf_buf_empty(&reason);
        why(j, lot, &reason);
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "lot", lot->lot);
        pf_json_text(out, "verdict", pf_lot_verdict_text(lot->verdict));
        pf_json_text(out, "why", reason.bytes ? reason.bytes : "");
        for (size_t k = 0; k < s->n; k++)
            pf_json_number(out, pf_attribute_of(s->test[k].measures)->name, lot->value[k]);
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
    pf_json_close(out, '}');
    if (reason.failed && !out->failed) out->failed = reason.failed;
    pf_buf_clear(&reason);
}

void pf_judgement_csv(const pf_judgement *j, pf_buf *out)
{
    pf_buf reason;
    pf_buf_init(&reason, out->ctx);
    pf_csv_text(out, "lot");
    pf_csv_text(out, "verdict");
    pf_csv_text(out, "why");
    pf_csv_end(out);
    for (size_t i = 0; i < j->n; i++) {
        pf_buf_empty(&reason);
        why(j, &j->lot[i], &reason);
        pf_csv_text(out, j->lot[i].lot);
        pf_csv_text(out, pf_lot_verdict_text(j->lot[i].verdict));
        pf_csv_text(out, reason.bytes ? reason.bytes : "");
        pf_csv_end(out);
    }
    if (reason.failed && !out->failed) out->failed = reason.failed;
    pf_buf_clear(&reason);
}
