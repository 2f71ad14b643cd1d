/* crossing.c: where inside its accepted step a lane's first trigger rises. */
#include "solve/events.h"
#include "solve/history.h"

#include <math.h>
#include <string.h>

enum {
    COARSE = 8, /* intervals of a step */
    FINE = 32,  /* when a root is not smooth on the coarse ones */
    MORE = 7,   /* points where a parabola comes near zero */
    POINTS = FINE + 1 + MORE,
    LOW = POINTS, /* rows behind those of the points */
    HIGH,
    PROBE,
    ORIGIN, /* where the change that is being narrowed down begins */
    ROWS,
    TRIES = 120, /* of narrowing one change down to neighbouring times */
};

/* The search in one lane's step. */
typedef struct {
    int n; /* points, by time; t[0] is the start of the step, t[n - 1] its end */
    double t[POINTS];
    int row[POINTS];
    int rows; /* in use */
    int next; /* the point that ends the interval being searched */
    double low, high;
    int narrowing, done;
    int tries, side, streak; /* probes; the end that moved last, and how often in a row */
} span;

struct pf_search {
    size_t n; /* of a row: roots, then triggers as 0 and 1 */
    double *row;
    uint32_t *read; /* states that triggers and roots read */
    size_t n_read;
    double end[8];
    span span[8];
};

/* Only these states are interpolated while searching. */
static void list_read(const pf_engine *e, pf_search *s)
{
    const pf_program *p = e->program;
    pf_code code = p->code[PF_CODE_TRIG];
    for (uint32_t state = 0; state < p->n_state; state++) {
        uint32_t slot = p->state0 + state;
        int reads = p->n_past > 0; /* what histories are made of may be read too */
        for (size_t i = 0; i < code.n && !reads; i++) {
            unsigned n = pf_op_arity((pf_op)code.instr[i].op);
            reads = code.instr[i].a == slot || (n > 1 && code.instr[i].b == slot) ||
                    (n > 2 && code.instr[i].c == slot);
        }
        for (uint32_t i = 0; i < p->n_root; i++) reads |= p->root0 + i == slot;
        if (reads) s->read[s->n_read++] = state;
    }
}

pf_err pf_search_new(pf_ctx *ctx, pf_engine *e)
{
    const pf_program *p = e->program;
    pf_search *s = pf_arena_alloc(ctx, &e->memory, 1, sizeof *s);
    e->search = s;
    if (!s) return PF_ERR_NO_MEMORY;
    s->n = p->n_root + p->n_event;
    s->row = pf_arena_alloc(ctx, &e->memory, s->n * ROWS * (size_t)e->width, sizeof(double));
    s->read = pf_arena_alloc(ctx, &e->memory, p->n_state + 1u, sizeof *s->read);
    if (!s->row || !s->read) return PF_ERR_NO_MEMORY;
    list_read(e, s);
    return PF_OK;
}

static double *row_of(const pf_search *s, int lane, int row)
{
    return s->row + ((size_t)lane * ROWS + (size_t)row) * s->n;
}

/* Where in its step a lane is at time t. */
static double theta_of(const pf_engine *e, int lane, double t)
{
    if (isnan(t)) return 0.0;
    if (t == e->search->end[lane]) return 1.0;
    return fmin(1.0, (t - e->cases[lane].t) / e->b.h[lane]);
}

/* States that triggers read, each lane at its own theta; the bits of the kernel. */
static void place(pf_engine *e)
{
    const pf_program *p = e->program;
    const pf_search *s = e->search;
    for (size_t i = 0; i < s->n_read; i++)
        for (int l = 0; l < e->width; l++)
            *pf_at(e, e->b.slot, p->state0 + s->read[i], l) =
                pf_interpolant(e, l, s->read[i], e->b.theta[l]);
    for (size_t k = 0; k < p->n_population; k++)
        for (int l = 0; l < e->width; l++)
            if (e->cases[l].active && e->cases[l].small[k])
                *pf_at(e, e->b.slot, p->state0 + p->population[k].state, l) =
                    *pf_at(e, e->b.y, p->population[k].state, l);
}

