/* rules_read.c: a table of rules, with everything that is wrong with it. */
#include "input/table.h"
#include "tissue/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RULES_MAX = 100000, BYTES_MAX = 1 << 24 };

/* Columns of the table. */
enum { TYPE, SIGNAL, DIRECTION, BEHAVIOUR, SATURATION, HALF, POWER, DEAD, NEEDED };
static const char *const COLUMN[] = {"cell type", "signal", "direction", "behaviour",
    "saturation value", "half-max", "Hill power", "applies to dead"};
enum { SOURCE = NEEDED, NOTE, COLUMNS };

typedef struct {
    pf_ctx *ctx;
    pf_diag *diag;
    pf_units *units;
    const pf_table *table;
    size_t column[COLUMNS]; /* SIZE_MAX: not there */
    pf_rules *rules;
    pf_words words;
    const char **signal, **behaviour, **type; /* names, to look up */
    size_t row;
} reader;

static pf_place place_of(const reader *r, int column)
{
    pf_place p;
    pf_table_place(r->table, r->row, r->column[column], &p);
    return p;
}

/* The text of a field; NULL, and told, when it is missing. */
static const char *text_of(reader *r, int column)
{
    const char *text = pf_table_text(r->table, r->row, r->column[column]);
    pf_place p = place_of(r, column);
    if (!text) pf_diag_error(r->diag, &p, "'%s' is missing", COLUMN[column]);
    return text;
}

/* The place of a name in a list; n, and told, when it is not there or stands there twice. */
static size_t find(reader *r, int column, const char *what, const char *const *names, size_t n)
{
    const char *text = text_of(r, column);
    pf_place p = place_of(r, column);
    size_t found = n;
    if (!text) return n;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], text) != 0) continue;
        if (found < n) {
            pf_diag_error(r->diag, &p, "'%s' is the name of two %ss", text, what);
            pf_diag_mend(r->diag, "another name for the substance, type or molecule");
            return n;
        }
        found = i;
    }
    if (found < n) return found;
    if (!strcmp(text, "adhesion") || !strcmp(text, "repulsion")) {
        pf_diag_error(r->diag, &p, "'%s' cannot be changed by rules", text);
        pf_diag_mend(r->diag, "it belongs to pairs of types: give it there");
        return n;
    }
    pf_diag_error(r->diag, &p, "there is no %s '%s'%s", what, text,
        pf_diag_near(r->diag, text, names, n));
    pf_diag_mend(r->diag, "names stand in docs/reference/tissue-rules.md");
    return n;
}

/* A number in `unit`; NaN, and told, when it is none. */
static double number_of(reader *r, int column, const char *unit, double low, double high)
{
    const char *text = text_of(r, column), *wrong = "", *mend = NULL;
    pf_place p = place_of(r, column);
    pf_quantity q;
    double x;
    if (!text) return NAN;
    if (!pf_quantity_read(text, &q, &wrong, &mend)) {
        pf_diag_error(r->diag, &p, "'%s': %s", COLUMN[column], wrong);
        if (mend) pf_diag_mend(r->diag, "%s", mend);
        return NAN;
    }
    x = q.low;
    if (q.is_range) {
        pf_diag_error(r->diag, &p, "'%s' is a range", COLUMN[column]);
        pf_diag_expected(r->diag, "one number");
        return NAN;
    }
    if (q.has_unit && !pf_unit_convert(r->units, q.low, q.unit, unit, &x)) {
        const char *near = pf_unit_known(r->units, q.unit) ? NULL : pf_unit_nearest(q.unit);
        pf_diag_error(r->diag, &p, "'%s' cannot be in '%s'", COLUMN[column], q.unit);
        pf_diag_expected(r->diag, "a quantity in %s", strcmp(unit, "1") ? unit : "no unit");
        if (near) pf_diag_mend(r->diag, "did you mean '%s'?", near);
        return NAN;
    }
    if (x >= low && x <= high) return x;
    pf_diag_error(r->diag, &p, "'%s' is %g", COLUMN[column], x);
    pf_diag_expected(r->diag, "%g to %g %s", low, high, strcmp(unit, "1") ? unit : "");
    return NAN;
}

/* 0 or 1 for one of two words each; -1, and told, for anything else. */
static int either(reader *r, int column, const char *const word[4])
{
    const char *text = text_of(r, column);
    pf_place p = place_of(r, column);
    if (!text) return -1;
    for (int k = 0; k < 4; k++)
        if (!strcmp(text, word[k])) return k & 1;
    pf_diag_error(r->diag, &p, "'%s' is '%s'", COLUMN[column], text);
    pf_diag_expected(r->diag, "'%s' or '%s'", word[0], word[1]);
    return -1;
}

