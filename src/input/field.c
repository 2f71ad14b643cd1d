#include "input/field.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The i-th of the texts separated by '|'. 0 when there are fewer. */
static int part(const char *list, size_t i, char *out, size_t room)
{
    for (; i > 0; i--) {
        list = strchr(list, '|');
        if (!list) return 0;
        list++;
    }
    size_t n = strcspn(list, "|");
    if (n >= room) n = room - 1;
    memcpy(out, list, n);
    out[n] = '\0';
    return 1;
}

static size_t parts(const char *list)
{
    size_t n = 1;
    for (; *list; list++) n += *list == '|';
    return n;
}

const char *pf_field_units_text(pf_reader *r, const char *units)
{
    pf_buf b;
    pf_buf_init(&b, r->ctx);
    char unit[PF_UNIT_LENGTH];
    size_t n = parts(units);
    for (size_t i = 0; part(units, i, unit, sizeof unit); i++)
        pf_buf_printf(&b, "%s%s",
            i == 0       ? ""
            : i + 1 == n ? " or "
                         : ", ",
            strcmp(unit, "1") == 0 ? "a plain number" : unit);
    char *text = pf_arena_strdup(r->ctx, &r->diag->arena, b.bytes ? b.bytes : "");
    pf_buf_clear(&b);
    if (!text) r->failed = PF_ERR_NO_MEMORY;
    return text ? text : "";
}

static int wants(pf_reader *r, const char *name, const pf_yaml *node, const char *what)
{
    if (node->kind == PF_YAML_SCALAR && !*node->text)
        pf_diag_error(r->diag, &node->place, "'%s' has no value", name);
    else
        pf_diag_error(r->diag, &node->place, "'%s' is %s", name, pf_yaml_kind_text(node));
    pf_diag_expected(r->diag, "%s", what);
    return 0;
}

int pf_field_is_list(pf_reader *r, const char *name, const pf_yaml *node, const char *of)
{
    if (!node) return 0;
    if (node->kind == PF_YAML_LIST && !node->unit) return 1;
    if (node->kind == PF_YAML_LIST)
        pf_diag_error(r->diag, &node->unit_place, "'%s' has a unit behind it", name);
    else
        wants(r, name, node, of);
    if (node->kind == PF_YAML_LIST)
        pf_diag_mend(r->diag, "a unit stands behind each entry, not behind the list");
    if (node->kind == PF_YAML_MAP) pf_diag_mend(r->diag, "begin each entry with '- '");
    return 0;
}

/* ---- quantities ---- */

static void unknown_unit(pf_reader *r, const pf_place *at, const char *unit)
{
    const char *near = pf_unit_nearest(unit);
    if (near)
        pf_diag_error(r->diag, at, "unknown unit '%s'; did you mean '%s'?", unit, near);
    else
        pf_diag_error(r->diag, at, "unknown unit '%s'", unit);
}

static int misfit(
    pf_reader *r, const char *name, const char *units, const pf_place *at, const pf_quantity *q)
{
    const char *allowed = pf_field_units_text(r, units);
    if (q->has_unit && !pf_unit_known(r->units, q->unit)) {
        unknown_unit(r, at, q->unit);
        if (!pf_unit_nearest(q->unit)) pf_diag_expected(r->diag, "%s", allowed);
    } else if (q->has_unit) {
        pf_diag_error(r->diag, at, "'%s' cannot be in %s", name, q->unit);
        pf_diag_expected(r->diag, "%s", allowed);
    } else {
        char unit[PF_UNIT_LENGTH];
        part(units, 0, unit, sizeof unit);
        pf_diag_error(r->diag, at, "'%s' has no unit", name);
        pf_diag_expected(r->diag, "%s", allowed);
        pf_diag_mend(r->diag, "write '%g %s'", q->low, unit);
    }
    return 0;
}

/* Convert into the first of `units` that fits. A bare number fits a plain number only. */
static int fit(pf_reader *r, const char *units, pf_quantity *q, int *which)
{
    char unit[PF_UNIT_LENGTH];
    for (size_t i = 0; part(units, i, unit, sizeof unit); i++) {
        if (!q->has_unit && strcmp(unit, "1") != 0) continue;
        if (!pf_unit_convert(r->units, q->low, q->unit, unit, &q->low)) continue;
        if (!pf_unit_convert(r->units, q->high, q->unit, unit, &q->high)) continue;
        memcpy(q->unit, unit, sizeof unit);
        if (which) *which = (int)i;
        return 1;
    }
    return 0;
}

