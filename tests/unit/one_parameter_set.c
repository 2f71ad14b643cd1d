/* One set of biological parameters: no study, population or product gives a parameter of kind
 * `biology` a value of its own. A study may draw one as an unknown, inside its range. */
#include "ct.h"

#include "input/yaml.h"
#include "trial/evidence.h"
#include "trial/study_read.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_FILES = 1000 };

static char *files[MOST_FILES];
static size_t n_files;

static int add_file(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    size_t n = strlen(path);
    (void)st, (void)where;
    if (kind == FTW_F && n > 5 && !strcmp(path + n - 5, ".yaml") && n_files < MOST_FILES)
        files[n_files++] = strdup(path);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_files(const char *folder)
{
    for (size_t i = 0; i < n_files; i++) free(files[i]);
    n_files = 0;
    nftw(folder, add_file, 16, FTW_PHYS);
    qsort(files, n_files, sizeof *files, by_name);
}

static int is_biology(const pf_evidence *e, const char *name)
{
    const pf_evidence_row *row = pf_evidence_of(e, name);
    return row && !strcmp(row->kind, "biology");
}

/* A constant that repeats the table's own value sets nothing. */
static int repeats(const pf_evidence *e, const pf_variable *v)
{
    const pf_evidence_row *row = pf_evidence_of(e, v->name);
    return v->kind == PF_DIST_CONSTANT && row && v->centre == row->value;
}

static int check_values(const char *study, const pf_evidence *e, const pf_population *p)
{
    int wrong = 0;
    for (size_t i = 0; i < p->n_variable; i++) {
        const pf_variable *v = &p->variable[i];
        if (!is_biology(e, v->name) || repeats(e, v)) continue;
        print_error("%s: %s sets %s, which is biology\n", study, p->path, v->name);
        wrong++;
    }
    for (size_t i = 0; i < p->n_setting; i++) {
        if (!is_biology(e, p->setting[i].parameter)) continue;
        print_error(
            "%s: %s sets %s, which is biology\n", study, p->path, p->setting[i].parameter);
        wrong++;
    }
    return wrong;
}

/* Uniform ones must lie in the range; others must be cut there. */
static int check_unknowns(const char *study, const pf_evidence *e, const pf_population *p)
{
    int wrong = 0;
    for (size_t i = 0; i < p->n_variable; i++) {
        const pf_variable *v = &p->variable[i];
        const pf_evidence_row *row = pf_evidence_of(e, v->name);
        if (!row || strcmp(row->kind, "biology") != 0) continue;
        int inside = v->low >= row->low * (1 - 1e-9) && v->high <= row->high * (1 + 1e-9);
        if (v->kind == PF_DIST_CONSTANT)
            inside = v->centre >= row->low && v->centre <= row->high;
        if (inside) continue;
        print_error("%s: the unknown %s is drawn outside %g to %g\n", study, v->name, row->low,
            row->high);
        wrong++;
    }
    return wrong;
}

static int check_study(const char *path)
{
    pf_ctx ctx;
    pf_diag d;
    pf_study *s = NULL;
    pf_evidence e;
    pf_ctx_init(&ctx);
    pf_diag_init(&d, &ctx);
    assert_ok(&ctx, pf_study_read(&ctx, &d, path, &s));
    assert_non_null(s->evidence_path);
    assert_ok(&ctx, pf_evidence_read(&ctx, s->evidence_path, s->model_path, &e));
    int wrong = check_values(path, &e, &s->population);
    for (size_t i = 0; i < s->n_product; i++)
        wrong += check_values(path, &e, &s->product[i].attributes);
    wrong += check_unknowns(path, &e, &s->unknowns);
    pf_evidence_clear(&e);
    pf_study_free(s);
    pf_diag_clear(&d);
    return wrong;
}

static void no_study_has_a_biology_of_its_own(void **state)
{
    (void)state;
    int wrong = 0;
    list_files("studies");
    assert_true(n_files >= 5);
    for (size_t i = 0; i < n_files; i++) wrong += check_study(files[i]);
    assert_int_equal(wrong, 0);
}

/* Small models share names with the core: NAME of one of them may be no biology there. */
static int is_of_small_model(const pf_evidence *small, const char *name)
{
    for (size_t i = 0; i < small->n; i++) {
        const char *dot = strrchr(small->row[i].id, '.');
        if (dot && !strcmp(dot + 1, name) && strcmp(small->row[i].kind, "biology") != 0)
            return 1;
    }
    return 0;
}

static pf_evidence core, small;

/* Files that no study names yet: what they write is looked at, without their bases. */
static int check_list(const char *path, const pf_yaml *list, const char *key)
{
    int wrong = 0;
    for (size_t i = 0; list && list->kind == PF_YAML_LIST && i < list->n; i++) {
        const pf_yaml *name = pf_yaml_get(list->item[i], key),
                      *value = pf_yaml_get(list->item[i], "value");
        if (!name || name->kind != PF_YAML_SCALAR || !is_biology(&core, name->text)) continue;
        const pf_evidence_row *row = pf_evidence_of(&core, name->text);
        if (is_of_small_model(&small, name->text)) continue;
        if (value && value->kind == PF_YAML_SCALAR && strtod(value->text, NULL) == row->value)
            continue;
        print_error("%s sets %s, which is biology\n", path, name->text);
        wrong++;
    }
    return wrong;
}

static int check_file(const char *path)
{
    pf_ctx ctx;
    pf_diag d;
    pf_arena a;
    char *text;
    size_t size;
    const pf_yaml *root = NULL;
    pf_ctx_init(&ctx);
    pf_diag_init(&d, &ctx);
    pf_arena_init(&a);
    assert_ok(&ctx, pf_file_read(&ctx, path, 0, &text, &size));
    assert_ok(&ctx, pf_yaml_parse(&d, &a, path, text, size, &root));
    int wrong = check_list(path, pf_yaml_get(root, "variables"), "name") +
                check_list(path, pf_yaml_get(root, "attributes"), "name") +
                check_list(path, pf_yaml_get(root, "set"), "parameter");
    pf_arena_clear(&a);
    pf_diag_clear(&d);
    pf_free(text);
    return wrong;
}

static void no_population_or_product_has_one_either(void **state)
{
    static const char *const FOLDERS[] = {"evidence/populations", "products"};
    pf_ctx ctx;
    int wrong = 0;
    (void)state;
    pf_ctx_init(&ctx);
    assert_ok(
        &ctx, pf_evidence_read(&ctx, "evidence/core_parameters.csv", "models/core.ant", &core));
    assert_ok(&ctx, pf_evidence_read(&ctx, "evidence/small_models.csv", "", &small));
    for (size_t k = 0; k < PF_COUNT(FOLDERS); k++) {
        list_files(FOLDERS[k]);
        assert_true(n_files >= 2);
        for (size_t i = 0; i < n_files; i++) wrong += check_file(files[i]);
    }
    pf_evidence_clear(&core);
    pf_evidence_clear(&small);
    assert_int_equal(wrong, 0);
}

static int start(void **state)
{
    (void)state;
    return chdir(PF_SOURCE_DIR);
}

static int stop(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_files; i++) free(files[i]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_study_has_a_biology_of_its_own),
        cmocka_unit_test(no_population_or_product_has_one_either),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
