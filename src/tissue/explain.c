#include "tissue/explain.h"

#include <math.h>
#include <string.h>

typedef struct {
    const pf_rules *r;
    const pf_words *w;
    const pf_explain *what;
    pf_buf *out;
} teller;

static const pf_word *signal_of(const pf_words *w, const pf_rule *rule)
{
    return pf_word_of(w->signal, w->n_signal, rule->signal);
}

static const pf_word *behaviour_of(const pf_words *w, int behaviour)
{
    return pf_word_of(w->behaviour, w->n_behaviour, behaviour);
}

/* A unit behind a number; nothing for plain numbers. */
static const char *unit(const pf_word *w)
{
    return strcmp(w->unit, "1") != 0 ? w->unit : "";
}

static const char *gap(const pf_word *w)
{
    return *unit(w) ? " " : "";
}

static double base_of(const pf_rules *r, size_t type, int behaviour)
{
    return pf_behaviour_base(&r->setup->type[type], behaviour);
}

static const pf_answer *response_of(const pf_rules *r, const pf_rule *rule)
{
    size_t k = (size_t)(rule - r->rule), i = 0;
    while (r->response[i].to <= k) i++;
    return &r->response[i];
}

void pf_rule_sentence(const pf_rules *r, const pf_words *w, const pf_rule *rule, pf_buf *out)
{
    const pf_word *s = signal_of(w, rule), *b = behaviour_of(w, rule->behaviour);
    pf_buf_printf(out,
        "%s %s %s of %s from %.6g towards %.6g%s%s; half at %.6g%s%s, Hill power %.6g", s->name,
        rule->decreases ? "decreases" : "increases", b->name, r->setup->type[rule->type].name,
        base_of(r, rule->type, rule->behaviour), rule->saturation, gap(b), unit(b), rule->half,
        gap(s), unit(s), rule->power);
    if (rule->dead) pf_buf_text(out, "; of dead cells, too");
}

void pf_rule_curve(const pf_rules *r, const pf_rule *rule, double *x, double *y)
{
    double signal[PF_SENSE_COUNT] = {0};
    double base = base_of(r, rule->type, rule->behaviour);
    for (int k = 0; k < PF_EXPLAIN_POINTS; k++) {
        x[k] = signal[rule->signal] = 3 * rule->half * k / (PF_EXPLAIN_POINTS - 1);
        y[k] = pf_answer_value(r, response_of(r, rule), signal, 0, base);
    }
}

/* ---- text ---- */

enum { HEIGHT = 10 };

static void draw(const double *x, const double *y, const pf_word *s, pf_buf *out)
{
    char mark[HEIGHT][PF_EXPLAIN_POINTS + 1];
    double low = y[0], high = y[0];
    for (int k = 1; k < PF_EXPLAIN_POINTS; k++) low = fmin(low, y[k]), high = fmax(high, y[k]);
    double span = high > low ? high - low : 1;
    memset(mark, ' ', sizeof mark);
    for (int k = 0, before = 0; k < PF_EXPLAIN_POINTS; k++) {
        int at = (int)lround((high - y[k]) / span * (HEIGHT - 1)), from = k ? before : at;
        mark[at][k] = '*';
        for (int row = from < at ? from + 1 : at + 1; row < (from < at ? at : from); row++)
            mark[row][k] = '*'; /* no holes where it is steep */
        before = at;
    }
    for (int row = 0; row < HEIGHT; row++) {
        int end = PF_EXPLAIN_POINTS;
        while (end && mark[row][end - 1] == ' ') end--;
        mark[row][end] = 0;
        if (row && row < HEIGHT - 1)
            pf_buf_printf(out, "  %11s |%s\n", "", mark[row]);
        else
            pf_buf_printf(out, "  %11.5g |%s\n", row ? low : high, mark[row]);
    }
    pf_buf_printf(out, "  %11s +", "");
    for (int k = 0; k < PF_EXPLAIN_POINTS; k++)
        pf_buf_text(out, k % ((PF_EXPLAIN_POINTS - 1) / 3) ? "-" : "+");
    pf_buf_printf(out, "\n  %11s  %-20.5g%-20.5g%-18.5g%.5g\n", "", x[0], x[20], x[40], x[60]);
    pf_buf_printf(out, "  %11s  %s%s%s\n\n", "", s->name, *unit(s) ? " in " : "", unit(s));
}

static void tell_response(const teller *t, const pf_answer *p)
{
    const pf_word *b = behaviour_of(t->w, p->behaviour);
    size_t up = p->middle - p->from, down = p->to - p->middle;
    pf_buf_printf(t->out, "%s of %s: %.6g%s%s without any signal", b->name,
        t->r->setup->type[p->type].name, base_of(t->r, p->type, p->behaviour), gap(b), unit(b));
    if (up)
        pf_buf_printf(t->out, ", at most %.6g by %zu rule%s", t->r->rule[p->from].saturation,
            up, up > 1 ? "s" : "");
    if (down)
        pf_buf_printf(t->out, ", at least %.6g by %zu rule%s", t->r->rule[p->middle].saturation,
            down, down > 1 ? "s" : "");
    pf_buf_text(t->out, "\n\n");
}

static void tell_rule(const teller *t, const pf_rule *rule)
{
    double x[PF_EXPLAIN_POINTS], y[PF_EXPLAIN_POINTS];
    pf_rule_curve(t->r, rule, x, y);
    pf_buf_printf(t->out, "line %d: ", rule->place.line);
    pf_rule_sentence(t->r, t->w, rule, t->out);
    if (rule->source) pf_buf_printf(t->out, "\n  source: %s", rule->source);
    pf_buf_text(t->out, "\n\n");
    draw(x, y, signal_of(t->w, rule), t->out);
}

