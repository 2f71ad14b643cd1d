/* An endpoint as written in a study: a phrase of PF_PHRASE, then ` ratio` or ` difference`. */
#include "patient/assess_read.h"
#include "patient/population_read.h"
#include "trial/endpoint_kind.h"
#include "trial/loader.h"

#include <math.h>
#include <string.h>

enum { WORDS = 16, PIECES = 4 };
static const double SAME_DAY = 1e-6;

/* A text in words; `at` and `n` in bytes. */
typedef struct words {
    const char *text;
    size_t n, at[WORDS], length[WORDS];
} words;

/* What stands in a place of a phrase. */
typedef struct piece {
    const char *place; /* "<time>...", in the phrase */
    size_t at, length; /* bytes of the text */
} piece;

static int split(const char *text, words *w)
{
    *w = (words){.text = text};
    for (const char *p = text + strspn(text, " "); *p; p += strspn(p, " ")) {
        if (w->n == WORDS) return 0;
        w->at[w->n] = (size_t)(p - text);
        w->length[w->n++] = strcspn(p, " ");
        p += strcspn(p, " ");
    }
    return w->n > 0;
}

static int is_word(const words *w, size_t i, const char *word, size_t n)
{
    return i < w->n && w->length[i] == n && strncmp(w->text + w->at[i], word, n) == 0;
}

/* May a place hold several words? A quantity may: "6 week". */
static int is_long(const char *place)
{
    static const char *const several[] = {"<time>", "<day>", "<from>", "<until>", "<level>"};
    for (size_t i = 0; i < PF_COUNT(several); i++)
        if (strncmp(place, several[i], strlen(several[i])) == 0) return 1;
    return 0;
}

/* Do the words of a phrase stand here? Then `out` holds what stands in its places. */
static int match(const words *w, const char *phrase, piece *out, size_t *n_piece)
{
    size_t i = 0;
    *n_piece = 0;
    for (const char *p = phrase; *p;) {
        size_t n = strcspn(p, " ");
        const char *next = p + n + strspn(p + n, " ");
        if (*p != '<') {
            if (!is_word(w, i++, p, n)) return 0;
        } else {
            size_t first = i, after = strcspn(next, " ");
            if (i >= w->n) return 0;
            for (i++; is_long(p) && i < w->n; i++)
                if (*next && is_word(w, i, next, after)) break;
            if (*n_piece == PIECES) return 0;
            out[(*n_piece)++] =
                (piece){p, w->at[first], w->at[i - 1] + w->length[i - 1] - w->at[first]};
        }
        p = next;
    }
    return i == w->n;
}

/* ---- what stands in the places ---- */

typedef struct reading {
    pf_loader *l;
    const pf_yaml *node;
    pf_expect *e;
    char *text; /* of the piece */
    pf_place place;
} reading;

static int find_name(
    reading *d, const char *what, const char *const *names, size_t n, size_t *out)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], d->text) == 0) {
            *out = i;
            return 1;
        }
    pf_diag_error(d->l->r.diag, &d->place, "there is no %s '%s'%s", what, d->text,
        pf_diag_near(d->l->r.diag, d->text, names, n));
    return 0;
}

static int read_marker(reading *d)
{
    const pf_assess *a = &d->l->study->assess;
    size_t before = d->l->r.diag->told;
    if (!find_name(d, "marker", a->marker, a->n_marker, &d->e->index)) {
        if (d->l->r.diag->told > before)
            pf_diag_mend(d->l->r.diag, "name it in assess: markers:");
        return 0;
    }
    char *role = pf_arena_printf(d->l->r.ctx, d->l->r.arena, "marker.%s", d->text);
    const pf_role *r = role && d->l->model ? pf_role_find(d->l->model, role) : NULL;
    if (!role) d->l->r.failed = PF_ERR_NO_MEMORY;
    d->e->unit = r && r->unit ? pf_arena_strdup(d->l->r.ctx, d->l->r.arena, r->unit) : "1";
    return role != NULL;
}

/* The unit of an attribute or covariate, as the first of the products or people that has it. */
static int read_covariate(reading *d)
{
    const pf_population *p = &d->l->study->population;
    d->e->index = pf_population_find(p, d->text);
    if (d->e->index < p->n_variable) {
        d->e->unit = p->variable[d->e->index].unit;
        return 1;
    }
    const char *names[PF_NAMES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < p->n_variable && n < PF_NAMES_MAX; i++)
        names[n++] = p->variable[i].name;
    return find_name(d, "variable of the population", names, n, &d->e->index);
}

