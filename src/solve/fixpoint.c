#include "solve/fixpoint.h"

#include <math.h>
#include <string.h>

enum { WINDOW = 12, APPROACH_MOST = 8 };
/* A direction that the others explain to this part says nothing new. */
static const double SAME = 1e-10;
/* Far away everything moves little compared to itself; at a fixed point the residual must also
 * be this much smaller than it was at the start. */
static const double LESS = 0.01;
/* Share of the way that the test of stability pushes off. */
static const double PUSH = 0.01;
/* Coming back by less in one image is rounding: half-lives of 1e9 images are not told apart. */
static const double NEARER = 1.0 - 1e-9;

struct pf_fixpoint {
    size_t n, window, held;
    double rtol, *atol;
    double *y, *residual;                        /* last argument, and its image minus it */
    double *before_y, *before_r;                 /* the ones before */
    double *dy[WINDOW], *dr[WINDOW], *q[WINDOW]; /* differences; q: orthogonal, weighted */
    double *size;                                /* [n] of the last argument and image */
    double *origin, *point, *work;
    double r_factor[WINDOW][WINDOW], gamma[WINDOW];
    size_t used[WINDOW]; /* which differences became q */
    unsigned images, limit, approach;
    int any;              /* there is an argument before */
    double first;         /* the largest residual of the first image, in weights of that time */
    double *first_weight; /* [n] */
    double pushed;        /* how far the test pushed off; 0: not yet testing */
};

static pf_err make_room(pf_ctx *ctx, pf_fixpoint *f)
{
    double **one[] = {&f->atol, &f->y, &f->residual, &f->before_y, &f->before_r, &f->size,
        &f->origin, &f->point, &f->work, &f->first_weight};
    size_t rows = PF_COUNT(one) + 3 * WINDOW;
    double *next = pf_calloc(ctx, rows * (f->n + 1), sizeof *next);
    if (!next) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < PF_COUNT(one); i++, next += f->n) *one[i] = next;
    for (size_t j = 0; j < WINDOW; j++) {
        f->dy[j] = next;
        f->dr[j] = next + f->n;
        f->q[j] = next + 2 * f->n;
        next += 3 * f->n;
    }
    return PF_OK;
}

pf_err pf_fixpoint_new(
    pf_ctx *ctx, size_t n, double rtol, const double *atol, pf_fixpoint **out)
{
    *out = NULL;
    pf_fixpoint *f = pf_calloc(ctx, 1, sizeof *f);
    if (!f) return PF_ERR_NO_MEMORY;
    f->n = n;
    f->rtol = rtol;
    f->window = n < WINDOW ? n : WINDOW;
    pf_err err = make_room(ctx, f);
    if (err) {
        pf_free(f);
        return err;
    }
    if (n) memcpy(f->atol, atol, n * sizeof *atol);
    *out = f;
    return PF_OK;
}

void pf_fixpoint_free(pf_fixpoint *f)
{
    if (!f) return;
    pf_free(f->atol); /* the first of one block */
    pf_free(f);
}

void pf_fixpoint_start(pf_fixpoint *f, const double *y, unsigned most)
{
    f->held = 0;
    f->any = 0;
    f->images = f->approach = 0;
    f->limit = most;
    f->pushed = 0.0;
    memcpy(f->y, y, f->n * sizeof *y);
    memcpy(f->origin, y, f->n * sizeof *y);
}

unsigned pf_fixpoint_images(const pf_fixpoint *f)
{
    return f->images;
}

static double weight(const pf_fixpoint *f, size_t i)
{
    return 1.0 / (f->atol[i] + f->rtol * f->size[i]);
}

/* The residual in the weights of the first image. */
static double moved(const pf_fixpoint *f)
{
    double sum = 0.0;
    for (size_t i = 0; i < f->n; i++) {
        double w = f->residual[i] * f->first_weight[i];
        sum += w * w;
    }
    return sqrt(sum);
}

static double norm(const pf_fixpoint *f, const double *x)
{
    double sum = 0.0;
    for (size_t i = 0; i < f->n; i++) {
        double w = x[i] * weight(f, i);
        sum += w * w;
    }
    return f->n ? sqrt(sum / (double)f->n) : 0.0;
}

uint32_t pf_fixpoint_worst(const pf_fixpoint *f)
{
    uint32_t worst = 0;
    double most = -1.0;
    for (uint32_t i = 0; i < f->n; i++) {
        double w = fabs(f->residual[i]) * weight(f, i);
        if (w <= most) continue;
        most = w;
        worst = i;
    }
    return worst;
}

/* Differences to the argument and residual before; the oldest pair makes room. */
static void remember(pf_fixpoint *f)
{
    if (f->any && f->window) {
        if (f->held == f->window) {
            double *y = f->dy[0], *r = f->dr[0];
            memmove(f->dy, f->dy + 1, (f->held - 1) * sizeof *f->dy);
            memmove(f->dr, f->dr + 1, (f->held - 1) * sizeof *f->dr);
            f->dy[--f->held] = y;
            f->dr[f->held] = r;
        }
        for (size_t i = 0; i < f->n; i++) {
            f->dy[f->held][i] = f->y[i] - f->before_y[i];
            f->dr[f->held][i] = f->residual[i] - f->before_r[i];
        }
        f->held++;
    }
    memcpy(f->before_y, f->y, f->n * sizeof *f->y);
    memcpy(f->before_r, f->residual, f->n * sizeof *f->y);
    f->any = 1;
}

