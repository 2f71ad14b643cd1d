#include "trial/allocate.h"

#include <stdlib.h>

/* ---- strata ---- */

typedef struct {
    const double *value;
    size_t n_variable;
    size_t patient;
} strata_key;

static int by_value(const void *a, const void *b)
{
    const strata_key *p = a, *q = b;
    for (size_t i = 0; i < p->n_variable; i++)
        if (p->value[i] != q->value[i]) return p->value[i] < q->value[i] ? -1 : 1;
    return 0;
}

pf_err pf_allocate_strata(
    pf_ctx *ctx, const double *value, size_t n, size_t n_variable, uint32_t *stratum)
{
    strata_key *key = pf_calloc(ctx, n, sizeof *key);
    if (!key) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) key[i] = (strata_key){value + i * n_variable, n_variable, i};
    if (n) qsort(key, n, sizeof *key, by_value);
    uint32_t rank = 0;
    for (size_t i = 0; i < n; i++) {
        if (i && by_value(&key[i - 1], &key[i])) rank++;
        stratum[key[i].patient] = rank;
    }
    pf_free(key);
    return PF_OK;
}

/* ---- arms ---- */

static void shuffle(pf_random *r, uint32_t *x, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = pf_random_below(r, (uint32_t)i);
        uint32_t other = x[j];
        x[j] = x[i - 1];
        x[i - 1] = other;
    }
}

/* `n` places shared out in the ratio of the arms' sizes, of which there are `total`. */
static void fill(const pf_study *study, size_t n, size_t total, uint32_t *x)
{
    size_t at = 0;
    for (size_t a = 0; a < study->n_arm; a++)
        for (size_t k = 0; k < study->arm[a].size * n / total; k++) x[at++] = (uint32_t)a;
}

static size_t common_divisor(size_t a, size_t b)
{
    while (b) {
        size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static pf_err check_block(pf_ctx *ctx, const pf_study *study, size_t total)
{
    size_t divisor = 0, block = study->allocation.block;
    for (size_t a = 0; a < study->n_arm; a++)
        divisor = common_divisor(divisor, study->arm[a].size);
    size_t least = total / (divisor ? divisor : 1);
    if (block && block % least == 0) return PF_OK;
    return pf_fail(ctx, PF_ERR_RANGE,
        "allocation: a block of %zu cannot hold the ratio of the arms' sizes; it must be a "
        "multiple of %zu",
        block, least);
}

static pf_err permuted_blocks(pf_ctx *ctx, const pf_study *study, uint64_t replicate,
    const uint32_t *stratum, uint32_t *arm)
{
    size_t n = pf_study_size(study), block = study->allocation.block, n_strata = 1;
    PF_TRY(check_block(ctx, study, n));
    for (size_t i = 0; stratum && i < n; i++)
        if (stratum[i] >= n_strata) n_strata = (size_t)stratum[i] + 1;
    uint32_t *slot = pf_calloc(ctx, n_strata, block * sizeof *slot);
    size_t *taken = pf_calloc(ctx, n_strata, sizeof *taken);
    pf_err err = slot && taken ? PF_OK : PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n && !err; i++) {
        size_t s = stratum ? stratum[i] : 0;
        uint32_t *mine = slot + s * block;
        if (taken[s] % block == 0) {
            pf_random r;
            pf_random_init(&r, study->seed, PF_DRAW_ALLOCATION, replicate, taken[s] / block,
                1 + (uint32_t)s);
            fill(study, block, n, mine);
            shuffle(&r, mine, block);
        }
        arm[i] = mine[taken[s]++ % block];
    }
    pf_free(taken);
    pf_free(slot);
    return err;
}

static pf_err number_within_arms(
    pf_ctx *ctx, const pf_study *study, const uint32_t *arm, uint64_t *order)
{
    uint64_t *next = pf_calloc(ctx, study->n_arm, sizeof *next);
    if (!next) return PF_ERR_NO_MEMORY;
    size_t n = pf_study_size(study);
    for (size_t i = 0; i < n; i++) order[i] = next[arm[i]]++;
    pf_free(next);
    return PF_OK;
}

pf_err pf_allocate(pf_ctx *ctx, const pf_study *study, uint64_t replicate,
    const uint32_t *stratum, uint32_t *arm, uint64_t *order)
{
    size_t n = pf_study_size(study);
    if (!n) return PF_OK;
    if (study->allocation.method == PF_ALLOCATE_PAIRED) {
        fill(study, n, n, arm); /* nobody is drawn: each person is in every arm */
    } else if (study->allocation.method == PF_ALLOCATE_BLOCK) {
        PF_TRY(permuted_blocks(ctx, study, replicate, stratum, arm));
    } else {
        pf_random r;
        pf_random_init(&r, study->seed, PF_DRAW_ALLOCATION, replicate, 0, 0);
        fill(study, n, n, arm);
        shuffle(&r, arm, n);
    }
    return order ? number_within_arms(ctx, study, arm, order) : PF_OK;
}
