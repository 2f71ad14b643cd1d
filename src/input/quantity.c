#include "input/quantity.h"

#include <ctype.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <udunits2.h>

/* Guards UDUNITS, whose parser and status are global. It holds nothing of ours. */
static pthread_mutex_t udunits_lock = PTHREAD_MUTEX_INITIALIZER;

struct pf_units {
    ut_system *system;
};

/* ---- text ---- */

static size_t blanks(const char *p)
{
    return strspn(p, " \t\n\r");
}

static size_t digits(const char *p)
{
    return strspn(p, "0123456789");
}

/* The length of the decimal number at p, 0 when there is none. "1..3" holds the number 1. */
static size_t number_length(const char *p)
{
    size_t n = *p == '+' || *p == '-' ? 1 : 0;
    size_t whole = digits(p + n), part = 0;
    n += whole;
    if (p[n] == '.' && p[n + 1] != '.') {
        part = digits(p + n + 1);
        if (whole + part) n += 1 + part;
    }
    if (whole + part == 0) return 0;
    if (p[n] == 'e' || p[n] == 'E') {
        size_t sign = p[n + 1] == '+' || p[n + 1] == '-' ? 1 : 0;
        size_t power = digits(p + n + 1 + sign);
        if (power) n += 1 + sign + power;
    }
    return n;
}

/* Read the number at p. Returns its length, or 0 with the reason. */
static size_t number(const char *p, double *out, const char **wrong, const char **mend)
{
    size_t n = number_length(p), sign = *p == '+' || *p == '-' ? 1 : 0;
    *wrong = "a number was expected";
    if (!n && (!strncasecmp(p + sign, "nan", 3) || !strncasecmp(p + sign, "inf", 3)))
        *wrong = "only finite numbers can be used";
    if (!n) return 0;
    if (n == sign + 1 && p[sign] == '0' && (p[n] == 'x' || p[n] == 'X')) {
        *wrong = "hexadecimal numbers are not read";
        *mend = "write it as a decimal number";
        return 0;
    }
    char copy[64];
    if (n >= sizeof copy) {
        *wrong = "a number with too many digits";
        return 0;
    }
    memcpy(copy, p, n);
    copy[n] = '\0';
    if (!pf_text_number(copy, out)) {
        *wrong = "the number is too large";
        return 0;
    }
    return n;
}

static int unit_characters_are_good(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (!isalnum(c) && c < 0x80 && !strchr(" .*/^()-+%_", c)) return 0;
    }
    return 1;
}

/* Read the unit at `p`, which goes to `end`. */
static int unit(const char *text, size_t from, size_t end, pf_quantity *q, const char **wrong)
{
    while (from < end && blanks(text + from)) from++;
    while (end > from && strchr(" \t\n\r", text[end - 1])) end--;
    q->unit_at = from;
    q->unit_length = end - from;
    q->has_unit = end > from;
    if (!q->has_unit) {
        strcpy(q->unit, "1");
        return 1;
    }
    if (q->unit_length >= sizeof q->unit ||
        !unit_characters_are_good(text + from, end - from)) {
        *wrong = "this is not a unit";
        return 0;
    }
    memcpy(q->unit, text + from, q->unit_length);
    q->unit[q->unit_length] = '\0';
    return 1;
}

/* Words behind a number that are not a unit but a mistake. */
static int behind(const char *p, const char **wrong, const char **mend)
{
    int glued = !blanks(p);
    p += blanks(p);
    if ((*p == ',' || *p == '_' || *p == '\'') && glued && isdigit((unsigned char)p[1])) {
        *wrong = "a number cannot hold a comma or mark";
        *mend = "write 1000 for a thousand and 18.5 for eighteen and a half";
        return 0;
    }
    if (isdigit((unsigned char)*p) && !(p[0] == '1' && p[1 + blanks(p + 1)] == '/')) {
        *wrong = "two numbers in a row";
        *mend = "write 1000 without a blank, a range as 1..3, a list as [1, 3]";
        return 0;
    }
    return 1;
}

