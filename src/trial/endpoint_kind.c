#include "trial/endpoint_kind.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    RESPONSE = PF_NEED_LESIONS | PF_NEED_RESPONSE,
    LESIONS = PF_NEED_LESIONS,
    BLOOD = PF_NEED_KINETICS,
    SLOPE = PF_NEED_SLOPE,
    SAMPLE = PF_NEED_SAMPLE,
    BASE = PF_NEED_BASELINE,
    DEATH = PF_NEED_DEATH
};

const pf_endpoint_kind PF_ENDPOINT_KIND[PF_MEASURE_COUNT] = {
    [PF_ENDPOINT_ORR] = {"ORR", PF_FORM_SHARE, RESPONSE, 0, 0, 0},
    [PF_ENDPOINT_DCR] = {"DCR", PF_FORM_SHARE, RESPONSE, 0, 0, 0},
    [PF_ENDPOINT_CR] = {"CR", PF_FORM_SHARE, RESPONSE, 0, 0, 0},
    [PF_ENDPOINT_PFS] = {"PFS", PF_FORM_TIME, LESIONS, 0, 0, 0},
    [PF_ENDPOINT_OS] = {"OS", PF_FORM_TIME, DEATH, 0, 0, 0},
    [PF_ENDPOINT_DOR] = {"DoR", PF_FORM_TIME, RESPONSE, 0, 0, 0},
    [PF_ENDPOINT_PFS_AT] = {"PFS_at", PF_FORM_SHARE, LESIONS, 1, 0, 0},
    [PF_ENDPOINT_OS_AT] = {"OS_at", PF_FORM_SHARE, DEATH, 1, 0, 0},
    [PF_ENDPOINT_KINETICS] = {"kinetics", PF_FORM_LEVEL, BLOOD | SAMPLE, 1, 0, 1},
    [PF_ENDPOINT_CMAX] = {"Cmax", PF_FORM_LEVEL, BLOOD, 0, 0, 1},
    [PF_ENDPOINT_TMAX] = {"Tmax", PF_FORM_DAYS, BLOOD, 0, 0, 1},
    [PF_ENDPOINT_DCR_AT] = {"DCR_at", PF_FORM_SHARE, RESPONSE, 1, 0, 0},
    [PF_ENDPOINT_NEW_LESION_AT] = {"new_lesion_at", PF_FORM_SHARE, LESIONS, 1, 0, 0},
    [PF_ENDPOINT_PFS_HR] = {"PFS_hazard_ratio", PF_FORM_RATIO, LESIONS, 0, 1, 0},
    [PF_ENDPOINT_OS_HR] = {"OS_hazard_ratio", PF_FORM_RATIO, DEATH, 0, 1, 0},
    [PF_ENDPOINT_KINETICS_HALF_LIFE] = {"kinetics_half_life", PF_FORM_DAYS, BLOOD | SLOPE, 1, 0,
        1},
    [PF_ENDPOINT_KINETICS_DOUBLING] = {"kinetics_doubling", PF_FORM_DAYS, BLOOD | SLOPE, 1, 0,
        1},
    [PF_ENDPOINT_MARKER] = {"marker", PF_FORM_LEVEL, SAMPLE, 1, 0, 1},
    [PF_ENDPOINT_MARKER_MAX] = {"marker_max", PF_FORM_LEVEL, 0, 0, 0, 1},
    [PF_ENDPOINT_MARKER_MIN] = {"marker_min", PF_FORM_LEVEL, 0, 0, 0, 1},
    [PF_ENDPOINT_MARKER_FOLD] = {"marker_fold", PF_FORM_RATIO, SAMPLE | BASE, 1, 0, 1},
    [PF_ENDPOINT_MARKER_FOLD_MAX] = {"marker_fold_max", PF_FORM_RATIO, BASE, 0, 0, 1},
    [PF_ENDPOINT_MARKER_FOLD_MIN] = {"marker_fold_min", PF_FORM_RATIO, BASE, 0, 0, 1},
    [PF_ENDPOINT_MARKER_HALF_LIFE] = {"marker_half_life", PF_FORM_DAYS, SLOPE, 1, 0, 1},
    [PF_ENDPOINT_MARKER_DOUBLING] = {"marker_doubling", PF_FORM_DAYS, SLOPE, 1, 0, 1},
    [PF_ENDPOINT_MARKER_ABOVE] = {"marker_above", PF_FORM_SHARE, SAMPLE, 1, 0, 0},
    [PF_ENDPOINT_MARKER_BELOW] = {"marker_below", PF_FORM_SHARE, SAMPLE, 1, 0, 0},
    [PF_ENDPOINT_PERSISTENCE] = {"persistence", PF_FORM_DAYS, BLOOD | PF_NEED_LLOQ, 0, 0, 1},
    [PF_ENDPOINT_PERSISTENCE_ABOVE] = {"persistence_above", PF_FORM_SHARE, BLOOD | PF_NEED_LLOQ,
        1, 0, 0},
    [PF_ENDPOINT_ATTRIBUTE] = {"attribute", PF_FORM_LEVEL, 0, 0, 0, 1},
    [PF_ENDPOINT_COVARIATE] = {"covariate", PF_FORM_LEVEL, 0, 0, 0, 1},
    [PF_ENDPOINT_GRADE] = {"grade", PF_FORM_SHARE, 0, 0, 0, 0},
    [PF_ENDPOINT_EVENT] = {"event", PF_FORM_SHARE, 0, 0, 0, 0},
    [PF_ENDPOINT_EVENT_AT] = {"event_at", PF_FORM_SHARE, 0, 1, 0, 0},
    [PF_ENDPOINT_NEW_LESION_PEAK] = {"new_lesion_peak", PF_FORM_TIME, LESIONS, 1, 0, 0},
    [PF_ENDPOINT_PFS_PEAK] = {"PFS_peak", PF_FORM_TIME, LESIONS, 1, 0, 0},
    [PF_MEASURE_TTR] = {"TTR", PF_FORM_TIME, RESPONSE, 0, 0, 0},
    [PF_MEASURE_AUC28] = {"AUC28", PF_FORM_LEVEL, BLOOD, 0, 0, 1},
    [PF_MEASURE_PFS_LOGRANK] = {"PFS_logrank_p", PF_FORM_P, LESIONS, 0, 1, 0},
    [PF_MEASURE_OS_LOGRANK] = {"OS_logrank_p", PF_FORM_P, DEATH, 0, 1, 0},
};

