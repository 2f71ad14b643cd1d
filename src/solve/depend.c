#include "solve/depend.h"

#include <string.h>

void pf_depend(const pf_program *p, pf_code code, unsigned char *mark)
{
    memset(mark, 0, p->n_slots);
    mark[p->time] = PF_ON_TIME;
    for (uint32_t s = 0; s < p->n_state; s++) mark[p->state0 + s] = PF_ON_STATE;
    for (size_t k = 0; k < p->n_past; k++)
        mark[p->past[k].in] = mark[p->past[k].in_rate] = PF_ON_PAST;
    for (size_t i = 0; i < code.n; i++) {
        const pf_instr *x = &code.instr[i];
        unsigned n = pf_op_arity((pf_op)x->op);
        unsigned char m = mark[x->a];
        if (n > 1) m |= mark[x->b];
        if (n > 2) m |= mark[x->c];
        mark[x->dst] = m;
    }
}