static const char *unit_of_parameter(const reading *d, const char *name)
{
    const pf_symbol *s = d->l->model ? pf_model_find(d->l->model, name) : NULL;
    if (!s || !s->unit) return "1";
    return pf_arena_strdup(d->l->r.ctx, d->l->r.arena, s->unit);
}

static int wanted_attribute(reading *d)
{
    pf_study *s = d->l->study;
    for (size_t i = 0; i < s->n_attribute; i++)
        if (strcmp(s->attribute[i], d->text) == 0) {
            d->e->index = i;
            return 1;
        }
    d->e->index = s->n_attribute; /* pf_loader_expect made room */
    s->attribute[s->n_attribute++] = d->text;
    return 1;
}

static int read_attribute(reading *d)
{
    const pf_study *s = d->l->study;
    const char *names[PF_NAMES_MAX];
    size_t n = 0;
    for (size_t k = 0; k < s->n_product; k++) {
        const pf_population *p = &s->product[k].attributes;
        for (size_t i = 0; i < p->n_variable && n < PF_NAMES_MAX; i++) {
            names[n++] = p->variable[i].name;
            if (strcmp(names[n - 1], d->text) != 0) continue;
            d->e->unit = p->variable[i].unit;
            return wanted_attribute(d);
        }
        for (size_t i = 0; i < p->n_setting && n < PF_NAMES_MAX; i++) {
            names[n++] = p->setting[i].parameter;
            if (strcmp(names[n - 1], d->text) != 0) continue;
            d->e->unit = unit_of_parameter(d, d->text);
            return wanted_attribute(d);
        }
    }
    size_t ignored;
    return find_name(d, "attribute of a product", names, n, &ignored);
}

static int read_number(reading *d, size_t at, const char *name, const char *unit, double low)
{
    pf_yaml part = *d->node;
    part.text = d->text;
    part.place = d->place;
    double number;
    int bare = strcmp(name, "day") == 0;
    if (bare && pf_text_number(d->text, &number) && number >= low && number <= 36525) {
        *(double *)((char *)d->e + at) = number;
        return 1;
    }
    const pf_field f = {.name = bare ? "time" : name,
        .kind = PF_FIELD_NUMBER,
        .at = at,
        .unit = unit,
        .low = low,
        .high = bare || strcmp(name, "time") == 0 ? 36525 : INFINITY};
    return pf_field_read(&d->l->r, &f, &part, d->e);
}

static int read_grade(reading *d)
{
    double k;
    if (pf_text_number(d->text, &k) && k >= 1 && k <= 5 && k == floor(k)) {
        d->e->level = k;
        return 1;
    }
    pf_diag_error(d->l->r.diag, &d->place, "'%s' is no grade", d->text);
    pf_diag_expected(d->l->r.diag, "1, 2, 3, 4 or 5");
    return 0;
}

/* Without a readable model nobody knows what it has. */
static int read_of_model(reading *d, const char *what, const char *const *names, size_t n)
{
    if (!d->l->model) return 0;
    size_t before = d->l->r.diag->told;
    if (find_name(d, what, names, n, &d->e->index)) return 1;
    if (!n && d->l->r.diag->told > before)
        pf_diag_mend(d->l->r.diag, "the model needs the line: //! role %s.%s NAME",
            strcmp(what, "grade") == 0 ? "grade" : "event-hazard", d->text);
    return 0;
}

static int read_piece(reading *d, const char *place)
{
    const pf_assess *a = &d->l->study->assess;
    size_t n = strcspn(place, ">") + 1;
    char name[16] = "";
    memcpy(name, place, n < sizeof name ? n : sizeof name - 1);
    if (!strcmp(name, "<time>"))
        return read_number(d, offsetof(pf_expect, at), "time", "day", 0);
    if (!strcmp(name, "<day>"))
        return read_number(d, offsetof(pf_expect, at), "day", "day", -3650);
    if (!strcmp(name, "<from>"))
        return read_number(d, offsetof(pf_expect, at), "day", "day", -3650);
    if (!strcmp(name, "<until>"))
        return read_number(d, offsetof(pf_expect, to), "day", "day", -3650);
    if (!strcmp(name, "<level>")) {
        double x; /* in the marker's unit unless it has one */
        if (pf_text_number(d->text, &x)) {
            d->e->level = x;
            return 1;
        }
        return read_number(d, offsetof(pf_expect, level), "level", d->e->unit, -INFINITY);
    }
    if (!strcmp(name, "<k>")) return read_grade(d);
    if (!strcmp(name, "<marker>")) return read_marker(d);
    if (!strcmp(name, "<attribute>")) return read_attribute(d);
    if (!strcmp(name, "<covariate>")) return read_covariate(d);
    if (!strcmp(name, "<grade>")) return read_of_model(d, "grade", a->grade, a->n_grade);
    return read_of_model(d, "event", a->event, a->n_event);
}

