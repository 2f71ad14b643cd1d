#include "model/native_source.h"

#include <string.h>

/* Vectors. `m` holds truth as all bits or none. The builtins are those of gcc and of clang. */
static const char VECTORS[] =
    "typedef double v __attribute__((vector_size(W * 8), may_alias));\n"
    "typedef long long m __attribute__((vector_size(W * 8), may_alias));\n"
    "#if W == 8\n"
    "#define FMA(a, b, c) ((v)__builtin_ia32_vfmaddpd512_mask((a), (b), (c), -1, 4))\n"
    "#else\n"
    "#define FMA(a, b, c) ((v)__builtin_ia32_vfmaddpd256((a), (b), (c)))\n"
    "#endif\n"
    "#if W == 4\n"
    "#define SQRT(a) ((v)__builtin_ia32_sqrtpd256(a))\n"
    "#elif defined(__clang__)\n"
    "#define SQRT(a) ((v)__builtin_ia32_sqrtpd512((a), 4))\n"
    "#else\n"
    "#define SQRT(a) ((v)__builtin_ia32_sqrtpd512_mask((a), (v){0}, -1, 4))\n"
    "#endif\n"
    "#define ONE(c) ((v)((c) & (m)((v){0} + 1.0)))\n"
    "#define PICK(c, a, b) ((v)(((c) & (m)(a)) | (~(c) & (m)(b))))\n"
    "#define ABS(a) ((v)((m)(a) & 0x7fffffffffffffffLL))\n"
    "#define TRUE(a) ((a) != 0.0)\n"
    "#define LEAVE __builtin_ia32_vzeroupper();\n";

static const char SCALARS[] = "typedef double v;\n"
                              "#define FMA(a, b, c) __builtin_fma((a), (b), (c))\n"
                              "#define SQRT(a) __builtin_sqrt(a)\n"
                              "#define ONE(c) ((c) ? 1.0 : 0.0)\n"
                              "#define PICK(c, a, b) ((c) ? (a) : (b))\n"
                              "#define ABS(a) __builtin_fabs(a)\n"
                              "#define TRUE(a) ((a) != 0.0)\n"
                              "#define LEAVE\n";

static const char SHARED[] =
    "typedef void (*pf_fn)(double *, const double *, const double *);\n"
    "#define CALL(d, op, a, b) v d; { v x_ = (a), y_ = (b), r_; \\\n"
    "    t[op]((double *)&r_, (const double *)&x_, (const double *)&y_); d = r_; }\n"
    "#define PIECE(name) \\\n"
    "    void name(v *, const pf_fn *); \\\n"
    "    __attribute__((visibility(\"default\"))) void name(v *restrict s, const pf_fn *t)\n";

/* How an operation is written: @ stands for an operand, in order. NULL: a call. */
static const char *const FORM[PF_OP_COUNT] = {
    [PF_OP_MOV] = "@",
    [PF_OP_NEG] = "-@",
    [PF_OP_ADD] = "@+@",
    [PF_OP_SUB] = "@-@",
    [PF_OP_MUL] = "@*@",
    [PF_OP_DIV] = "@/@",
    [PF_OP_FMA] = "FMA(@,@,@)",
    [PF_OP_FMS] = "FMA(@,@,-@)",
    [PF_OP_FNMA] = "FMA(-@,@,@)",
    [PF_OP_RCP] = "1.0/@",
    [PF_OP_SQRT] = "SQRT(@)",
    [PF_OP_ABS] = "ABS(@)",
    [PF_OP_MIN] = "PICK(@<@,@,@)",
    [PF_OP_MAX] = "PICK(@>@,@,@)",
    [PF_OP_LT] = "ONE(@<@)",
    [PF_OP_LE] = "ONE(@<=@)",
    [PF_OP_EQ] = "ONE(@==@)",
    [PF_OP_NE] = "ONE(@!=@)",
    [PF_OP_AND] = "ONE(TRUE(@)&TRUE(@))",
    [PF_OP_OR] = "ONE(TRUE(@)|TRUE(@))",
    [PF_OP_NOT] = "ONE(@==0.0)",
    [PF_OP_SELECT] = "PICK(TRUE(@),@,@)",
};

