#include "tissue/record.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const STATE[] = {"alive", "apoptotic", "swelling", "lysed"};
enum { STATES = 4 };
_Static_assert((int)PF_CELL_GONE == STATES, "a cell that is gone is in no table");

const char *pf_state_name(pf_cell_state state)
{
    return (int)state < STATES ? STATE[state] : "";
}

const char *pf_class_name(pf_killer_class class)
{
    static const char *const CLASS[] = {"serial", "single", "idle"};
    return CLASS[class];
}

static void name(pf_buf *out, const char *what, const char *of)
{
    pf_buf_printf(out, "%s%s.%s", out->size ? "," : "", what, of);
}

static int kills(const pf_cell_type *t)
{
    return t->killer.bind > 0;
}

/* Can cells of this type lose molecule k, antigens first? */
static int loses(const pf_cell_type *t, size_t k)
{
    const pf_loss *l =
        k < PF_MOLECULES_MAX ? &t->antigen_loss[k] : &t->receptor_loss[k - PF_MOLECULES_MAX];
    return l->first > 0 || l->division > 0 || l->rate > 0;
}

/* A column for each molecule that living cells may be without. */
static void without(const pf_setup *s, const pf_cell_type *t, pf_buf *out)
{
    for (size_t k = 0; k < 2 * PF_MOLECULES_MAX; k++)
        if (loses(t, k))
            pf_buf_printf(out, ",%s.without.%s", t->name,
                k < PF_MOLECULES_MAX ? s->antigen[k] : s->receptor[k - PF_MOLECULES_MAX]);
}

void pf_counts_head(const pf_setup *s, pf_buf *out)
{
    static const char *const OF[] = {"mean", "min", "max"};
    pf_buf_text(out, "time_min");
    for (size_t i = 0; i < s->n_type; i++) {
        for (int k = 0; k < STATES; k++) name(out, s->type[i].name, STATE[k]);
        if (kills(&s->type[i])) name(out, s->type[i].name, "bound");
        without(s, &s->type[i], out);
    }
    pf_buf_text(out, ",births,kills,apoptoses,necroses");
    for (size_t i = 0; i < s->n_substance; i++)
        for (int k = 0; k < 3; k++) name(out, s->substance[i].name, OF[k]);
    pf_buf_text(out, "\n");
}

/* By state, the bound, and those alive without a molecule. */
enum { BOUND = STATES, WITHOUT, COUNTED = WITHOUT + 2 * PF_MOLECULES_MAX };

static void count(const pf_tissue *t, uint64_t n[][COUNTED])
{
    for (size_t i = 0; i < t->cells.n; i++) {
        const pf_cell *row = &t->row[t->cells.slot[i]];
        uint64_t *of = n[t->cells.type[i]];
        if (row->state < STATES) of[row->state]++;
        if (row->state != PF_CELL_ALIVE) continue;
        of[BOUND] += row->target != UINT32_MAX;
        for (int k = 0; row->lost >> k; k++) of[WITHOUT + k] += row->lost >> k & 1;
    }
}

static void field(const pf_tissue *t, size_t substance, pf_buf *out)
{
    const pf_mesh *m = &t->setup->mesh;
    const double *x = pf_field_values(t->field, substance);
    size_t stride = pf_field_stride(t->field);
    double sum = 0, low = INFINITY, high = -INFINITY;
    for (size_t row = 0; row < m->n[1] * m->n[2]; row++) {
        double part = 0;
        for (size_t i = 0; i < m->n[0]; i++) {
            double v = x[row * stride + i];
            part += v;
            low = fmin(low, v);
            high = fmax(high, v);
        }
        sum += part;
    }
    pf_csv_number(out, sum / ((double)m->n[0] * (double)m->n[1] * (double)m->n[2]));
    pf_csv_number(out, low);
    pf_csv_number(out, high);
}

static void whole(pf_buf *out, uint64_t n)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, n);
    pf_csv_text(out, text);
}

/* Minutes are multiples of a step: written without what multiplying adds in the last bits. */
static void minute(pf_buf *out, double x)
{
    char text[32];
    snprintf(text, sizeof text, "%.12g", x);
    pf_csv_text(out, text);
}