static int read_pieces(
    pf_loader *l, const pf_yaml *node, const piece *p, size_t n, pf_expect *e)
{
    for (size_t i = 0; i < n; i++) {
        reading d = {.l = l, .node = node, .e = e};
        d.text = pf_arena_strndup(l->r.ctx, l->r.arena, node->text + p[i].at, p[i].length);
        d.place = pf_yaml_part(node, p[i].at, p[i].length);
        if (!d.text) {
            l->r.failed = PF_ERR_NO_MEMORY;
            return 0;
        }
        if (!read_piece(&d, p[i].place)) return 0;
    }
    return 1;
}

/* ---- does the study measure it? ---- */

static int refuse(pf_loader *l, const pf_yaml *node, const char *why, const char *mend)
{
    pf_diag_error(l->r.diag, &node->place, "'%s': %s", node->text, why);
    if (mend) pf_diag_mend(l->r.diag, "%s", mend);
    return 0;
}

static size_t samples_within(const pf_assess *a, double from, double to)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_kinetics; i++)
        n += a->kinetics[i] >= from - SAME_DAY && a->kinetics[i] <= to + SAME_DAY;
    return n;
}

static double first_dose(const pf_arm *arm)
{
    double day = INFINITY;
    for (size_t i = 0; i < arm->n_item; i++) {
        const pf_regimen_item *it = &arm->item[i];
        if (it->when) continue; /* a rescue: nobody knows when */
        for (size_t k = 0; k < it->n_on; k++) day = fmin(day, it->start + it->on[k]);
        if (!it->n_on) day = fmin(day, it->start);
    }
    return isinf(day) ? 0 : day;
}

static int check_baseline(pf_loader *l, const pf_yaml *node, size_t arm)
{
    const pf_assess *a = &l->study->assess;
    if (arm >= l->study->n_arm || !a->n_kinetics) return 1;
    double first = first_dose(&l->study->arm[arm]);
    if (a->kinetics[0] <= first + SAME_DAY) return 1;
    pf_diag_error(l->r.diag, &node->place,
        "'%s' needs a sample before treatment, which begins on day %g", node->text, first);
    pf_diag_mend(
        l->r.diag, "add day %g to assess: kinetics: (blood is drawn before the dose)", first);
    return 0;
}

static int check_needs(pf_loader *l, const pf_yaml *node, const pf_expect *e)
{
    const pf_assess *a = &l->study->assess;
    unsigned need = PF_ENDPOINT_KIND[e->endpoint].need;
    int recurrence = a->criteria == PF_CRITERIA_RECURRENCE;
    if ((need & PF_NEED_LESIONS) && !(a->every > 0))
        return refuse(l, node, "nobody is imaged in this study", "give assess: an imaging:");
    if ((need & PF_NEED_RESPONSE) && recurrence)
        return refuse(l, node, "there are no responses under criteria: recurrence",
            "RFS, 'RFS at 5 year' and 'new lesion at 1 year' are measured");
    if (strstr(node->text, "RFS") && !recurrence)
        return refuse(l, node, "RFS belongs to criteria: recurrence",
            "write PFS, or change the criteria");
    if (strstr(node->text, "PFS") && recurrence)
        return refuse(l, node, "under criteria: recurrence this is called RFS", "write RFS");
    if (!l->model) return 1;
    if ((need & PF_NEED_KINETICS) && !pf_role_find(l->model, "kinetics")) {
        pf_diag_error(
            l->r.diag, &node->place, "the model has no 'kinetics' role to compare with");
        return 0;
    }
    if ((need & PF_NEED_DEATH) && !pf_role_find(l->model, "death-hazard"))
        return refuse(
            l, node, "nobody dies in this model: it has no 'death-hazard' role", NULL);
    if ((need & PF_NEED_LLOQ) && !(a->lloq > 0))
        return refuse(l, node, "nothing says from where on cells are detected",
            "add assess: lloq: 0.01 cell/uL");
    return 1;
}

