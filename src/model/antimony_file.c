/* An Antimony file: imports, models, functions, and statements outside them. */
#include "model/reader.h"

#include <string.h>

enum { MOST = 1000, MOST_FILES = 100, LONGEST_PATH = 1000, LARGEST = 64 << 20 };

static pf_err add_module(pf_reader *r, pf_module m)
{
    pf_ast *a = r->ast;
    m.imported = r->imported;
    for (size_t i = 0; i < a->n_module; i++)
        if (strcmp(a->module[i].name, m.name) == 0)
            return pf_fail_at(
                r->p.ctx, r->p.file, m.at, "there are two models '%s'; rename one", m.name);
    if (a->n_module >= MOST)
        return pf_reader_fail(r, m.at, "there are too many models; use fewer");
    PF_TRY(pf_reserve(a->ctx, &a->module, &a->module_capacity, a->n_module, sizeof m));
    a->module[a->n_module++] = m;
    return PF_OK;
}

static pf_err module(pf_reader *r)
{
    pf_module m = {.at = r->p.t.at};
    PF_TRY(pf_parser_next(&r->p));
    if (r->p.t.kind == '*') {
        m.starred = 1;
        PF_TRY(pf_parser_next(&r->p));
    }
    PF_TRY(pf_reader_name(r, "the name of the model", &m.name));
    if (r->p.t.kind == '(') {
        PF_TRY(pf_reader_parts(r, 0));
        PF_TRY(pf_reader_keep_parts(r, &m.arg, &m.n_arg));
    }
    PF_TRY(add_module(r, m));
    r->into = &r->ast->module[r->ast->n_module - 1];
    while (!pf_parser_at(&r->p, "end")) {
        if (r->p.t.kind == PF_TOKEN_END)
            return pf_fail_at(r->p.ctx, r->p.file, m.at,
                "model '%s' has no end; close it with 'end'", m.name);
        PF_TRY(pf_reader_statement(r));
    }
    return pf_parser_next(&r->p);
}

static pf_err function_body(pf_reader *r, pf_function *f)
{
    const char **names = pf_arena_alloc(r->p.ctx, r->p.arena, f->n_arg, sizeof *names);
    if (!names) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < f->n_arg; i++) names[i] = r->part[i].name;
    f->arg = names;
    while (r->p.t.kind == PF_TOKEN_NEWLINE || r->p.t.kind == ';') PF_TRY(pf_parser_next(&r->p));
    r->p.arg = names;
    r->p.n_arg = f->n_arg;
    r->p.closed = 1;
    PF_TRY(pf_parser_expr(&r->p, &f->body));
    r->p.arg = NULL;
    r->p.n_arg = 0;
    r->p.closed = 0;
    while (r->p.t.kind == PF_TOKEN_NEWLINE || r->p.t.kind == ';') PF_TRY(pf_parser_next(&r->p));
    return pf_parser_at(&r->p, "end") ? PF_OK : pf_parser_expected(&r->p, "'end'");
}

static pf_err function(pf_reader *r)
{
    pf_ast *a = r->ast;
    pf_function f = {.at = r->p.t.at};
    PF_TRY(pf_parser_next(&r->p));
    PF_TRY(pf_reader_name(r, "the name of the function", &f.name));
    PF_TRY(pf_reader_parts(r, 0));
    f.n_arg = r->n_part;
    PF_TRY(function_body(r, &f));
    if (pf_ast_function(a, f.name))
        return pf_fail_at(
            r->p.ctx, r->p.file, f.at, "there are two functions '%s'; rename one", f.name);
    if (a->n_function >= MOST)
        return pf_reader_fail(r, f.at, "there are too many functions; use fewer");
    PF_TRY(pf_reserve(a->ctx, &a->function, &a->function_capacity, a->n_function, sizeof f));
    a->function[a->n_function++] = f;
    return pf_parser_next(&r->p);
}

