/* Any bytes as a table of real lots: it is judged whole or refused with a place for each
 * mistake. */
#include "product/judge.h"

#include <stdlib.h>
#include <string.h>

static pf_units *units;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    if (pf_units_new(NULL, &units)) abort();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const pf_specification SPEC = {.name = "s",
        .version = "1",
        .n = 3,
        .test = {{.measures = PF_ATTRIBUTE_VIABILITY,
                     .least = 0.7,
                     .most = 2,
                     .unit = "%",
                     .scale = 0.01},
            {.measures = PF_ATTRIBUTE_ENDOTOXIN,
                .least = -1,
                .most = 5,
                .unit = "IU/mL",
                .scale = 1},
            {.measures = PF_ATTRIBUTE_STERILE,
                .least = 1,
                .most = 2,
                .unit = "1",
                .scale = 1,
                .result_day = 14,
                .wait = 1}}};
    pf_ctx ctx;
    pf_diag diag;
    pf_buf out;
    pf_judgement j;
    pf_ctx_init(&ctx);
    pf_diag_init(&diag, &ctx);
    pf_buf_init(&out, &ctx);
    const pf_real_lots real = {"f.csv", (const char *)data, size};
    if (pf_judge(&ctx, &diag, units, &SPEC, &real, &j)) {
        if (!ctx.message[0] || !diag.errors || j.n) abort();
        pf_diag_text(&diag, &out);
    } else {
        if (diag.errors || !j.n) abort();
        for (size_t i = 0; i < j.n; i++)
            if (!j.lot[i].lot) abort();
        pf_judgement_text(&j, &out);
        pf_judgement_json(&j, &out);
        pf_judgement_csv(&j, &out);
    }
    if (pf_buf_ok(&out)) abort();
    pf_judgement_clear(&j);
    pf_buf_clear(&out);
    pf_diag_clear(&diag);
    return 0;
}