static int check_times(pf_loader *l, const pf_yaml *node, pf_expect *e)
{
    const pf_assess *a = &l->study->assess;
    const pf_endpoint_kind *kind = &PF_ENDPOINT_KIND[e->endpoint];
    if (fmax(e->at, e->to) > l->study->horizon && l->study->horizon > 0.0) {
        pf_diag_error(l->r.diag, &node->place, "'%s' lies behind the horizon of %g days",
            node->text, l->study->horizon);
        return 0;
    }
    int span = kind->need & PF_NEED_SLOPE || e->endpoint == PF_ENDPOINT_NEW_LESION_PEAK ||
               e->endpoint == PF_ENDPOINT_PFS_PEAK;
    if (span && !(e->to > e->at))
        return refuse(l, node, "the time ends before it begins", NULL);
    if ((kind->need & PF_NEED_SLOPE) && samples_within(a, e->at, e->to) < 2)
        return refuse(
            l, node, "a slope needs two samples in that time", "add days to assess: kinetics:");
    if (!(kind->need & PF_NEED_SAMPLE)) return 1;
    for (size_t i = 0; i < a->n_kinetics; i++)
        if (fabs(a->kinetics[i] - e->at) < SAME_DAY) {
            e->at = a->kinetics[i];
            return 1;
        }
    pf_diag_error(l->r.diag, &node->place, "day %g is not among the days of 'kinetics'", e->at);
    pf_diag_mend(l->r.diag, "add it to assess: kinetics:");
    return 0;
}

/* ---- the whole ---- */

static void unknown(pf_loader *l, const pf_yaml *node, const char *text)
{
    const char *names[64];
    size_t n = 0;
    for (size_t i = 0; i < PF_PHRASE_COUNT && n < PF_COUNT(names); i++)
        names[n++] = PF_PHRASE[i].example;
    const char *near = pf_diag_near(l->r.diag, text, names, n);
    pf_diag_error(l->r.diag, &node->place, "there is no endpoint '%s'%s", node->text, near);
    if (!*near)
        pf_diag_expected(l->r.diag,
            "ORR, PFS, 'OS at 5 year', 'PFS HR', 'kinetics day 7', 'marker CEA fold day 28', "
            "'CRS >= 3', 'OS ratio' or another of docs/reference/endpoints.md");
}

/* Take ` ratio` or ` difference` from the end. */
static char *without_comparison(pf_loader *l, const char *text, pf_compare *out)
{
    static const char *const behind[] = {
        [PF_COMPARE_RATIO] = " ratio", [PF_COMPARE_DIFFERENCE] = " difference"};
    size_t n = strlen(text);
    *out = PF_COMPARE_NONE;
    for (int k = PF_COMPARE_RATIO; k <= PF_COMPARE_DIFFERENCE; k++) {
        size_t m = strlen(behind[k]);
        if (n <= m || strcmp(text + n - m, behind[k]) != 0) continue;
        *out = (pf_compare)k;
        n -= m;
        break;
    }
    char *copy = pf_arena_strndup(l->r.ctx, l->r.arena, text, n);
    if (!copy) l->r.failed = PF_ERR_NO_MEMORY;
    return copy;
}

int pf_loader_endpoint(pf_loader *l, const pf_yaml *node, pf_expect *e)
{
    words w;
    piece p[PIECES];
    size_t n;
    char *text = without_comparison(l, node->text, &e->compare);
    if (!text) return 0;
    for (size_t i = 0; split(text, &w) && i < PF_PHRASE_COUNT; i++) {
        if (!match(&w, PF_PHRASE[i].words, p, &n)) continue;
        e->endpoint = PF_PHRASE[i].kind;
        const pf_endpoint_kind *kind = &PF_ENDPOINT_KIND[e->endpoint];
        if (!read_pieces(l, node, p, n, e)) return 0;
        if (kind->versus && e->compare)
            return refuse(l, node, "this compares two arms already", NULL);
        const pf_role *r = kind->need & PF_NEED_KINETICS && l->model
                               ? pf_role_find(l->model, "kinetics")
                               : NULL;
        if (r && kind->form == PF_FORM_LEVEL)
            e->unit = r->unit ? pf_arena_strdup(l->r.ctx, l->r.arena, r->unit) : "1";
        int good = check_needs(l, node, e) && check_times(l, node, e);
        if (good && kind->need & PF_NEED_BASELINE) good = check_baseline(l, node, e->arm);
        return good;
    }
    unknown(l, node, text);
    return 0;
}
