/* Variants of a tissue file are the file edited by hand; what they cannot change is refused. */
#include "tissue/checkpoint.h"
#include "tissue/outcome.h"
#include "tissue/rules.h"
#include "tissue_text.h"

#include <stdlib.h>
#include <string.h>

static const char BASE[] =
    "tissue: pair\n"
    "domain: {size: [200, 220, 240] um, voxel: 20 um}\n"
    "duration: 2 hour\n"
    "substances:\n"
    "  - {name: oxygen, unit: mmHg, diffusion: 1e5 um2/min, decay: 0.1 1/min, initial: 38 "
    "mmHg}\n"
    "  - {name: drug, unit: pg/mL, diffusion: 10 um2/s}\n"
    "cells:\n"
    "  - {name: tumour, antigens: [{name: HLA, median: 1e5}, {name: MICA, median: 1e4}]}\n"
    "  - name: NK\n"
    "    radius: 5.2 um\n"
    "    motility: {speed: 300 um/hour, share: 50 %}\n"
    "    exchange: [{substance: oxygen, uptake: 10 1/min}]\n"
    "    receptors: [{name: NKG2D, median: 2e4}, {name: KIR, median: 1e4}]\n"
    "    killer:\n"
    "      attacks: tumour\n"
    "      recognition: [{receptor: NKG2D, antigen: MICA, half: 1e8}]\n"
    "      bind: 1 1/min\n"
    "      hold: 1 hour\n"
    "      attempts: 3 1/hour\n"
    "      granules: 10\n"
    "place:\n"
    "  - {cells: tumour, shape: ball, radius: 60 um, packed: yes}\n"
    "  - {cells: NK, shape: shell, inner: 70 um, outer: 90 um, count: 20}\n";

/* BASE with `from` replaced by `to`, and `more` at its end. */
static char *edited(const char *from, const char *to, const char *more)
{
    const char *at = strstr(BASE, from);
    size_t size = sizeof BASE + strlen(to) + strlen(more);
    char *text = malloc(size);
    assert_non_null(at);
    assert_non_null(text);
    snprintf(text, size, "%.*s%s%s%s", (int)(at - BASE), BASE, to, at + strlen(from), more);
    return text;
}

static void same(const char *variant, const char *from, const char *to)
{
    world a, b;
    char *more = malloc(strlen(variant) + 40), *hand = edited(from, to, "");
    assert_non_null(more);
    sprintf(more, "variants:\n  - {name: x, %s}\n", variant);
    char *text = edited("", "", more);
    read_text(&a, text, NULL, "x");
    read_text(&b, hand, NULL, NULL);
    if (a.diag.n) fail_msg("%s", a.told.bytes);
    if (b.diag.n) fail_msg("%s", b.told.bytes);
    assert_true(pf_setup_hash(&a.setup) == pf_setup_hash(&b.setup));
    assert_string_equal(a.setup.chosen, "x");
    end(&a);
    /* the file itself stays as it is, and complains of nothing */
    read_text(&a, text, NULL, NULL);
    if (a.diag.n) fail_msg("%s", a.told.bytes);
    assert_true(pf_setup_hash(&a.setup) != pf_setup_hash(&b.setup));
    assert_null(a.setup.chosen);
    end(&a);
    end(&b);
    free(text);
    free(more);
    free(hand);
}

static void a_variant_is_the_file_edited_by_hand(void **state)
{
    (void)state;
    same("set: {cells.NK.motility.share: 8.3 %}", "share: 50 %", "share: 8.3 %");
    same("set: {substances.drug.diffusion: 20 um2/s}", "10 um2/s", "20 um2/s");
    same("set: {cells.NK.killer.recognition.NKG2D.half: 1e9}", "half: 1e8", "half: 1e9");
    same("set: {cells.NK.exchange.oxygen.uptake: 0 1/min}", "uptake: 10", "uptake: 0");
    same("set: {place.NK.count: 7}", "count: 20", "count: 7");
    same("set: {place.2.count: 7}", "count: 20", "count: 7");
    same(
        "set: {'domain.size': [200, 200, 240] um}", "[200, 220, 240] um", "[200, 200, 240] um");
    same("set: {cells.NK.death.apoptosis: 1 1/hour}", "    radius: 5.2 um\n",
        "    radius: 5.2 um\n    death: {apoptosis: 1 1/hour}\n");
    same("remove: substances.drug", "  - {name: drug, unit: pg/mL, diffusion: 10 um2/s}\n", "");
    same("remove: [cells.NK.motility.share], set: {substances.2.diffusion: 10 um2/s}",
        ", share: 50 %", "");
}

static void refuses(const char *more, const char *message)
{
    world w;
    char *text = edited("", "", more);
    read_text(&w, text, NULL, NULL);
    assert_true(w.diag.n > 0);
    assert_contains(w.told.bytes, message);
    end(&w);
    free(text);
}