typedef struct writer {
    const pf_program *p;
    const pf_native_plan *plan;
    pf_buf *out;
    uint8_t *stored; /* [n_slots] 1: somebody else may read it */
    uint32_t *value; /* [n_slots] the local that holds it, 0: none yet in this piece */
    uint32_t *last;  /* [n_slots] 1 + the instruction of this piece that writes it last */
} writer;

static uint32_t operand(const pf_instr *i, unsigned k)
{
    return k == 0 ? i->a : k == 1 ? i->b : i->c;
}

/* Temporaries that a piece reads before it writes them must be stored by those that write. */
static void mark_piece(writer *w, pf_code c)
{
    for (size_t i = 0; i < c.n; i++) {
        const pf_instr *x = &c.instr[i];
        for (unsigned k = 0; k < pf_op_arity((pf_op)x->op); k++)
            if (!w->last[operand(x, k)]) w->stored[operand(x, k)] = 1;
        w->last[x->dst] = 1;
    }
    for (size_t i = 0; i < c.n; i++) w->last[c.instr[i].dst] = 0;
}

static void mark(writer *w)
{
    for (size_t s = 0; s < w->p->private0 && s < w->p->n_slots; s++) w->stored[s] = 1;
    for (size_t i = 0; i < w->plan->n; i++) mark_piece(w, w->plan->piece[i].part);
}

/* Numbers are written digit by digit: there are many. */
static void put_name(pf_buf *out, const char *before, uint32_t n, const char *after)
{
    char text[48], *end = text + sizeof text, *at = end;
    size_t length = strlen(after);
    at -= length;
    memcpy(at, after, length);
    do *--at = (char)('0' + n % 10);
    while (n /= 10);
    length = strlen(before);
    at -= length;
    memcpy(at, before, length);
    pf_buf_put(out, at, (size_t)(end - at));
}

static void put_operand(writer *w, uint32_t slot)
{
    if (w->value[slot])
        put_name(w->out, "t", w->value[slot], "");
    else
        put_name(w->out, "s[", slot, "]");
}

static void put_form(writer *w, const pf_instr *x)
{
    unsigned k = 0, arity = pf_op_arity((pf_op)x->op);
    for (const char *f = FORM[x->op]; *f; f++) {
        size_t n = strcspn(f, "@");
        pf_buf_put(w->out, f, n);
        f += n;
        if (!*f) break;
        put_operand(w, operand(x, k++ % arity));
    }
}

static void put_instr(writer *w, const pf_instr *x, uint32_t number)
{
    int moves = x->op == PF_OP_MOV && w->value[x->a];
    uint32_t name = moves ? w->value[x->a] : number + 1;
    if (FORM[x->op] && !moves) {
        put_name(w->out, "v t", name, "=");
        put_form(w, x);
        pf_buf_text(w->out, ";");
    } else if (!moves) {
        put_name(w->out, "CALL(t", name, ",");
        put_name(w->out, "", x->op, ",");
        put_operand(w, x->a);
        pf_buf_text(w->out, ",");
        put_operand(w, pf_op_arity((pf_op)x->op) > 1 ? x->b : x->a);
        pf_buf_text(w->out, ")");
    }
    w->value[x->dst] = name;
    if (w->stored[x->dst] && w->last[x->dst] == number + 1) {
        put_name(w->out, "s[", x->dst, "]=");
        put_name(w->out, "t", name, ";");
    }
    pf_buf_text(w->out, "\n");
}