/* Does the rule lead where its direction says? */
static void check_sense(reader *r, const pf_rule *rule, const char *name)
{
    pf_place p = place_of(r, SATURATION);
    const pf_cell_type *type = &r->rules->setup->type[rule->type];
    double base = pf_behaviour_base(type, rule->behaviour);
    if (rule->behaviour >= PF_DO_ANTIGEN && rule->behaviour < PF_DO_APOPTOSIS) return;
    double rise = rule->decreases ? base - rule->saturation : rule->saturation - base;
    if (rise == 0)
        pf_diag_warning(
            r->diag, &p, "%g is what '%s' of '%s' is without the rule", base, name, type->name);
    if (!(rise < 0)) return;
    pf_diag_error(r->diag, &p, "a signal that %s '%s' of '%s' cannot lead from %g to %g",
        rule->decreases ? "decreases" : "increases", name, type->name, base, rule->saturation);
    pf_diag_mend(r->diag, "'%s', or a saturation value on the other side of the base value",
        rule->decreases ? "increases" : "decreases");
}

static const char *note_of(reader *r, int column)
{
    const char *text = r->column[column] == SIZE_MAX
                           ? NULL
                           : pf_table_text(r->table, r->row, r->column[column]);
    return text ? pf_arena_strdup(r->ctx, &r->rules->arena, text) : NULL;
}

static void read_row(reader *r)
{
    static const char *const WAY[] = {"increases", "decreases", "increases", "decreases"};
    static const char *const YES[] = {"no", "yes", "0", "1"};
    const pf_setup *s = r->rules->setup;
    pf_rule rule = {.source = note_of(r, SOURCE), .place = place_of(r, TYPE)};
    const pf_words *w = &r->words;
    size_t type = find(r, TYPE, "cell type", r->type, s->n_type),
           signal = find(r, SIGNAL, "signal", r->signal, w->n_signal),
           behaviour = find(r, BEHAVIOUR, "behaviour", r->behaviour, w->n_behaviour);
    double low, high;
    rule.decreases = either(r, DIRECTION, WAY);
    rule.dead = either(r, DEAD, YES);
    rule.power = number_of(r, POWER, "1", 0.01, 100);
    rule.half = rule.saturation = NAN;
    if (signal < w->n_signal)
        rule.half = number_of(r, HALF, w->signal[signal].unit, 1e-300, 1e300);
    if (behaviour < w->n_behaviour) {
        pf_behaviour_range(w->behaviour[behaviour].id, &low, &high);
        rule.saturation = number_of(r, SATURATION, w->behaviour[behaviour].unit, low, high);
    }
    if (type >= s->n_type || behaviour >= w->n_behaviour) return;
    rule.type = type;
    rule.behaviour = w->behaviour[behaviour].id;
    const char *why = pf_behaviour_refused(s, type, rule.behaviour);
    pf_place p = place_of(r, BEHAVIOUR);
    if (why)
        pf_diag_error(r->diag, &p, "'%s' of '%s' cannot be changed: %s",
            w->behaviour[behaviour].name, s->type[type].name, why);
    if (why || signal >= w->n_signal || rule.decreases < 0 || rule.dead < 0) return;
    if (!isfinite(rule.power) || !isfinite(rule.half) || !isfinite(rule.saturation)) return;
    rule.signal = w->signal[signal].id;
    check_sense(r, &rule, w->behaviour[behaviour].name);
    r->rules->rule[r->rules->n++] = rule;
}

static int by_name(const void *a, const void *b)
{
    const pf_rule *x = a, *y = b;
    int order = pf_rule_order(x, y);
    return order ? order : x->place.line - y->place.line;
}

/* Two rules that say the same, or one thing and another. */
static void check_pairs(reader *r)
{
    pf_rule *rule = r->rules->rule;
    for (size_t i = 1; i < r->rules->n; i++) {
        const pf_rule *a = &rule[i - 1], *b = &rule[i];
        if (!pf_rule_order(a, b)) {
            pf_diag_error(
                r->diag, &b->place, "this rule stands on line %d already", a->place.line);
            pf_diag_mend(r->diag, "one of the two");
        } else if (a->type == b->type && a->behaviour == b->behaviour &&
                   a->decreases == b->decreases && a->saturation != b->saturation) {
            pf_diag_error(r->diag, &b->place,
                "the saturation value is %g here and %g on line %d, for the same cell type, "
                "direction and behaviour",
                b->saturation, a->saturation, a->place.line);
            pf_diag_mend(r->diag, "one value for both: they add up to one response");
        }
    }
}

/* Columns by their names; others than source and note are refused. */
static void find_columns(reader *r)
{
    static const char *const MAY[] = {"source", "note"};
    const char *all[COLUMNS];
    pf_place p;
    for (int k = 0; k < COLUMNS; k++) {
        r->column[k] = SIZE_MAX;
        all[k] = k < NEEDED ? COLUMN[k] : MAY[k - NEEDED];
    }
    for (size_t c = 0; c < pf_table_columns(r->table); c++) {
        const char *name = pf_table_column(r->table, c);
        int k = 0;
        while (k < COLUMNS && strcmp(all[k], name) != 0) k++;
        if (k < COLUMNS) r->column[k] = c;
        if (k < COLUMNS) continue;
        pf_table_place(r->table, SIZE_MAX, c, &p);
        pf_diag_error(r->diag, &p, "there is no column '%s'%s", name,
            pf_diag_near(r->diag, name, all, COLUMNS));
    }
    pf_table_place(r->table, SIZE_MAX, 0, &p);
    for (int k = 0; k < NEEDED; k++)
        if (r->column[k] == SIZE_MAX) {
            pf_diag_error(r->diag, &p, "the column '%s' is missing", COLUMN[k]);
            pf_diag_mend(r->diag,
                "the first line: cell type,signal,direction,behaviour,saturation "
                "value,half-max,Hill power,applies to dead");
        }
}