/* Roots and triggers of every lane at its time t (NAN: none) into its row. */
static void evaluate(pf_engine *e, const double t[8], const int row[8])
{
    const pf_program *p = e->program;
    pf_search *s = e->search;
    for (int l = 0; l < e->width; l++) {
        e->b.theta[l] = theta_of(e, l, t[l]);
        *pf_at(e, e->b.slot, p->time, l) = isnan(t[l]) ? e->cases[l].t : t[l];
    }
    place(e);
    pf_history_recall(e);
    pf_batch_run(&e->b, PF_CODE_TRIG);
    for (int l = 0; l < e->width; l++) {
        if (isnan(t[l])) continue;
        double *to = row_of(s, l, row[l]);
        for (uint32_t i = 0; i < p->n_root; i++) to[i] = *pf_at(e, e->b.slot, p->root0 + i, l);
        for (size_t i = 0; i < p->n_event; i++)
            to[p->n_root + i] = pf_true(*pf_at(e, e->b.slot, p->event[i].trigger, l));
    }
}

static int sign(double x)
{
    return isnan(x) ? 2 : (x > 0.0) - (x < 0.0);
}

static int differ(const pf_engine *e, const double *a, const double *b)
{
    for (size_t i = 0; i < e->program->n_root; i++)
        if (sign(a[i]) != sign(b[i])) return 1;
    for (size_t i = e->program->n_root; i < e->search->n; i++)
        if (a[i] != b[i]) return 1;
    return 0;
}

/* Whether the row `x` is already behind the change from `origin` to `end`. Near zero the last
 * bit of a root jumps to and fro: what leaves zero for the other side than the end has not left
 * it, and a root that has one sign at both ends has not changed. */
static int is_behind(
    const pf_engine *e, const double *origin, const double *end, const double *x)
{
    int any = 0;
    for (size_t i = 0; i < e->program->n_root; i++) {
        int from = sign(origin[i]), to = sign(end[i]), s = sign(x[i]);
        if (from == to) continue;
        any = 1;
        if (s != from && (from || s == to)) return 1;
    }
    for (size_t i = e->program->n_root; !any && i < e->search->n; i++)
        if (x[i] != origin[i]) return 1;
    return 0;
}

/* A new point of a lane, by time; its row. -1 when it is there already or there is no room. */
static int insert(span *s, double t)
{
    int i = s->n;
    if (s->n == POINTS) return -1;
    while (i > 0 && s->t[i - 1] > t) i--;
    if (i > 0 && s->t[i - 1] == t) return -1;
    for (int j = s->n; j > i; j--) {
        s->t[j] = s->t[j - 1];
        s->row[j] = s->row[j - 1];
    }
    s->n++;
    s->t[i] = t;
    s->row[i] = s->rows;
    return s->rows++;
}

/* Points i / parts of every open lane's step, those that are missing. */
static void sample(pf_engine *e, int parts, const int open[8])
{
    pf_search *s = e->search;
    for (int i = 0; i <= parts; i++) {
        double t[8];
        int row[8], any = 0;
        for (int l = 0; l < e->width; l++) {
            double begin = e->cases[l].t, part = (double)i / parts;
            t[l] = NAN;
            row[l] = -1;
            if (!open[l]) continue;
            double at = i < parts ? begin + (s->end[l] - begin) * part : s->end[l];
            row[l] = insert(&s->span[l], at);
            if (row[l] >= 0) t[l] = at;
            any |= row[l] >= 0;
        }
        if (any) evaluate(e, t, row);
    }
}

/* Whether a root that may come near zero is no smooth function on the coarse points: cubics
 * through every other point miss those between. */
static int is_rough(const pf_engine *e, int lane)
{
    const pf_search *s = e->search;
    const span *v = &s->span[lane];
    for (size_t r = 0; v->n == COARSE + 1 && r < e->program->n_root; r++) {
        double f[COARSE + 1], least = INFINITY, most = -INFINITY;
        for (int i = 0; i <= COARSE; i++) {
            f[i] = row_of(s, lane, v->row[i])[r];
            least = fmin(least, f[i]);
            most = fmax(most, f[i]);
        }
        double range = most - least;
        if (least > 2.0 * range || most < -2.0 * range) continue;
        double miss = fabs((5 * f[0] + 15 * f[2] - 5 * f[4] + f[6]) / 16 - f[1]);
        miss = fmax(miss, fabs((-f[0] + 9 * f[2] + 9 * f[4] - f[6]) / 16 - f[3]));
        miss = fmax(miss, fabs((-f[2] + 9 * f[4] + 9 * f[6] - f[8]) / 16 - f[5]));
        miss = fmax(miss, fabs((f[2] - 5 * f[4] + 15 * f[6] + 5 * f[8]) / 16 - f[7]));
        if (!(miss <= 0.05 * range)) return 1;
    }
    return 0;
}