static void bad_paths_say_what_was_meant(void **state)
{
    (void)state;
    refuses("variants: [{name: x, set: {cells.NJ.radius: 1 um}}]\n",
        "there is no 'NJ' in this list; did you mean 'NK'?");
    refuses("variants: [{name: x, set: {cells.NK.motilty.share: 1 %}}]\n",
        "unknown key 'motilty'; did you mean 'motility'?");
    refuses("variants: [{name: x, set: {cells.NK.motility.share: 1 um}}]\n", "'share'");
    refuses("variants: [{name: x, set: {cells.9.radius: 1 um}}]\n", "from 1 to 2");
    refuses("variants: [{name: x, set: {cells.NK.radius.high: 1 um}}]\n", "leads nowhere");
    refuses("variants: [{name: x, set: {cells..radius: 1 um}}]\n", "a name is missing in it");
    refuses("variants: [{name: x, remove: cells.NK.radus}]\n", "did you mean 'radius'?");
    refuses("variants: [{name: x, set: {output.every: 1 min}}]\n", "which all runs share");
    refuses("variants: [{name: base, set: {cells.NK.radius: 5 um}}]\n", "'base' is the file");
    refuses("variants: [{name: x}]\n", "changes nothing");
    refuses("variants: [{name: x, set: 3}]\n", "a map of paths and values");
    refuses(
        "variants: [{name: x, set: {duration: 1 hour}}, {name: x, set: {duration: 1 day}}]\n",
        "the variant 'x' is given twice");
    refuses("variants: [{name: x, set: {cells.NK.radius: 5.2 um}}]\n",
        "simulates the same as the file without it");
    world w;
    char *text = edited("", "", "variants: [{name: thawed, set: {cells.NK.radius: 5 um}}]\n");
    read_text(&w, text, NULL, "thawd");
    assert_contains(w.told.bytes, "there is no variant 'thawd'; did you mean 'thawed'?");
    end(&w);
    free(text);
}

static void changes_are_told(void **state)
{
    (void)state;
    world w;
    char *text = edited("", "",
        "variants:\n  - {name: x, set: {cells.NK.motility.share: 8 %, cells.NK.death.necrosis: "
        "1 1/hour}, remove: place.1}\n");
    read_text(&w, text, NULL, NULL);
    const pf_variant *v = &w.setup.variant[0];
    assert_int_equal(w.setup.n_variant, 1);
    assert_int_equal(v->n_change, 3);
    assert_string_equal(v->change[0].key, "cells.NK.motility.share");
    assert_string_equal(v->change[0].was, "50 %");
    assert_string_equal(v->change[0].is, "8 %");
    assert_null(v->change[1].was);
    assert_string_equal(
        v->change[2].was, "{cells: tumour, shape: ball, radius: 60 um, packed: yes}");
    assert_null(v->change[2].is);
    end(&w);
    free(text);
}

static void outcomes_are_read_with_all_that_they_need(void **state)
{
    (void)state;
    world w;
    char *text = edited("", "",
        "outcomes:\n"
        "  - {name: killed, title: Killed, kind: killed, cells: tumour}\n"
        "  - {name: deep, kind: depth, cells: [NK], of: [tumour, NK]}\n"
        "  - {name: MICAneg, kind: negative, cells: tumour, antigen: MICA, below: 100}\n"
        "  - {name: drug, kind: core, of: tumour, substance: drug}\n"
        "figure: {outcome: deep, sentence: How deep they are.}\nreplicates: 5\n");
    read_text(&w, text, NULL, NULL);
    if (w.diag.n) fail_msg("%s", w.told.bytes);
    const pf_setup *s = &w.setup;
    assert_int_equal(s->n_outcome, 4);
    assert_int_equal(s->figure, 1);
    assert_int_equal(s->replicates, 5);
    assert_string_equal(s->outcome[0].unit, "1");
    assert_string_equal(s->outcome[3].unit, "pg/mL");
    assert_int_equal(s->outcome[1].of[0] + s->outcome[1].of[1], 2);
    assert_int_equal(s->outcome[1].cells[0], 0);
    assert_close(s->outcome[1].quantile, 0.5, 0, 0);
    assert_int_equal(s->outcome[2].antigen, 1);
    end(&w);
    free(text);
    refuses("outcomes: [{name: a, kind: kild, cells: NK}]\n", "did you mean 'killed'?");
    refuses("outcomes: [{name: a, kind: depth, cells: NK}]\n", "the kind 'depth' needs 'of'");
    refuses("outcomes: [{name: a, kind: alive, cells: NK, below: 3 copies}]\n",
        "'below' does not belong to the kind 'alive'");
    refuses("outcomes: [{name: a, kind: serial, cells: tumour, at_least: 2}]\n",
        "'tumour' is no killer");
    refuses(
        "outcomes: [{name: a, kind: alive, cells: NKK}]\n", "there is no type of cell 'NKK'");
    refuses("outcomes: [{name: a, kind: mean, substance: oxigen}]\n", "did you mean 'oxygen'?");
    refuses(
        "outcomes: [{name: a, kind: alive, cells: NK}]\nfigure: {outcome: b, sentence: c}\n",
        "there is no outcome 'b'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variant_is_the_file_edited_by_hand),
        cmocka_unit_test(bad_paths_say_what_was_meant),
        cmocka_unit_test(changes_are_told),
        cmocka_unit_test(outcomes_are_read_with_all_that_they_need),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
