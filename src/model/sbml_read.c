/* SBML into a flat model: the document, and the order of its parts. */
#include "model/sbml_read.h"
#include "model/sbml_parts.h"

#include <ctype.h>
#include <string.h>

pf_place pf_sbml_place(const pf_sbml *s, const void *element)
{
    const SBase_t *e = element;
    int line = e ? (int)SBase_getLine(e) : 0;
    return (pf_place){line ? line + s->line_shift : 0, e ? (int)SBase_getColumn(e) : 0, NULL};
}

SBMLDocument_t *pf_sbml_document(pf_sbml *s, const char *text, size_t size)
{
    size_t skip = 0;
    s->line_shift = 0;
    for (; skip < size && text[skip] != '<'; skip++) s->line_shift += text[skip] == '\n';
    text += skip;
    /* libSBML puts a line with a declaration before a text that has none */
    if (strncmp(text, "<?xml version=", 14) != 0) s->line_shift--;
    if (!pf_sbml_has_distrib(text, size - skip)) return readSBMLFromString(text);
    pf_buf rewritten;
    pf_buf_init(&rewritten, s->ctx);
    pf_err err = pf_sbml_distrib(text, size - skip, &rewritten);
    pf_buf_put(&rewritten, "", 1);
    SBMLDocument_t *doc = NULL;
    if (!err && !pf_buf_ok(&rewritten)) doc = readSBMLFromString(rewritten.bytes);
    pf_buf_clear(&rewritten);
    return doc;
}

const char *pf_sbml_text(pf_sbml *s, const char *text)
{
    return text && *text ? pf_arena_strdup(s->ctx, &s->ast->arena, text) : NULL;
}

pf_err pf_sbml_add(pf_sbml *s, const char *id, pf_place at, uint32_t *out)
{
    if (!id || !*id)
        return pf_fail_at(s->ctx, s->file, at, "this element has no id; give it one");
    *out = pf_names_find(&s->flat->names, id);
    if (*out != PF_NO_NAME)
        return pf_fail_at(s->ctx, s->file, at,
            "there is another '%s' already, in line %d; choose another id", id,
            s->flat->var[*out].at.line);
    const char *name = pf_arena_strdup(s->ctx, &s->ast->arena, id);
    if (!name) return PF_ERR_NO_MEMORY;
    return pf_flat_add(s->flat, name, at, out);
}

pf_err pf_sbml_find(pf_sbml *s, const char *id, pf_place at, const char *who, uint32_t *out)
{
    const char *asked = id ? id : "";
    *out = pf_names_find(&s->flat->names, asked);
    if (*out != PF_NO_NAME) return PF_OK;
    const char *near = pf_names_nearest(&s->flat->names, asked);
    return pf_fail_at(s->ctx, s->file, at, "%s names '%s', which is not defined%s%s%s", who,
        asked, near ? "; did you mean '" : "; define it", near ? near : "", near ? "'?" : "");
}

/* libSBML's messages quote the specification over several lines and then say what is wrong. */
static void one_line(const char *text, char *out, size_t size)
{
    const char *after = strstr(text, "Reference: ");
    after = after ? strchr(after, '\n') : NULL;
    while (after && isspace((unsigned char)*after)) after++;
    if (after && *after) text = after;
    size_t n = 0;
    for (; *text && n + 1 < size; text++) {
        int space = isspace((unsigned char)*text) != 0;
        if (space && (n == 0 || out[n - 1] == ' ')) continue;
        out[n++] = space ? ' ' : *text;
    }
    while (n && (out[n - 1] == ' ' || out[n - 1] == '.')) n--;
    out[n] = '\0';
}

enum { FLATTENING = 1090104 }; /* "Errors arose during the attempt to flatten ..." */

pf_err pf_sbml_log(pf_sbml *s)
{
    for (unsigned i = 0; i < SBMLDocument_getNumErrors(s->doc); i++) {
        const XMLError_t *e = (const XMLError_t *)SBMLDocument_getError(s->doc, i);
        unsigned severity = XMLError_getSeverity(e);
        unsigned id = XMLError_getErrorId(e);
        if (severity != LIBSBML_SEV_ERROR && severity != LIBSBML_SEV_FATAL) continue;
        if (id == FLATTENING) continue; /* only announces the next one */
        const char *what = XMLError_getMessage(e);
        if (id == RequiredPackagePresent && what && strstr(what, "'distrib'")) continue;
        if (id == MissingXMLEncoding || id == BadXMLDecl) continue; /* XML says: then UTF-8 */
        char text[400];
        const char *message = XMLError_getMessage(e);
        one_line(message ? message : "", text, sizeof text);
        if (!*text) one_line(XMLError_getShortMessage(e), text, sizeof text);
        pf_place at = {
            (int)XMLError_getLine(e) + s->line_shift, (int)XMLError_getColumn(e), NULL};
        return pf_fail_at(s->ctx, s->file, at, "this is no valid SBML: %s; mend it", text);
    }
    return PF_OK;
}