static const char **names_of(reader *r, const pf_word *word, size_t n)
{
    const char **name = pf_arena_alloc(r->ctx, &r->rules->arena, n + 1, sizeof *name);
    for (size_t i = 0; name && i < n; i++) name[i] = word[i].name;
    return name;
}

static pf_err read_all(reader *r)
{
    pf_rules *rules = r->rules;
    const pf_setup *s = rules->setup;
    size_t n = pf_table_rows(r->table), before = r->diag->told;
    if (n > RULES_MAX)
        return pf_fail(r->ctx, PF_ERR_RANGE, "%s: %zu rules; expected at most %d",
            pf_table_name(r->table), n, RULES_MAX);
    find_columns(r);
    if (r->diag->told > before) return PF_OK;
    PF_TRY(pf_words_make(r->ctx, &rules->arena, s, &r->words));
    r->signal = names_of(r, r->words.signal, r->words.n_signal);
    r->behaviour = names_of(r, r->words.behaviour, r->words.n_behaviour);
    r->type = pf_arena_alloc(r->ctx, &rules->arena, s->n_type + 1, sizeof *r->type);
    rules->rule = pf_arena_alloc(r->ctx, &rules->arena, n + 1, sizeof *rules->rule);
    if (!r->signal || !r->behaviour || !r->type || !rules->rule) return PF_ERR_NO_MEMORY;
    for (size_t t = 0; t < s->n_type; t++) r->type[t] = s->type[t].name ? s->type[t].name : "";
    for (r->row = 0; r->row < n; r->row++) read_row(r);
    qsort(rules->rule, rules->n, sizeof *rules->rule, by_name);
    check_pairs(r);
    return pf_rules_plan(r->ctx, rules);
}

/* The first mistake of this file; the list may hold those of others. */
static pf_err first_problem(pf_ctx *ctx, pf_diag *diag, const char *name)
{
    pf_diag_sort(diag);
    for (size_t i = 0; i < diag->n; i++) {
        const pf_problem *p = &diag->problem[i];
        if (p->severity == PF_SEVERITY_ERROR && !strcmp(p->place.file, name))
            return pf_fail(ctx, PF_ERR_CONFIG, "%s:%d:%d: %s", name, p->place.line,
                p->place.column, p->sentence);
    }
    return pf_fail(ctx, PF_ERR_CONFIG, "%s has mistakes", name);
}

pf_err pf_rules_parse(pf_ctx *ctx, pf_diag *diag, pf_units *units, const pf_setup *setup,
    const pf_rules_text *text, pf_rules **out)
{
    reader r = {.ctx = ctx, .diag = diag, .units = units};
    pf_table *table = NULL;
    size_t before = diag->told;
    *out = NULL;
    pf_diag_file(diag, text->name, text->bytes, text->size);
    PF_TRY(pf_table_parse(ctx, text->bytes, text->size, text->name, &table));
    r.table = table;
    r.rules = pf_calloc(ctx, 1, sizeof *r.rules);
    pf_err err = r.rules ? PF_OK : PF_ERR_NO_MEMORY;
    if (!err) {
        pf_arena_init(&r.rules->arena);
        r.rules->setup = setup;
        r.rules->text_size = text->size;
        r.rules->text = pf_arena_strndup(ctx, &r.rules->arena, text->bytes, text->size);
        err = r.rules->text ? read_all(&r) : PF_ERR_NO_MEMORY;
    }
    if (!err) err = pf_diag_ok(diag);
    if (!err && diag->told > before) err = first_problem(ctx, diag, text->name);
    /* places outlive the table, whose name they borrow */
    const char *name = err ? NULL : pf_arena_strdup(ctx, &r.rules->arena, text->name);
    if (!err && !name) err = PF_ERR_NO_MEMORY;
    for (size_t i = 0; !err && i < r.rules->n; i++) r.rules->rule[i].place.file = name;
    pf_table_free(table);
    if (err)
        pf_rules_free(r.rules);
    else
        *out = r.rules;
    return err;
}

pf_err pf_rules_read(pf_ctx *ctx, pf_diag *diag, pf_units *units, const pf_setup *setup,
    const char *path, pf_rules **out)
{
    char *bytes = NULL;
    pf_rules_text text = {.name = path};
    *out = NULL;
    PF_TRY(pf_file_read(ctx, path, BYTES_MAX, &bytes, &text.size));
    text.bytes = bytes;
    pf_err err = pf_rules_parse(ctx, diag, units, setup, &text, out);
    pf_free(bytes);
    return err;
}

void pf_rules_free(pf_rules *r)
{
    if (!r) return;
    pf_arena_clear(&r->arena);
    pf_free(r);
}
