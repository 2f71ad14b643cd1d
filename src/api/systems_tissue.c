/* Tissue files that answer a system: their last study, and what it answers. */
#include "api/systems.h"
#include "base/file.h"

#include <math.h>
#include <string.h>

enum { ANSWERS_BYTES = 64 << 20 };

pf_err pf_last_tissue(
    pf_ctx *ctx, pf_arena *a, const char *runs, const char *tissue, pf_last *out)
{
    char *text = NULL;
    size_t size;
    pf_ctx quiet;
    const pf_jvalue *root;
    *out = (pf_last){.state = PF_LAST_NONE};
    out->folder = pf_arena_printf(ctx, a, "%s/%s-study", runs, tissue);
    char *path = out->folder ? pf_path_join(ctx, a, out->folder, "answers.json") : NULL;
    if (!path) return PF_ERR_NO_MEMORY;
    pf_ctx_init(&quiet);
    if (!pf_path_exists(out->folder)) return PF_OK;
    out->state = pf_path_exists(path) ? PF_LAST_DAMAGED : PF_LAST_STOPPED;
    if (pf_file_read(&quiet, path, ANSWERS_BYTES, &text, &size)) return PF_OK;
    pf_err err = pf_jvalue_parse(&quiet, a, text, size, &root);
    pf_free(text);
    if (err) return err == PF_ERR_NO_MEMORY ? err : PF_OK;
    const pf_jvalue *seeds = pf_jvalue_get(root, "seeds");
    out->state = PF_LAST_COMPLETE;
    out->summary = root;
    out->replicates = seeds ? seeds->n : 0;
    return PF_OK;
}

static void interval(const pf_jvalue *v, pf_buf *out)
{
    double low = pf_jvalue_number(pf_jvalue_get(v, "low")),
           high = pf_jvalue_number(pf_jvalue_get(v, "high"));
    pf_buf_printf(out, "%.4g", pf_jvalue_number(pf_jvalue_get(v, "mean")));
    if (isfinite(low) && isfinite(high)) pf_buf_printf(out, " [%.4g, %.4g]", low, high);
}

void pf_last_answer(const pf_last *l, pf_buf *out)
{
    const pf_jvalue *figure = pf_jvalue_get(l->summary, "figure"),
                    *list = pf_jvalue_get(l->summary, "answers");
    const char *name = pf_jvalue_text(pf_jvalue_get(figure, "outcome"), NULL);
    int any = 0;
    if (!name) return;
    pf_buf_printf(out, "%s:", pf_jvalue_text(pf_jvalue_get(figure, "sentence"), name));
    for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next) {
        if (strcmp(pf_jvalue_text(pf_jvalue_get(v, "outcome"), ""), name) != 0) continue;
        pf_buf_printf(
            out, "%s %s ", any++ ? ";" : "", pf_jvalue_text(pf_jvalue_get(v, "variant"), ""));
        interval(v, out);
    }
}