/* Take "." and "a/.." out of a path: one file has one name. */
static void straighten(char *path)
{
    char *out = path;
    for (char *in = path; *in;) {
        size_t size = strcspn(in, "/");
        int slash = in[size] == '/';
        char *last = out - 1; /* the slash before what stands there already */
        if (out > path)
            while (last > path && last[-1] != '/') last--;
        if (size == 0 || (size == 1 && in[0] == '.')) {
            if (out == path && in == path && slash && size == 0) *out++ = '/';
        } else if (size == 2 && in[0] == '.' && in[1] == '.' && out > path &&
                   strncmp(last, "../", 3) != 0 && out - path > 1) {
            out = last;
        } else {
            memmove(out, in, size);
            out += size;
            if (slash) *out++ = '/';
        }
        in += size + (size_t)slash;
    }
    *out = '\0';
}

/* Where `name`, as `import` writes it, is found: beside the file that imports it. */
static pf_err import_path(pf_reader *r, pf_place at, const char *name, char **out)
{
    pf_ctx *ctx = r->p.ctx;
    if (!*name || strlen(name) > LONGEST_PATH)
        return pf_reader_fail(r, at, "an import names a file, in up to 1000 characters");
    if (*name == '/' || strchr(name, '\\'))
        return pf_reader_fail(r, at,
            "an import is relative to its own file, with '/' between folders; write it so");
    char *folder = pf_path_folder(ctx, r->p.arena, r->p.file);
    *out = folder ? pf_path_join(ctx, r->p.arena, folder, name) : NULL;
    if (!*out) return PF_ERR_NO_MEMORY;
    straighten(*out);
    return PF_OK;
}

/* `*out`: 1 when the file was read already. A file that is being read would go in circles. */
static pf_err seen(pf_reader *r, pf_place at, const char *path, int *out)
{
    const pf_ast *a = r->ast;
    *out = 0;
    for (size_t i = 0; i < a->n_source; i++) {
        if (strcmp(a->source[i].path, path) != 0) continue;
        if (a->source[i].open)
            return pf_fail_at(r->p.ctx, r->p.file, at,
                "'%s' imports itself, maybe through others; break the circle", path);
        *out = 1;
    }
    return PF_OK;
}

static pf_err add_source(pf_reader *r, const char *path, const char *text, size_t size)
{
    pf_ast *a = r->ast;
    r->bytes += size;
    if (a->n_source >= MOST_FILES || r->bytes > LARGEST)
        return pf_fail_at(r->p.ctx, r->p.file, r->p.t.at,
            "the imports add up to over %d files or %d MiB; use fewer", MOST_FILES,
            LARGEST >> 20);
    PF_TRY(pf_reserve(a->ctx, &a->source, &a->source_capacity, a->n_source, sizeof *a->source));
    a->source[a->n_source++] = (pf_source){path, pf_hash(0, text, size), 1};
    return PF_OK;
}

/* `name` is what messages call the file, `path` what it is known by. */
static pf_err file(
    pf_reader *r, const char *text, size_t size, const char *name, const char *path);

static pf_err import_text(pf_reader *r, pf_place at, const char *path)
{
    char *text = NULL;
    size_t size = 0;
    pf_err err = r->files && r->files->read
                     ? r->files->read(r->files->payload, r->p.ctx, path, &text, &size)
                     : pf_file_read(r->p.ctx, path, LARGEST, &text, &size);
    if (err) return pf_fail_in(r->p.ctx, "%s:%d:%d", r->p.file, at.line, at.column);
    const char *start = text;
    while (start < text + size && strchr(" \t\r\n", *start) && *start) start++;
    if (start < text + size && *start == '<')
        err = pf_fail_at(r->p.ctx, r->p.file, at,
            "'%s' is SBML, and import reads Antimony; convert it first", path);
    if (!err) err = file(r, text, size, path, path);
    pf_free(text);
    return err;
}