int pf_field_quantity(pf_reader *r, const char *name, const char *units, const pf_yaml *node,
    pf_quantity *out, int *which)
{
    const char *wrong, *mend;
    if (node->kind != PF_YAML_SCALAR || !*node->text)
        return wants(
            r, name, node, units ? pf_field_units_text(r, units) : "a number with its unit");
    if (!pf_quantity_read(node->text, out, &wrong, &mend)) {
        pf_diag_error(r->diag, &node->place, "'%s': %s", name, wrong);
        if (units) pf_diag_expected(r->diag, "%s", pf_field_units_text(r, units));
        if (mend) pf_diag_mend(r->diag, "%s", mend);
        return 0;
    }
    pf_place at =
        out->has_unit ? pf_yaml_part(node, out->unit_at, out->unit_length) : node->place;
    if (units) return fit(r, units, out, which) || misfit(r, name, units, &at, out);
    if (out->has_unit && !pf_unit_known(r->units, out->unit)) {
        unknown_unit(r, &at, out->unit);
        return 0;
    }
    return 1;
}

static int in_range(pf_reader *r, const pf_field *f, const pf_place *at, double x)
{
    if (f->low == f->high || (x >= f->low && x <= f->high)) return 1;
    char unit[PF_UNIT_LENGTH] = "";
    if (f->kind != PF_FIELD_SPAN && f->unit) part(f->unit, 0, unit, sizeof unit);
    const char *u = strcmp(unit, "1") == 0 ? "" : unit, *blank = *u ? " " : "";
    pf_diag_error(r->diag, at, "'%s' is %.10g%s%s", f->name, x, blank, u);
    if (f->low == DBL_MIN && !isfinite(f->high))
        pf_diag_expected(r->diag, "more than 0%s%s", blank, u);
    else if (f->low == DBL_MIN)
        pf_diag_expected(r->diag, "more than 0 and at most %g%s%s", f->high, blank, u);
    else if (!isfinite(f->high))
        pf_diag_expected(r->diag, "at least %g%s%s", f->low, blank, u);
    else
        pf_diag_expected(r->diag, "%.15g to %.15g%s%s", f->low, f->high, blank, u);
    return 0;
}

/* ---- one value ---- */

static void *member(void *into, size_t at)
{
    return (char *)into + at;
}

static int keep(pf_reader *r, const char *text, const char **out)
{
    char *copy = pf_arena_strdup(r->ctx, r->arena, text);
    if (!copy) r->failed = PF_ERR_NO_MEMORY;
    *out = copy ? copy : "";
    return copy != NULL;
}

static int read_text(pf_reader *r, const char *name, const pf_yaml *node, const char **out)
{
    if (node->kind != PF_YAML_SCALAR || !*node->text) return wants(r, name, node, "text");
    return keep(r, node->text, out);
}

static int read_texts(pf_reader *r, const pf_field *f, const pf_yaml *node, void *into)
{
    size_t n = node->kind == PF_YAML_LIST ? node->n : 1;
    if (node->kind == PF_YAML_MAP || node->unit)
        return wants(r, f->name, node, "a list of texts");
    const char **text = pf_arena_alloc(r->ctx, r->arena, n ? n : 1, sizeof *text);
    if (!text) {
        r->failed = PF_ERR_NO_MEMORY;
        return 0;
    }
    int good = 1;
    for (size_t i = 0; i < n; i++)
        good &=
            read_text(r, f->name, node->kind == PF_YAML_LIST ? node->item[i] : node, &text[i]);
    if (!good) return 0;
    *(const char *const **)member(into, f->at) = text;
    *(size_t *)member(into, f->count_at) = n;
    return 1;
}

static int read_number(pf_reader *r, const pf_field *f, const pf_yaml *node, double *out)
{
    pf_quantity q;
    if (!pf_field_quantity(r, f->name, f->unit ? f->unit : "1", node, &q, NULL)) return 0;
    if (q.is_range) {
        pf_diag_error(r->diag, &node->place, "'%s' is a range", f->name);
        pf_diag_expected(r->diag, "one value");
        return 0;
    }
    if (in_range(r, f, &node->place, q.low)) {
        *out = q.low;
        return 1;
    }
    if (!q.has_unit && f->high == 1.0 && q.low > 1.0 && q.low <= 100.0)
        pf_diag_mend(r->diag, "a share is written '%g %%' or %g", q.low, q.low / 100.0);
    return 0;
}