static void put_piece(writer *w, pf_code c)
{
    for (uint32_t i = 0; i < c.n; i++) w->last[c.instr[i].dst] = i + 1;
    for (uint32_t i = 0; i < c.n; i++) put_instr(w, &c.instr[i], i);
    for (uint32_t i = 0; i < c.n; i++) {
        w->last[c.instr[i].dst] = 0;
        w->value[c.instr[i].dst] = 0;
    }
}

pf_err pf_native_source(pf_ctx *ctx, const pf_program *p, const pf_native_plan *plan,
    uint32_t unit, int width, pf_buf *out)
{
    writer w = {.p = p, .plan = plan, .out = out};
    w.stored = pf_calloc(ctx, p->n_slots, sizeof *w.stored);
    w.value = pf_calloc(ctx, p->n_slots, sizeof *w.value);
    w.last = pf_calloc(ctx, p->n_slots, sizeof *w.last);
    pf_err err = w.stored && w.value && w.last ? PF_OK : PF_ERR_NO_MEMORY;
    if (!err) {
        uint32_t number = 0;
        mark(&w);
        pf_buf_printf(out, "#define W %d\n%s%s", width, width > 1 ? VECTORS : SCALARS, SHARED);
        for (size_t i = 0; i < plan->n; i++) {
            if (plan->piece[i].unit != unit) continue;
            put_name(out, "PIECE(pf_piece_", number++, ")\n{\n");
            put_piece(&w, plan->piece[i].part);
            pf_buf_text(out, "LEAVE\n}\n");
        }
        err = pf_buf_ok(out);
    }
    pf_free(w.stored);
    pf_free(w.value);
    pf_free(w.last);
    return err;
}

/* Each piece goes to the unit that has the least to do so far. */
static void deal(pf_native_plan *plan)
{
    size_t load[PF_NATIVE_UNITS] = {0};
    for (size_t i = 0; i < plan->n; i++) {
        uint32_t least = 0;
        for (uint32_t u = 1; u < plan->n_unit; u++)
            if (load[u] < load[least]) least = u;
        plan->piece[i].unit = least;
        load[least] += plan->piece[i].part.n;
    }
}

static void digest(const pf_program *p, unsigned char out[PF_SHA256_BYTES])
{
    pf_sha256 s;
    pf_sha256_init(&s);
    for (unsigned k = 0; k < PF_CODES; k++) {
        uint64_t n = p->code[k].n;
        pf_sha256_put(&s, &n, sizeof n);
        pf_sha256_put(&s, p->code[k].instr, p->code[k].n * sizeof(pf_instr));
    }
    pf_sha256_end(&s, out);
}

pf_err pf_native_plan_of(pf_ctx *ctx, pf_arena *arena, const pf_program *p, pf_native_plan *out)
{
    size_t total = 0, n = 0;
    for (unsigned k = 0; k < PF_CODES; k++) {
        total += p->code[k].n;
        n += (p->code[k].n + PF_NATIVE_CUT - 1) / PF_NATIVE_CUT;
    }
    *out = (pf_native_plan){0};
    out->piece = pf_arena_alloc(ctx, arena, n + 1, sizeof *out->piece);
    if (!out->piece) return PF_ERR_NO_MEMORY;
    for (uint32_t k = 0; k < PF_CODES; k++)
        for (size_t from = 0; from < p->code[k].n; from += PF_NATIVE_CUT) {
            size_t left = p->code[k].n - from;
            pf_code part = {
                p->code[k].instr + from, left < PF_NATIVE_CUT ? left : PF_NATIVE_CUT};
            out->piece[out->n++] = (pf_native_piece){k, 0, part};
        }
    size_t units = total / PF_NATIVE_UNIT + 1;
    out->n_unit = units < PF_NATIVE_UNITS ? (uint32_t)units : PF_NATIVE_UNITS;
    if (n < out->n_unit) out->n_unit = n ? (uint32_t)n : 1;
    deal(out);
    digest(p, out->digest);
    return PF_OK;
}
