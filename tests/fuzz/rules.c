/* The reader of rules on any bytes: it must answer, and what it accepts must be computable. */
#include "tissue/rules.h"
#include "udunits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const pf_rules *r)
{
    double signal[PF_SENSE_COUNT];
    for (int k = 0; k < PF_SENSE_COUNT; k++) signal[k] = 0.5 * k;
    for (size_t i = 1; i < r->n; i++)
        if (pf_rule_order(&r->rule[i - 1], &r->rule[i]) >= 0) abort();
    for (size_t i = 0; i < r->n_response; i++) {
        const pf_answer *p = &r->response[i];
        if (p->from > p->middle || p->middle > p->to || p->to > r->n) abort();
        if (p->column >= r->n_column) abort();
        for (int dead = 0; dead < 2; dead++)
            if (!isfinite(pf_answer_value(r, p, signal, dead, 1))) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pf_units *units;
    static const char *unit[2] = {"mmHg", "ng/mL"};
    static pf_cell_type type[2] = {
        {.name = "NK", .motile = 1, .speed = 4, .killer = {.bind = 1, .attacks = {0, 1}}},
        {.name = "tumour", .n_phase = 1, .phase = {{.rate = 0.001}}}};
    pf_substance substance[2] = {{.name = "oxygen"}, {.name = "CCL19"}};
    pf_setup setup = {.n_substance = 2,
        .substance = substance,
        .substance_unit = unit,
        .n_type = 2,
        .type = type,
        .n_antigen = 1,
        .antigen = {"CD19"}};
    pf_ctx ctx;
    pf_diag diag;
    pf_rules *r;
    pf_ctx_init(&ctx);
    if (!units && pf_units_new(&ctx, &units)) return 0; /* kept: the database is large */
    pf_diag_init(&diag, &ctx);
    pf_err err = pf_rules_parse(
        &ctx, &diag, units, &setup, &(pf_rules_text){"fuzz.csv", (const char *)data, size}, &r);
    if (err ? !ctx.message[0] || r : diag.errors) abort();
    if (!err) check(r);
    pf_rules_free(r);
    pf_diag_clear(&diag);
    return 0;
}