int pf_quantity_read(const char *text, pf_quantity *q, const char **wrong, const char **mend)
{
    *q = (pf_quantity){.unit = "1"};
    *mend = NULL;
    size_t at = blanks(text), size = strlen(text);
    size_t n = number(text + at, &q->low, wrong, mend);
    if (!n) return 0;
    at += n;
    q->high = q->low;
    const char *dots = strstr(text + at, "..");
    if (!dots) return behind(text + at, wrong, mend) && unit(text, at, size, q, wrong);
    /* A range: the unit stands behind it, or behind both ends. */
    pf_quantity first = *q;
    size_t middle = (size_t)(dots - text), second = middle + 2;
    if (!behind(text + at, wrong, mend) || !unit(text, at, middle, &first, wrong)) return 0;
    second += blanks(text + second);
    n = number(text + second, &q->high, wrong, mend);
    if (!n) return 0;
    second += n;
    if (!behind(text + second, wrong, mend) || !unit(text, second, size, q, wrong)) return 0;
    q->is_range = 1;
    if (first.has_unit && strcmp(first.unit, q->unit) != 0) {
        *wrong = "both ends of a range need the same unit";
        *mend = "write it once, behind the range: 1e9..1e10 cell";
        return 0;
    }
    if (q->low > q->high) {
        *wrong = "the range runs backwards";
        return 0;
    }
    return 1;
}

/* ---- units ---- */

/* Copy a unit for UDUNITS: micro signs, squares, middle dots in ASCII. 0 when it cannot be one.
 */
static int plain(const char *text, char out[2 * PF_UNIT_LENGTH])
{
    static const struct {
        const char *from, *to;
    } SIGNS[] = {{"\xc2\xb5", "u"}, {"\xce\xbc", "u"}, {"\xc2\xb2", "2"}, {"\xc2\xb3", "3"},
        {"\xc2\xb7", "*"}};
    /* Parts of UDUNITS' grammar that are no quantities here: time stamps, logarithms. */
    static const char *const REFUSED[] = {"since", "after", "from", "ref", "(re", "@", ":"};
    size_t n = 0;
    for (const char *p = text; *p;) {
        size_t i = 0;
        while (i < PF_COUNT(SIGNS) && strncmp(p, SIGNS[i].from, 2) != 0) i++;
        if (n >= PF_UNIT_LENGTH) return 0;
        if (i == PF_COUNT(SIGNS) && (unsigned char)*p >= 0x80) return 0;
        out[n++] = i < PF_COUNT(SIGNS) ? *SIGNS[i].to : *p;
        p += i < PF_COUNT(SIGNS) ? 2 : 1;
    }
    out[n] = '\0';
    for (size_t i = 0; i < PF_COUNT(REFUSED); i++)
        if (strstr(out, REFUSED[i])) return 0;
    return n > 0;
}

/* NULL when the text is no unit. The caller holds the lock and frees it. */
static ut_unit *parse(const pf_units *u, const char *text)
{
    char copy[2 * PF_UNIT_LENGTH];
    if (!plain(text, copy)) return NULL;
    ut_trim(copy, UT_ASCII);
    return *copy ? ut_parse(u->system, copy, UT_ASCII) : NULL;
}

/* `name` and its plural mean `factor` of `of`, whatever they meant before; 0: a new base unit.
 */
static int define(pf_units *u, const char *name, double factor, const char *of)
{
    ut_unit *base = factor > 0.0 ? parse(u, of) : ut_new_base_unit(u->system);
    if (!base) return 0;
    ut_unit *it = factor > 0.0 && factor != 1.0 ? ut_scale(factor, base) : ut_clone(base);
    ut_free(base);
    if (!it) return 0;
    char plural[32];
    size_t n = strlen(name);
    memcpy(plural, name, n);
    memcpy(plural + n, "s", 2);
    ut_unmap_name_to_unit(u->system, name, UT_ASCII);
    ut_unmap_name_to_unit(u->system, plural, UT_ASCII);
    int good = ut_map_name_to_unit(name, UT_ASCII, it) == UT_SUCCESS &&
               ut_map_name_to_unit(plural, UT_ASCII, it) == UT_SUCCESS;
    ut_free(it);
    return good;
}

