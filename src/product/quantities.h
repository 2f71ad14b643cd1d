/* quantities.h: what a lot file can say in numbers, and what a lot is described by.
 *
 * Two lists that drive reading, checks, messages, tables and the reference page. A quantity is
 * a variable of the lot file with that name; an attribute is what the pipeline computes, what a
 * specification tests, and what a study's formulas read as lot_<name>. Depends on: nothing. */
#ifndef PF_PRODUCT_QUANTITIES_H
#define PF_PRODUCT_QUANTITIES_H
#include <stddef.h>

/* id, name, unit, default, low, high, meaning. NaN as default: absent. Both ends included. */
#define PF_QUANTITY_LIST(X)                                                                    \
    X(DONOR_AGE, "donor_age", "year", NAN, 0, 130,                                             \
        "age of the donor when cells were collected")                                          \
    X(WEIGHT, "weight", "kg", 70, 1, 400, "weight of who will be treated")                     \
    X(COLLECTED, "collected", "cell", NAN, 1, 1e15,                                            \
        "living cells of the wanted kind at the start")                                        \
    X(SEED_PURITY, "seed_purity", "1", 1, 1e-6, 1, "their share of all living cells")          \
    X(RECOVERY, "recovery", "1", 1, 0, 1, "share of them that isolation keeps")                \
    X(OTHERS_KEPT, "others_kept", "1", 1, 0, 1, "share of other cells that isolation keeps")   \
    X(CULTURE_DAYS, "culture_days", "day", 0, 0, 3650, "days in culture")                      \
    X(FOLD, "fold", "1", NAN, 1e-3, 1e12,                                                      \
        "how many cells one becomes in these days; else by doubling_time")                     \
    X(DOUBLING_TIME, "doubling_time", "day", NAN, 0.1, 1000,                                   \
        "of the wanted cells while they have room")                                            \
    X(PLATEAU, "plateau", "cell", INFINITY, 1, 1e18, "what the vessel can hold")               \
    X(DOUBLINGS_MAX, "doublings_max", "1", INFINITY, 0, 1000,                                  \
        "doublings after which cells stop")                                                    \
    X(OTHERS_FOLD, "others_fold", "1", 1, 0, 1e9,                                              \
        "how many cells one of another kind becomes")                                          \
    X(T_SHARE, "t_share", "1", NAN, 0, 1, "share of T cells among the others")                 \
    X(RESPONSE_SD, "response_sd", "1", 0, 0, 3,                                                \
        "spread between donors of the response to one mix of cytokines (of the logarithm)")    \
    X(RESPONSE_ERROR, "response_error", "1", 0, 0, 3,                                          \
        "error of the pre-test that chooses the mix (of the logarithm)")                       \
    X(RESPONSE_GROWTH, "response_growth", "1", 0, 0, 3,                                        \
        "power with which the response acts on growth")                                        \
    X(COCKTAILS, "cocktails", "1", 1, 1, 32, "mixes of cytokines tried, when individualised")  \
    X(POTENCY_START, "potency_start", "1", 1, 0, 1000,                                         \
        "kills per motile cell, relative to the reference cell")                               \
    X(POTENCY_HALVING, "potency_halving", "1", INFINITY, 0.1, 1e6, "doublings that halve it")  \
    X(MEMORY_START, "memory_start", "1", 0, 0, 1, "share of early memory cells at the start")  \
    X(MEMORY_HALVING, "memory_halving", "1", INFINITY, 0.1, 1e6, "doublings that halve it")    \
    X(MOTILE_START, "motile_start", "1", 1, 0, 1,                                              \
        "share of fresh cells that walk through tissue")                                       \
    X(HARVEST_RECOVERY, "harvest_recovery", "1", 1, 0, 1,                                      \
        "share of living cells that harvest and washing keep")                                 \
    X(VIABILITY_HARVEST, "viability_harvest", "1", 1, 0, 1,                                    \
        "living share of all cells at harvest")                                                \
    X(USE_AFTER, "use_after", "day", 0, 0, 36525, "days from harvest to use")                  \
    X(STORAGE_YEARS, "storage_years", "year", 0, 0, 100, "time in the freezer")                \
    X(STORAGE_LOSS, "storage_loss", "1/year", 0, 0, 10, "rate at which frozen cells are lost") \
    X(THAW_RECOVERY, "thaw_recovery", "1", 1, 0, 1,                                            \
        "share of cells that thawing and washing keep")                                        \
    X(THAW_VIABILITY, "thaw_viability", "1", 1, 0, 1,                                          \
        "viability after thaw over viability before freezing")                                 \
    X(THAW_MOTILE, "thaw_motile", "1", 1, 0, 1,                                                \
        "motile share after thaw over the share before freezing")                              \
    X(THAW_POTENCY, "thaw_potency", "1", 1, 0, 10,                                             \
        "kills per motile cell after thaw over those before")                                  \
    X(THAW_DEATH, "thaw_death", "1/hour", 0, 0, 10,                                            \
        "late death of cells that were alive at thaw")                                         \
    X(HOURS, "hours", "hour", 0, 0, 240, "from thaw to infusion")                              \
    X(ASSAY_HITS, "assay_hits", "1", NAN, 0, 1000,                                             \
        "kills per target that reference cells make in the lysis assay")                       \
    X(ENDOTOXIN, "endotoxin", "IU/mL", NAN, 0, 1e6, "in the final bag; 1 EU is 1 IU")          \
    X(CONTAMINATION, "contamination", "1", NAN, 0, 1, "chance that a lot carries a germ")      \
    X(FAILURE, "failure", "1", 0, 0, 1, "chance that the process ends without a lot")          \
    X(DELAY, "delay", "day", NAN, 0, 3650, "from the order to the lot; the culture by default")

