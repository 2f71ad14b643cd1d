/* Hierarchical models: the package `comp`, flattened by libSBML. Files of external models are
 * looked through first, and what the submodels add up to is counted, so that libSBML is given
 * nothing that it would be at for ever. */
#include "model/sbml_parts.h"

#include <sbml/conversion/ConversionProperties.h>
#include <sbml/packages/comp/common/compfwd.h>
#include <stdlib.h>
#include <string.h>

/* The package's own headers are C++ beyond these names. The caller frees the texts. */
unsigned CompSBMLDocumentPlugin_getNumExternalModelDefinitions(CompSBMLDocumentPlugin_t *p);
ExternalModelDefinition_t *CompSBMLDocumentPlugin_getExternalModelDefinition(
    CompSBMLDocumentPlugin_t *p, unsigned n);
char *ExternalModelDefinition_getId(ExternalModelDefinition_t *e);
char *ExternalModelDefinition_getSource(ExternalModelDefinition_t *e);
char *ExternalModelDefinition_getModelRef(ExternalModelDefinition_t *e);
unsigned CompSBMLDocumentPlugin_getNumModelDefinitions(CompSBMLDocumentPlugin_t *p);
ModelDefinition_t *CompSBMLDocumentPlugin_getModelDefinition(
    CompSBMLDocumentPlugin_t *p, unsigned n);
unsigned CompModelPlugin_getNumSubmodels(CompModelPlugin_t *p);
Submodel_t *CompModelPlugin_getSubmodel(CompModelPlugin_t *p, unsigned n);
char *Submodel_getModelRef(Submodel_t *s);

enum { MOST_FILES = 50, LARGEST_FILE = 64 << 20, DEEPEST = 50, MOST_ELEMENTS = 30000 };
/* libSBML validates a hierarchical model before and after; with 10,000 elements that takes ten
 * seconds, with 20,000 minutes. Larger ones are flattened as they are. */
enum { VALIDATED = 3000 };

typedef struct source {
    const char *path;
    SBMLDocument_t *doc; /* of the first: not ours to free */
} source;

typedef struct visits {
    pf_sbml *s;
    source file[MOST_FILES];
    size_t n;
    size_t elements; /* of all submodels together, so far */
} visits;

static CompSBMLDocumentPlugin_t *plugin(SBMLDocument_t *doc)
{
    return (CompSBMLDocumentPlugin_t *)SBase_getPlugin((SBase_t *)doc, "comp");
}

/* ---- files ----------------------------------------------------------------------------------
 */

/* `name` next to the file that names it. */
static const char *beside(pf_sbml *s, const char *file, const char *name)
{
    const char *slash = strrchr(file, '/');
    if (strncmp(name, "file:", 5) == 0) name += 5;
    if (!slash || *name == '/') return pf_sbml_text(s, name);
    return pf_arena_printf(s->ctx, &s->ast->arena, "%.*s/%s", (int)(slash - file), file, name);
}

static size_t find_file(const visits *v, const char *path)
{
    size_t i = 0;
    while (i < v->n && strcmp(v->file[i].path, path) != 0) i++;
    return i;
}

static pf_err open_file(visits *v, const char *path)
{
    pf_sbml *s = v->s;
    char *text = NULL;
    size_t size;
    int shift = s->line_shift;
    if (pf_file_read(s->ctx, path, LARGEST_FILE, &text, &size))
        return pf_fail_in(s->ctx, "%s: an external model", s->file);
    pf_err err = pf_sbml_scan(s->ctx, path, text, size);
    if (!err) err = pf_sbml_root(s->ctx, path, text, size);
    if (!err) {
        v->file[v->n] = (source){path, pf_sbml_document(s, text, size)};
        err = v->file[v->n].doc ? PF_OK : PF_ERR_NO_MEMORY;
        v->n += !err;
    }
    s->line_shift = shift;
    pf_free(text);
    return err;
}

static pf_err external(visits *v, const char *file, pf_place at, const char *name)
{
    pf_sbml *s = v->s;
    if (!name || !*name || strstr(name, "://"))
        return pf_fail_at(s->ctx, file, at,
            "an external model comes from '%s'; name a file beside this one", name ? name : "");
    const char *path = beside(s, file, name);
    if (!path) return PF_ERR_NO_MEMORY;
    if (find_file(v, path) < v->n) return PF_OK;
    if (v->n == MOST_FILES)
        return pf_fail_at(s->ctx, file, at,
            "there are over %d files of external models; put them together", MOST_FILES);
    return open_file(v, path);
}

static pf_err open_files(visits *v)
{
    for (size_t i = 0; i < v->n; i++) {
        CompSBMLDocumentPlugin_t *comp = plugin(v->file[i].doc);
        unsigned n = comp ? CompSBMLDocumentPlugin_getNumExternalModelDefinitions(comp) : 0;
        for (unsigned k = 0; k < n; k++) {
            ExternalModelDefinition_t *e =
                CompSBMLDocumentPlugin_getExternalModelDefinition(comp, k);
            char *name = ExternalModelDefinition_getSource(e);
            pf_err err = external(v, v->file[i].path, pf_sbml_place(v->s, e), name);
            free(name);
            PF_TRY(err);
        }
    }
    return PF_OK;
}