static pf_err import(pf_reader *r)
{
    int done = 0;
    char *path = NULL;
    pf_place at = r->p.t.at;
    PF_TRY(pf_parser_next(&r->p));
    if (r->p.t.kind != PF_TOKEN_STRING)
        return pf_parser_expected(&r->p, "the name of a file in quotes");
    const char *name = pf_reader_string(r);
    if (!name) return PF_ERR_NO_MEMORY;
    PF_TRY(import_path(r, at, name, &path));
    PF_TRY(pf_parser_next(&r->p));
    PF_TRY(pf_reader_finish(r));
    PF_TRY(seen(r, at, path, &done));
    if (done) return PF_OK;
    pf_parser outer = r->p;
    int imported = r->imported;
    r->imported = 1;
    PF_TRY(import_text(r, at, path));
    r->imported = imported;
    r->p.file = outer.file;
    r->p.lexer = outer.lexer;
    r->p.t = outer.t;
    return PF_OK;
}

/* Statements outside any model form one of their own: the first of the list. */
static pf_err file(
    pf_reader *r, const char *text, size_t size, const char *name, const char *path)
{
    size_t source = r->ast->n_source;
    PF_TRY(add_source(r, path, text, size));
    r->p.file = name;
    pf_lexer_init(&r->p.lexer, r->p.ctx, text, size, name);
    PF_TRY(pf_parser_next(&r->p));
    while (r->p.t.kind != PF_TOKEN_END) {
        r->into = &r->ast->module[0];
        if (pf_parser_at(&r->p, "model") || pf_parser_at(&r->p, "module"))
            PF_TRY(module(r));
        else if (pf_parser_at(&r->p, "function"))
            PF_TRY(function(r));
        else if (pf_parser_at(&r->p, "import"))
            PF_TRY(import(r));
        else
            PF_TRY(pf_reader_statement(r));
    }
    r->ast->source[source].open = 0;
    return PF_OK;
}

static void tell(const pf_reader *r)
{
    if (r->n_annotation)
        pf_log(r->p.ctx, PF_LOG_INFO, "annotations_skipped", "file = %s, count = %zu",
            r->ast->file, r->n_annotation);
    if (r->n_constraint)
        pf_log(r->p.ctx, PF_LOG_WARN, "constraints_not_checked", "file = %s, count = %zu",
            r->ast->file, r->n_constraint);
}

pf_err pf_ast_read(pf_ctx *ctx, const char *text, size_t size, const char *name,
    const pf_files *files, pf_ast *ast)
{
    memset(ast, 0, sizeof *ast);
    pf_arena_init(&ast->arena);
    ast->ctx = ctx;
    ast->file = name;
    pf_reader r = {.ast = ast, .files = files};
    r.p = (pf_parser){.ctx = ctx, .file = name, .arena = &ast->arena};
    char *path = pf_arena_strdup(ctx, &ast->arena, name);
    if (!path) return PF_ERR_NO_MEMORY;
    straighten(path);
    pf_module main = {.name = "__main", .at = {.line = 1, .column = 1}};
    pf_err err = add_module(&r, main);
    if (!err) err = file(&r, text, size, name, path);
    if (!err) tell(&r);
    pf_parser_clear(&r.p);
    pf_free(r.part);
    return err;
}

void pf_ast_clear(pf_ast *ast)
{
    for (size_t i = 0; i < ast->n_module; i++) pf_free(ast->module[i].st);
    pf_free(ast->module);
    pf_free(ast->function);
    pf_free(ast->source);
    pf_arena_clear(&ast->arena);
    memset(ast, 0, sizeof *ast);
}

const pf_function *pf_ast_function(const pf_ast *ast, const char *name)
{
    for (size_t i = 0; i < ast->n_function; i++)
        if (strcmp(ast->function[i].name, name) == 0) return &ast->function[i];
    return NULL;
}
