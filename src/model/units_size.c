/* Units as products of powers: reading, multiplying, writing. */
#include "model/units_parts.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DEEPEST = 40 };

static const double NOTHING = 1e-9;

pf_size pf_size_of_atom(uint32_t atom)
{
    pf_size s = {.factor = 1, .n = 1};
    s.term[0].atom = atom;
    s.term[0].power = 1;
    return s;
}

int pf_size_times(pf_size *a, const pf_size *b, double power)
{
    pf_size r = {.factor = a->factor * pow(b->factor, power)};
    if (!(r.factor > 0) || !isfinite(r.factor) || !isfinite(power)) return 0;
    for (size_t i = 0, k = 0; i < a->n || k < b->n;) {
        size_t from_a = k == b->n || (i < a->n && a->term[i].atom <= b->term[k].atom);
        size_t from_b = i == a->n || (k < b->n && b->term[k].atom <= a->term[i].atom);
        uint32_t atom = from_a ? a->term[i].atom : b->term[k].atom;
        double p = (from_a ? a->term[i].power : 0) + (from_b ? power * b->term[k].power : 0);
        i += from_a;
        k += from_b;
        if (fabs(p) < NOTHING) continue;
        if (r.n == PF_SIZE_TERMS || !isfinite(p)) return 0;
        r.term[r.n].atom = atom;
        r.term[r.n++].power = p;
    }
    *a = r;
    return 1;
}

int pf_size_split(const pf_checker *c, const pf_size *s, pf_unit_split *out)
{
    memset(out, 0, sizeof *out);
    out->factor = s->factor;
    for (size_t i = 0; i < s->n; i++) {
        if (s->term[i].atom < c->n_var) return 0;
        const pf_unit_split *u = &c->atom[s->term[i].atom - c->n_var];
        out->factor *= pow(u->factor, s->term[i].power);
        for (int k = 0; k < PF_UNIT_BASES; k++) out->power[k] += s->term[i].power * u->power[k];
    }
    return out->factor > 0 && isfinite(out->factor);
}

/* ---- names ---- */

/* An atom of this name; `is` NULL: as UDUNITS has it. -1: no unit. */
static int named(pf_checker *c, const char *name, const pf_unit_split *is, pf_size *out)
{
    uint32_t k = pf_names_find(&c->atoms, name);
    if (k == PF_NO_NAME) {
        pf_unit_split u = {0};
        const char *copy = pf_arena_strdup(c->ctx, &c->arena, name);
        if (is)
            u = *is;
        else if (!pf_unit_split_up(c->units, name, &u))
            u.factor = 0;
        pf_err err =
            copy ? pf_reserve(c->ctx, &c->atom, &c->atom_capacity, c->atoms.n, sizeof *c->atom)
                 : PF_ERR_NO_MEMORY;
        k = (uint32_t)c->atoms.n;
        if (!err)
            err = pf_reserve(c->ctx, &c->legend, &c->legend_capacity, k, sizeof *c->legend);
        if (!err) err = pf_names_add(c->ctx, &c->atoms, copy);
        if (err) {
            c->failed = err;
            return 0;
        }
        c->atom[k] = u;
        c->legend[k] = NULL;
    }
    *out = pf_size_of_atom(c->n_var + k);
    if (c->atom[k].factor > 0) return 1;
    c->unknown = c->atoms.text[k];
    return -1;
}

/* Names that Antimony and SBML know beside those of UDUNITS. */
static int usual(pf_checker *c, const char *name, pf_size *out)
{
    static const char *const OPEN[] = {"substance", "volume", "area", "length", "extent"};
    const char *said[] = {
        c->flat->substance_unit, c->flat->volume_unit, NULL, NULL, c->flat->extent_unit};
    *out = (pf_size){.factor = 1};
    if (strcmp(name, "dimensionless") == 0) return 1;
    if (strcmp(name, "item") == 0 || strcmp(name, "count") == 0)
        return named(c, "item", NULL, out);
    if (strcmp(name, "avogadro") == 0) {
        out->factor = 6.02214179e23;
        return 1;
    }
    if (strcmp(name, "time") == 0 || strcmp(name, "time_unit") == 0) {
        *out = c->of[c->n_var - 1].size ? *c->of[c->n_var - 1].size
                                        : pf_size_of_atom(c->n_var - 1);
        return 1;
    }
    for (size_t i = 0; i < PF_COUNT(OPEN); i++) {
        if (strcmp(name, OPEN[i]) != 0) continue;
        if (!said[i] || strcmp(said[i], name) == 0 || c->depth > DEEPEST) return 0;
        return pf_size_read(c, said[i], "", out);
    }
    return named(c, name, NULL, out);
}

