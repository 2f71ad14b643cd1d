/* What Antimony text says, seen in the flat model; oracle: libAntimony 3.3 on the same texts.
 */
#include "ct.h"

#include "model/model.h"
#include "model/reading.h"

#include <stdlib.h>
#include <string.h>

typedef struct flat_of {
    pf_ctx ctx;
    pf_reading r;
} flat_of;

static void open_text(flat_of *t, const char *text)
{
    pf_ctx_init(&t->ctx);
    assert_ok(&t->ctx, pf_reading_parse(&t->ctx, text, strlen(text), "m.ant", &t->r));
}

static void close_text(flat_of *t)
{
    pf_reading_close(&t->r);
}

static void refuses(const char *text, const char *why)
{
    flat_of t;
    pf_ctx_init(&t.ctx);
    pf_err err = pf_reading_parse(&t.ctx, text, strlen(text), "m.ant", &t.r);
    close_text(&t);
    assert_int_equal(err, PF_ERR_MODEL);
    assert_contains(t.ctx.message, why);
}

static void an_event_has_trigger_delay_priority_flags_and_assignments(void **state)
{
    (void)state;
    flat_of t;
    open_text(&t, "x = 1; y = 1; z = 2; x' = 1\n"
                  "E1: at (x > 3): y = 4, z = 2*z;\n"
                  "at 3 after x > 3 && y < 2, priority = x + 1, t0 = false, persistent=false,\n"
                  "  fromTrigger = false:\n  y = 5,\n  z = y\n"
                  "E3: at time > 2: ; q = 1");
    const pf_flat *f = &t.r.flat;
    assert_int_equal(f->n_event, 3);
    const pf_happening *e = f->event;
    assert_string_equal(e[0].name, "E1");
    assert_true(e[0].initial && e[0].persistent && e[0].from_trigger);
    assert_null(e[0].delay.expr);
    assert_null(e[0].priority.expr);
    assert_int_equal(e[0].trigger.expr->n, 3);
    assert_int_equal(e[0].n_set, 2);
    assert_string_equal(f->var[f->set[e[0].set0 + 1].var].name, "z");
    assert_null(e[1].name);
    assert_false(e[1].initial || e[1].persistent || e[1].from_trigger);
    assert_int_equal(e[1].delay.expr->item[0].number, 3);
    assert_int_equal(e[1].trigger.expr->n, 7);
    assert_int_equal(e[1].priority.expr->n, 3);
    assert_int_equal(e[1].n_set, 2);
    assert_string_equal(f->var[f->set[e[1].set0].var].name, "y");
    assert_int_equal(e[2].n_set, 0);
    close_text(&t);
}

static void events_of_submodels_have_its_prefix(void **state)
{
    (void)state;
    flat_of t;
    open_text(&t, "model a(); x = 1; x' = 1; E: at x > 2: x = 0; at x > 3: x = 1 end\n"
                  "p: a(); q: a(); F: at p.x > 1: q.x = 3");
    const pf_flat *f = &t.r.flat;
    assert_int_equal(f->n_event, 5);
    assert_string_equal(f->event[0].name, "p.E");
    assert_string_equal(f->event[0].trigger.prefix, "p.");
    assert_string_equal(f->event[2].name, "q.E");
    assert_string_equal(f->event[4].name, "F");
    assert_string_equal(f->var[f->set[f->event[4].set0].var].name, "q.x");
    assert_string_equal(f->set[f->event[4].set0].value.prefix, "");
    close_text(&t);
}

static void mistakes_in_events_are_named(void **state)
{
    (void)state;
    refuses("x = 1; at x > 2, t0 = 1: x = 0", "expected true or false, but found '1'");
    refuses("x = 1; at x > 2, when = 1: x = 0", "priority, t0, persistent or fromTrigger");
    refuses("x = 1; at x > 2 x = 0", "expected ':' and what the event sets");
    refuses("x = 1; at x > 2: x = 0, x = 1", "this event sets 'x' twice");
    refuses("x = 1; at x > 2: x := 0", "expected '='");
    refuses("x = 1; E: at x > 2: x = 0; E: at x > 3: x = 1", "there is an event 'E' already");
    refuses("x = 1; at 2 after: x = 1", "expected a number, a name or '('");
}

