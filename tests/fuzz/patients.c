/* Any bytes as a table of patients. What is accepted is rows of the layout, and is counted. */
#include "store/patients_csv.h"
#include "trial/so_far.h"

#include <stdlib.h>
#include <string.h>

enum { DAILY = PF_P_FIXED + 1, COLUMNS }; /* the last one: grades by day */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *name[COLUMNS];
static char text[COLUMNS][8];
static pf_arm arm[] = {{.name = "control", .size = 1}, {.name = "cells", .size = 1}};
static pf_study study = {
    .name = "fuzz", .n_arm = 2, .arm = arm, .replicates = 1, .horizon = 100};
static pf_layout layout;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    for (size_t i = 0; i < COLUMNS; i++) {
        text[i][0] = (char)('A' + i / 5);
        text[i][1] = (char)('0' + i % 5);
        name[i] = text[i];
    }
    layout.n_column[PF_TABLE_PATIENTS] = COLUMNS;
    layout.column[PF_TABLE_PATIENTS] = name;
    layout.daily_at = DAILY;
    layout.n_daily = 1;
    return 0;
}

static pf_err add(pf_ctx *ctx, void *payload, const pf_rows *r)
{
    if (r->n_column != COLUMNS) abort();
    for (size_t i = 0; i < r->n; i++) { /* what was read is written, and reads the same */
        double grades = r->x[i * COLUMNS + DAILY], again;
        char days[PF_DAILY_TEXT];
        pf_daily_text(grades, days);
        if (!pf_daily_read(days, &again) || again > grades || again < grades) abort();
    }
    return pf_so_far_add(ctx, payload, r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pf_ctx ctx;
    pf_so_far *s;
    pf_ctx_init(&ctx);
    if (pf_so_far_new(&ctx, &study, &layout, &s)) return 0;
    const pf_patients_csv to = {&study, &layout, add, s};
    char *bytes = malloc(size + 1);
    if (bytes) {
        memcpy(bytes, data, size);
        pf_err err = pf_patients_csv_parse(&ctx, "fuzz.csv", bytes, size, &to);
        if (err && !ctx.message[0]) abort();
        if (!err) err = pf_so_far_medians(&ctx, s);
        if (err && !ctx.message[0]) abort();
    }
    free(bytes);
    pf_so_far_free(s);
    return 0;
}
