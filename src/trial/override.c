#include "trial/override.h"

#include <math.h>
#include <string.h>

static pf_err unreadable(pf_ctx *ctx, const char *text)
{
    return pf_fail(ctx, PF_ERR_CONFIG,
        "cannot change '%s': write NAME=VALUE or NAME*=FACTOR, such as kappa=3 or "
        "'kappa*=0.5', "
        "in the model's unit",
        text);
}

pf_err pf_study_override(pf_ctx *ctx, pf_study *s, const char *text)
{
    pf_override o = {0};
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || !pf_text_number(equals + 1, &o.value))
        return unreadable(ctx, text);
    o.is_factor = equals[-1] == '*';
    size_t n = (size_t)(equals - text) - (o.is_factor ? 1 : 0);
    while (n && text[n - 1] == ' ') n--;
    if (!n || !isfinite(o.value)) return unreadable(ctx, text);
    o.name = pf_arena_strndup(ctx, &s->arena, text, n);
    for (size_t i = 0; i < s->n_override && o.name && !o.is_factor; i++)
        if (!strcmp(s->override[i].name, o.name))
            return pf_fail(ctx, PF_ERR_CONFIG,
                "'%s' is changed twice, and '%s' would undo the first; say it once", o.name,
                text);
    pf_override *list = pf_arena_alloc(ctx, &s->arena, s->n_override + 1, sizeof *list);
    if (!o.name || !list) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < s->n_override; i++) list[i] = s->override[i];
    list[s->n_override++] = o;
    s->override = list;
    return PF_OK;
}

void pf_override_text(const pf_override *o, pf_buf *out)
{
    pf_buf_text(out, o->name);
    pf_buf_text(out, o->is_factor ? "*=" : "=");
    pf_buf_number(out, o->value);
}

void pf_overrides_text(const pf_study *s, pf_buf *out)
{
    for (size_t i = 0; i < s->n_override; i++) {
        if (i) pf_buf_text(out, " ");
        pf_override_text(&s->override[i], out);
    }
    if (!s->n_override) pf_buf_text(out, "none");
}