static int define_all(pf_units *u)
{
    static const struct {
        const char *name;
        double factor;
        const char *of;
    } OURS[] = {{"cell", 0, NULL}, {"copie", 0, NULL}, {"copy", 1, "copies"}, {"IU", 0, NULL},
        {"EU", 1, "IU"}, {"item", 0, NULL}, {"month", 30.4375, "day"}, {"year", 365.25, "day"},
        {"dose", 1, "1"}, {"lesion", 1, "1"}, {"patient", 1, "1"}, {"doubling", 1, "1"},
        {"event", 1, "1"}};
    for (size_t i = 0; i < PF_COUNT(OURS); i++)
        if (!define(u, OURS[i].name, OURS[i].factor, OURS[i].of)) return 0;
    /* "yr" is a symbol in the database. */
    ut_unmap_symbol_to_unit(u->system, "yr", UT_ASCII);
    ut_unit *year = parse(u, "year"), *molar = parse(u, "mol/L");
    int good = year && ut_map_symbol_to_unit("yr", UT_ASCII, year) == UT_SUCCESS && molar &&
               ut_map_symbol_to_unit("M", UT_ASCII, molar) == UT_SUCCESS;
    if (year) ut_free(year);
    if (molar) ut_free(molar);
    return good;
}

pf_err pf_units_new(pf_ctx *ctx, pf_units **out)
{
    *out = NULL;
    pf_units *u = pf_calloc(ctx, 1, sizeof *u);
    if (!u) return PF_ERR_NO_MEMORY;
    pthread_mutex_lock(&udunits_lock);
    ut_set_error_message_handler(ut_ignore);
    u->system = ut_read_xml(NULL);
    int good = u->system && define_all(u);
    pthread_mutex_unlock(&udunits_lock);
    if (!good) {
        pf_units_free(u);
        return pf_fail(ctx, PF_ERR_IO,
            "the unit database of UDUNITS-2 cannot be read; install libudunits2-data");
    }
    *out = u;
    return PF_OK;
}

void pf_units_free(pf_units *u)
{
    if (!u) return;
    pthread_mutex_lock(&udunits_lock);
    if (u->system) ut_free_system(u->system);
    pthread_mutex_unlock(&udunits_lock);
    pf_free(u);
}

int pf_unit_known(pf_units *u, const char *text)
{
    pthread_mutex_lock(&udunits_lock);
    ut_unit *it = parse(u, text);
    if (it) ut_free(it);
    pthread_mutex_unlock(&udunits_lock);
    return it != NULL;
}

/* Body weight: mg/kg is a number to UDUNITS, but 5 % is no dose. Both or neither must be a
 * ratio. */
static int is_ratio(const char *text)
{
    return strpbrk(text, "/^-") != NULL;
}

static int ratios_agree(const ut_unit *a, const char *from, const char *to)
{
    if (!ut_is_dimensionless(a)) return 1;
    return is_ratio(from) == is_ratio(to);
}

int pf_unit_convert(pf_units *u, double x, const char *from, const char *to, double *out)
{
    pthread_mutex_lock(&udunits_lock);
    ut_unit *a = parse(u, from), *b = parse(u, to);
    cv_converter *convert = NULL;
    if (a && b && ut_are_convertible(a, b) == 1 && ratios_agree(a, from, to))
        convert = ut_get_converter(a, b);
    if (convert && !isfinite(cv_convert_double(convert, 0.0))) {
        cv_free(convert); /* UDUNITS turns a time into a rate by 1/x: two different things */
        convert = NULL;
    }
    if (convert) {
        double zero = cv_convert_double(convert, 0.0), one = cv_convert_double(convert, 1.0);
        double times = round(one), over = round(1.0 / one);
        /* Whole factors exactly: 18.5 % is 0.185, not the neighbour that 18.5 * 0.01 may give.
         */
        if (zero != 0.0)
            *out = cv_convert_double(convert, x);
        else if (times >= 1.0 && fabs(one - times) < 1e-12 * one)
            *out = x * times;
        else if (over >= 1.0 && fabs(1.0 / one - over) < 1e-12 / one)
            *out = x / over;
        else
            *out = x * one;
        cv_free(convert);
    }
    if (a) ut_free(a);
    if (b) ut_free(b);
    pthread_mutex_unlock(&udunits_lock);
    return convert != NULL && isfinite(*out);
}