/* Least squares |residual - dr gamma| by Gram-Schmidt, newest differences first, twice each so
 * that what is left is orthogonal to the last bits. Returns how many differences are used. */
static size_t fit(pf_fixpoint *f)
{
    size_t k = 0, n = f->n;
    for (size_t c = f->held; c-- > 0;) {
        double *q = f->q[k], whole = 0.0, left = 0.0;
        for (size_t i = 0; i < n; i++) {
            q[i] = f->dr[c][i] * weight(f, i);
            whole += q[i] * q[i];
        }
        for (size_t j = 0; j < k; j++) f->r_factor[j][k] = 0.0;
        for (int pass = 0; pass < 2; pass++)
            for (size_t j = 0; j < k; j++) {
                double dot = 0.0;
                for (size_t i = 0; i < n; i++) dot += f->q[j][i] * q[i];
                f->r_factor[j][k] += dot;
                for (size_t i = 0; i < n; i++) q[i] -= dot * f->q[j][i];
            }
        for (size_t i = 0; i < n; i++) left += q[i] * q[i];
        if (!(left > SAME * SAME * whole)) continue;
        left = sqrt(left);
        f->r_factor[k][k] = left;
        for (size_t i = 0; i < n; i++) q[i] /= left;
        f->used[k++] = c;
    }
    for (size_t j = k; j-- > 0;) {
        double x = 0.0;
        for (size_t i = 0; i < n; i++) x += f->q[j][i] * f->residual[i] * weight(f, i);
        for (size_t l = j + 1; l < k; l++) x -= f->r_factor[j][l] * f->gamma[l];
        f->gamma[j] = x / f->r_factor[j][j];
    }
    return k;
}

/* The accelerated argument into `work`; the plain image where that makes no sense. */
static void extrapolate(pf_fixpoint *f)
{
    size_t k = fit(f);
    int bad = 0;
    for (size_t i = 0; i < f->n; i++) {
        double image = f->y[i] + f->residual[i], x = image;
        for (size_t j = 0; j < k; j++)
            x -= f->gamma[j] * (f->dy[f->used[j]][i] + f->dr[f->used[j]][i]);
        int below = x < 0.0 && f->y[i] >= 0.0 && image >= 0.0;
        bad |= !isfinite(x) || (below && -x * weight(f, i) > 1.0);
        if (below) x = image;
        f->work[i] = x;
    }
    if (!bad) return;
    for (size_t i = 0; i < f->n; i++) f->work[i] = f->y[i] + f->residual[i];
}

/* Found: now away from it, to see whether the map leads back. */
static pf_fixpoint_status push(pf_fixpoint *f, double *next)
{
    memcpy(f->point, f->work, f->n * sizeof *f->work);
    for (size_t i = 0; i < f->n; i++) f->work[i] = PUSH * (f->origin[i] - f->point[i]);
    f->pushed = norm(f, f->work);
    /* Already there at the start: nothing says which way it would leave. */
    if (f->pushed < 10.0) {
        memcpy(next, f->point, f->n * sizeof *next);
        return PF_FIXPOINT_DONE;
    }
    for (size_t i = 0; i < f->n; i++) next[i] = f->y[i] = f->point[i] + f->work[i];
    return PF_FIXPOINT_GO_ON;
}

static pf_fixpoint_status come_back(pf_fixpoint *f, const double *image, double *next)
{
    for (size_t i = 0; i < f->n; i++) f->work[i] = image[i] - f->point[i];
    double left = norm(f, f->work);
    if (left < f->pushed * NEARER) {
        memcpy(next, f->point, f->n * sizeof *next);
        return PF_FIXPOINT_DONE;
    }
    if (++f->approach == APPROACH_MOST || !isfinite(left)) return PF_FIXPOINT_UNSTABLE;
    memmove(next, image, f->n * sizeof *next);
    return PF_FIXPOINT_GO_ON;
}

pf_fixpoint_status pf_fixpoint_next(pf_fixpoint *f, const double *image, double *next)
{
    f->images++;
    if (f->pushed > 0.0) return come_back(f, image, next);
    for (size_t i = 0; i < f->n; i++) {
        f->size[i] = fmax(fabs(f->y[i]), fabs(image[i]));
        f->residual[i] = image[i] - f->y[i];
    }
    if (f->images == 1) {
        for (size_t i = 0; i < f->n; i++) f->first_weight[i] = weight(f, i);
        f->first = moved(f);
    }
    double off = norm(f, f->residual);
    int less = f->images == 1 || moved(f) <= LESS * f->first;
    remember(f);
    extrapolate(f);
    for (size_t i = 0; i < f->n; i++) f->q[0][i] = f->work[i] - f->y[i];
    double step = norm(f, f->q[0]);
    if (off <= 0.1 && step <= 1.0 && less) return push(f, next);
    if (f->images >= f->limit || !isfinite(off)) return PF_FIXPOINT_SLOW;
    memcpy(f->y, f->work, f->n * sizeof *f->y);
    memcpy(next, f->work, f->n * sizeof *next);
    return PF_FIXPOINT_GO_ON;
}
