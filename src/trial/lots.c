/* The lot that a patient gets, and what hangs on it (worker.h). */
#include "product/lot_serve.h"
#include "trial/worker.h"

#include <math.h>
#include <string.h>

/* Given for the sake of the cells, so that it waits for them. */
static const char *const FOR_THE_CELLS[] = {
    "fludarabine", "cyclophosphamide", "IL-2", "IL-15", "N-803", "rimiducid"};

static void keep_quality(
    const pf_worker *w, person *who, const pf_product *p, const double *lot)
{
    const pf_layout *l = &w->t->layout;
    for (size_t i = 0; i < p->n_lot_name; i++)
        for (size_t k = 0; k < l->n_quality; k++)
            if (!strcmp(l->quality[k], p->lot_name[i])) who->quality[k] = lot[i];
}

pf_err pf_trial_serve(pf_worker *w, person *who, size_t product, double *share)
{
    const pf_study *s = w->t->study;
    const pf_product *p = &s->product[product];
    size_t n = s->population.n_variable;
    who->lot_how = -1;
    who->lot_shift = 0;
    for (size_t k = 0; k < w->t->layout.n_quality; k++) who->quality[k] = NAN;
    *share = 1;
    memcpy(w->extra, who->covariate, n * sizeof *w->extra);
    if (!p->lot) return PF_OK;
    int own = p->lot->donor == PF_DONOR_AUTOLOGOUS;
    /* In paired arms lots of two products draw alike what their files share. */
    int paired = s->allocation.method == PF_ALLOCATE_PAIRED;
    const pf_lot_identity id = {.seed = s->seed,
        .replicate = who->replicate,
        .number = own ? who->self : w->order[who->patient] / p->patients_per_lot,
        .stream = paired ? 0 : (uint32_t)product};
    pf_served served;
    PF_TRY(pf_lot_serve(
        w->ctx, p->lot, &id, own ? who->covariate : NULL, w->attribute, w->extra + n, &served));
    who->lot_how = (int)served.how;
    who->lot_shift = served.shift;
    if (served.how != PF_SERVED_NONE) keep_quality(w, who, p, w->extra + n);
    *share = served.share;
    return PF_OK;
}

static int hangs_on_cells(const pf_regimen_item *it)
{
    if (!it->drug) return 1;
    for (size_t i = 0; i < PF_COUNT(FOR_THE_CELLS); i++)
        if (!strcmp(it->drug, FOR_THE_CELLS[i])) return 1;
    return 0;
}

/* Back into time order, equal days in the order of the items; few records move. */
static void put_in_order(pf_records *l)
{
    for (size_t i = 1; i < l->n; i++) {
        pf_record r = l->row[i];
        size_t k = i;
        for (; k > 0; k--) {
            const pf_record *b = &l->row[k - 1];
            if (b->day < r.day || (b->day == r.day && b->item <= r.item)) break;
            l->row[k] = *b;
        }
        l->row[k] = r;
    }
}

void pf_trial_shift(pf_worker *w, const person *who)
{
    const pf_study *s = w->t->study;
    const pf_regimen_item *item = s->arm[who->arm].item;
    int none = who->lot_how == PF_SERVED_NONE;
    size_t kept = 0;
    if (who->lot_how < 0 || (!none && who->lot_shift <= 0)) return;
    for (size_t i = 0; i < w->records.n; i++) {
        pf_record r = w->records.row[i];
        const pf_regimen_item *it = &item[r.item];
        if (hangs_on_cells(it)) {
            r.day += who->lot_shift;
            if (none || r.day >= fmin(it->stop + who->lot_shift, s->horizon)) continue;
        }
        w->records.row[kept++] = r;
    }
    w->records.n = kept;
    put_in_order(&w->records);
}
