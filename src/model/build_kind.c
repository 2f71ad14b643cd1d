/* What each name of a flat model becomes: parameter, state, or assigned name; which species are
 * held as amounts because the size of their compartment changes; and where values come from. */
#include "model/build.h"
#include "model/unit_meaning.h"

#include <math.h>

enum { MOST_STATES = 2000 };

int pf_build_changes(const pf_var *v)
{
    return v->in_reaction && !(v->says & (PF_SAYS_BOUNDARY | PF_SAYS_CONST));
}

int pf_build_is_concentration(const pf_var *v)
{
    return v->compartment != PF_NO_NAME && !(v->says & PF_SAYS_AMOUNT);
}

static pf_err clash(pf_builder *b, const pf_var *v, pf_place at, const char *what)
{
    return pf_fail_at(
        b->ctx, b->flat->ast->file, at, "'%s' has %s; keep one of them", v->name, what);
}

/* What a name may not be at once. */
static pf_err check_kind(pf_builder *b, pf_var *v)
{
    if (v->rule.expr && v->rate.expr)
        return clash(b, v, v->rate.at, "both a rule ':=' and a rate");
    if (v->rule.expr && pf_build_changes(v))
        return clash(b, v, v->rule.at, "both a rule ':=' and reactions that change it");
    if (v->rate.expr && pf_build_changes(v))
        return clash(b, v, v->rate.at,
            "both a rate and reactions that change it (or write $ before "
            "it in the reactions)");
    if (v->says & PF_SAYS_CONST && (v->rule.expr || v->rate.expr))
        return clash(b, v, v->rule.expr ? v->rule.at : v->rate.at, "both 'const' and a rule");
    if (!v->rule.expr || !v->value.expr) return PF_OK;
    /* the outer model's rule replaces a submodel's value */
    if (v->rule.level >= v->value.level && !b->flat->lenient)
        return clash(b, v, v->value.at, "both a value and a rule ':=', which always applies");
    v->value.expr = NULL;
    return PF_OK;
}

pf_err pf_build_no_value(pf_builder *b, const pf_var *v, int state)
{
    const char *file = b->flat->ast->file;
    pf_place at = state && v->rate.expr ? v->rate.at : v->at;
    if (state && b->flat->lenient)
        return pf_fail_at(b->ctx, file, at, "'%s' has no initial value; give it one", v->name);
    if (state)
        return pf_fail_at(b->ctx, file, at, "state '%s' has no initial value; add '%s = ...'",
            v->name, v->name);
    if (b->flat->lenient)
        return pf_fail_at(b->ctx, file, at,
            "'%s' has no value, but is read; give it one, or a rule", v->name);
    return pf_fail_at(
        b->ctx, file, at, "'%s' has no value; add '%s = ...' or a rule", v->name, v->name);
}

/* ---- symbols --------------------------------------------------------------------------------
 */

static uint32_t add_symbol(pf_builder *b, const char *name, pf_symbol_kind kind, int line)
{
    pf_model *m = b->m;
    uint32_t s = (uint32_t)m->n_symbol++, index = (uint32_t)m->count[kind];
    m->symbol[s] =
        (pf_symbol){.name = name, .kind = kind, .index = index, .value = NAN, .line = line};
    m->by_kind[kind][m->count[kind]++] = s;
    m->init[s] = m->rate[s] = m->size[s] = PF_NO_NODE;
    b->source[s] = (pf_source_of){.amount = PF_NO_NAME, .compartment = PF_NO_NAME};
    if (kind == PF_SYMBOL_STATE) m->node[s] = pf_graph_leaf(&m->g, PF_LEAF_STATE, index);
    if (kind == PF_SYMBOL_PARAMETER) m->node[s] = pf_graph_leaf(&m->g, PF_LEAF_PARAM, index);
    return s;
}

static void make_stepped(pf_builder *b, uint32_t s)
{
    b->m->stepped[s] = 1;
    b->m->node[s] = pf_graph_stepped(&b->m->g, (uint32_t)b->m->symbol[s].index);
}

/* What has no value is seen as no number, not as 0. */
static const pf_item NO_NUMBER = {.kind = PF_ITEM_NUMBER, .number = NAN};
static const pf_expr NO_VALUE = {.item = &NO_NUMBER, .n = 1, .depth = 1};
static const pf_def NOTHING = {.expr = &NO_VALUE, .prefix = ""};

/* A parameter or state that starts with the value of `v`. */
static pf_err add_holder(
    pf_builder *b, uint32_t i, const char *name, pf_symbol_kind kind, uint32_t *out)
{
    const pf_var *v = &b->flat->var[i];
    int line = v->value.expr ? v->value.at.line : v->at.line;
    int state = kind == PF_SYMBOL_STATE;
    uint32_t s = *out = add_symbol(b, name, kind, line);
    if (!state && b->happens[i]) make_stepped(b, s);
    if (v->value.expr) {
        if (state)
            b->start[s] = &v->value;
        else
            b->value[s] = &v->value;
    } else if (v->says & PF_SAYS_COMPARTMENT && !state && !b->flat->lenient) {
        b->m->symbol[s].value = 1; /* a compartment without a size */
    } else if (state || !b->flat->lenient) {
        return pf_build_no_value(b, v, state);
    } else {
        b->missing[s] = !b->happens[i];
        b->value[s] = &NOTHING;
    }
    return PF_OK;
}