/* The first phrase of a kind is the one that labels use. RFS stands before PFS nowhere: which
 * of the two a study may write depends on its criteria. */
const pf_phrase PF_PHRASE[] = {
    {PF_ENDPOINT_ORR, "ORR", "ORR"},
    {PF_ENDPOINT_DCR, "DCR", "DCR"},
    {PF_ENDPOINT_CR, "CR", "CR"},
    {PF_ENDPOINT_PFS, "PFS", "PFS"},
    {PF_ENDPOINT_OS, "OS", "OS"},
    {PF_ENDPOINT_DOR, "DOR", "DOR"},
    {PF_ENDPOINT_PFS_AT, "PFS at <time>", "PFS at 12 month"},
    {PF_ENDPOINT_OS_AT, "OS at <time>", "OS at 5 year"},
    {PF_ENDPOINT_KINETICS, "kinetics day <day>", "kinetics day 7"},
    {PF_ENDPOINT_KINETICS, "kinetics at <time>", "kinetics at 7 day"},
    {PF_ENDPOINT_CMAX, "Cmax", "Cmax"},
    {PF_ENDPOINT_TMAX, "Tmax", "Tmax"},
    {PF_ENDPOINT_DCR_AT, "DCR at <time>", "DCR at 6 week"},
    {PF_ENDPOINT_NEW_LESION_AT, "new lesion at <time>", "new lesion at 1 year"},
    {PF_ENDPOINT_PFS_HR, "PFS HR", "PFS HR"},
    {PF_ENDPOINT_OS_HR, "OS HR", "OS HR"},
    {PF_ENDPOINT_PFS, "RFS", "RFS"},
    {PF_ENDPOINT_PFS_AT, "RFS at <time>", "RFS at 5 year"},
    {PF_ENDPOINT_PFS_HR, "RFS HR", "RFS HR"},
    {PF_ENDPOINT_KINETICS_HALF_LIFE, "kinetics half-life day <from> to <until>",
        "kinetics half-life day 14 to 28"},
    {PF_ENDPOINT_KINETICS_DOUBLING, "kinetics doubling day <from> to <until>",
        "kinetics doubling day 4 to 8"},
    {PF_ENDPOINT_MARKER, "marker <marker> day <day>", "marker CEA day 28"},
    {PF_ENDPOINT_MARKER, "marker <marker> at <time>", "marker CEA at 28 day"},
    {PF_ENDPOINT_MARKER_MAX, "marker <marker> max", "marker CEA max"},
    {PF_ENDPOINT_MARKER_MIN, "marker <marker> min", "marker CEA min"},
    {PF_ENDPOINT_MARKER_FOLD, "marker <marker> fold day <day>", "marker CEA fold day 28"},
    {PF_ENDPOINT_MARKER_FOLD, "marker <marker> fold at <time>", "marker CEA fold at 28 day"},
    {PF_ENDPOINT_MARKER_FOLD_MAX, "marker <marker> fold max", "marker CEA fold max"},
    {PF_ENDPOINT_MARKER_FOLD_MIN, "marker <marker> fold min", "marker CEA fold min"},
    {PF_ENDPOINT_MARKER_HALF_LIFE, "marker <marker> half-life day <from> to <until>",
        "marker CEA half-life day 2 to 5"},
    {PF_ENDPOINT_MARKER_DOUBLING, "marker <marker> doubling day <from> to <until>",
        "marker CEA doubling day 2 to 5"},
    {PF_ENDPOINT_MARKER_ABOVE, "marker <marker> above <level> day <day>",
        "marker CEA above 5 day 28"},
    {PF_ENDPOINT_MARKER_BELOW, "marker <marker> below <level> day <day>",
        "marker CEA below 5 day 28"},
    {PF_ENDPOINT_PERSISTENCE, "persistence", "persistence"},
    {PF_ENDPOINT_PERSISTENCE_ABOVE, "persistence above <time>", "persistence above 42 day"},
    {PF_ENDPOINT_ATTRIBUTE, "attribute <attribute>", "attribute z0"},
    {PF_ENDPOINT_COVARIATE, "covariate <covariate>", "covariate age"},
    {PF_ENDPOINT_GRADE, "<grade> >= <k>", "CRS >= 3"},
    {PF_ENDPOINT_EVENT_AT, "event <event> at <time>", "event GVHD at 5 year"},
    {PF_ENDPOINT_EVENT, "event <event>", "event GVHD"},
    {PF_ENDPOINT_NEW_LESION_PEAK, "hazard peak of new lesion day <from> to <until>",
        "hazard peak of new lesion day 0 to 600"},
    {PF_ENDPOINT_PFS_PEAK, "hazard peak of PFS day <from> to <until>",
        "hazard peak of PFS day 0 to 600"},
    {PF_ENDPOINT_PFS_PEAK, "hazard peak of RFS day <from> to <until>",
        "hazard peak of RFS day 0 to 600"},
};
const size_t PF_PHRASE_COUNT = PF_COUNT(PF_PHRASE);