static const pf_var *var(const flat_of *t, const char *name)
{
    uint32_t v = pf_names_find(&t->r.flat.names, name);
    assert_true(v != PF_NO_NAME);
    return &t->r.flat.var[pf_flat_root(&t->r.flat, v)];
}

static void species_say_what_they_stand_for(void **state)
{
    (void)state;
    flat_of t;
    open_text(&t,
        "compartment C = 2, D; species S in C = 3, $B in D := 4; substanceOnly species T in C;"
        "const species F; $k = 3; T = 5; ext q = 1; species U' = 2, W has mole/litre;"
        "k in C; W in D = 7; x = ;");
    assert_int_equal(var(&t, "S")->says, PF_SAYS_SPECIES);
    assert_int_equal(var(&t, "B")->says, PF_SAYS_SPECIES | PF_SAYS_BOUNDARY);
    assert_int_equal(var(&t, "T")->says, PF_SAYS_SPECIES | PF_SAYS_AMOUNT);
    assert_int_equal(var(&t, "F")->says, PF_SAYS_SPECIES | PF_SAYS_BOUNDARY);
    assert_int_equal(var(&t, "k")->says, PF_SAYS_CONST);
    assert_int_equal(var(&t, "q")->says, PF_SAYS_CONST);
    assert_non_null(var(&t, "U")->rate.expr);
    assert_string_equal(var(&t, "W")->unit, "mole/litre");
    assert_null(var(&t, "x")->value.expr);
    close_text(&t);
}

static void reactions_have_stoichiometries_by_name_and_modifiers(void **state)
{
    (void)state;
    flat_of t;
    open_text(&t,
        "J: n A + 2 $B => 3 m C; k in V; D -| J; K: C <==> A; k; E + F -o K; I: G -( J; -> A; "
        "k\nn = 2; m := time; k = 1");
    const pf_flat *f = &t.r.flat;
    const pf_reaction *J = &f->reaction[0], *K = &f->reaction[1];
    assert_false(J->reversible);
    assert_true(K->reversible);
    assert_int_equal(J->n_side, 3);
    assert_int_equal(J->n_modifier, 2);
    assert_string_equal(f->var[f->side[J->side0].by].name, "n");
    assert_true(f->side[J->side0 + 1].by == PF_NO_NAME);
    assert_string_equal(f->var[f->side[J->side0 + 2].by].name, "m");
    assert_true(f->side[J->side0 + 2].factor == 3 && f->side[J->side0 + 2].sign == 1);
    assert_string_equal(f->var[f->side[J->side0 + 3].var].name, "D");
    assert_string_equal(f->var[f->side[J->side0 + 4].var].name, "G");
    assert_int_equal(f->side[J->side0 + 4].sign, 0);
    assert_int_equal(K->n_modifier, 2);
    assert_int_equal(f->reaction[2].n_modifier, 0);
    assert_int_equal(var(&t, "n")->says, PF_SAYS_SIDE);
    close_text(&t);
    refuses("J: A -> B; 1; C -| K", "'K' is no reaction");
}