int pf_unit_equal(pf_units *u, const char *a, const char *b)
{
    double x;
    return pf_unit_convert(u, 1.0, a, b, &x) && fabs(x - 1.0) < 1e-9;
}

/* ---- what a unit is made of ---- */

typedef struct split {
    ut_unit *base[PF_UNIT_BASES];
    pf_unit_split *out;
} split;

static ut_status basic(const split *s, const ut_unit *unit, double power)
{
    for (size_t i = 0; i < PF_UNIT_BASES; i++) {
        if (!s->base[i] || ut_compare(s->base[i], unit) != 0) continue;
        s->out->power[i] += power;
        return UT_SUCCESS;
    }
    return ut_is_dimensionless(unit) ? UT_SUCCESS : UT_UNKNOWN;
}

static ut_status visit_basic(const ut_unit *unit, void *payload)
{
    return basic(payload, unit, 1);
}

static ut_status visit_product(
    const ut_unit *unit, int n, const ut_unit *const *units, const int *powers, void *payload)
{
    (void)unit;
    for (int i = 0; i < n; i++) {
        ut_status status = basic(payload, units[i], powers[i]);
        if (status != UT_SUCCESS) return status;
    }
    return UT_SUCCESS;
}

static ut_status visit_scaled(
    const ut_unit *unit, double scale, const ut_unit *of, double offset, void *payload);

static ut_status visit_time(
    const ut_unit *unit, const ut_unit *second, double origin, void *payload)
{
    (void)unit, (void)second, (void)origin, (void)payload;
    return UT_UNKNOWN;
}

static ut_status visit_log(const ut_unit *unit, double base, const ut_unit *ref, void *payload)
{
    (void)unit, (void)base, (void)ref, (void)payload;
    return UT_UNKNOWN;
}

static const ut_visitor VISITOR = {
    visit_basic, visit_product, visit_scaled, visit_time, visit_log};

static ut_status visit_scaled(
    const ut_unit *unit, double scale, const ut_unit *of, double offset, void *payload)
{
    (void)unit;
    split *s = payload;
    if (offset != 0.0) return UT_UNKNOWN;
    s->out->factor *= scale;
    return ut_accept_visitor(of, &VISITOR, s);
}

int pf_unit_split_up(pf_units *u, const char *text, pf_unit_split *out)
{
    static const char *const BASE[PF_UNIT_BASES] = {
        "m", "kg", "s", "A", "K", "mol", "cd", "cell", "copies", "IU", "item"};
    split s = {.out = out};
    memset(out, 0, sizeof *out);
    out->factor = 1.0;
    pthread_mutex_lock(&udunits_lock);
    ut_unit *it = parse(u, text);
    for (size_t i = 0; it && i < PF_UNIT_BASES; i++) s.base[i] = parse(u, BASE[i]);
    int good = it && ut_accept_visitor(it, &VISITOR, &s) == UT_SUCCESS;
    for (size_t i = 0; i < PF_UNIT_BASES; i++)
        if (s.base[i]) ut_free(s.base[i]);
    if (it) ut_free(it);
    pthread_mutex_unlock(&udunits_lock);
    return good && out->factor > 0.0 && isfinite(out->factor);
}

const char *pf_unit_nearest(const char *text)
{
    static const char *const NAMES[] = {"second", "minute", "hour", "day", "week", "month",
        "year", "pg", "ng", "ug", "mg", "g", "kg", "uL", "mL", "dL", "L", "um", "mm", "cm", "m",
        "m2", "cell", "copies", "IU", "pg/mL", "ng/mL", "mg/L", "cell/uL", "cell/mL", "cell/kg",
        "mg/kg", "mg/m2", "1/day", "1/month", "percent"};
    ptrdiff_t i = pf_text_nearest(text, NAMES, PF_COUNT(NAMES));
    /* Of a very short text everything is near. */
    return i < 0 || strlen(text) < 3 ? NULL : NAMES[i];
}
