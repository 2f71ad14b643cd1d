/* docs/reference/lots.md, from the tables that read the files. */
#include "product/lot_read.h"

#include <math.h>
#include <string.h>

static void number(double x, pf_buf *out)
{
    if (isnan(x))
        pf_buf_text(out, "");
    else if (isinf(x))
        pf_buf_text(out, "no limit");
    else
        pf_buf_printf(out, "%g", x);
}

static void quantities(pf_buf *out)
{
    pf_buf_text(out, "\n## Variables that mean something\n\n"
                     "Any other variable is there for formulas, edits and costs. A quantity "
                     "without a default is open unless it is given;\nonly `collected` is "
                     "required.\n\n"
                     "| name | unit | range | default | meaning |\n|---|---|---|---|---|\n");
    for (int i = 0; i < PF_QUANTITIES; i++) {
        const pf_quantity_info *q = pf_quantity_of((pf_lot_quantity)i);
        pf_buf_printf(out, "| `%s` | %s | %g to %g | ", q->name,
            strcmp(q->unit, "1") ? q->unit : "", q->low, q->high);
        number(q->otherwise, out);
        pf_buf_printf(out, " | %s |\n", q->doc);
    }
}

static void attributes(pf_buf *out)
{
    pf_buf_text(out, "\n## Attributes of a lot\n\n"
                     "A specification tests them, a table of real lots has columns named like "
                     "them, and formulas of a product\nread them as `lot_<name>`; an edit NAME "
                     "as `lot_edit_NAME`.\n\n| name | unit | meaning |\n|---|---|---|\n");
    for (int i = 0; i < PF_ATTRIBUTES; i++) {
        const pf_attribute_info *a = pf_attribute_of((pf_attribute)i);
        pf_buf_printf(
            out, "| `%s` | %s | %s |\n", a->name, strcmp(a->unit, "1") ? a->unit : "", a->doc);
    }
}

void pf_lot_reference(pf_buf *out)
{
    static const pf_fields *const TABLES[] = {&PF_LOT_FIELDS, &PF_SPECIFICATION_FIELDS};
    pf_buf_text(out,
        "# Lots: keys of lot and specification files\n\n"
        "Made from the tables that read the files (`perforin lot --reference`); a test keeps "
        "it "
        "current.\nWhat the pipeline computes: docs/biology/product.md. Quantities are numbers "
        "with a unit.\nFormulas read variables in the unit in which they are written.\n");
    pf_field_reference(TABLES, PF_COUNT(TABLES), out);
    quantities(out);
    attributes(out);
    pf_buf_text(out,
        "\n## A table of real lots\n\n"
        "`perforin lot FILE --judge REAL.csv` reads one row for each lot. The column `lot` "
        "names "
        "it; every test of the\nspecification has a column with its unit, `viability [%]`, or "
        "without it and then a second row that begins with\n`unit`. Results that come later "
        "say "
        "`pending`; sterility says `no growth` or `growth`. The columns `product`, `donor`,\n"
        "`date`, `coi_id`, `din` and `note` are text. A table with a mistake is refused: every "
        "mistake is listed with its line,\ncolumn, what was expected and the mend, and no lot "
        "is "
        "judged.\n\n"
        "| verdict | when |\n|---|---|\n"
        "| accept | all results are within their limits, or come later and need not be waited "
        "for |\n"
        "| accept with exception | only tests with `exception: yes` are outside |\n"
        "| pending | a result with `wait: yes` is not there yet |\n"
        "| reject | a test is outside its limits |\n");
}
