/* tissue_case.h: the lesions that are measured: bench/tissue/lesion.yaml with the domains and
 * the cells of tissue_case.c put in. */
#ifndef PF_BENCH_TISSUE_CASE_H
#define PF_BENCH_TISSUE_CASE_H
#include "tissue/setup.h"

enum { PF_BENCH_CASES = 5 };

/* What happens besides fields, forces and moves. */
typedef enum {
    PF_BENCH_PLAIN, /* volumes, cycle, motility, contacts */
    PF_BENCH_RULES  /* these, and the rules of bench/tissue/lesion.csv */
} pf_bench_kind;

/** Case 1 to PF_BENCH_CASES. Free with pf_setup_free, before it
 * free `*points`. Errors: as of reading, NO_MEMORY */
pf_err pf_bench_case(
    pf_ctx *ctx, int which, pf_bench_kind kind, double (**points)[3], pf_setup **out);

#endif