static pf_err required(pf_sbml *s, const char *name, int n)
{
    return pf_fail_at(s->ctx, s->file, pf_sbml_place(s, s->doc),
        "the model requires the SBML package '%.*s', which is not read; write it without", n,
        name);
}

/* A package that is required changes what the model means: only `comp` and `distrib` are
 * understood, and
 * the mathematics that level 3 version 2 took into its core. */
static pf_err packages(pf_sbml *s)
{
    static const char *const foreign[] = {"arrays", "dyn", "fbc", "groups", "layout", "multi",
        "qual", "render", "req", "spatial"};
    for (size_t i = 0; i < PF_COUNT(foreign); i++)
        if (SBMLDocument_getLevel(s->doc) > 2 &&
            SBMLDocument_isSetPackageRequired(s->doc, foreign[i]) &&
            SBMLDocument_getPackageRequired(s->doc, foreign[i]))
            return required(s, foreign[i], 20);
    for (unsigned i = 0; i < SBMLDocument_getNumErrors(s->doc); i++) {
        const XMLError_t *e = (const XMLError_t *)SBMLDocument_getError(s->doc, i);
        if (XMLError_getErrorId(e) != RequiredPackagePresent) continue;
        const char *name = strstr(XMLError_getMessage(e), "Package '");
        name = name ? name + strlen("Package '") : "?";
        if (!strncmp(name, "distrib'", 8)) continue;
        return required(s, name, (int)strcspn(name, "'"));
    }
    return PF_OK;
}

static void about(pf_sbml *s)
{
    pf_flat *f = s->flat;
    const char *id = pf_sbml_text(s, Model_getId(s->model));
    f->name = id ? id : "model";
    f->title = pf_sbml_text(s, Model_getName(s->model));
    f->at = pf_sbml_place(s, s->model);
}

static pf_err parts(pf_sbml *s)
{
    PF_TRY(packages(s));
    PF_TRY(pf_sbml_log(s));
    s->model = SBMLDocument_getModel(s->doc);
    if (!s->model)
        return pf_fail_at(s->ctx, s->file, pf_sbml_place(s, s->doc),
            "there is no model in this SBML file; add one");
    if (SBMLDocument_getLevel(s->doc) == 1 &&
        !SBMLDocument_setLevelAndVersionNonStrict(s->doc, 2, 4)) {
        PF_TRY(pf_sbml_log(s));
        return pf_fail_at(s->ctx, s->file, pf_sbml_place(s, s->doc),
            "this model of SBML level 1 cannot be converted to level 2; write it in level 3");
    }
    PF_TRY(pf_sbml_flatten(s));
    s->model = SBMLDocument_getModel(s->doc);
    s->level = SBMLDocument_getLevel(s->doc);
    s->version = SBMLDocument_getVersion(s->doc);
    about(s);
    PF_TRY(pf_sbml_units(s));
    PF_TRY(pf_sbml_functions(s));
    PF_TRY(pf_sbml_quantities(s));
    PF_TRY(pf_sbml_reactions(s));
    PF_TRY(pf_sbml_equations(s));
    PF_TRY(pf_sbml_events(s));
    return pf_sbml_directives(s);
}

pf_err pf_sbml_read(pf_ctx *ctx, const char *text, size_t size, const char *file, pf_reading *r)
{
    pf_sbml s = {.ctx = ctx, .file = file, .ast = &r->ast, .flat = &r->flat};
    r->ast.ctx = ctx;
    r->ast.file = file;
    r->flat.lenient = 1; /* values may be missing while nothing reads them */
    r->flat.ctx = ctx;
    r->flat.ast = &r->ast;
    r->flat.arena = &r->ast.arena;
    PF_TRY(pf_sbml_scan(ctx, file, text, size));
    PF_TRY(pf_sbml_root(ctx, file, text, size));
    s.doc = pf_sbml_document(&s, text, size);
    if (!s.doc) return pf_fail(ctx, PF_ERR_NO_MEMORY, "there is no memory to read %s", file);
    pf_err err = parts(&s);
    SBMLDocument_free(s.doc);
    return err;
}