/* ---- measures ---- */

pf_measure pf_measure_of(const pf_expect *e)
{
    return (pf_measure){.kind = (int)e->endpoint,
        .at = e->at,
        .arm = e->arm,
        .against = e->against,
        .compare = e->compare,
        .to = e->to,
        .level = e->level,
        .index = e->index,
        .among = e->among.text ? &e->among : NULL,
        .against_among = e->against_among.text ? &e->against_among : NULL,
        .unit = e->unit};
}

pf_form pf_measure_form(const pf_measure *m)
{
    if (m->compare == PF_COMPARE_RATIO) return PF_FORM_RATIO;
    return PF_ENDPOINT_KIND[m->kind].form;
}

int pf_measure_is_share(const pf_measure *m)
{
    return m->compare == PF_COMPARE_NONE && PF_ENDPOINT_KIND[m->kind].form == PF_FORM_SHARE;
}

int pf_measure_is_comparison(const pf_measure *m)
{
    return m->compare != PF_COMPARE_NONE || PF_ENDPOINT_KIND[m->kind].versus;
}

static int same_group(const pf_subgroup *a, const pf_subgroup *b)
{
    return a == b || (a && b && pf_text_equal(a->text, b->text));
}

int pf_measure_same(const pf_measure *a, const pf_measure *b)
{
    return a->kind == b->kind && a->arm == b->arm && a->compare == b->compare &&
           a->index == b->index && fabs(a->at - b->at) < 1e-6 && fabs(a->to - b->to) < 1e-6 &&
           a->level == b->level && same_group(a->among, b->among) &&
           (!pf_measure_is_comparison(a) ||
               (a->against == b->against && same_group(a->against_among, b->against_among)));
}

const char *pf_measure_unit(const pf_measure *m)
{
    switch (pf_measure_form(m)) {
    case PF_FORM_SHARE:
        return "share";
    case PF_FORM_TIME:
    case PF_FORM_DAYS:
        return "day";
    case PF_FORM_LEVEL:
        return m->unit ? m->unit : "1";
    default:
        return "1";
    }
}

/* ---- as text ---- */