/* ---- JSON ---- */

static void write_rule(const teller *t, const pf_rule *rule)
{
    const pf_word *s = signal_of(t->w, rule), *b = behaviour_of(t->w, rule->behaviour);
    double x[PF_EXPLAIN_POINTS], y[PF_EXPLAIN_POINTS];
    pf_buf sentence;
    pf_buf_init(&sentence, t->out->ctx);
    pf_rule_sentence(t->r, t->w, rule, &sentence);
    pf_rule_curve(t->r, rule, x, y);
    pf_json_open(t->out, NULL, '{');
    pf_json_integer(t->out, "line", rule->place.line);
    pf_json_text(t->out, "cell_type", t->r->setup->type[rule->type].name);
    pf_json_text(t->out, "signal", s->name);
    pf_json_text(t->out, "signal_unit", s->unit);
    pf_json_text(t->out, "direction", rule->decreases ? "decreases" : "increases");
    pf_json_text(t->out, "behaviour", b->name);
    pf_json_text(t->out, "behaviour_unit", b->unit);
    pf_json_number(t->out, "base", base_of(t->r, rule->type, rule->behaviour));
    pf_json_number(t->out, "saturation", rule->saturation);
    pf_json_number(t->out, "half_max", rule->half);
    pf_json_number(t->out, "hill_power", rule->power);
    pf_json_bool(t->out, "applies_to_dead", rule->dead);
    pf_json_text(t->out, "source", rule->source);
    pf_json_text(t->out, "sentence", sentence.bytes);
    for (int k = 0; k < 2; k++) {
        pf_json_open(t->out, k ? "y" : "x", '[');
        for (int i = 0; i < PF_EXPLAIN_POINTS; i++)
            pf_json_number(t->out, NULL, k ? y[i] : x[i]);
        pf_json_close(t->out, ']');
    }
    pf_json_close(t->out, '}');
    pf_buf_clear(&sentence);
}

/* ---- which ---- */

/* The name that was asked for is one of these. */
static pf_err known(
    pf_ctx *ctx, const char *what, const char *name, const char *const *all, size_t n)
{
    if (!name) return PF_OK;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(all[i], name)) return PF_OK;
    ptrdiff_t near = pf_text_nearest(name, all, n);
    if (near >= 0)
        return pf_fail(ctx, PF_ERR_CONFIG, "no rule changes the %s '%s'; did you mean '%s'?",
            what, name, all[near]);
    return pf_fail(ctx, PF_ERR_CONFIG, "no rule is about the %s '%s'", what, name);
}

static pf_err check(pf_ctx *ctx, pf_arena *arena, const teller *t)
{
    const pf_rules *r = t->r;
    const char **type = pf_arena_alloc(ctx, arena, r->n + 1, sizeof *type),
               **behaviour = pf_arena_alloc(ctx, arena, r->n + 1, sizeof *behaviour);
    if (!type || !behaviour) return PF_ERR_NO_MEMORY;
    int found = !t->what->line;
    for (size_t i = 0; i < r->n; i++) {
        type[i] = r->setup->type[r->rule[i].type].name;
        behaviour[i] = behaviour_of(t->w, r->rule[i].behaviour)->name;
        found |= (size_t)r->rule[i].place.line == t->what->line;
    }
    PF_TRY(known(ctx, "cell type", t->what->type, type, r->n));
    PF_TRY(known(ctx, "behaviour", t->what->behaviour, behaviour, r->n));
    if (found) return PF_OK;
    return pf_fail(
        ctx, PF_ERR_CONFIG, "no rule begins on line %zu of the table", t->what->line);
}

static int wanted(const teller *t, const pf_rule *rule)
{
    const pf_explain *e = t->what;
    if (e->line && (size_t)rule->place.line != e->line) return 0;
    if (e->type && strcmp(e->type, t->r->setup->type[rule->type].name) != 0) return 0;
    return !e->behaviour || !strcmp(e->behaviour, behaviour_of(t->w, rule->behaviour)->name);
}

static void tell(const teller *t)
{
    if (t->what->json) {
        pf_json_open(t->out, NULL, '{');
        pf_json_open(t->out, "rules", '[');
    }
    for (size_t k = 0; k < t->r->n_response; k++) {
        const pf_answer *p = &t->r->response[k];
        int first = 1;
        for (size_t i = p->from; i < p->to; i++) {
            if (!wanted(t, &t->r->rule[i])) continue;
            if (first && !t->what->json) tell_response(t, p);
            first = 0;
            (t->what->json ? write_rule : tell_rule)(t, &t->r->rule[i]);
        }
    }
    if (!t->what->json) return;
    pf_json_close(t->out, ']');
    pf_json_close(t->out, '}');
    pf_buf_text(t->out, "\n");
}

pf_err pf_rules_explain(pf_ctx *ctx, const pf_rules *r, const pf_explain *what, pf_buf *out)
{
    pf_arena arena;
    pf_words words;
    teller t = {r, &words, what, out};
    pf_arena_init(&arena);
    pf_err err = pf_words_make(ctx, &arena, r->setup, &words);
    if (!err) err = check(ctx, &arena, &t);
    if (!err) tell(&t);
    pf_arena_clear(&arena);
    return err ? err : pf_buf_ok(out);
}
