/* Hierarchical models: the package `comp`, flattened by libSBML. Files of external models are
 * looked through first, so that what libSBML opens is as harmless as the main file. */
#include "model/sbml_parts.h"

#include <sbml/conversion/ConversionProperties.h>
#include <sbml/packages/comp/common/compfwd.h>
#include <stdlib.h>
#include <string.h>

/* The package's own headers are C++ beyond these names. */
unsigned CompSBMLDocumentPlugin_getNumExternalModelDefinitions(CompSBMLDocumentPlugin_t *p);
ExternalModelDefinition_t *CompSBMLDocumentPlugin_getExternalModelDefinition(
    CompSBMLDocumentPlugin_t *p, unsigned n);
char *ExternalModelDefinition_getSource(ExternalModelDefinition_t *e); /* the caller frees it */

enum { MOST_FILES = 50, LARGEST_FILE = 64 << 20 };

typedef struct visits {
    pf_sbml *s;
    pf_names seen; /* paths; in the order found */
    size_t next;
} visits;

static CompSBMLDocumentPlugin_t *plugin(SBMLDocument_t *doc)
{
    return (CompSBMLDocumentPlugin_t *)SBase_getPlugin((SBase_t *)doc, "comp");
}

/* `source` next to the file that names it. */
static const char *beside(pf_sbml *s, const char *file, const char *source)
{
    const char *slash = strrchr(file, '/');
    if (!slash || *source == '/') return pf_sbml_text(s, source);
    return pf_arena_printf(
        s->ctx, &s->ast->arena, "%.*s/%s", (int)(slash - file), file, source);
}

static pf_err note_one(visits *v, const char *file, pf_place at, const char *source)
{
    pf_sbml *s = v->s;
    if (!source || !*source || strstr(source, "://"))
        return pf_fail_at(s->ctx, file, at,
            "an external model comes from '%s'; name a file beside this one",
            source ? source : "");
    if (strncmp(source, "file:", 5) == 0) source += 5;
    const char *path = beside(s, file, source);
    if (!path) return PF_ERR_NO_MEMORY;
    if (pf_names_find(&v->seen, path) != PF_NO_NAME) return PF_OK;
    if (v->seen.n >= MOST_FILES)
        return pf_fail_at(s->ctx, file, at,
            "there are over %d files of external models; put them together", MOST_FILES);
    return pf_names_add(s->ctx, &v->seen, path);
}

static pf_err note(visits *v, SBMLDocument_t *doc, const char *file)
{
    const pf_sbml *s = v->s;
    CompSBMLDocumentPlugin_t *comp = plugin(doc);
    unsigned n = comp ? CompSBMLDocumentPlugin_getNumExternalModelDefinitions(comp) : 0;
    pf_err err = PF_OK;
    for (unsigned i = 0; i < n && !err; i++) {
        ExternalModelDefinition_t *e =
            CompSBMLDocumentPlugin_getExternalModelDefinition(comp, i);
        char *source = ExternalModelDefinition_getSource(e);
        err = note_one(v, file, pf_sbml_place(s, e), source);
        free(source);
    }
    return err;
}

static pf_err look_through(visits *v)
{
    pf_sbml *s = v->s;
    for (size_t i = 0; i < v->seen.n; i++) {
        const char *path = v->seen.text[i];
        char *text = NULL;
        size_t size;
        if (pf_file_read(s->ctx, path, LARGEST_FILE, &text, &size))
            return pf_fail_in(s->ctx, "%s: an external model", s->file);
        pf_err err = pf_sbml_scan(s->ctx, path, text, size);
        if (!err) err = pf_sbml_root(s->ctx, path, text, size);
        if (!err) {
            int shift = s->line_shift;
            SBMLDocument_t *doc = pf_sbml_document(s, text, size);
            err = doc ? note(v, doc, path) : PF_ERR_NO_MEMORY;
            SBMLDocument_free(doc);
            s->line_shift = shift;
        }
        pf_free(text);
        PF_TRY(err);
    }
    return PF_OK;
}

static pf_err convert(pf_sbml *s)
{
    const char *uri = pf_arena_printf(s->ctx, &s->ast->arena, "file:%s", s->file);
    ConversionProperties_t *p = ConversionProperties_create();
    pf_err err = uri && p ? PF_OK : PF_ERR_NO_MEMORY;
    if (!err) {
        SBMLDocument_setLocationURI(s->doc, uri);
        ConversionProperties_addOptionWithKey(p, "flatten comp");
        ConversionProperties_setBoolValue(p, "flatten comp", 1);
        if (SBMLDocument_convert(s->doc, p) != LIBSBML_OPERATION_SUCCESS) {
            err = pf_sbml_log(s);
            if (!err)
                err = pf_fail_at(s->ctx, s->file, pf_sbml_place(s, s->doc),
                    "the submodels of this model cannot be put together; check the package "
                    "comp's elements");
        }
    }
    ConversionProperties_free(p);
    return err;
}

pf_err pf_sbml_flatten(pf_sbml *s)
{
    visits v = {.s = s};
    if (!plugin(s->doc)) return PF_OK;
    pf_err err = note(&v, s->doc, s->file);
    if (!err) err = look_through(&v);
    pf_names_clear(&v.seen);
    if (err) return err;
    return convert(s);
}
