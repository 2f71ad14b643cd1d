/* What differs between two runs, and which of their figures differ by more than chance. */
#include "api/compare.h"
#include "trial/endpoint_kind.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what differs ---- */

static pf_err add(
    pf_comparison *c, pf_run_changes *l, const char *key, const char *was, const char *is)
{
    PF_TRY(pf_reserve(c->ctx, &l->item, &l->capacity, l->n, sizeof *l->item));
    l->item[l->n++] = (pf_run_change){.key = key, .was = was, .is = is};
    return PF_OK;
}

static pf_err add_number(
    pf_comparison *c, pf_run_changes *l, const char *key, uint64_t was, uint64_t is)
{
    if (was == is) return PF_OK;
    const char *a = pf_arena_printf(c->ctx, &c->arena, "%" PRIu64, was);
    const char *b = pf_arena_printf(c->ctx, &c->arena, "%" PRIu64, is);
    return a && b ? add(c, l, key, a, b) : PF_ERR_NO_MEMORY;
}

static pf_err add_text(
    pf_comparison *c, pf_run_changes *l, const char *key, const char *was, const char *is)
{
    return strcmp(was, is) ? add(c, l, key, was, is) : PF_OK;
}

static pf_err settings(pf_comparison *c, size_t i)
{
    const pf_manifest *a = &c->run[0].manifest, *b = &c->run[i].manifest;
    pf_run_changes *l = &c->change[i][PF_CHANGE_SETTINGS];
    PF_TRY(add_text(c, l, "study", a->study, b->study));
    PF_TRY(add_text(c, l, "version", a->version, b->version));
    PF_TRY(add_number(c, l, "seed", a->seed, b->seed));
    PF_TRY(add_number(c, l, "replicates", a->replicates, b->replicates));
    PF_TRY(add_number(c, l, "patients of a replicate", a->patients, b->patients));
    return add_text(c, l, "changed parameters (--set)", a->changed, b->changed);
}

static const uint64_t *input_hash(const pf_manifest *m, const char *name)
{
    for (size_t i = 0; i < m->n_input; i++)
        if (!strcmp(m->input[i], name)) return &m->input_hash[i];
    return NULL;
}

static int has_content(const pf_manifest *m, uint64_t hash)
{
    for (size_t i = 0; i < m->n_input; i++)
        if (m->input_hash[i] == hash) return 1;
    return 0;
}

static const char *hash_text(pf_comparison *c, uint64_t hash)
{
    return pf_arena_printf(c->ctx, &c->arena, "%016" PRIx64, hash);
}

/* Files of `a` that `b` has otherwise or not at all; `back`: the other way round, where only
 * what is missing is left to tell. A file that has only moved is the same. */
static pf_err inputs(pf_comparison *c, size_t i, int back)
{
    const pf_manifest *a = &c->run[back ? i : 0].manifest, *b = &c->run[back ? 0 : i].manifest;
    pf_run_changes *l = &c->change[i][PF_CHANGE_INPUTS];
    for (size_t k = 0; k < a->n_input; k++) {
        const uint64_t *other = input_hash(b, a->input[k]);
        if (other ? *other == a->input_hash[k] || back : has_content(b, a->input_hash[k]))
            continue;
        const char *here = hash_text(c, a->input_hash[k]), *there = NULL;
        if (other) there = hash_text(c, *other);
        if (!here || (other && !there)) return PF_ERR_NO_MEMORY;
        PF_TRY(add(c, l, a->input[k], back ? there : here, back ? here : there));
    }
    return PF_OK;
}

static int is_below(const char *key, const char *item)
{
    size_t n = strlen(item);
    return !strncmp(key, item, n) && key[n] == '.';
}

/* Told among the settings. */
static int is_setting(const char *key)
{
    static const char *const told[] = {"study", "seed", "replicates", "changed_parameters"};
    for (size_t i = 0; i < PF_COUNT(told); i++)
        if (!strcmp(key, told[i])) return 1;
    return 0;
}

static const pf_run_key *find_key(const pf_run_read *r, const pf_run_key *k)
{
    for (size_t i = 0; i < r->n_key; i++)
        if (r->key[i].is_item == k->is_item && !strcmp(r->key[i].key, k->key))
            return &r->key[i];
    return NULL;
}

/* An item that the other study lacks is one change, not one for each of its values. */
static pf_err keys(pf_comparison *c, size_t i, int back)
{
    const pf_run_read *a = &c->run[back ? i : 0], *b = &c->run[back ? 0 : i];
    pf_run_changes *l = &c->change[i][PF_CHANGE_STUDY];
    if (!a->n_key || !b->n_key) return PF_OK;
    for (size_t k = 0; k < a->n_key; k++) {
        const pf_run_key *here = &a->key[k], *there = find_key(b, here);
        if (is_setting(here->key) || (there && (back || here->is_item))) continue;
        if (there && !strcmp(there->value, here->value)) continue;
        const char *other = there ? there->value : NULL;
        PF_TRY(add(c, l, here->key, back ? other : here->value, back ? here->value : other));
        if (here->is_item)
            while (k + 1 < a->n_key && is_below(a->key[k + 1].key, here->key)) k++;
    }
    return PF_OK;
}