/* ---- submodels ------------------------------------------------------------------------------
 */

/* The model `id` as file `*i` knows it: its own, a definition, or one of another file, which
 * then is `*i`. NULL: there is none, as libSBML will say. */
static Model_t *find_model(visits *v, size_t *i, const char *id, int depth)
{
    SBMLDocument_t *doc = v->file[*i].doc;
    CompSBMLDocumentPlugin_t *comp = plugin(doc);
    Model_t *found = SBMLDocument_getModel(doc);
    if (!id || (found && pf_text_equal(Model_getId(found), id))) return found;
    if (!comp || depth > DEEPEST) return NULL;
    for (unsigned k = 0; k < CompSBMLDocumentPlugin_getNumModelDefinitions(comp); k++) {
        found = (Model_t *)CompSBMLDocumentPlugin_getModelDefinition(comp, k);
        if (pf_text_equal(Model_getId(found), id)) return found;
    }
    found = NULL;
    for (unsigned k = 0; k < CompSBMLDocumentPlugin_getNumExternalModelDefinitions(comp); k++) {
        ExternalModelDefinition_t *e =
            CompSBMLDocumentPlugin_getExternalModelDefinition(comp, k);
        char *own = ExternalModelDefinition_getId(e);
        if (pf_text_equal(own, id)) {
            char *name = ExternalModelDefinition_getSource(e);
            char *there = ExternalModelDefinition_getModelRef(e);
            const char *path = name ? beside(v->s, v->file[*i].path, name) : NULL;
            *i = path ? find_file(v, path) : v->n;
            if (*i < v->n) found = find_model(v, i, there && *there ? there : NULL, depth + 1);
            free(name);
            free(there);
            free(own);
            return found;
        }
        free(own);
    }
    return NULL;
}

static size_t size_of(const Model_t *m)
{
    return 1u + Model_getNumSpecies(m) + Model_getNumParameters(m) + Model_getNumReactions(m) +
           Model_getNumRules(m) + Model_getNumEvents(m) + Model_getNumCompartments(m);
}

/* Add up what is instantiated: twice a model that has twice another, and so on. */
static pf_err count(visits *v, size_t i, Model_t *m, int depth)
{
    pf_sbml *s = v->s;
    CompModelPlugin_t *comp = (CompModelPlugin_t *)SBase_getPlugin((SBase_t *)m, "comp");
    unsigned n = comp ? CompModelPlugin_getNumSubmodels(comp) : 0;
    v->elements += size_of(m);
    if (depth > DEEPEST)
        return pf_fail_at(s->ctx, v->file[i].path, pf_sbml_place(s, m),
            "submodels are nested over %d deep; does this model contain itself?", DEEPEST);
    if (v->elements > MOST_ELEMENTS)
        return pf_fail_at(s->ctx, v->file[i].path, pf_sbml_place(s, m),
            "the submodels add up to over %d elements; make the model smaller", MOST_ELEMENTS);
    for (unsigned k = 0; k < n; k++) {
        char *id = Submodel_getModelRef(CompModelPlugin_getSubmodel(comp, k));
        size_t j = i;
        Model_t *inner = id ? find_model(v, &j, id, 0) : NULL;
        free(id);
        if (inner) PF_TRY(count(v, j, inner, depth + 1));
    }
    return PF_OK;
}

/* Where sources are relative to; libSBML wants the whole path. */
static const char *location(pf_sbml *s)
{
    char *whole = realpath(s->file, NULL);
    const char *uri =
        pf_arena_printf(s->ctx, &s->ast->arena, "file:%s", whole ? whole : s->file);
    free(whole);
    return uri;
}

static pf_err convert(pf_sbml *s, int validate)
{
    const char *uri = location(s);
    ConversionProperties_t *p = ConversionProperties_create();
    pf_err err = uri && p ? PF_OK : PF_ERR_NO_MEMORY;
    if (!err) {
        SBMLDocument_setLocationURI(s->doc, uri);
        ConversionProperties_addOptionWithKey(p, "flatten comp");
        ConversionProperties_setBoolValue(p, "flatten comp", 1);
        ConversionProperties_addOptionWithKey(p, "performValidation");
        ConversionProperties_setBoolValue(p, "performValidation", validate);
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
    visits v = {.s = s, .file = {{s->file, s->doc}}, .n = 1};
    if (!plugin(s->doc)) return PF_OK;
    pf_err err = open_files(&v);
    if (!err) err = count(&v, 0, s->model, 0);
    for (size_t i = 1; i < v.n; i++) SBMLDocument_free(v.file[i].doc);
    return err ? err : convert(s, v.elements <= VALIDATED);
}
