#include "trial/study.h"

#include "tissue/setup_read.h"
#include "trial/study_tissue.h"

void pf_study_clear(pf_study *s)
{
    pf_population_release(&s->population);
    for (size_t i = 0; i < s->n_product; i++) {
        pf_population_release(&s->product[i].attributes);
        if (s->product[i].lot) pf_lot_plan_release(s->product[i].lot);
    }
    pf_population_release(&s->unknowns);
    for (size_t i = 0; i < s->n_expect; i++) {
        pf_formula_free(s->expect[i].among.formula);
        pf_formula_free(s->expect[i].against_among.formula);
    }
    if (s->tissue) pf_setup_free(s->tissue->setup);
    pf_arena_clear(&s->arena);
    *s = (pf_study){0};
}

size_t pf_study_size(const pf_study *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_arm; i++) n += s->arm[i].size;
    return n;
}

size_t pf_arm_reference(const pf_study *s, size_t a)
{
    return s->arm[a].like ? s->arm[a].like - 1 : 0;
}