static void units_are_products_in_one_form(void **state)
{
    (void)state;
    static const char *const unit[][2] = {{"3e-3 mole / litre^2", "0.003 mole/litre^2"},
        {"1/second", "1/second"},
        {"(3 mole)^2*gram/(litre*second)", "9*mole^2*gram/litre/second"},
        {"dimensionless", "dimensionless"}, {"60 second", "60 second"}, {"0.5/day", "0.5/day"},
        {"mL*mL^-1", "dimensionless"}, {"kelvin^0.5", "kelvin^0.5"}, {"12", "12"}};
    for (size_t i = 0; i < PF_COUNT(unit); i++) {
        flat_of t;
        char text[200];
        snprintf(text, sizeof text, "unit u = %s; x = 1; x has %s", unit[i][0], unit[i][0]);
        open_text(&t, text);
        assert_string_equal(t.r.flat.unit[0].name, "u");
        assert_string_equal(t.r.flat.unit[0].text, unit[i][1]);
        assert_string_equal(var(&t, "x")->unit, unit[i][1]);
        close_text(&t);
        snprintf(text, sizeof text, "unit u = %s", unit[i][1]); /* means the same again */
        open_text(&t, text);
        assert_string_equal(t.r.flat.unit[0].text, unit[i][1]);
        close_text(&t);
    }
    flat_of t;
    open_text(&t, "unit u = 2 mole; unit time_unit = 60 second; y = 1/2 u; z = -3 u\n"
                  "model a()\n unit u = 3 mole; unit v = u/litre; x = 1 u; y = 2; y has v*w\n"
                  "end\nA: a(); A.y has u");
    assert_string_equal(t.r.flat.time_unit, "time_unit");
    assert_string_equal(t.r.flat.unit[2].name, "A.u");
    assert_string_equal(t.r.flat.unit[3].text, "A.u/litre");
    assert_string_equal(var(&t, "A.x")->unit, "A.u");
    assert_string_equal(var(&t, "A.y")->unit, "u");
    assert_string_equal(var(&t, "z")->unit, "u");
    assert_null(var(&t, "y")->unit); /* of 2, not of the ratio */
    assert_string_equal(var(&t, "y")->value.expr->item[1].name, "u");
    close_text(&t);
    refuses("unit u = mole + gram", "a unit is made of names");
    refuses("unit u = mole; unit u = gram", "unit 'u' is defined already");
    refuses("unit u = 0 mole", "a positive multiple");
    refuses("x has mole^litre; x = 1", "a unit's power is a number");
}

static void names_for_people_are_kept_and_annotations_stepped_over(void **state)
{
    (void)state;
    flat_of t;
    open_text(&t,
        "model m()\n x is \"a name\"; x = 1; E: at x > 2: x = 0; E is \"stop\";\n"
        "x identity \"a\",\n  \"b\"; x.sboTerm = SBO:0000236; x creator1.name \"n\";\n"
        "model notes ```several\nlines```\nx notes \"x\"\nend\nm is \"The model\"\n"
        "m taxon \"t\"");
    assert_string_equal(t.r.flat.title, "The model");
    assert_string_equal(var(&t, "x")->title, "a name");
    assert_string_equal(t.r.flat.event[0].title, "stop");
    assert_int_equal(t.r.flat.names.n, 1);
    close_text(&t);
    open_text(&t, "x = 2; constraint c: x > 1; x < 3; assert x > 0; 1 < x; 0 = x - 2; "
                  "r: 0 = x*x - 4");
    assert_int_equal(t.r.flat.n_algebraic, 2);
    assert_int_equal(t.r.flat.names.n, 1);
    close_text(&t);
}