/* Where a parabola through three values of one sign has its point nearest zero, if it crosses
 * or almost does; else NAN. */
static double near_zero(const double t[3], const double f[3])
{
    double d = (f[1] - f[0]) / (t[1] - t[0]);
    double c = ((f[2] - f[1]) / (t[2] - t[1]) - d) / (t[2] - t[0]);
    double x = 0.5 * (t[0] + t[1]) - 0.5 * d / c;
    if (!(x > t[0] && x < t[2])) return NAN;
    double value = f[0] + (x - t[0]) * (d + c * (x - t[1]));
    double least = fmin(fabs(f[0]), fmin(fabs(f[1]), fabs(f[2])));
    return sign(f[1]) * value < 0.1 * least ? x : NAN;
}

/* One more point in each lane, where a root may touch zero between points. 0: nowhere. */
static int look_closer(pf_engine *e, const int open[8])
{
    pf_search *s = e->search;
    double t[8];
    int row[8], any = 0;
    for (int l = 0; l < e->width; l++) {
        span *v = &s->span[l];
        t[l] = NAN;
        row[l] = -1;
        for (int i = 2; open[l] && i < v->n && row[l] < 0; i++)
            for (size_t r = 0; r < e->program->n_root && row[l] < 0; r++) {
                double f[3];
                for (int j = 0; j < 3; j++) f[j] = row_of(s, l, v->row[i - 2 + j])[r];
                if (sign(f[0]) != sign(f[1]) || sign(f[1]) != sign(f[2])) continue;
                t[l] = near_zero(v->t + i - 2, f);
                if (!isnan(t[l])) row[l] = insert(v, t[l]);
            }
        if (row[l] < 0) t[l] = NAN;
        any |= row[l] >= 0;
    }
    if (any) evaluate(e, t, row);
    return any;
}

/* The next time to look at between low and high; NAN when they are neighbours. Secants through
 * the roots that change, every third time the middle; close to an end at least some steps away
 * from it, so that both ends close in. */
static double next_probe(const pf_engine *e, int lane)
{
    const pf_search *s = e->search;
    const span *v = &s->span[lane];
    double first = nextafter(v->low, INFINITY), gap = v->high - v->low;
    if (!(first < v->high) || v->tries >= TRIES) return NAN;
    double middle = v->low + 0.5 * gap, x = INFINITY;
    if (!(middle > v->low && middle < v->high)) middle = first;
    const double *low = row_of(s, lane, LOW), *high = row_of(s, lane, HIGH);
    for (size_t r = 0; r < e->program->n_root; r++)
        if (sign(low[r]) != sign(high[r]))
            x = fmin(x, v->low + gap * (low[r] / (low[r] - high[r])));
    if (v->tries % 3 == 2 || !isfinite(x)) return middle;
    double away = fmin(ldexp(first - v->low, 2 * v->streak), 0.25 * gap);
    x = fmax(v->low + away, fmin(x, v->high - away));
    return x > v->low && x < v->high ? x : middle;
}

static void move(pf_search *s, int lane, int to, int from)
{
    memcpy(row_of(s, lane, to), row_of(s, lane, from), s->n * sizeof(double));
}

/* The change between the neighbours low and high: what fell, and whether something rose. */
static void take(pf_engine *e, int lane)
{
    const pf_program *p = e->program;
    pf_search *s = e->search;
    span *v = &s->span[lane];
    pf_agenda *a = &e->cases[lane].agenda;
    const double *was = row_of(s, lane, ORIGIN) + p->n_root;
    const double *is = row_of(s, lane, HIGH) + p->n_root;
    for (size_t i = 0; i < p->n_event; i++) {
        if (is[i] > was[i] && isnan(a->rise)) a->rise = v->high;
        if (is[i] < was[i]) a->fell[i] = v->high;
    }
    v->done = !isnan(a->rise);
    v->narrowing = 0;
    v->low = v->high;
    move(s, lane, LOW, HIGH);
}

