/* depend.h: what the values of straight-line code depend on. Internal to solve.
 * Depends on: program. */
#ifndef PF_SOLVE_DEPEND_H
#define PF_SOLVE_DEPEND_H
#include "model/program.h"

enum { PF_ON_TIME = 1, PF_ON_STATE = 2, PF_ON_PAST = 4 };

/** For each slot the marks of what it depends on after `code` has run: `mark` [n_slots] is
 * cleared, time, states and past values are marked, and the marks go from operands to results.
 */
void pf_depend(const pf_program *p, pf_code code, unsigned char *mark);

#endif