/* "4 1/day"; an absent number is "unknown". */
static const char *value_text(pf_comparison *c, const pf_jvalue *p)
{
    const pf_jvalue *value = pf_jvalue_get(p, "value");
    const char *unit = pf_jvalue_text(pf_jvalue_get(p, "unit"), "");
    const char *number = value && value->kind == PF_JVALUE_NUMBER ? value->text : "unknown";
    int plain = !strcmp(unit, "1") || !*unit;
    return pf_arena_printf(
        c->ctx, &c->arena, "%s%s%s", number, plain ? "" : " ", plain ? "" : unit);
}

static const pf_jvalue *find_parameter(const pf_run_read *r, const char *name)
{
    const pf_jvalue *list = pf_jvalue_get(r->summary, "parameters");
    for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next)
        if (!strcmp(pf_jvalue_text(pf_jvalue_get(v, "name"), ""), name)) return v;
    return NULL;
}

/* Parameters that the programs of both read; those of one alone follow from the studies. */
static pf_err parameters(pf_comparison *c, size_t i)
{
    const pf_jvalue *list = pf_jvalue_get(c->run[0].summary, "parameters");
    for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next) {
        const char *name = pf_jvalue_text(pf_jvalue_get(v, "name"), "");
        const pf_jvalue *other = find_parameter(&c->run[i], name);
        if (!other) continue;
        const char *was = value_text(c, v), *is = value_text(c, other);
        if (!was || !is) return PF_ERR_NO_MEMORY;
        PF_TRY(add_text(c, &c->change[i][PF_CHANGE_PARAMETERS], name, was, is));
    }
    return PF_OK;
}

/* Who the patients are follows from the seed, how many there are and these parts of a study. */
static int changes_people(const char *key)
{
    size_t n = strlen(key);
    return is_below(key, "population") || is_below(key, "unknowns") ||
           is_below(key, "allocation") || (n > 5 && !strcmp(key + n - 5, ".size"));
}

static int same_people(const pf_comparison *c, size_t i)
{
    const pf_run_read *a = &c->run[0], *b = &c->run[i];
    const pf_run_changes *l = &c->change[i][PF_CHANGE_STUDY];
    if (a->manifest.seed != b->manifest.seed || a->manifest.patients != b->manifest.patients)
        return 0;
    if (strcmp(a->manifest.version, b->manifest.version) || !a->n_key || !b->n_key) return 0;
    for (size_t k = 0; k < l->n; k++)
        if (changes_people(l->item[k].key)) return 0;
    const pf_jvalue *arms = pf_jvalue_get(a->summary, "arms"),
                    *others = pf_jvalue_get(b->summary, "arms");
    return arms && others && arms->n == others->n;
}

pf_err pf_compare_changes(pf_comparison *c, size_t i)
{
    PF_TRY(settings(c, i));
    PF_TRY(inputs(c, i, 0));
    PF_TRY(inputs(c, i, 1));
    PF_TRY(keys(c, i, 0));
    PF_TRY(keys(c, i, 1));
    PF_TRY(parameters(c, i));
    c->same_people[i] = same_people(c, i);
    /* With other numbers of replicates, pairs would leave some of them out. */
    c->paired[i] = c->run[0].manifest.seed == c->run[i].manifest.seed &&
                   c->run[0].replicates == c->run[i].replicates && c->run[0].by_replicate &&
                   c->run[i].by_replicate;
    return PF_OK;
}

/* ---- figures ---- */

static int same_measure(const pf_run_measure *a, const pf_run_measure *b)
{
    if (strcmp(a->endpoint, b->endpoint) || strcmp(a->arm, b->arm)) return 0;
    if (strcmp(a->against, b->against) || strcmp(a->label, b->label)) return 0;
    return isnan(a->at) ? isnan(b->at) : a->at == b->at;
}

/* Figures of every run, in the order of the first that has them. */
static pf_err collect(pf_comparison *c)
{
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->run[i].n_measure; k++) {
            const pf_run_measure *m = &c->run[i].measure[k];
            size_t at = 0;
            for (int found = 0; at < c->n_row && !found; at += !found)
                for (size_t before = 0; before <= i && !found; before++)
                    found = c->row[at].in[before] && same_measure(c->row[at].in[before], m);
            if (at == c->n_row) {
                PF_TRY(pf_reserve(c->ctx, &c->row, &c->row_capacity, c->n_row, sizeof *c->row));
                c->row[c->n_row++] = (pf_compare_row){0};
            }
            if (!c->row[at].in[i]) c->row[at].in[i] = m;
        }
    return PF_OK;
}