/* A member of a list whose unit stands behind the list. */
static int read_member(
    pf_reader *r, const pf_field *f, const pf_yaml *list, const pf_yaml *item, double *out)
{
    if (!list->unit || item->kind != PF_YAML_SCALAR) return read_number(r, f, item, out);
    pf_quantity q;
    const char *wrong, *mend;
    if (pf_quantity_read(item->text, &q, &wrong, &mend) && q.has_unit) {
        pf_diag_error(r->diag, &item->place, "a unit here and another behind the list");
        pf_diag_mend(r->diag, "write the unit once");
        return 0;
    }
    pf_yaml whole = *item;
    whole.quoted = 1; /* the text is put together, so parts of it have no place */
    char *text = pf_arena_printf(r->ctx, &r->diag->arena, "%s %s", item->text, list->unit);
    if (!text) {
        r->failed = PF_ERR_NO_MEMORY;
        return 0;
    }
    whole.text = text;
    return read_number(r, f, &whole, out);
}

static int read_numbers(pf_reader *r, const pf_field *f, const pf_yaml *node, void *into)
{
    size_t n = node->kind == PF_YAML_LIST ? node->n : 1;
    double *x = pf_arena_alloc(r->ctx, r->arena, n ? n : 1, sizeof *x);
    if (!x) {
        r->failed = PF_ERR_NO_MEMORY;
        return 0;
    }
    int good = 1;
    if (node->unit && !pf_unit_known(r->units, node->unit)) {
        unknown_unit(r, &node->unit_place, node->unit);
        return 0;
    }
    if (node->kind == PF_YAML_LIST && n == 0) {
        pf_diag_error(r->diag, &node->place, "'%s' is an empty list", f->name);
        return 0;
    }
    for (size_t i = 0; i < n && good; i++)
        good = node->kind == PF_YAML_LIST ? read_member(r, f, node, node->item[i], &x[i])
                                          : read_number(r, f, node, &x[i]);
    if (!good) return 0;
    *(const double **)member(into, f->at) = x;
    *(size_t *)member(into, f->count_at) = n;
    return 1;
}

static int whole(pf_reader *r, const pf_field *f, const pf_yaml *node, double x)
{
    if (x == floor(x) && fabs(x) <= 9007199254740992.0) return 1;
    pf_diag_error(r->diag, &node->place, "'%s' is not a whole number", f->name);
    return 0;
}

static int read_span(pf_reader *r, const pf_field *f, const pf_yaml *node, void *into)
{
    pf_quantity q;
    if (!pf_field_quantity(r, f->name, "1", node, &q, NULL)) return 0;
    if (!whole(r, f, node, q.low) || !whole(r, f, node, q.high)) return 0;
    if (!in_range(r, f, &node->place, q.low) || !in_range(r, f, &node->place, q.high)) return 0;
    *(int *)member(into, f->at) = (int)q.low;
    *(int *)member(into, f->count_at) = (int)q.high;
    return 1;
}

static int read_count(pf_reader *r, const pf_field *f, const pf_yaml *node, void *into)
{
    int64_t n;
    double x;
    pf_field plain = *f;
    plain.unit = "1";
    if (node->kind == PF_YAML_SCALAR && pf_text_integer(node->text, &n)) {
        if (!in_range(r, f, &node->place, (double)n)) return 0;
    } else {
        if (!read_number(r, &plain, node, &x) || !whole(r, f, node, x)) return 0;
        n = (int64_t)x;
    }
    if (n < 0) {
        pf_diag_error(r->diag, &node->place, "'%s' is negative", f->name);
        return 0;
    }
    *(uint64_t *)member(into, f->at) = (uint64_t)n;
    return 1;
}

static int read_choice(pf_reader *r, const pf_field *f, const pf_yaml *node, int *out)
{
    char word[64];
    const char *words[16];
    size_t n = parts(f->unit);
    const char *allowed = pf_field_units_text(r, f->unit);
    if (node->kind != PF_YAML_SCALAR || !*node->text) return wants(r, f->name, node, allowed);
    for (size_t i = 0; i < n && i < PF_COUNT(words); i++) {
        part(f->unit, i, word, sizeof word);
        words[i] = pf_arena_strdup(r->ctx, &r->diag->arena, word);
        if (!words[i]) {
            r->failed = PF_ERR_NO_MEMORY;
            return 0;
        }
        if (strcmp(word, node->text) != 0) continue;
        *out = (int)i;
        return 1;
    }
    const char *near = pf_diag_near(r->diag, node->text, words, n);
    pf_diag_error(r->diag, &node->place, "'%s' cannot be '%s'%s", f->name, node->text, near);
    if (!*near) pf_diag_expected(r->diag, "%s", allowed);
    return 0;
}

