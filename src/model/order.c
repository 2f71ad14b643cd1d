/* Sparse elimination: which pivot next, and the code that does it. */
#include "model/emit.h"

#include <string.h>

/* The pattern as bits, so that large models stay quick. */
typedef struct matrix {
    size_t n, words;
    uint64_t *row; /* [n * words] bit j of row i; columns gone are cleared */
    uint64_t *col; /* [n * words] bit i of column j; rows gone are cleared */
    uint8_t *gone;
} matrix;

static uint64_t count(const uint64_t *bits, const uint64_t *without, size_t words)
{
    uint64_t n = 0;
    for (size_t i = 0; i < words; i++)
        n += (uint64_t)__builtin_popcountll(without ? bits[i] & ~without[i] : bits[i]);
    return n;
}

/* Entries that eliminating k would make. */
static uint64_t fill_of(const matrix *m, size_t k)
{
    uint64_t fill = 0;
    for (size_t w = 0; w < m->words; w++)
        for (uint64_t left = m->col[k * m->words + w]; left; left &= left - 1) {
            size_t i = 64 * w + (size_t)__builtin_ctzll(left);
            fill += count(m->row + k * m->words, m->row + i * m->words, m->words);
        }
    return fill;
}

/* Products count once, in factor; what fills in is used again, by later pivots and by every
 * solve. */
static size_t best_pivot(const matrix *m)
{
    enum { FILL = 4 };
    size_t best = m->n;
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < m->n; i++) {
        if (m->gone[i]) continue;
        uint64_t in_row = count(m->row + i * m->words, NULL, m->words) - 1;
        uint64_t cost = in_row * (count(m->col + i * m->words, NULL, m->words) - 1);
        if (cost >= least) continue;
        cost += FILL * fill_of(m, i);
        if (cost >= least) continue;
        least = cost;
        best = i;
    }
    return best;
}

static void clear_bit(uint64_t *bits, size_t i)
{
    bits[i / 64] &= ~((uint64_t)1 << i % 64);
}

static void eliminate(matrix *m, size_t k)
{
    size_t n = m->n, words = m->words;
    m->gone[k] = 1;
    for (size_t i = 0; i < n; i++) {
        clear_bit(m->row + i * words, k);
        clear_bit(m->col + i * words, k);
    }
    const uint64_t *row = m->row + k * words, *col = m->col + k * words;
    for (size_t i = 0; i < n; i++) {
        int below = (int)(col[i / 64] >> i % 64 & 1), right = (int)(row[i / 64] >> i % 64 & 1);
        for (size_t w = 0; w < words; w++) {
            if (below) m->row[i * words + w] |= row[w];
            if (right) m->col[i * words + w] |= col[w];
        }
    }
}

static void fill_in(const matrix *m, size_t k, uint8_t *filled)
{
    size_t n = m->n;
    const uint64_t *row = m->row + k * m->words, *col = m->col + k * m->words;
    for (size_t i = 0; i < n; i++) {
        if (row[i / 64] >> i % 64 & 1) filled[k * n + i] = 1;
        if (col[i / 64] >> i % 64 & 1) filled[i * n + k] = 1;
    }
}

pf_err pf_order_pivots(pf_ctx *ctx, size_t n, uint8_t *filled, uint32_t *order)
{
    matrix m = {.n = n, .words = n / 64 + 1};
    pf_err err = PF_ERR_NO_MEMORY;
    m.row = pf_calloc(ctx, n * m.words, sizeof *m.row);
    m.col = pf_calloc(ctx, n * m.words, sizeof *m.col);
    m.gone = pf_calloc(ctx, n, 1);
    if (m.row && m.col && m.gone) {
        err = PF_OK;
        for (size_t i = 0; i < n; i++) {
            filled[i * n + i] = 1;
            for (size_t j = 0; j < n; j++) {
                if (!filled[i * n + j]) continue;
                m.row[i * m.words + j / 64] |= (uint64_t)1 << j % 64;
                m.col[j * m.words + i / 64] |= (uint64_t)1 << i % 64;
            }
        }
        for (size_t k = 0; k < n; k++) {
            order[k] = (uint32_t)best_pivot(&m);
            fill_in(&m, order[k], filled);
            eliminate(&m, order[k]);
        }
    }
    pf_free(m.row);
    pf_free(m.col);
    pf_free(m.gone);
    return err;
}

/* W = shift I - J. Off the diagonal the code keeps -W, so that entries of J that elimination
 * leaves alone are read where they stand. */
typedef struct lu {
    pf_emit *e;
    size_t n;
    const uint8_t *rest; /* [n] or NULL: all move */
    uint32_t *order;
    uint8_t *filled;
    uint32_t *place;  /* [n * n] where -w_ij stands now; PF_NO_PLACE: still zero */
    uint32_t *factor; /* [n * n] where l_ik = -w_ik / w_kk stands */
    uint32_t *pivot;  /* [n] where 1 / w_kk stands */
} lu;

static uint32_t new_slot(lu *f)
{
    return pf_place_of(PF_IN_LU, f->e->n[PF_IN_LU]++);
}

static void emit(lu *f, unsigned code, pf_op op, uint32_t dst, const uint32_t *in)
{
    pf_emit_instr(f->e, code, (pf_instr){op, dst, in[0], in[1], in[2]});
}

/* What rests has no equation here, and its entry of the right side is never looked at. */
static int is_out(const lu *f, size_t k)
{
    return f->rest && f->rest[k];
}