static void what_submodels_bring_is_deleted_and_replaced(void **state)
{
    (void)state;
    flat_of t;
    open_text(&t, "model a()\n x = 1; y = 2; S = 3; k = 1; J: S -> ; k*S; L: -> S; k\n"
                  "E: at x > 1: x = 0; F: at x > 2: x = 1; x' = 1\nend\n"
                  "A: a(); B: a()\n"
                  "delete A.y, A.E; delete A.L\n"
                  "A.J: 2 A.S -> B.S; 7; B.J = 9; B.F: at time > 3: B.x = 5, A.x = 4");
    const pf_flat *f = &t.r.flat;
    assert_true(pf_names_find(&f->names, "A.y") == PF_NO_NAME);
    assert_true(pf_names_find(&f->names, "A.L") == PF_NO_NAME);
    assert_int_equal(f->names.n, 10);
    assert_int_equal(f->n_reaction, 3);
    assert_string_equal(f->var[f->reaction[0].var].name, "A.J");
    assert_int_equal(f->reaction[0].n_side, 2);
    assert_string_equal(f->var[f->side[f->reaction[0].side0 + 1].var].name, "B.S");
    assert_string_equal(f->var[f->reaction[1].var].name, "B.J");
    assert_true(f->reaction[1].rate.expr->item[0].number == 9);
    assert_int_equal(f->n_event, 3);
    assert_string_equal(f->event[0].name, "A.F");
    assert_string_equal(f->event[2].name, "B.F");
    assert_int_equal(f->event[2].n_set, 2);
    assert_string_equal(f->var[f->set[f->event[2].set0 + 1].var].name, "A.x");
    close_text(&t);
    refuses("model a()\n S = 1; S -> ; 1\nend\nA: a(); delete A.S", "a reaction still uses it");
    refuses("model a()\n S = 1\nend\nA: a(); delete A.S; A.S = 2", "'A.S' was deleted");
    refuses("x = 1; delete x", "delete is for what a submodel brings");
    refuses("model a(x)\nend\nx = 1; A: a(x); delete A.x", "one with a name of the outer");
    refuses("model a()\n S = 1\nend\nA: a(); A.E: at A.S > 1: A.S = 0", "no event 'A.E'");
}

static void what_is_not_read_is_refused_by_name(void **state)
{
    (void)state;
    static const char *const text[][2] = {
        {"model a()\n x = 1\nend\nA: a(), timeconv = 60", "timeconv and extentconv"},
        {"model a()\n x = 1\nend\nA: a() in C", "not put into a compartment"},
        {"model a()\n x = 1\nend\na()", "a submodel needs a name"},
        {"x = 1; y = 2; x is y / 3", "'is' with a factor"},
        {"x = 1; y = 2; 3 * x is y", "expected"},
        {"x = 1; y = 2; c*x is y", "'is' with a factor"}, {"d: --G--H--", "strands of DNA"},
        {"G--H--", "strands of DNA"}, {"gene G", "gene is not read"},
        {"operator o := 3", "operator is not needed"}, {"DNA d", "strands of DNA"},
        {"maximize x", "objectives"}, {"o: minimize x", "objectives"},
        {"1 = x", "starts with 0"}, {"x := ;", "expected a number"},
        {"model a()\n import \"b.ant\"\nend", "import stands outside of models"},
        {"E = 1; E: at E > 1: E = 0", "name of an event and of something else"},
        {"A ~> B", "has no meaning"}, {"A : B", "expected '->' or '=>'"}, {"x 5", "expected"},
        {"x 5 6", "expected"}, {"x ```open", "no end"}};
    for (size_t i = 0; i < PF_COUNT(text); i++) refuses(text[i][0], text[i][1]);
}

/* Files of a test: path and text, one after the other, then NULL. */
static pf_err from_list(void *list, pf_ctx *ctx, const char *path, char **text, size_t *size)
{
    for (const char *const *file = list; *file; file += 2) {
        if (strcmp(file[0], path) != 0) continue;
        *size = strlen(file[1]);
        *text = pf_calloc(ctx, *size + 1, 1);
        if (*text) memcpy(*text, file[1], *size);
        return *text ? PF_OK : PF_ERR_NO_MEMORY;
    }
    return pf_fail(ctx, PF_ERR_IO, "there is no file '%s'", path);
}

static pf_err read_files(pf_ctx *ctx, const char **list, pf_ast *ast)
{
    pf_files files = {from_list, list};
    pf_ctx_init(ctx);
    return pf_ast_read(ctx, list[1], strlen(list[1]), list[0], &files, ast);
}