/* ---- species --------------------------------------------------------------------------------
 */

static int size_changes(const pf_builder *b, uint32_t c)
{
    const pf_var *v = &b->flat->var[c];
    return v->rule.expr || v->rate.expr || b->happens[c] || b->determined[c];
}

/* When a compartment changes its size, amounts stay and concentrations do not: then the amount
 * is what is held. A concentration with a rate of its own may stay what is held unless events
 * let the size jump. */
static int held_as_amount(const pf_builder *b, uint32_t i)
{
    const pf_var *v = &b->flat->var[i];
    if (!pf_build_is_concentration(v) || v->rule.expr || b->determined[i]) return 0;
    uint32_t c = pf_flat_root(b->flat, v->compartment);
    return size_changes(b, c) && (!v->rate.expr || b->happens[c]);
}

/* Values are given as what the name stands for, or as amounts. */
static pf_conversion conversion(const pf_var *v, int holds_amount)
{
    int given_amount = v->says & PF_SAYS_STARTS_AMOUNT || !pf_build_is_concentration(v);
    if (v->compartment == PF_NO_NAME || given_amount == holds_amount) return PF_AS_IT_IS;
    return holds_amount ? PF_TIMES_SIZE : PF_OVER_SIZE;
}

/* The name is amount / size, and the amount is held by a symbol of its own, `{S}`. */
static pf_err add_amount(pf_builder *b, uint32_t i, uint32_t s)
{
    pf_flat *f = b->flat;
    const pf_var *v = &f->var[i];
    uint32_t h;
    const char *name = pf_arena_printf(b->ctx, f->arena, "{%s}", v->name);
    if (!name) return PF_ERR_NO_MEMORY;
    pf_symbol_kind kind =
        v->rate.expr || pf_build_changes(v) ? PF_SYMBOL_STATE : PF_SYMBOL_PARAMETER;
    PF_TRY(add_holder(b, i, name, kind, &h));
    b->m->symbol[h].hidden = 1;
    b->source[h].compartment = pf_flat_root(f, v->compartment);
    b->source[h].conversion = conversion(v, 1);
    b->source[s].amount = h;
    return PF_OK;
}

static pf_err classify(pf_builder *b, uint32_t i)
{
    pf_var *v = &b->flat->var[i];
    pf_model *m = b->m;
    uint32_t s;
    PF_TRY(check_kind(b, v));
    if (v->rule.expr || b->determined[i] || held_as_amount(b, i)) {
        int line = v->rule.expr ? v->rule.at.line : v->at.line;
        s = add_symbol(b, v->name, PF_SYMBOL_ASSIGNED, line);
        if (v->rule.expr)
            b->value[s] = &v->rule;
        else if (!b->determined[i])
            PF_TRY(add_amount(b, i, s));
    } else {
        int state = v->rate.expr || pf_build_changes(v);
        PF_TRY(add_holder(b, i, v->name, state ? PF_SYMBOL_STATE : PF_SYMBOL_PARAMETER, &s));
        b->source[s].conversion = conversion(v, !pf_build_is_concentration(v));
    }
    b->symbol[i] = s;
    m->symbol[s].unit = pf_text_equal(v->unit, "dimensionless") ? "1" : v->unit;
    if (v->says & PF_SAYS_SPECIES || v->compartment != PF_NO_NAME)
        m->species[s] = pf_build_is_concentration(v) ? PF_CONCENTRATION : PF_AMOUNT;
    if (v->compartment != PF_NO_NAME)
        b->source[s].compartment = pf_flat_root(b->flat, v->compartment);
    return PF_OK;
}

/* ---- all of them ----------------------------------------------------------------------------
 */

static pf_err room_in_model(pf_builder *b, size_t n)
{
    pf_model *m = b->m;
    pf_arena *a = &m->arena;
    m->symbol = pf_arena_alloc(b->ctx, a, n, sizeof *m->symbol);
    m->node = pf_arena_alloc(b->ctx, a, n, sizeof *m->node);
    m->init = pf_arena_alloc(b->ctx, a, n, sizeof *m->init);
    m->rate = pf_arena_alloc(b->ctx, a, n, sizeof *m->rate);
    m->size = pf_arena_alloc(b->ctx, a, n, sizeof *m->size);
    m->order = pf_arena_alloc(b->ctx, a, n, sizeof *m->order);
    m->init_order = pf_arena_alloc(b->ctx, a, n, sizeof *m->init_order);
    m->symbol_of = pf_arena_alloc(b->ctx, a, n, sizeof *m->symbol_of);
    m->stepped = pf_arena_alloc(b->ctx, a, n, 1);
    m->species = pf_arena_alloc(b->ctx, a, n, 1);
    int ok = m->symbol && m->node && m->init && m->rate && m->size && m->order &&
             m->init_order && m->symbol_of && m->stepped && m->species;
    for (int k = 0; k < PF_KINDS; k++) {
        m->by_kind[k] = pf_arena_alloc(b->ctx, a, n, sizeof *m->by_kind[k]);
        ok = ok && m->by_kind[k];
    }
    return ok ? PF_OK : PF_ERR_NO_MEMORY;
}