/* Of the model as a whole: better said by what they are. */
static int of_model(const char *name)
{
    static const char *const NAMES[] = {
        "time_unit", "time", "substance", "volume", "area", "length", "extent"};
    for (size_t i = 0; i < PF_COUNT(NAMES); i++)
        if (strcmp(name, NAMES[i]) == 0) return 1;
    return 0;
}

/* A definition whose name says more than its parts (1e9 item, litre) is a unit of its own in
 * sentences; `1/day` is not. */
static int own_name(pf_checker *c, const char *name, const pf_unit_split *is, pf_size *s)
{
    pf_unit_split known;
    pf_buf b;
    const char *legend = NULL;
    if (!pf_unit_split_up(c->units, name, &known)) {
        pf_buf_init(&b, c->ctx);
        pf_size_text(c, s, &b);
        legend = pf_buf_ok(&b) ? NULL : pf_arena_strdup(c->ctx, &c->arena, b.bytes);
        pf_buf_clear(&b);
    }
    int status = named(c, name, is, s);
    if (!c->failed && s->n) c->legend[s->term[0].atom - c->n_var] = legend;
    return status;
}

static int by_definition(pf_checker *c, uint32_t k, pf_size *out)
{
    pf_unit_name *d = &c->definition[k];
    pf_unit_split is;
    if (d->status == 2) {
        d->busy = 1;
        d->size = pf_arena_alloc(c->ctx, &c->arena, 1, sizeof *d->size);
        if (!d->size) c->failed = PF_ERR_NO_MEMORY;
        d->status = d->size ? pf_size_read(c, c->flat->unit[k].text, "", d->size) : 0;
        d->busy = 0;
        int alias = d->size && d->size->n == 1 && d->size->term[0].power == 1;
        int own =
            d->size && (d->size->factor != 1 || (alias && !of_model(c->flat->unit[k].name)));
        if (d->status == 1 && own && pf_size_split(c, d->size, &is))
            d->status = own_name(c, c->flat->unit[k].name, &is, d->size);
    }
    if (d->status == 1) *out = *d->size;
    return d->status;
}

static int of_name(pf_checker *c, const char *name, const char *prefix, pf_size *out)
{
    char full[256];
    uint32_t k = PF_NO_NAME;
    size_t a = strlen(prefix), b = strlen(name);
    if (a && a + b < sizeof full) {
        memcpy(full, prefix, a);
        memcpy(full + a, name, b + 1);
        k = pf_names_find(&c->defined, full);
    }
    if (k == PF_NO_NAME) k = pf_names_find(&c->defined, name);
    if (k == PF_NO_NAME || c->definition[k].busy) return usual(c, name, out);
    return by_definition(c, k, out);
}

/* ---- text ---- */

typedef struct reader {
    pf_checker *c;
    const char *p, *prefix;
    int status; /* 2: not in this form */
} reader;

static double number(reader *r)
{
    char copy[40];
    double x = 0;
    size_t n = r->p[0] == '-' || r->p[0] == '+' ? 1 : 0;
    while (isdigit((unsigned char)r->p[n]) || (r->p[n] == '.' && n + 1 < sizeof copy)) n++;
    size_t e = n + 1 + (r->p[n] && (r->p[n + 1] == '-' || r->p[n + 1] == '+'));
    if ((r->p[n] == 'e' || r->p[n] == 'E') && isdigit((unsigned char)r->p[e]))
        for (n = e; isdigit((unsigned char)r->p[n]);) n++;
    if (n >= sizeof copy) n = 0;
    memcpy(copy, r->p, n);
    copy[n] = '\0';
    if (!n || !pf_text_number(copy, &x)) r->status = 2;
    r->p += n;
    return x;
}

static int of_a_name(char x)
{
    return isalnum((unsigned char)x) || x == '_' || x == '%' || (unsigned char)x >= 0x80;
}