void pf_counts_row(const pf_tissue *t, pf_buf *out)
{
    const pf_setup *s = t->setup;
    uint64_t n[PF_CELL_TYPES_MAX][COUNTED];
    memset(n, 0, sizeof n);
    count(t, n);
    minute(out, pf_tissue_minute(t));
    for (size_t i = 0; i < s->n_type; i++) {
        for (int k = 0; k < STATES; k++) whole(out, n[i][k]);
        if (kills(&s->type[i])) whole(out, n[i][BOUND]);
        for (size_t k = 0; k < 2 * PF_MOLECULES_MAX; k++)
            if (loses(&s->type[i], k)) whole(out, n[i][WITHOUT + k]);
    }
    whole(out, t->births);
    whole(out, t->kills);
    whole(out, t->deaths[PF_CELL_APOPTOTIC]);
    whole(out, t->deaths[PF_CELL_SWELLING]);
    for (size_t i = 0; i < s->n_substance; i++) field(t, i, out);
    pf_csv_end(out);
}

void pf_events_head(pf_buf *out)
{
    pf_buf_text(out, "time_min,event,killer,target,x_um,y_um,z_um\n");
}

void pf_events_rows(pf_tissue *t, pf_buf *out)
{
    static const char *const KIND[] = {"bound", "killed", "let-go"};
    for (size_t i = 0; i < t->n_event; i++) {
        const pf_contact_event *e = &t->event[i];
        minute(out, e->minute);
        pf_csv_text(out, KIND[e->kind]);
        whole(out, e->killer);
        whole(out, e->target);
        for (int d = 0; d < 3; d++) pf_csv_number(out, e->at[d]);
        pf_csv_end(out);
    }
    t->n_event = 0;
}

void pf_lives_head(pf_buf *out)
{
    pf_buf_text(out, "time_min,event,id,type,other,x_um,y_um,z_um\n");
}

void pf_lives_rows(pf_tissue *t, pf_buf *out)
{
    static const char *const KIND[] = {
        "placed", "born", "apoptosis", "necrosis", "lysis", "gone"};
    for (size_t i = 0; i < t->n_life; i++) {
        const pf_life_event *e = &t->life[i];
        minute(out, e->minute);
        pf_csv_text(out, KIND[e->kind]);
        whole(out, e->id);
        pf_csv_text(out, t->setup->type[e->type].name);
        if (e->other)
            whole(out, e->other);
        else
            pf_csv_text(out, "");
        for (int d = 0; d < 3; d++) pf_csv_number(out, e->at[d]);
        pf_csv_end(out);
    }
    t->n_life = 0;
}

void pf_cells_head(const pf_setup *s, pf_buf *out)
{
    pf_buf_text(out,
        "id,mother,type,state,phase,x_um,y_um,z_um,radius_um,divisions,kills,moves,"
        "class,granules,exhaustion,target");
    for (size_t k = 0; k < s->n_antigen; k++) name(out, "antigen", s->antigen[k]);
    for (size_t k = 0; k < s->n_receptor; k++) name(out, "receptor", s->receptor[k]);
    pf_buf_text(out, "\n");
}

/* A number of single precision: no more digits than it has. */
static void single(pf_buf *out, float x)
{
    char text[32];
    snprintf(text, sizeof text, "%.9g", (double)x);
    pf_csv_text(out, text);
}

static void killer(const pf_cell *row, const pf_cell_type *type, pf_buf *out)
{
    if (!kills(type)) {
        for (int k = 0; k < 4; k++) pf_csv_text(out, "");
        return;
    }
    pf_csv_text(out, pf_class_name((pf_killer_class)row->class));
    single(out, row->granules);
    single(out, row->exhaustion);
    if (row->target == UINT32_MAX)
        pf_csv_text(out, "");
    else
        whole(out, row->held);
}

void pf_cells_rows(const pf_tissue *t, size_t first, size_t last, pf_buf *out)
{
    const pf_setup *s = t->setup;
    const pf_cells *c = &t->cells;
    for (size_t i = first; i < last; i++) {
        const pf_cell *row = &t->row[c->slot[i]];
        const pf_cell_type *type = &s->type[c->type[i]];
        whole(out, c->id[i]);
        if (row->mother)
            whole(out, row->mother);
        else
            pf_csv_text(out, "");
        pf_csv_text(out, type->name);
        pf_csv_text(out, pf_state_name((pf_cell_state)row->state));
        pf_csv_text(out,
            type->n_phase && row->state == PF_CELL_ALIVE ? type->phase[row->phase].name : "");
        for (int d = 0; d < 3; d++) pf_csv_number(out, c->at[d][i]);
        pf_csv_number(out, c->radius[i]);
        whole(out, row->divisions);
        whole(out, row->kills);
        whole(out, row->moves && type->speed > 0);
        killer(row, type, out);
        for (size_t k = 0; k < s->n_antigen; k++) single(out, row->antigen[k]);
        for (size_t k = 0; k < s->n_receptor; k++) single(out, row->receptor[k]);
        pf_csv_end(out);
    }
}