pf_err pf_build_room(pf_builder *b)
{
    size_t names = b->flat->names.n, n = 4 * names + 8; /* amounts and hidden ones too */
    PF_TRY(room_in_model(b, n));
    b->symbol = pf_calloc(b->ctx, names, sizeof *b->symbol);
    b->happens = pf_calloc(b->ctx, names, 1);
    b->determined = pf_calloc(b->ctx, names, 1);
    b->value = pf_calloc(b->ctx, n, sizeof *b->value);
    b->start = pf_calloc(b->ctx, n, sizeof *b->start);
    b->source = pf_calloc(b->ctx, n, sizeof *b->source);
    b->missing = pf_calloc(b->ctx, n, 1);
    int ok = b->symbol && b->happens && b->determined && b->value && b->start && b->source &&
             b->missing;
    return ok ? PF_OK : PF_ERR_NO_MEMORY;
}

void pf_build_clear(pf_builder *b)
{
    pf_free(b->symbol);
    pf_free(b->stack);
    pf_free(b->happens);
    pf_free(b->determined);
    pf_free(b->todo);
    pf_free(b->value);
    pf_free(b->start);
    pf_free(b->source);
    pf_free(b->missing);
}

static pf_err add_name(pf_builder *b, const char *name, uint32_t s)
{
    b->m->symbol_of[b->m->names.n] = s;
    return pf_names_add(b->ctx, &b->m->names, name);
}

static pf_err name_all(pf_builder *b)
{
    pf_flat *f = b->flat;
    size_t n = b->m->n_symbol;
    for (uint32_t i = 0; i < f->names.n; i++) {
        b->symbol[i] = b->symbol[pf_flat_root(f, i)];
        PF_TRY(add_name(b, f->names.text[i], b->symbol[i]));
    }
    for (uint32_t s = 0; s < n; s++) {
        uint32_t *c = &b->source[s].compartment;
        if (b->m->symbol[s].hidden) PF_TRY(add_name(b, b->m->symbol[s].name, s));
        if (*c != PF_NO_NAME) *c = b->symbol[*c];
    }
    return PF_OK;
}

uint32_t pf_build_hidden(pf_builder *b, pf_symbol_kind kind, const char *name)
{
    uint32_t s = add_symbol(b, name, kind, b->flat->at.line);
    b->m->symbol[s].hidden = 1;
    if (kind == PF_SYMBOL_STATE) b->m->symbol[s].value = 0;
    return s;
}

static void add_hidden_states(pf_builder *b)
{
    size_t i = 0;
    while (i < b->flat->n_mark && !pf_build_jumps(b->flat, &b->flat->mark[i])) i++;
    if (i < b->flat->n_mark)
        b->m->hazard =
            (uint32_t)b->m->symbol[pf_build_hidden(b, PF_SYMBOL_STATE, "(hazard)")].index;
    /* the engine integrates something */
    if (!b->m->count[PF_SYMBOL_STATE]) (void)pf_build_hidden(b, PF_SYMBOL_STATE, "(no state)");
}

/* Variables of algebraic rules are states beyond the last until they are solved for. */
static void add_unknowns(pf_builder *b)
{
    pf_model *m = b->m;
    uint32_t index = (uint32_t)m->count[PF_SYMBOL_STATE];
    for (uint32_t i = 0; i < b->flat->names.n; i++)
        if (b->determined[i])
            m->node[b->symbol[i]] = pf_graph_leaf(&m->g, PF_LEAF_STATE, index++);
}

static pf_err units(pf_builder *b)
{
    pf_meanings *all;
    PF_TRY(pf_meanings_new(b->ctx, b->flat, &all));
    pf_err err = PF_OK;
    for (size_t s = 0; s < b->m->n_symbol && !err; s++) {
        pf_symbol *y = &b->m->symbol[s];
        err = pf_meaning_of(all, &b->m->arena, y->unit, &y->unit_means);
    }
    pf_meanings_free(all);
    return err;
}

pf_err pf_build_kinds(pf_builder *b)
{
    pf_flat *f = b->flat;
    pf_model *m = b->m;
    for (uint32_t i = 0; i < f->names.n; i++)
        if (f->var[i].merged == i) PF_TRY(classify(b, i));
    PF_TRY(name_all(b));
    if (m->count[PF_SYMBOL_STATE] > MOST_STATES)
        return pf_fail_at(b->ctx, f->ast->file, f->at,
            "model '%s' has over %d states; make it smaller", f->name, MOST_STATES);
    if (!f->names.n && !f->n_event && !f->lenient)
        return pf_fail_at(b->ctx, f->ast->file, f->at,
            "model '%s' is empty; give something a rate (x' = ...) or a reaction", f->name);
    add_hidden_states(b);
    add_unknowns(b);
    PF_TRY(units(b));
    return m->g.failed;
}
