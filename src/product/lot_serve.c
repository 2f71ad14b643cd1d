#include "product/lot_serve.h"

#include <math.h>

static const char *const LOT_NAME[] = {
#define PF_X(id, name, unit, doc) "lot_" name,
    PF_ATTRIBUTE_LIST(PF_X)
#undef PF_X
};

const char *pf_served_text(pf_served_how how)
{
    static const char *const TEXT[] = {
        "released", "released with exception", "made again", "no product"};
    return (unsigned)how < PF_SERVED_WAYS ? TEXT[how] : "";
}

int pf_lot_gives(const pf_lot_plan *p, pf_attribute a)
{
    int has_car = 0;
    for (size_t i = 0; i < p->n_edit; i++) has_car |= p->edit[i].what == PF_EDIT_CAR;
    switch (a) {
    case PF_ATTRIBUTE_T_CELLS:
        return p->variable[PF_QUANTITY_T_SHARE] != PF_NO_VARIABLE;
    case PF_ATTRIBUTE_LYSIS:
        return p->variable[PF_QUANTITY_ASSAY_HITS] != PF_NO_VARIABLE;
    case PF_ATTRIBUTE_ENDOTOXIN:
        return p->variable[PF_QUANTITY_ENDOTOXIN] != PF_NO_VARIABLE;
    case PF_ATTRIBUTE_STERILE:
        return p->variable[PF_QUANTITY_CONTAMINATION] != PF_NO_VARIABLE;
    case PF_ATTRIBUTE_AGE:
        return p->variable[PF_QUANTITY_DONOR_AGE] != PF_NO_VARIABLE;
    case PF_ATTRIBUTE_CAR:
    case PF_ATTRIBUTE_CAR_COPIES:
        return has_car;
    default:
        return 1;
    }
}

pf_err pf_lot_names(
    pf_ctx *ctx, pf_arena *a, const pf_lot_plan *p, const char *const **names, size_t *n)
{
    const char **list = pf_arena_alloc(ctx, a, PF_ATTRIBUTES + p->n_edit + 1, sizeof *list);
    *n = 0;
    *names = list;
    if (!list) return PF_ERR_NO_MEMORY;
    for (int i = 0; i < PF_ATTRIBUTES; i++)
        if (pf_lot_gives(p, (pf_attribute)i)) list[(*n)++] = LOT_NAME[i];
    for (size_t i = 0; i < p->n_edit; i++) {
        const char *name = pf_arena_printf(ctx, a, "lot_edit_%s", p->edit[i].name);
        if (!name) return PF_ERR_NO_MEMORY;
        list[(*n)++] = name;
    }
    return PF_OK;
}

static void show(const pf_lot_plan *p, const pf_lot *lot, double *values)
{
    size_t n = 0;
    for (int i = 0; i < PF_ATTRIBUTES; i++)
        if (pf_lot_gives(p, (pf_attribute)i)) values[n++] = lot->x[i];
    for (size_t i = 0; i < p->n_edit; i++) values[n++] = lot->share[i];
}

static int is_good(const pf_lot *lot)
{
    return lot->last == PF_LOT_RELEASED || lot->last == PF_LOT_EXCEPTION;
}

pf_err pf_lot_serve(pf_ctx *ctx, const pf_lot_plan *plan, const pf_lot_identity *who,
    const double *extra, double *room, double *values, pf_served *out)
{
    pf_lot lot;
    pf_lot_identity id = *who;
    id.stream = who->stream * 2;
    *out = (pf_served){0};
    PF_TRY(pf_lot_make(ctx, plan, &id, extra, room, &lot));
    if (is_good(&lot)) {
        out->how = lot.last == PF_LOT_EXCEPTION ? PF_SERVED_EXCEPTION : PF_SERVED_RELEASED;
    } else {
        id.stream++;
        PF_TRY(pf_lot_make(ctx, plan, &id, extra, room, &lot));
        out->how = is_good(&lot) ? PF_SERVED_REMADE : PF_SERVED_NONE;
        out->shift = lot.delay;
    }
    show(plan, &lot, values);
    out->shift += lot.wait;
    if (out->how == PF_SERVED_NONE) return PF_OK;
    out->share = lot.x[PF_ATTRIBUTE_LASTING];
    if (plan->counts == PF_DOSE_TOTAL) out->share *= lot.x[PF_ATTRIBUTE_VIABILITY_GIVEN];
    return PF_OK;
}
