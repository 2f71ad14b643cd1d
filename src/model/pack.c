/* Few slots for many temporaries: each keeps its slot from where it is written to where it is
 * last read. */
#include "model/emit.h"

#include <string.h>

typedef struct packing {
    pf_emit *e;
    uint32_t range;
    size_t *last;    /* [temporaries] last reader, counted over both codes */
    uint8_t *shared; /* [temporaries] written in the first code, read in the second */
    uint32_t *slot;  /* [temporaries] */
    uint32_t *unused;
    size_t n_unused, n_slots;
} packing;

static uint32_t *operand(pf_instr *i, unsigned k)
{
    return k == 0 ? &i->a : k == 1 ? &i->b : &i->c;
}

static void find_last(packing *p, const pf_asm *code, size_t from, int second)
{
    for (size_t i = 0; i < code->n; i++) {
        pf_instr instr = code->instr[i];
        for (unsigned k = 0; k < pf_op_arity((pf_op)instr.op); k++) {
            uint32_t place = *operand(&instr, k);
            if (pf_place_range(place) != p->range) continue;
            p->last[pf_place_index(place)] = from + i;
            /* written earlier in this same code: marked below by `slot` */
            if (second) p->shared[pf_place_index(place)] |= 2;
        }
        if (pf_place_range(instr.dst) == p->range)
            p->shared[pf_place_index(instr.dst)] |= second ? 4 : 1;
    }
}

static int keeps(const packing *p, uint32_t t) /* written in the first, read in the second */
{
    return (p->shared[t] & 3) == 3;
}

static void give_back(packing *p, uint32_t t, size_t now)
{
    if (p->last[t] != now || keeps(p, t)) return;
    p->unused[p->n_unused++] = p->slot[t];
    p->last[t] = SIZE_MAX; /* once, though an instruction may read it twice */
}

static void assign(packing *p, pf_asm *code, size_t from)
{
    for (size_t i = 0; i < code->n; i++) {
        pf_instr *instr = &code->instr[i];
        uint32_t dst = instr->dst;
        for (unsigned k = 0; k < pf_op_arity((pf_op)instr->op); k++) {
            uint32_t *place = operand(instr, k);
            if (pf_place_range(*place) != p->range) continue;
            uint32_t t = pf_place_index(*place);
            *place = pf_place_of(p->range, p->slot[t]);
            give_back(p, t, from + i);
        }
        if (pf_place_range(dst) != p->range) continue;
        uint32_t t = pf_place_index(dst);
        p->slot[t] = p->n_unused ? p->unused[--p->n_unused] : (uint32_t)p->n_slots++;
        instr->dst = pf_place_of(p->range, p->slot[t]);
        if (p->last[t] == SIZE_MAX && !keeps(p, t)) p->unused[p->n_unused++] = p->slot[t];
    }
}

pf_err pf_emit_pack(pf_emit *e, unsigned first, unsigned second, uint32_t range)
{
    size_t n = e->n[range];
    packing p = {.e = e, .range = range};
    pf_err err = PF_ERR_NO_MEMORY;
    p.last = pf_calloc(e->ctx, n, sizeof *p.last);
    p.shared = pf_calloc(e->ctx, n, 1);
    p.slot = pf_calloc(e->ctx, n, sizeof *p.slot);
    p.unused = pf_calloc(e->ctx, n, sizeof *p.unused);
    if (p.last && p.shared && p.slot && p.unused) {
        err = PF_OK;
        for (size_t i = 0; i < n; i++) p.last[i] = SIZE_MAX; /* never read */
        find_last(&p, &e->code[first], 0, 0);
        if (second < PF_CODES) find_last(&p, &e->code[second], e->code[first].n, 1);
        assign(&p, &e->code[first], 0);
        if (second < PF_CODES) assign(&p, &e->code[second], e->code[first].n);
        e->n[range] = p.n_slots;
    }
    pf_free(p.last);
    pf_free(p.shared);
    pf_free(p.slot);
    pf_free(p.unused);
    return err;
}