static int read_yes(pf_reader *r, const pf_field *f, const pf_yaml *node, int *out)
{
    pf_field words = *f;
    words.unit = "no|yes|false|true";
    int i;
    if (!read_choice(r, &words, node, &i)) return 0;
    *out = i % 2;
    return 1;
}

int pf_field_read(pf_reader *r, const pf_field *f, const pf_yaml *node, void *into)
{
    switch (f->kind) {
    case PF_FIELD_TEXT:
        return read_text(r, f->name, node, member(into, f->at));
    case PF_FIELD_TEXTS:
        return read_texts(r, f, node, into);
    case PF_FIELD_NUMBER:
        return read_number(r, f, node, member(into, f->at));
    case PF_FIELD_NUMBERS:
        return read_numbers(r, f, node, into);
    case PF_FIELD_SPAN:
        return read_span(r, f, node, into);
    case PF_FIELD_COUNT:
        return read_count(r, f, node, into);
    case PF_FIELD_CHOICE:
        return read_choice(r, f, node, member(into, f->at));
    case PF_FIELD_YES:
        return read_yes(r, f, node, member(into, f->at));
    case PF_FIELD_MAP:
        return pf_fields_read(r, node, f->inside, into);
    case PF_FIELD_NODE:
        *(const pf_yaml **)member(into, f->at) = node;
        return 1;
    }
    return 0;
}

/* ---- a whole map ---- */

static void defaults(pf_reader *r, const pf_fields *t, void *into)
{
    for (size_t i = 0; i < t->n; i++) {
        const pf_field *f = &t->field[i];
        if (f->kind == PF_FIELD_MAP) defaults(r, f->inside, into);
        if (!f->otherwise) continue;
        const pf_yaml node = {.kind = PF_YAML_SCALAR, .text = f->otherwise};
        pf_field_read(r, f, &node, into);
    }
}

static const pf_field *find(const pf_fields *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->field[i].name, name) == 0) return &t->field[i];
    return NULL;
}

static void unknown_key(pf_reader *r, const pf_fields *t, const pf_yaml *key)
{
    const char *names[64];
    size_t n = t->n < PF_COUNT(names) ? t->n : PF_COUNT(names);
    for (size_t i = 0; i < n; i++) names[i] = t->field[i].name;
    const char *near = pf_diag_near(r->diag, key->text, names, n);
    pf_diag_error(r->diag, &key->place, "unknown key '%s'%s", key->text, near);
    if (strchr(key->text, ')'))
        pf_diag_mend(r->diag, "text with a comma needs quotes inside braces");
    if (*near || strchr(key->text, ')')) return;
    pf_buf b;
    pf_buf_init(&b, r->ctx);
    for (size_t i = 0; i < n; i++) pf_buf_printf(&b, "%s%s", i ? ", " : "", names[i]);
    pf_diag_expected(r->diag, "one of %s", b.bytes ? b.bytes : "");
    pf_buf_clear(&b);
}

int pf_fields_read(pf_reader *r, const pf_yaml *map, const pf_fields *t, void *into)
{
    size_t before = r->diag->told;
    defaults(r, t, into);
    if (map->kind != PF_YAML_MAP) {
        pf_diag_error(r->diag, &map->place, "this %s is %s", t->title, pf_yaml_kind_text(map));
        pf_diag_expected(r->diag, "a map of keys");
        return 0;
    }
    for (size_t i = 0; i < map->n; i++) {
        const pf_field *f = find(t, map->key[i]->text);
        if (f)
            pf_field_read(r, f, map->item[i], into);
        else
            unknown_key(r, t, map->key[i]);
    }
    for (size_t i = 0; i < t->n; i++) {
        const pf_field *f = &t->field[i];
        if (!f->required || pf_yaml_get(map, f->name)) continue;
        pf_diag_error(r->diag, &map->place, "this %s has no '%s'", t->title, f->name);
        pf_diag_mend(r->diag, "add %s: %s", f->name, f->doc);
    }
    return r->diag->told == before && !r->failed;
}
