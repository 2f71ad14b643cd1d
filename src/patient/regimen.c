#include "patient/regimen.h"

#include <math.h>
#include <stdlib.h>

enum { DOSES_MAX = 100000 };
enum {
    RESOLVE_STREAM = 0x40000000
}; /* of PF_DRAW_PRIOR; the unknowns themselves have stream 0 */

static pf_err fail_item(
    pf_ctx *ctx, const pf_regimen_item *it, pf_err code, const char *sentence)
{
    pf_fail(ctx, code, "%s", sentence);
    pf_fail_in(ctx, "regimen of '%s'", it->drug ? it->drug : "the product");
    if (it->place.file)
        pf_fail_in(ctx, "%s:%d:%d", it->place.file, it->place.line, it->place.column);
    return code;
}

static uint32_t stream_of(const pf_regimen_item *it, size_t index)
{
    return it->stream ? it->stream - 1 : (uint32_t)index;
}

static int has_range(const pf_regimen_item *it)
{
    return it->n_dose == 1 && it->dose_high > it->dose[0];
}

void pf_regimen_resolve(
    const pf_regimen_item *items, size_t n, uint64_t seed, uint64_t replicate, double *dose)
{
    for (size_t i = 0; i < n; i++) {
        dose[i] = NAN;
        if (!has_range(&items[i])) continue;
        pf_random r;
        pf_random_init(
            &r, seed, PF_DRAW_PRIOR, replicate, 0, RESOLVE_STREAM + stream_of(&items[i], i));
        double low = items[i].dose[0];
        dose[i] = low * exp(pf_random_uniform(&r) * log(items[i].dose_high / low));
    }
}

static pf_err amount_of(
    pf_ctx *ctx, const pf_regimen_item *it, size_t index, const pf_person *who, double *out)
{
    double dose = it->dose[who->order_in_arm % it->n_dose];
    if (has_range(it)) {
        if (!who->dose) return fail_item(ctx, it, PF_ERR_BUG, "a dose range was not resolved");
        dose = who->dose[index];
    }
    if (it->per == PF_PER_KG) {
        if (!(who->weight_kg > 0))
            return fail_item(ctx, it, PF_ERR_RANGE,
                "a dose per kg needs a population with the variable 'weight'");
        dose *= who->weight_kg;
    }
    if (it->per == PF_PER_M2) {
        if (!(who->bsa_m2 > 0))
            return fail_item(ctx, it, PF_ERR_RANGE,
                "a dose per m2 needs a population with the variable 'bsa'");
        dose *= who->bsa_m2;
    }
    if (!isfinite(dose) || dose < 0)
        return fail_item(ctx, it, PF_ERR_RANGE, "the dose is not a number of at least 0");
    *out = fmin(dose, it->max_dose);
    return PF_OK;
}

pf_err pf_regimen_amount(
    pf_ctx *ctx, const pf_regimen_item *items, size_t index, const pf_person *who, double *out)
{
    return amount_of(ctx, &items[index], index, who, out);
}

static void draws_of(const pf_person *who, uint32_t stream, uint32_t kind, pf_random *r)
{
    pf_random_init(r, who->seed, PF_DRAW_DOSE, who->replicate, who->patient, stream * 2 + kind);
}

static int cycles_of(const pf_regimen_item *it, size_t index, const pf_person *who)
{
    if (it->cycles_high <= it->cycles_low) return it->cycles_low;
    pf_random r;
    draws_of(who, stream_of(it, index), 0, &r);
    uint32_t kinds = (uint32_t)(it->cycles_high - it->cycles_low) + 1;
    return it->cycles_low + (int)pf_random_below(&r, kinds);
}

static pf_err plan(
    pf_ctx *ctx, pf_records *l, const pf_regimen_item *it, size_t first, double day)
{
    if (l->n - first >= DOSES_MAX)
        return fail_item(ctx, it, PF_ERR_RANGE,
            "more than 100,000 doses for one person; is the interval right?");
    PF_TRY(pf_reserve(ctx, &l->row, &l->capacity, l->n, sizeof *l->row));
    l->row[l->n++] = (pf_record){.day = day};
    return PF_OK;
}

/* Doses on each of the `on` days after `from`, repeated each `every` days before `end`. */
static pf_err plan_span(pf_ctx *ctx, pf_records *l, const pf_regimen_item *it, size_t first,
    double from, double end)
{
    for (size_t j = 0; j < it->n_on; j++) {
        double day = from + it->on[j];
        if (it->every <= 0) {
            PF_TRY(plan(ctx, l, it, first, day));
            continue;
        }
        for (int k = 0; day < end; day = from + it->on[j] + ++k * it->every)
            PF_TRY(plan(ctx, l, it, first, day));
    }
    return PF_OK;
}

static int by_day(const void *a, const void *b)
{
    const pf_record *p = a, *q = b;
    if (p->day != q->day) return p->day < q->day ? -1 : 1;
    return p->item < q->item ? -1 : p->item > q->item;
}

/* The planned doses from `first` on become real: late ones push the later ones, and those past
 * the end are dropped. */
static void settle(pf_records *l, const pf_regimen_item *it, size_t index, size_t first,
    const pf_person *who, double end)
{
    if (l->n > first) qsort(l->row + first, l->n - first, sizeof *l->row, by_day);
    pf_random r;
    draws_of(who, stream_of(it, index), 1, &r);
    double late = 0;
    size_t kept = first;
    for (size_t i = first; i < l->n; i++) {
        if (it->delay_chance > 0 && pf_random_uniform(&r) < it->delay_chance)
            late += it->delay_days;
        double day = l->row[i].day + late;
        if (day >= end) continue;
        l->row[kept++] = (pf_record){.day = day, .item = (uint32_t)index};
    }
    l->n = kept;
}

static pf_err lower_item(pf_ctx *ctx, const pf_regimen_item *it, size_t index,
    const pf_person *who, double horizon, pf_records *l)
{
    double amount = 0, end = fmin(it->stop, horizon);
    size_t first = l->n;
    PF_TRY(amount_of(ctx, it, index, who, &amount));
    if (amount <= 0) return PF_OK;
    if (it->cycle <= 0) PF_TRY(plan_span(ctx, l, it, first, it->start, end));
    int cycles = it->cycle > 0 ? cycles_of(it, index, who) : 0;
    for (int c = 0; c < cycles; c++) {
        double from = it->start + c * it->cycle;
        if (from >= end) break;
        PF_TRY(plan_span(ctx, l, it, first, from, fmin(from + it->cycle, end)));
    }
    settle(l, it, index, first, who, end);
    for (size_t i = first; i < l->n; i++) {
        l->row[i].amount = amount;
        l->row[i].rate = it->infusion > 0 ? amount / it->infusion : 0;
    }
    return PF_OK;
}

pf_err pf_regimen_lower(pf_ctx *ctx, const pf_regimen_item *items, size_t n_items,
    const pf_person *who, double horizon, pf_records *out)
{
    out->n = 0;
    for (size_t i = 0; i < n_items; i++) {
        if (items[i].when) continue;
        pf_err err = lower_item(ctx, &items[i], i, who, horizon, out);
        if (!err) continue;
        out->n = 0;
        return err;
    }
    if (out->n) qsort(out->row, out->n, sizeof *out->row, by_day);
    return PF_OK;
}

void pf_records_clear(pf_records *r)
{
    pf_free(r->row);
    *r = (pf_records){0};
}