/* Where a lane looks next; NAN when it is done. */
static double continue_span(pf_engine *e, int lane)
{
    pf_search *s = e->search;
    span *v = &s->span[lane];
    while (!v->done) {
        if (v->narrowing) {
            double x = next_probe(e, lane);
            if (!isnan(x)) return x;
            take(e, lane);
            continue;
        }
        if (v->next == v->n) {
            v->done = 1;
        } else if (differ(e, row_of(s, lane, LOW), row_of(s, lane, v->row[v->next]))) {
            v->high = v->t[v->next];
            move(s, lane, HIGH, v->row[v->next]);
            move(s, lane, ORIGIN, LOW);
            v->narrowing = 1;
            v->tries = v->streak = 0;
        } else {
            v->low = v->t[v->next];
            move(s, lane, LOW, v->row[v->next++]);
        }
    }
    return NAN;
}

static void narrow(pf_engine *e, const int open[8])
{
    static const int probe[8] = {PROBE, PROBE, PROBE, PROBE, PROBE, PROBE, PROBE, PROBE};
    pf_search *s = e->search;
    for (;;) {
        double t[8];
        int any = 0;
        for (int l = 0; l < e->width; l++) {
            t[l] = open[l] ? continue_span(e, l) : NAN;
            any |= !isnan(t[l]);
        }
        if (!any) return;
        evaluate(e, t, probe);
        for (int l = 0; l < e->width; l++) {
            span *v = &s->span[l];
            if (isnan(t[l])) continue;
            int side = is_behind(
                e, row_of(s, l, ORIGIN), row_of(s, l, v->row[v->next]), row_of(s, l, PROBE));
            *(side ? &v->high : &v->low) = t[l];
            move(s, l, side ? HIGH : LOW, PROBE);
            v->streak = v->tries++ && side == v->side ? v->streak + 1 : 0;
            v->side = side;
        }
    }
}

static void begin(pf_engine *e, int lane, double until)
{
    pf_search *s = e->search;
    span *v = &s->span[lane];
    s->end[lane] = until;
    v->n = v->rows = v->narrowing = v->done = 0;
}

/* Start where the triggers were last compared. */
static void begin_low(pf_engine *e, int lane)
{
    const pf_program *p = e->program;
    span *v = &e->search->span[lane];
    v->low = v->t[0];
    v->next = 1;
    move(e->search, lane, LOW, v->row[0]);
    for (size_t i = 0; i < p->n_event; i++)
        row_of(e->search, lane, LOW)[p->n_root + i] = e->cases[lane].agenda.trigger[i];
}

void pf_events_within(pf_engine *e, double until[8])
{
    int open[8] = {0}, rough[8] = {0}, any = 0, again = 0;
    if (!e->program->n_event) return;
    for (int l = 0; l < e->width; l++) {
        open[l] = !isnan(until[l]) && !e->cases[l].finished;
        any |= open[l];
        if (open[l]) begin(e, l, until[l]);
    }
    if (!any) return;
    e->kernels->dense(&e->b);
    sample(e, COARSE, open);
    for (int l = 0; l < e->width; l++) again |= rough[l] = open[l] && is_rough(e, l);
    if (again) sample(e, FINE, rough);
    for (int i = 0; i < MORE && look_closer(e, open); i++) continue;
    for (int l = 0; l < e->width; l++)
        if (open[l]) begin_low(e, l);
    narrow(e, open);
    for (int l = 0; l < e->width; l++)
        if (open[l] && !isnan(e->cases[l].agenda.rise)) until[l] = e->cases[l].agenda.rise;
}

void pf_events_cut(pf_engine *e, const double until[8])
{
    int any = 0;
    if (!e->program->n_event) return;
    for (int l = 0; l < e->width; l++) {
        double rise = e->cases[l].agenda.rise;
        int cut = !isnan(until[l]) && until[l] == rise && rise < e->search->end[l];
        e->b.theta[l] = cut ? theta_of(e, l, rise) : 0.0;
        any |= cut;
    }
    if (!any) return;
    pf_engine_interpolate(e);
    for (int l = 0; l < e->width; l++) {
        double rise = e->cases[l].agenda.rise;
        if (isnan(until[l]) || until[l] != rise || rise == e->search->end[l]) continue;
        for (uint32_t s = 0; s < e->program->n_state; s++)
            *pf_at(e, e->b.y1, s, l) = *pf_at(e, e->b.at, s, l);
    }
}
