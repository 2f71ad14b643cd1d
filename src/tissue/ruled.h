/* ruled.h: what rules have made of each cell's behaviour, until the next phenotype step.
 *
 * At every phenotype step each cell senses (from what stood before the step) and answers, for
 * itself, in parallel; who has come since, or has just divided, in the step of the mechanics in
 * which it first stands among the others. What some rule changes stands in a column of floats
 * by slot, and nothing else does: a lesion without rules has no columns. Depends on: tissue,
 * rules. Threads: one caller; the crew works inside. */
#ifndef PF_TISSUE_RULED_H
#define PF_TISSUE_RULED_H
#include "tissue/contact.h"
#include "tissue/rules.h"

/** What rules ask for is known, columns are made. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_ruled_new(pf_ctx *ctx, pf_tissue *t);
void pf_ruled_free(pf_tissue *t);
/** Room for `rows` cells. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_ruled_rows(pf_ctx *ctx, pf_tissue *t, size_t rows);
/** A cell at rest; a daughter. */
void pf_ruled_born(pf_tissue *t, size_t type, uint32_t slot);
void pf_ruled_divide(pf_tissue *t, uint32_t mother, uint32_t daughter);
/** A cell that has just died. */
void pf_ruled_die(pf_tissue *t, size_t type, uint32_t slot);
/** A cell that has just lost molecules for good. */
void pf_ruled_lose(pf_tissue *t, size_t type, uint32_t slot);
/** Those who have come since the last call sense and answer. Cells are sorted. */
void pf_ruled_fresh(pf_tissue *t);
/** All cells sense and answer. Sorts the cells when some rule asks for neighbours. */
void pf_ruled_answer(pf_tissue *t);
/** Where cells exchange otherwise than their types, for pf_exchanger_apply; NULL: nowhere. */
const pf_uptake_own *pf_ruled_exchange(pf_tissue *t);
/** The killer that a cell is: its type's, or `scratch` filled with what rules made of it. */
const pf_killer *pf_ruled_killer(
    const pf_tissue *t, size_t type, uint32_t slot, pf_killer *scratch);
/** Some cell of the type may bind at some time. */
int pf_ruled_kills(const pf_tissue *t, size_t type);
/** How well a killer sees a target (contact.h), with the molecules that both have now and the
 * drugs at the target; and what its slow killing is multiplied by. */
double pf_ruled_recognition(
    const pf_tissue *t, const pf_killer *k, size_t killer_at, size_t target_at);
double pf_ruled_slow_share(
    const pf_tissue *t, const pf_killer *k, size_t killer_at, size_t target_at);

/** What a rule made of a behaviour of the cell; `base` where none does. */
static inline double pf_ruled(
    const pf_tissue *t, size_t type, int behaviour, uint32_t slot, double base)
{
    const pf_rules *r = t->setup->rules;
    if (!r) return base;
    int column = r->column[type * PF_DO_COUNT + (size_t)behaviour];
    return column < 0 ? base : (double)t->ruled[column][slot];
}

#endif
