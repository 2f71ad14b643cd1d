/* Any bytes as a study, a population, a product, a quantity: no crash, no leak, and messages
 * that can be written. Seeds: tests/data/good and tests/data/bad. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "patient/assess_read.h"
#include "patient/population_read.h"
#include "patient/regimen_read.h"
#include "trial/loader.h"
#include "udunits.h"

static pf_units *units;
static pf_model *model;

static const char MODEL[] =
    "model m\n  rate = 1; z0 = 2; x' = -rate*x*z0; x = 1;\n"
    "  //! role dose.pembrolizumab x [mg]\n  //! role dose.product x [cell]\n"
    "  //! role kinetics x [cell/uL]\n  //! role marker.CEA x\nend\n";

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    if (pf_units_new(NULL, &units)) abort();
    if (pf_model_parse(NULL, MODEL, "m", &model)) abort();
    return 0;
}

static void read_quantity(const char *text)
{
    pf_quantity q;
    const char *wrong, *mend;
    double x;
    if (!pf_quantity_read(text, &q, &wrong, &mend)) return;
    if (!(q.low <= q.high) || strlen(q.unit) >= sizeof q.unit) abort();
    if (pf_unit_convert(units, q.low, q.unit, "day", &x) && x != x) abort();
}

static void read_scalars(const pf_yaml *node)
{
    if (node->place.line < 1 || node->place.column < 1) abort();
    if (node->kind == PF_YAML_SCALAR) read_quantity(node->text);
    for (size_t i = 0; i < node->n; i++) read_scalars(node->item[i]);
}

/* A file on itself, and on what it holds as `over:`. */
static void stand(pf_reader *r, const pf_yaml *root)
{
    pf_population merged = {0};
    const pf_yaml *over = pf_yaml_get(root, "over");
    const pf_yaml *top = over && over->kind == PF_YAML_MAP ? over : root;
    if (root->kind != PF_YAML_MAP) return;
    const pf_yaml *both = pf_population_over(r, r->arena, root, top);
    if (!both) abort();
    pf_population_read(r, both, 0, model, &merged);
    const pf_population_scope scope = {.model = model};
    pf_population_check(r, both, &scope, &merged);
    pf_population_release(&merged);
}

static void read_all(pf_reader *r, const pf_yaml *root)
{
    pf_study_file file = {0};
    pf_population people = {0}, lots = {0}, unknowns = {0};
    pf_product_list products = {0};
    const pf_regimen_item *item;
    pf_assess assess = {0};
    size_t n;
    read_scalars(root);
    pf_fields_read(r, root, &PF_STUDY_FIELDS, &file);
    pf_population_read(r, root, 0, model, &people);
    pf_population_read(r, root, 1, model, &lots);
    if (file.unknowns) pf_variables_read(r, file.unknowns, model, &unknowns);
    if (file.assess) pf_assess_read(r, file.assess, model, &assess);
    const pf_yaml *arms = file.arms;
    for (size_t i = 0; arms && arms->kind == PF_YAML_LIST && i < arms->n; i++)
        pf_regimen_read(r, pf_yaml_get(arms->item[i], "regimen"), model, &products, &n, &item);
    const pf_population_scope scope = {.model = model};
    pf_population_check(r, root, &scope, &people);
    stand(r, root);
    pf_population_release(&people);
    pf_population_release(&lots);
    pf_product_list_clear(&products);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pf_ctx ctx;
    pf_diag diag;
    pf_arena arena;
    pf_buf out;
    const pf_yaml *root;
    pf_ctx_init(&ctx);
    pf_diag_init(&diag, &ctx);
    pf_arena_init(&arena);
    pf_buf_init(&out, &ctx);
    char *text = pf_calloc(&ctx, size + 1, 1);
    if (!text) abort();
    memcpy(text, data, size);
    read_quantity(text);
    if (pf_yaml_parse(&diag, &arena, "f", text, size, &root)) abort();
    pf_reader r = {.ctx = &ctx, .diag = &diag, .arena = &arena, .units = units};
    if (root) read_all(&r, root);
    pf_diag_text(&diag, &out);
    pf_diag_json(&diag, NULL, &out);
    if (pf_buf_ok(&out)) abort();
    pf_free(text);
    pf_buf_clear(&out);
    pf_arena_clear(&arena);
    pf_diag_clear(&diag);
    return 0;
}
