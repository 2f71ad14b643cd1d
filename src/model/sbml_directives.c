/* Directives, as the model's annotation keeps them (sbml_write.h). */
#include "model/sbml_parts.h"
#include "model/sbml_write.h"

#include <stdlib.h>
#include <string.h>

/* The attribute in the arena; NULL when it is absent or empty. */
static const char *attribute(pf_sbml *s, const XMLNode_t *node, const char *name)
{
    char *text = XMLNode_getAttrValueByName(node, name);
    const char *copy = pf_sbml_text(s, text);
    free(text);
    return copy;
}

static pf_err wrong(pf_sbml *s, const char *what, const char *wants)
{
    return pf_fail_at(s->ctx, s->file, pf_sbml_place(s, s->model),
        "the directive '%s' in the model's annotation needs %s", what, wants);
}

static int has_blank(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || *text == ']') return 1;
    return 0;
}

static pf_err fill(pf_sbml *s, const XMLNode_t *node, const char *what, pf_st *st)
{
    if (strcmp(what, "small") == 0) {
        const char *below = attribute(s, node, "below");
        st->kind = PF_ST_SMALL;
        if (!below || !pf_text_number(below, &st->number) || !(st->number > 0))
            return wrong(s, what, "below, a number above 0");
    } else if (strcmp(what, "role") == 0) {
        st->kind = PF_ST_ROLE;
        st->other = attribute(s, node, "role");
        st->unit = attribute(s, node, "unit");
        if (!st->other || has_blank(st->other)) return wrong(s, what, "role, one word");
        if (st->unit && strpbrk(st->unit, "]\n")) return wrong(s, what, "a unit without ]");
    } else if (strcmp(what, "discrete") == 0) {
        st->kind = PF_ST_DISCRETE;
    } else {
        return wrong(s, what, "another name: small, discrete or role");
    }
    return PF_OK;
}

static pf_err directive(pf_sbml *s, const XMLNode_t *node)
{
    pf_flat *f = s->flat;
    uint32_t v;
    const char *what = XMLNode_getName(node), *id = attribute(s, node, "id");
    pf_st *st = pf_arena_alloc(s->ctx, &s->ast->arena, 1, sizeof *st);
    if (!st) return PF_ERR_NO_MEMORY;
    st->at = pf_sbml_place(s, s->model);
    if (!id) return wrong(s, what, "id, the name that it is about");
    PF_TRY(pf_sbml_find(s, id, st->at, "a directive", &v));
    st->name = id;
    PF_TRY(fill(s, node, what, st));
    PF_TRY(pf_reserve(s->ctx, &f->mark, &f->mark_capacity, f->n_mark, sizeof *f->mark));
    f->mark[f->n_mark++] = (pf_mark){st, v};
    return PF_OK;
}

pf_err pf_sbml_directives(pf_sbml *s)
{
    const XMLNode_t *all = SBase_getAnnotation((SBase_t *)s->model);
    for (int i = 0; all && i < (int)XMLNode_getNumChildren(all); i++) {
        const XMLNode_t *list = XMLNode_getChild(all, i);
        const char *uri = XMLNode_getURI(list);
        if (!uri || strcmp(uri, PF_SBML_DIRECTIVES) != 0) continue;
        for (int k = 0; k < (int)XMLNode_getNumChildren(list); k++) {
            const XMLNode_t *node = XMLNode_getChild(list, k);
            if (XMLNode_isStart(node)) PF_TRY(directive(s, node));
        }
    }
    return PF_OK;
}
