#include "product/quantities.h"

#include <math.h>
#include <string.h>

static const pf_quantity_info QUANTITY[] = {
#define PF_X(id, name, unit, otherwise, low, high, doc) {name, unit, otherwise, low, high, doc},
    PF_QUANTITY_LIST(PF_X)
#undef PF_X
};

static const pf_attribute_info ATTRIBUTE[] = {
#define PF_X(id, name, unit, doc) {name, unit, doc},
    PF_ATTRIBUTE_LIST(PF_X)
#undef PF_X
};

const pf_quantity_info *pf_quantity_of(pf_lot_quantity q)
{
    return &QUANTITY[q];
}

const pf_attribute_info *pf_attribute_of(pf_attribute a)
{
    return &ATTRIBUTE[a];
}

pf_lot_quantity pf_quantity_find(const char *name)
{
    size_t i = 0;
    while (i < PF_QUANTITIES && strcmp(QUANTITY[i].name, name) != 0) i++;
    return (pf_lot_quantity)i;
}

pf_attribute pf_attribute_find(const char *name)
{
    size_t i = 0;
    while (i < PF_ATTRIBUTES && strcmp(ATTRIBUTE[i].name, name) != 0) i++;
    return (pf_attribute)i;
}