static void start_pivot(lu *f, size_t k)
{
    uint32_t shift = pf_place_of(PF_IN_SHIFT, 0), j = f->place[k * f->n + k];
    f->pivot[k] = new_slot(f);
    if (j == PF_NO_PLACE)
        emit(f, PF_CODE_FACTOR, PF_OP_MOV, f->pivot[k], (uint32_t[]){shift, 0, 0});
    else
        emit(f, PF_CODE_FACTOR, PF_OP_SUB, f->pivot[k], (uint32_t[]){shift, j, 0});
}

/* row i gets l_ik times row k */
static void update_row(lu *f, size_t i, size_t k)
{
    size_t n = f->n;
    uint32_t l = f->factor[i * n + k];
    for (size_t j = 0; j < n; j++) {
        uint32_t u = f->place[k * n + j], *to = &f->place[i * n + j];
        if (j == k || !f->filled[k * n + j] || f->factor[k * n + j] != PF_NO_PLACE ||
            u == PF_NO_PLACE)
            continue;
        if (j == i) {
            emit(f, PF_CODE_FACTOR, PF_OP_FNMA, f->pivot[i], (uint32_t[]){l, u, f->pivot[i]});
            continue;
        }
        uint32_t old = *to;
        if (old == PF_NO_PLACE || pf_place_range(old) != PF_IN_LU) *to = new_slot(f);
        if (old == PF_NO_PLACE)
            emit(f, PF_CODE_FACTOR, PF_OP_MUL, *to, (uint32_t[]){l, u, 0});
        else
            emit(f, PF_CODE_FACTOR, PF_OP_FMA, *to, (uint32_t[]){l, u, old});
    }
}

static void factor(lu *f)
{
    size_t n = f->n;
    for (size_t i = 0; i < n; i++)
        if (!is_out(f, i)) start_pivot(f, i);
    uint8_t *done = f->filled + n * n;
    for (size_t s = 0; s < n && !f->e->failed; s++) {
        size_t k = f->order[s];
        uint32_t p = f->pivot[k];
        if (is_out(f, k)) continue;
        emit(f, PF_CODE_FACTOR, PF_OP_RCP, p, (uint32_t[]){p, 0, 0});
        done[k] = 1;
        for (size_t i = 0; i < n; i++) {
            uint32_t w = f->place[i * n + k];
            if (done[i] || w == PF_NO_PLACE) continue;
            f->factor[i * n + k] = new_slot(f);
            emit(f, PF_CODE_FACTOR, PF_OP_MUL, f->factor[i * n + k], (uint32_t[]){w, p, 0});
            update_row(f, i, k);
        }
    }
}

static void solve(lu *f)
{
    size_t n = f->n;
    for (size_t s = 0; s < n; s++) {
        size_t k = f->order[s];
        uint32_t y = pf_place_of(PF_IN_B, k);
        for (size_t i = 0; i < n; i++) {
            uint32_t l = f->factor[i * n + k], b = pf_place_of(PF_IN_B, i);
            if (l != PF_NO_PLACE) emit(f, PF_CODE_SOLVE, PF_OP_FMA, b, (uint32_t[]){l, y, b});
        }
    }
    for (size_t s = n; s-- > 0;) {
        size_t k = f->order[s];
        uint32_t b = pf_place_of(PF_IN_B, k);
        if (is_out(f, k)) continue;
        for (size_t j = 0; j < n; j++) {
            /* entries right of the pivot: neither the diagonal nor eliminated */
            if (j == k || f->place[k * n + j] == PF_NO_PLACE ||
                f->factor[k * n + j] != PF_NO_PLACE)
                continue;
            emit(f, PF_CODE_SOLVE, PF_OP_FMA, b,
                (uint32_t[]){f->place[k * n + j], pf_place_of(PF_IN_B, j), b});
        }
        emit(f, PF_CODE_SOLVE, PF_OP_MUL, b, (uint32_t[]){b, f->pivot[k], 0});
    }
}

pf_err pf_emit_lu(pf_emit *e, size_t n, const uint32_t *jac_at, const uint8_t *rest)
{
    lu f = {.e = e, .n = n, .rest = rest};
    pf_err err = PF_ERR_NO_MEMORY;
    f.order = pf_calloc(e->ctx, n, sizeof *f.order);
    f.filled = pf_calloc(e->ctx, n * n + n, 1);
    f.place = pf_calloc(e->ctx, n * n, sizeof *f.place);
    f.factor = pf_calloc(e->ctx, n * n, sizeof *f.factor);
    f.pivot = pf_calloc(e->ctx, n, sizeof *f.pivot);
    if (f.order && f.filled && f.place && f.factor && f.pivot) {
        for (size_t i = 0; i < n * n; i++) {
            f.factor[i] = PF_NO_PLACE;
            f.place[i] = PF_NO_PLACE;
            f.filled[i] = jac_at[i] != PF_NO_PLACE;
            if (f.filled[i]) f.place[i] = pf_place_of(PF_IN_JAC, jac_at[i]);
        }
        err = pf_order_pivots(e->ctx, n, f.filled, f.order);
        if (!err) {
            factor(&f);
            solve(&f);
            err = e->failed;
        }
    }
    pf_free(f.order);
    pf_free(f.filled);
    pf_free(f.place);
    pf_free(f.factor);
    pf_free(f.pivot);
    return err;
}