void pf_measure_key(const pf_study *s, const pf_measure *m, char *text, size_t size)
{
    static const char *const behind[] = {"", "_ratio", "_difference"};
    const char *key = PF_ENDPOINT_KIND[m->kind].key;
    int recurrence = s->assess.criteria == PF_CRITERIA_RECURRENCE && !strncmp(key, "PFS", 3);
    snprintf(text, size, "%s%s%s", recurrence ? "RFS" : "", key + (recurrence ? 3 : 0),
        behind[m->compare]);
}

static const pf_phrase *phrase_of(const pf_study *s, int kind)
{
    const pf_phrase *found = NULL;
    for (size_t i = 0; i < PF_PHRASE_COUNT; i++) {
        if ((int)PF_PHRASE[i].kind != kind) continue;
        if (!found) found = &PF_PHRASE[i];
        if (s->assess.criteria == PF_CRITERIA_RECURRENCE && strstr(PF_PHRASE[i].words, "RFS"))
            return &PF_PHRASE[i];
    }
    return found;
}

static const char *name_in(const char *const *list, size_t n, size_t i)
{
    return i < n && list[i] ? list[i] : "?";
}

/* What stands in a place of a phrase; a number goes into `number`. */
static const char *filled(
    const pf_study *s, const pf_measure *m, const char *place, char *number, size_t size)
{
    const pf_assess *a = &s->assess;
    if (!strncmp(place, "<marker>", 8)) return name_in(a->marker, a->n_marker, m->index);
    if (!strncmp(place, "<grade>", 7)) return name_in(a->grade, a->n_grade, m->index);
    if (!strncmp(place, "<event>", 7)) return name_in(a->event, a->n_event, m->index);
    if (!strncmp(place, "<attribute>", 11))
        return name_in((const char *const *)s->attribute, s->n_attribute, m->index);
    if (!strncmp(place, "<covariate>", 11))
        return m->index < s->population.n_variable ? s->population.variable[m->index].name
                                                   : "?";
    int month = !strncmp(place, "<time>", 6) && m->at >= 60;
    double x = !strncmp(place, "<until>", 7)                                ? m->to
               : !strncmp(place, "<level>", 7) || !strncmp(place, "<k>", 3) ? m->level
               : month ? round(m->at / PF_MONTH_DAYS * 100) / 100
                       : m->at;
    const char *unit = strncmp(place, "<time>", 6) != 0 ? "" : month ? " month" : " day";
    snprintf(number, size, "%.6g%s", x, unit);
    return number;
}

static void append(char *text, size_t size, const char *more, size_t n)
{
    size_t at = strlen(text);
    if (at + 1 < size) snprintf(text + at, size - at, "%.*s", (int)n, more);
}

void pf_measure_label(const pf_study *s, const pf_measure *m, char *text, size_t size)
{
    static const char *const behind[] = {"", " ratio", " difference"};
    const pf_phrase *phrase = phrase_of(s, m->kind);
    char number[48];
    text[0] = '\0';
    for (const char *p = phrase ? phrase->words : PF_ENDPOINT_KIND[m->kind].key; *p;) {
        size_t n = *p == '<' ? strcspn(p, ">") + 1 : *p == ' ' ? 1 : strcspn(p, " ");
        const char *word = *p == '<' && phrase ? filled(s, m, p, number, sizeof number) : p;
        append(text, size, word, word == p ? n : strlen(word));
        p += n;
    }
    append(text, size, behind[m->compare], 16);
    for (int k = 0; k < 2; k++) {
        const pf_subgroup *g = k ? m->against_among : m->among;
        if (!g) continue;
        append(text, size, k ? " against " : ", among ", 16);
        append(text, size, g->text, strlen(g->text));
    }
}

void pf_measure_print(char *text, size_t size, const pf_measure *m, double value)
{
    pf_form form = pf_measure_form(m);
    if (isnan(value))
        snprintf(text, size, "none");
    else if (isinf(value))
        snprintf(text, size, "not reached");
    else if (form == PF_FORM_SHARE)
        snprintf(text, size, "%.1f %%", 100 * value);
    else if (form == PF_FORM_DAYS)
        snprintf(text, size, fabs(value) < 1 ? "%.3g days" : "%.1f days", value);
    else if (form == PF_FORM_TIME)
        snprintf(text, size, "%.1f months", value / PF_MONTH_DAYS);
    else if (form == PF_FORM_LEVEL && m->unit && strcmp(m->unit, "1") != 0)
        snprintf(text, size, "%.3g %s", value, m->unit);
    else
        snprintf(text, size, "%.3g", value);
}