static void imports_are_read_once_beside_their_file(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ast ast;
    const char *list[] = {"m/main.ant",
        "import \"lib/a.ant\"\nimport \"b.ant\"\nA: a(); B: b(); x = f(2)\n", "m/lib/a.ant",
        "import \"../b.ant\"\nfunction f(x) x end\nmodel *a()\n b is \"x\"; b = 1\nend",
        "m/b.ant", "model b()\n y = 1\nend", NULL};
    assert_ok(&ctx, read_files(&ctx, list, &ast));
    assert_int_equal(ast.n_module, 3);
    assert_int_equal(ast.n_source, 3);
    assert_string_equal(ast.source[2].path, "m/b.ant");
    assert_true(ast.source[2].hash == pf_hash(0, list[5], strlen(list[5])));
    assert_true(ast.module[1].imported);
    pf_ast_clear(&ast);
}

static void a_model_names_the_files_that_it_imports(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_model *m;
    uint64_t hash;
    char folder[] = "/tmp/pf_imports_XXXXXX", a[100], b[100];
    static const char A[] = "import \"b.ant\"\nx = 1; x' = f(x)", B[] = "function f(x) x end";
    assert_non_null(mkdtemp(folder));
    snprintf(a, sizeof a, "%s/a.ant", folder);
    snprintf(b, sizeof b, "%s/b.ant", folder);
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_file_write(&ctx, a, A, strlen(A)));
    assert_ok(&ctx, pf_file_write(&ctx, b, B, strlen(B)));
    assert_ok(&ctx, pf_model_read(&ctx, a, &m));
    assert_int_equal(pf_model_import_count(m), 1);
    assert_string_equal(pf_model_import(m, 0, &hash), b);
    assert_true(hash == pf_hash(0, B, strlen(B)));
    pf_model_free(m);
    remove(a);
    remove(b);
    remove(folder);
}

static void imports_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"import \"b.ant\"", "m/b.ant:2:1: 'm/a.ant' imports itself"},
        {"import \"c.ant\"", "m/a.ant:1:1: there is no file 'm/c.ant'"},
        {"import \"/etc/passwd\"", "relative to its own file"}, {"import \"\"", "names a file"},
        {"import x", "the name of a file in quotes"}, {"import \"s.xml\"", "is SBML"},
        {"import \"d.ant\"", "m/d.ant:1:5: expected"}};
    for (size_t i = 0; i < PF_COUNT(bad); i++) {
        pf_ctx ctx;
        pf_ast ast;
        const char *list[] = {"m/a.ant", bad[i][0], "m/b.ant", "\nimport \"../m/./a.ant\"",
            "m/s.xml", " \n<sbml/>", "m/d.ant", "x = ", "m/d.ant", "", NULL};
        list[7] = "x = *";
        assert_true(read_files(&ctx, list, &ast) != PF_OK);
        assert_contains(ctx.message, bad[i][1]);
        pf_ast_clear(&ast);
    }
}

static void a_statement_goes_on_after_a_backslash(void **state)
{
    (void)state;
    flat_of t;
    open_text(&t, "x = 1 + \\  \n  2 +\\\n3; y = 2");
    assert_int_equal(var(&t, "x")->value.expr->n, 5);
    assert_int_equal(var(&t, "y")->at.line, 3);
    close_text(&t);
    refuses("x = 1 + \\ 2", "'\\' has no meaning here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_has_trigger_delay_priority_flags_and_assignments),
        cmocka_unit_test(events_of_submodels_have_its_prefix),
        cmocka_unit_test(mistakes_in_events_are_named),
        cmocka_unit_test(species_say_what_they_stand_for),
        cmocka_unit_test(reactions_have_stoichiometries_by_name_and_modifiers),
        cmocka_unit_test(units_are_products_in_one_form),
        cmocka_unit_test(names_for_people_are_kept_and_annotations_stepped_over),
        cmocka_unit_test(what_submodels_bring_is_deleted_and_replaced),
        cmocka_unit_test(what_is_not_read_is_refused_by_name),
        cmocka_unit_test(imports_are_read_once_beside_their_file),
        cmocka_unit_test(a_model_names_the_files_that_it_imports),
        cmocka_unit_test(imports_that_cannot_be_are_refused),
        cmocka_unit_test(a_statement_goes_on_after_a_backslash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
