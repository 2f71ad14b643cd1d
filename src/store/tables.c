#include "store/tables.h"

#include "product/lot_serve.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* How a column's number is written. */
typedef enum {
    AS_NUMBER,
    AS_ARM,
    AS_RESPONSE,
    AS_PROGRESSION,
    AS_EVENT,
    AS_STATE,
    AS_REASON,
    AS_LOT,
    AS_DAYS
} style;

const char *pf_table_file(pf_table_kind kind)
{
    static const char *const name[PF_TABLE_COUNT] = {[PF_TABLE_PATIENTS] = "patients.csv",
        [PF_TABLE_ASSESSMENTS] = "assessments.csv",
        [PF_TABLE_KINETICS] = "kinetics.csv",
        [PF_TABLE_EVENTS] = "events.csv",
        [PF_TABLE_FAILURES] = "failures.csv"};
    return name[kind];
}

static style style_of(const pf_layout *layout, pf_table_kind kind, size_t column)
{
    switch (kind) {
    case PF_TABLE_PATIENTS:
        if (column == PF_P_ARM) return AS_ARM;
        if (column == PF_P_BEST) return AS_RESPONSE;
        if (layout->n_lot && column == layout->n_column[kind] - PF_LOT_COLUMNS) return AS_LOT;
        if (column == PF_P_PROGRESSION) return AS_PROGRESSION;
        return pf_patient_column_is_text(layout, column) ? AS_DAYS : AS_NUMBER;
    case PF_TABLE_ASSESSMENTS:
        if (column == PF_A_ARM) return AS_ARM;
        return column == PF_A_RESPONSE ? AS_RESPONSE : AS_NUMBER;
    case PF_TABLE_KINETICS:
        return column == PF_K_ARM ? AS_ARM : AS_NUMBER;
    case PF_TABLE_EVENTS:
        if (column == PF_E_ARM) return AS_ARM;
        return column == PF_E_KIND ? AS_EVENT : AS_NUMBER;
    case PF_TABLE_FAILURES:
        if (column == PF_F_ARM) return AS_ARM;
        if (column == PF_F_REASON) return AS_REASON;
        return column == PF_F_STATE ? AS_STATE : AS_NUMBER;
    default:
        return AS_NUMBER;
    }
}

static const char *text_of(
    const pf_study *study, const pf_layout *layout, style s, double value)
{
    if (isnan(value)) return "";
    switch (s) {
    case AS_ARM:
        return value >= 0 && value < (double)study->n_arm ? study->arm[(size_t)value].name : "";
    case AS_RESPONSE:
        return pf_response_text((int)value);
    case AS_PROGRESSION:
        return pf_progression_text((int)value);
    case AS_EVENT:
        if (value >= PF_EVENT_COUNTED) {
            size_t i = (size_t)value - PF_EVENT_COUNTED;
            return i < study->assess.n_event ? study->assess.event[i] : "";
        }
        return pf_event_text((int)value);
    case AS_REASON:
        return pf_failure_text((int)value);
    case AS_LOT:
        return pf_served_text((pf_served_how)value);
    case AS_STATE:
        return value >= 0 && value < (double)layout->n_state ? layout->state[(size_t)value]
                                                             : "";
    default:
        return "";
    }
}

int pf_table_value(const pf_study *study, const pf_layout *layout, pf_table_kind kind,
    size_t column, const char *text, double *out)
{
    enum { CODES = 8 }; /* of responses, progressions, ways of lots */
    style s = style_of(layout, kind, column);
    *out = NAN;
    if (!text || !*text) return 1;
    if (s == AS_NUMBER) return pf_text_number(text, out);
    if (s == AS_DAYS) return pf_daily_read(text, out);
    size_t n = s == AS_ARM ? study->n_arm : CODES;
    for (size_t k = 0; k < n; k++) {
        if (strcmp(text_of(study, layout, s, (double)k), text)) continue;
        *out = (double)k;
        return 1;
    }
    return 0;
}

void pf_table_header(pf_buf *b, const pf_layout *layout, pf_table_kind kind)
{
    pf_csv_text(b, "STUDYID");
    for (size_t i = 0; i < layout->n_column[kind]; i++) pf_csv_text(b, layout->column[kind][i]);
    pf_csv_end(b);
}

void pf_table_row(pf_buf *b, const pf_study *study, const pf_layout *layout, pf_table_kind kind,
    const double *row)
{
    char id[200];
    snprintf(id, sizeof id, "SIMULATED-%s", study->name);
    pf_csv_text(b, id);
    for (size_t i = 0; i < layout->n_column[kind]; i++) {
        style s = style_of(layout, kind, i);
        char days[PF_DAILY_TEXT];
        if (s == AS_NUMBER) {
            pf_csv_number(b, row[i]);
        } else if (s == AS_DAYS) {
            pf_daily_text(row[i], days);
            pf_csv_text(b, days);
        } else
            pf_csv_text(b, text_of(study, layout, s, row[i]));
    }
    pf_csv_end(b);
}