/* id, name, unit, meaning. */
#define PF_ATTRIBUTE_LIST(X)                                                                   \
    X(VIABILITY, "viability", "1",                                                             \
        "living share of all cells at harvest, or of a frozen lot right after thaw, where it " \
        "is tested")                                                                           \
    X(VIABILITY_GIVEN, "viability_given", "1",                                                 \
        "living share of all cells when the dose is given")                                    \
    X(PURITY, "purity", "1", "share of the wanted kind among living cells")                    \
    X(MOTILE, "motile", "1", "share that walks through tissue")                                \
    X(POTENCY, "potency", "1", "kills per motile cell, relative to the reference cell")        \
    X(KILLING, "killing", "1", "motile x potency: killing in tissue, relative")                \
    X(LYSIS, "lysis", "1", "share of targets killed in the assay of the file")                 \
    X(CAR, "car", "1", "share of living cells that carry the first CAR")                       \
    X(COPIES, "copies", "1", "vector copies per cell, all edits by virus or transposon")       \
    X(CAR_COPIES, "car_copies", "1", "copies of the CAR in a cell that carries it")            \
    X(MEMORY, "memory", "1", "share of early memory cells")                                    \
    X(DOUBLINGS, "doublings", "1", "doublings made in culture")                                \
    X(FOLD, "fold", "1", "cells after the culture over cells before")                          \
    X(LASTING, "lasting", "1", "share of cells alive at infusion that live a day longer")      \
    X(T_CELLS, "t_cells", "cell/kg", "T cells in one dose, over the weight")                   \
    X(ENDOTOXIN, "endotoxin", "IU/mL", "in the final bag")                                     \
    X(STERILE, "sterile", "1", "1: no germ; 0: contaminated")                                  \
    X(CELLS, "cells", "cell/kg", "cells that count for the dose, over the weight")             \
    X(DOSES, "doses", "1", "whole doses that the lot fills")                                   \
    X(RESPONSE, "response", "1", "of the donor to the mix of cytokines that was used")         \
    X(AGE, "age", "year", "age of the donor")

typedef enum {
#define PF_X(id, name, unit, otherwise, low, high, doc) PF_QUANTITY_##id,
    PF_QUANTITY_LIST(PF_X)
#undef PF_X
        PF_QUANTITIES
} pf_lot_quantity;

typedef enum {
#define PF_X(id, name, unit, doc) PF_ATTRIBUTE_##id,
    PF_ATTRIBUTE_LIST(PF_X)
#undef PF_X
        PF_ATTRIBUTES
} pf_attribute;

typedef struct pf_quantity_info {
    const char *name, *unit;
    double otherwise, low, high;
    const char *doc;
} pf_quantity_info;
typedef struct pf_attribute_info {
    const char *name, *unit, *doc;
} pf_attribute_info;

const pf_quantity_info *pf_quantity_of(pf_lot_quantity q);
const pf_attribute_info *pf_attribute_of(pf_attribute a);
/** By name; PF_QUANTITIES, PF_ATTRIBUTES: none. */
pf_lot_quantity pf_quantity_find(const char *name);
pf_attribute pf_attribute_find(const char *name);

#endif