static pf_err gap(
    pf_comparison *c, const pf_run_measure *a, const pf_run_measure *b, size_t i, pf_gap *out)
{
    const pf_run_read *ra = &c->run[0], *rb = &c->run[i];
    int median = a->median || b->median, values = a->by_replicate && b->by_replicate;
    if (values) {
        pf_differ_how how = median
                                ? (c->paired[i] ? PF_DIFFER_MEDIANS_PAIRED : PF_DIFFER_MEDIANS)
                                : (c->paired[i] ? PF_DIFFER_MEANS_PAIRED : PF_DIFFER_MEANS);
        return pf_differ(c->ctx, how, a->by_replicate, (size_t)ra->replicates, b->by_replicate,
            (size_t)rb->replicates, out);
    }
    pf_differ_means(
        (double[]){a->mean, b->mean}, (double[]){a->sd, b->sd}, (double[]){a->n, b->n}, out);
    if (!median) return PF_OK;
    *out = (pf_gap){.how = PF_DIFFER_MEDIANS,
        .value = b->value - a->value,
        .se = NAN,
        .low = NAN,
        .high = NAN,
        .p = NAN};
    return PF_OK;
}

static int tolerable(const pf_run_measure *a, const pf_run_measure *b, double difference)
{
    double most = fmax(fabs(a->value), fabs(b->value));
    return fabs(difference) <= (strcmp(a->unit, "day") ? PF_SAME_LEVEL * most : PF_SAME_DAYS);
}

int pf_compare_beyond(const pf_compare_row *row, size_t i)
{
    if (!row->told[i] || isnan(row->p_holm[i])) return -1;
    return row->p_holm[i] < 0.05 && !tolerable(row->in[0], row->in[i], row->gap[i].value);
}

/* All gaps of one run, judged together. */
static pf_err judge(pf_comparison *c, size_t i)
{
    double *p = pf_calloc(c->ctx, c->n_row, sizeof *p);
    pf_err err = p ? PF_OK : PF_ERR_NO_MEMORY;
    for (size_t k = 0; k < c->n_row && !err; k++) {
        pf_compare_row *row = &c->row[k];
        const pf_run_measure *a = row->in[0], *b = row->in[i];
        p[k] = NAN;
        row->told[i] = a && b && !strcmp(a->unit, b->unit);
        if (!row->told[i]) continue;
        err = gap(c, a, b, i, &row->gap[i]);
        p[k] = row->gap[i].p;
        c->judged[i] += !err && !isnan(p[k]);
    }
    if (!err) err = pf_holm(c->ctx, p, c->n_row);
    for (size_t k = 0; k < c->n_row && !err; k++) {
        c->row[k].p_holm[i] = p[k];
        c->beyond[i] += pf_compare_beyond(&c->row[k], i) == 1;
    }
    pf_free(p);
    return err;
}

static pf_err name_arms(pf_comparison *c)
{
    for (size_t k = 0; k < c->n_row; k++) {
        size_t first = 0, a = 0;
        while (!c->row[k].in[first]) first++;
        const char *name = c->row[k].in[first]->arm;
        while (a < c->n_arm && strcmp(c->arm[a], name)) a++;
        if (a < c->n_arm) continue;
        PF_TRY(pf_reserve(c->ctx, &c->arm, &c->arm_capacity, c->n_arm, sizeof *c->arm));
        c->arm[c->n_arm++] = name;
    }
    return PF_OK;
}

pf_err pf_compare_rows(pf_comparison *c)
{
    PF_TRY(collect(c));
    PF_TRY(name_arms(c));
    for (size_t i = 1; i < c->n; i++) PF_TRY(judge(c, i));
    return PF_OK;
}

const pf_jvalue *pf_compare_figure(
    const pf_run_read *r, const char *role, const pf_jvalue *figure)
{
    static const char *const by[] = {"written", "label", "arm", "against", "case", "source"};
    const pf_jvalue *list = pf_jvalue_get(
        pf_jvalue_get(pf_jvalue_get(r->summary, "expectations"), role), "figures");
    double published = pf_jvalue_number(pf_jvalue_get(figure, "published"));
    for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next) {
        double other = pf_jvalue_number(pf_jvalue_get(v, "published"));
        int same = isnan(published) ? isnan(other) : published == other;
        for (size_t i = 0; i < PF_COUNT(by) && same; i++)
            same = !strcmp(pf_jvalue_text(pf_jvalue_get(v, by[i]), ""),
                pf_jvalue_text(pf_jvalue_get(figure, by[i]), ""));
        if (same) return v;
    }
    return NULL;
}

const char *pf_compare_method(void)
{
    return "Replicates of one run are independent of each other. Runs with the same seed and "
           "as "
           "many replicates share their random numbers and are compared replicate by replicate "
           "(paired), others as independent samples. Means by Student's t (Welch's where not "
           "paired), medians by the sign test or, where not paired, by standard errors from "
           "order statistics. A figure is marked when p, adjusted after Holm for all figures "
           "that these two runs share, is below 0.05 and the difference exceeds the tolerance "
           "of the integration (0.05 day, 0.1 % of the value). This is Monte Carlo error "
           "alone: "
           "what is unknown about patients, model and products is in the intervals of each "
           "run, "
           "not in the mark.";
}
