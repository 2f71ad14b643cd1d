/* Random draws that the model itself makes, at the start and in events. */
#include "solve/lanes_state.h"

/* Returns 1 when some value differs from the one before. */
static int draw(pf_engine *e, const pf_draw *d, size_t k, const unsigned char mask[8])
{
    int changed = 0;
    for (int l = 0; l < e->width; l++) {
        if (!mask[l]) continue;
        double in[4], *to = pf_at(e, e->b.slot, d->in, l), before = *to;
        for (uint32_t i = 0; i < 4; i++) in[i] = *pf_at(e, e->b.slot, d->from + i, l);
        *to = pf_law_draw(&e->cases[l].draw[k], d->law, in, in[2], in[3]);
        changed |= *to != before && !(*to != *to && before != before);
    }
    return changed;
}

int pf_engine_draw(pf_engine *e, const unsigned char mask[8])
{
    const pf_program *p = e->program;
    int changed = 0;
    for (size_t k = 0; k < p->n_draw; k++) {
        if (!k || p->draw[k].nested) pf_batch_run(&e->b, PF_CODE_DRAW);
        changed |= draw(e, &p->draw[k], k, mask);
    }
    return changed;
}

void pf_engine_draw_start(pf_engine *e, void (*init)(pf_engine *e))
{
    unsigned char mask[8];
    int changed = 1;
    for (int l = 0; l < e->width; l++) mask[l] = e->cases[l].active && e->cases[l].starting;
    for (size_t round = 0; round <= e->program->n_draw && changed; round++) {
        for (int l = 0; l < e->width; l++) {
            pf_case *c = &e->cases[l];
            for (uint32_t k = 0; mask[l] && k < e->program->n_draw; k++)
                pf_random_init(&c->draw[k], c->seed, PF_DRAW_LAW, c->replicate, c->patient, k);
        }
        changed = pf_engine_draw(e, mask);
        init(e);
    }
}