static pf_size product(reader *r);

static pf_size atom(reader *r)
{
    pf_size s = {.factor = 1};
    char name[200];
    size_t n = 0;
    if (*r->p == '(') {
        r->p++;
        if (++r->c->depth > DEEPEST) r->status = 2;
        if (r->status == 1) s = product(r);
        r->c->depth--;
        if (*r->p == ')')
            r->p++;
        else
            r->status = 2;
    } else if (isdigit((unsigned char)*r->p) || *r->p == '.') {
        s.factor = number(r);
        if (!(s.factor > 0) || !isfinite(s.factor)) r->status = 2;
    } else {
        while ((of_a_name(r->p[n]) || (n && r->p[n] == '.')) && n + 1 < sizeof name) n++;
        memcpy(name, r->p, n);
        name[n] = '\0';
        r->p += n;
        int status = n ? of_name(r->c, name, r->prefix, &s) : 2;
        if (status != 1) r->status = status;
    }
    return s;
}

static pf_size product(reader *r)
{
    pf_size all = {.factor = 1};
    double sign = 1;
    for (;;) {
        double power = 1;
        while (*r->p == ' ') r->p++;
        pf_size one = atom(r);
        if (r->status != 1) return all;
        while (*r->p == ' ') r->p++;
        if (*r->p == '^') {
            r->p++;
            power = number(r);
        }
        if (r->status == 1 && !pf_size_times(&all, &one, sign * power)) r->status = 2;
        while (*r->p == ' ') r->p++;
        if (r->status != 1 || !*r->p || *r->p == ')') return all;
        sign = *r->p == '/' ? -1 : 1;
        if (*r->p == '/' || *r->p == '*') r->p++;
    }
}

int pf_size_read(pf_checker *c, const char *text, const char *prefix, pf_size *out)
{
    reader r = {c, text, prefix, 1};
    if (++c->depth > DEEPEST) {
        c->depth--;
        return 0;
    }
    *out = product(&r);
    if (r.status == 1 && *r.p) r.status = 2;
    c->depth--;
    /* "mg.kg-1" and other forms of UDUNITS */
    return r.status == 2 ? named(c, text, NULL, out) : r.status;
}

/* ---- sentences ---- */

static void power_of(const pf_checker *c, const pf_size *s, size_t i, double sign, pf_buf *out)
{
    uint32_t a = s->term[i].atom;
    double p = sign * s->term[i].power;
    if (a >= c->n_var)
        pf_buf_text(out, c->atoms.text[a - c->n_var]);
    else
        pf_buf_printf(out, "[%s]", a == c->n_var - 1 ? "time" : c->flat->var[a].name);
    if (p != 1) pf_buf_printf(out, "^%.4g", p);
}

void pf_size_text(const pf_checker *c, const pf_size *s, pf_buf *out)
{
    size_t over = 0;
    for (size_t i = 0; i < s->n; i++) over += s->term[i].power > 0;
    if (!s->n && s->factor == 1) {
        pf_buf_text(out, "no unit");
        return;
    }
    if (s->factor != 1) pf_buf_printf(out, over ? "%.6g " : "%.6g", s->factor);
    if (s->factor == 1 && !over) pf_buf_text(out, "1");
    int first = 1;
    for (size_t i = 0; i < s->n; i++) {
        if (s->term[i].power < 0) continue;
        if (!first) pf_buf_text(out, " ");
        first = 0;
        power_of(c, s, i, 1, out);
    }
    for (size_t i = 0; i < s->n; i++) {
        if (s->term[i].power > 0) continue;
        pf_buf_text(out, "/");
        power_of(c, s, i, -1, out);
    }
}

void pf_size_legend(const pf_checker *c, const pf_size *s, int *told, pf_buf *out)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->term[i].atom < c->n_var) continue;
        uint32_t k = s->term[i].atom - c->n_var;
        char mark[300];
        if (!c->legend[k] || *told == 2) continue;
        snprintf(mark, sizeof mark, " %.200s is ", c->atoms.text[k]);
        if (out->bytes && strstr(out->bytes, mark)) continue;
        pf_buf_printf(out, "%s%s%s", (*told)++ ? " and" : ", where", mark, c->legend[k]);
    }
}
