/* The rules that a tissue file names: explained, run, and refused with their places. */
#include "ct.h"
#include "perforin/perforin.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char TISSUE[] =
    "tissue: small\ndomain: {size: [200, 200, 200] um}\nduration: 13 min\nrules: rules.csv\n"
    "substances: [{name: oxygen, unit: mmHg, diffusion: 1e5 um2/min, initial: 38 mmHg}]\n"
    "cells: [{name: tumour, cycle: {model: live, live: 2 hour}, antigens: [{name: A, median: "
    "1e4}]}]\n"
    "place: [{cells: tumour, shape: ball, radius: 50 um, packed: yes}]\n";
#define HEAD                                                                                   \
    "cell type,signal,direction,behaviour,saturation value,half-max,Hill power,applies to "    \
    "dead\n"

typedef struct {
    pf_ctx ctx;
    char folder[40], tissue[64], table[64], out[64];
    char *text;
    pf_error error;
} place;

static void begin(place *p, const char *rules)
{
    pf_ctx_init(&p->ctx);
    strcpy(p->folder, "/tmp/pf-tissue-explain-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(p->tissue, sizeof p->tissue, "%s/small.yaml", p->folder);
    snprintf(p->table, sizeof p->table, "%s/rules.csv", p->folder);
    snprintf(p->out, sizeof p->out, "%s/run", p->folder);
    assert_ok(&p->ctx, pf_file_write(&p->ctx, p->tissue, TISSUE, strlen(TISSUE)));
    if (rules) assert_ok(&p->ctx, pf_file_write(&p->ctx, p->table, rules, strlen(rules)));
}
static void end(place *p)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", p->folder);
    assert_int_equal(system(command), 0);
}
static pf_status explain(place *p, const char *behaviour)
{
    pf_tissue_explain_options o = PF_TISSUE_EXPLAIN_OPTIONS_INIT;
    o.tissue = p->tissue;
    o.behaviour = behaviour;
    return pf_tissue_explain(&o, &p->text, &p->error);
}

static void a_table_beside_the_file_is_explained_and_goes_into_the_run_folder(void **state)
{
    (void)state;
    static const char RULES[] = HEAD "tumour,oxygen,increases,antigen A,2e4,19 mmHg,1,no\n"
                                     "tumour,pressure,decreases,cycle entry,0,1,4,no\n";
    place p;
    char path[128], *copy;
    size_t size;
    begin(&p, RULES);
    assert_int_equal(explain(&p, "antigen A"), PF_DONE);
    assert_contains(p.text, "line 2: oxygen increases antigen A of tumour from 10000 towards "
                            "20000 copies; half at 19 mmHg, Hill power 1");
    assert_null(strstr(p.text, "cycle entry"));
    pf_text_free(p.text);
    assert_int_equal(explain(&p, "antigen B"), PF_REFUSED);
    assert_contains(p.error.message, "did you mean 'antigen A'?");
    pf_text_free(p.text);
    pf_tissue_result r;
    pf_tissue_options o = PF_TISSUE_OPTIONS_INIT;
    o.tissue = p.tissue;
    o.out = p.out;
    o.threads = 1;
    assert_int_equal(pf_tissue_run(&o, &r, &p.error), PF_DONE);
    pf_tissue_result_clear(&r);
    snprintf(path, sizeof path, "%s/rules.csv", p.out);
    assert_ok(&p.ctx, pf_file_read(&p.ctx, path, 0, &copy, &size));
    assert_string_equal(copy, RULES);
    pf_free(copy);
    end(&p);
}

static void faulty_tables_are_shown_with_their_lines(void **state)
{
    (void)state;
    place p;
    begin(&p, HEAD "tumour,oxigen,increases,apoptosis,1 mm,1,1,no\n");
    assert_int_equal(explain(&p, NULL), PF_REFUSED);
    assert_contains(p.text, "rules.csv:2:8: error: there is no signal 'oxigen'");
    assert_contains(p.text, "'saturation value' cannot be in 'mm'");
    assert_contains(p.text, "    2 | tumour,oxigen");
    pf_text_free(p.text);
    end(&p);
    begin(&p, NULL);
    assert_int_equal(explain(&p, NULL), PF_REFUSED);
    assert_contains(p.text, "small.yaml:4:8: error: ");
    pf_text_free(p.text);
    end(&p);
    /* steps are held to what rules can make of rates */
    begin(&p, HEAD "tumour,oxygen,increases,apoptosis,1 1/min,1,1,no\n");
    assert_int_equal(explain(&p, NULL), PF_REFUSED);
    assert_contains(p.text, "the phenotype step of 6 min is too large");
    pf_text_free(p.text);
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_beside_the_file_is_explained_and_goes_into_the_run_folder),
        cmocka_unit_test(faulty_tables_are_shown_with_their_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
