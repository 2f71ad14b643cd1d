/* ops.h: one operation on plain numbers, as the C library does it. For constants that are known
 * when a model is compiled, for formulas and for tests; the patients' numbers go through
 * lanes.h. Depends on: program. */
#ifndef PF_MODEL_OPS_H
#define PF_MODEL_OPS_H
#include "model/program.h"

double pf_op_value(pf_op op, double a, double b, double c);

#endif
