#include "model/unit_meaning.h"

#include "model/unit_text.h"

#include <math.h>
#include <string.h>

enum { DEEPEST = 30, UNREAD = 0, READING, READ, NONE };

struct pf_meanings {
    pf_ctx *ctx;
    const pf_flat *flat;
    pf_arena arena;
    pf_names names;
    uint8_t *state;         /* [flat->n_unit] */
    pf_unit_product **unit; /* [flat->n_unit] made of names that are not defined */
    pf_err failed;
};

pf_err pf_meanings_new(pf_ctx *ctx, const pf_flat *flat, pf_meanings **out)
{
    size_t n = flat->n_unit ? flat->n_unit : 1;
    *out = NULL;
    pf_meanings *m = pf_calloc(ctx, 1, sizeof *m);
    if (!m) return PF_ERR_NO_MEMORY;
    *m = (pf_meanings){.ctx = ctx, .flat = flat};
    pf_arena_init(&m->arena);
    m->state = pf_arena_alloc(ctx, &m->arena, n, sizeof *m->state);
    m->unit = pf_arena_alloc(ctx, &m->arena, n, sizeof *m->unit);
    pf_err err = m->state && m->unit ? PF_OK : PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < flat->n_unit && !err; i++) {
        if (pf_names_find(&m->names, flat->unit[i].name) == PF_NO_NAME)
            err = pf_names_add(ctx, &m->names, flat->unit[i].name);
        else
            err = PF_ERR_MODEL; /* readers refuse a second definition */
    }
    if (err)
        pf_meanings_free(m);
    else
        *out = m;
    return err;
}

void pf_meanings_free(pf_meanings *m)
{
    if (!m) return;
    pf_names_clear(&m->names);
    pf_arena_clear(&m->arena);
    pf_free(m);
}

/* u := u by^power; 0 when it becomes too long */
static int multiply(pf_unit_product *u, const pf_unit_product *by, double power)
{
    u->multiplier *= pow(by->multiplier, power);
    for (size_t i = 0; i < by->n; i++) {
        size_t k = 0;
        double add = power * by->factor[i].exponent;
        while (k < u->n && strcmp(u->factor[k].name, by->factor[i].name) != 0) k++;
        if (k == PF_UNIT_FACTORS) return 0;
        if (k == u->n) u->factor[u->n++] = (pf_unit_factor){by->factor[i].name, 0};
        u->factor[k].exponent += add;
        if (u->factor[k].exponent == 0) u->factor[k] = u->factor[--u->n];
    }
    return u->multiplier > 0 && isfinite(u->multiplier);
}

static int read(pf_meanings *m, const char *text, pf_unit_product *out, int depth);

/* The definition of `name`, NULL: none. `*bad`: it has one that cannot be said. */
static const pf_unit_product *defined(pf_meanings *m, const char *name, int depth, int *bad)
{
    uint32_t k = pf_names_find(&m->names, name);
    if (k == PF_NO_NAME || m->state[k] == READING) return NULL;
    if (m->state[k] == UNREAD) {
        pf_unit_product *u = pf_arena_alloc(m->ctx, &m->arena, 1, sizeof *u);
        if (!u) m->failed = PF_ERR_NO_MEMORY;
        m->unit[k] = u;
        m->state[k] = READING;
        m->state[k] = u && read(m, m->flat->unit[k].text, u, depth + 1) ? READ : NONE;
    }
    *bad |= m->state[k] == NONE;
    return m->state[k] == READ ? m->unit[k] : NULL;
}

static int read(pf_meanings *m, const char *text, pf_unit_product *out, int depth)
{
    pf_ctx quiet; /* what cannot be read is no mistake here */
    pf_unit_product u;
    int bad = 0;
    pf_ctx_init(&quiet);
    *out = (pf_unit_product){.multiplier = 1};
    if (depth > DEEPEST || pf_unit_text_read(&quiet, &m->arena, text, &u)) return 0;
    out->multiplier = u.multiplier;
    for (size_t i = 0; i < u.n && !bad; i++) {
        pf_unit_product own = {.multiplier = 1, .n = 1};
        const char *name = u.factor[i].name;
        const pf_unit_product *is = defined(m, name, depth, &bad);
        int item = !is && (strcmp(name, "item") == 0 || strcmp(name, "count") == 0);
        own.factor[0] = (pf_unit_factor){item ? "cell" : name, 1};
        bad |= !multiply(out, is ? is : &own, u.factor[i].exponent);
    }
    return !bad;
}

pf_err pf_meaning_of(pf_meanings *m, pf_arena *arena, const char *text, const char **out)
{
    pf_unit_product u;
    *out = text;
    if (!text || !read(m, text, &u, 0)) return m->failed;
    const char *said = pf_unit_text(m->ctx, arena, &u);
    if (!said) return PF_ERR_NO_MEMORY;
    *out = strcmp(said, "dimensionless") == 0 ? "1" : said;
    return PF_OK;
}
