#include "patient/assess.h"

#include <math.h>

static const double CONFIRM_DAYS = 28, PD_LEAST_MM = 5;
/* A sum that sits on a limit but for the last bits of its arithmetic counts as on it. */
static const double HAIR = 1e-9;

const char *pf_response_text(int response)
{
    static const char *const text[] = {"", "CR", "PR", "SD", "PD", "NE"};
    return response > 0 && response < (int)PF_COUNT(text) ? text[response] : "";
}

const char *pf_progression_text(int reason)
{
    static const char *const text[] = {
        "none", "target lesions", "new lesion", "target lesions and new lesion", "death"};
    return reason >= 0 && reason < (int)PF_COUNT(text) ? text[reason] : "";
}

/* Draw number `block` of one stream of a person: visit windows are stream 0, lesion i is 1 + i.
 */
static void start_random(const pf_identity *who, uint32_t stream, int block, pf_random *r)
{
    pf_random_init(r, who->seed, PF_DRAW_IMAGING, who->replicate, who->patient, stream);
    r->counter[0] = (uint32_t)block;
}

double pf_visit_day(const pf_assess *how, const pf_identity *who, int k)
{
    double plan = how->first + (k - 1) * how->every;
    /* Windows that touch would let visits change places. */
    double window = fmin(how->window, 0.49 * fmin(how->first, how->every));
    if (window <= 0) return plan;
    pf_random r;
    start_random(who, 0, k, &r);
    return plan + window * (2 * pf_random_uniform(&r) - 1);
}

/* What visit `k` makes of lesion i. */
static double measure_one(const pf_follow *f, int k, size_t i, double diameter_mm)
{
    if (!(diameter_mm >= f->how->vanish_mm) || diameter_mm <= 0) return 0;
    double z = 0;
    if (f->how->error > 0) {
        pf_random r;
        start_random(&f->who, 1 + (uint32_t)i, k, &r);
        z = pf_random_normal(&r);
    }
    return diameter_mm * exp(f->how->error * z);
}

/* The sum over lesions, and the largest of them. */
static double measure(const pf_follow *f, int k, const double *diameter_mm, double *largest)
{
    double sum = 0;
    *largest = 0;
    for (size_t i = 0; i < f->n_lesion; i++) {
        double mm = measure_one(f, k, i, diameter_mm[i]);
        *largest = fmax(*largest, mm);
        sum += mm;
    }
    return sum;
}

void pf_follow_start(pf_follow *f, const pf_assess *how, const pf_identity *who,
    const double *diameter_mm, size_t n_lesion)
{
    *f = (pf_follow){.how = how,
        .who = *who,
        .n_lesion = n_lesion < PF_LESIONS_MAX ? n_lesion : PF_LESIONS_MAX,
        .best_change = NAN,
        .best = PF_RESPONSE_NE,
        .best_confirmed = PF_RESPONSE_NE,
        .response_day = NAN,
        .candidate_day = NAN,
        .complete_day = NAN,
        .progression_day = NAN,
        .new_lesion_day = NAN};
    double largest;
    f->baseline = f->nadir = measure(f, 0, diameter_mm, &largest);
}

void pf_follow_new_lesion(pf_follow *f, double day)
{
    f->new_lesion_day = fmin(f->new_lesion_day, day); /* fmin passes over NaN */
}

/* The response by the target lesions alone; `nadir` is that of the earlier visits. Where
 * recurrences are looked for there is nothing to respond. */
static int target_response(const pf_follow *f, double sld, double largest, double nadir)
{
    if (f->how->criteria == PF_CRITERIA_RECURRENCE)
        return largest >= f->how->detect_mm * (1 - HAIR) ? PF_RESPONSE_PD : PF_RESPONSE_NE;
    int lugano = f->how->criteria == PF_CRITERIA_LUGANO;
    double shrink = lugano ? sqrt(0.5) : 0.7, grow = lugano ? sqrt(1.5) : 1.2;
    if (f->baseline <= 0) return PF_RESPONSE_NE; /* nothing measurable to begin with */
    if (sld >= nadir * grow * (1 - HAIR) && sld - nadir >= PD_LEAST_MM * (1 - HAIR))
        return PF_RESPONSE_PD;
    if (sld <= 0) return PF_RESPONSE_CR;
    return sld <= shrink * f->baseline * (1 + HAIR) ? PF_RESPONSE_PR : PF_RESPONSE_SD;
}

static void at_best(int *best, int response)
{
    if (response < *best) *best = response; /* CR < PR < SD < PD < NE */
}

/* A response starts a run; the run ends with the first visit that shows less. A visit 28 days
 * or more into the run confirms it. A run that never gets there counts as stable disease. */
static void note_confirmed(pf_follow *f, int response, double day)
{
    if (response > PF_RESPONSE_PR)
        f->candidate_day = NAN;
    else if (isnan(f->candidate_day))
        f->candidate_day = day;
    if (response > PF_RESPONSE_CR)
        f->complete_day = NAN;
    else if (isnan(f->complete_day))
        f->complete_day = day;
    int partial = day - f->candidate_day >= CONFIRM_DAYS * (1 - HAIR);
    int complete = day - f->complete_day >= CONFIRM_DAYS * (1 - HAIR);
    if (partial && f->how->confirm && isnan(f->response_day))
        f->response_day = f->candidate_day;
    if (complete)
        at_best(&f->best_confirmed, PF_RESPONSE_CR);
    else if (partial)
        at_best(&f->best_confirmed, PF_RESPONSE_PR);
    else if (response <= PF_RESPONSE_SD && day >= f->how->sd_minimum)
        at_best(&f->best_confirmed, PF_RESPONSE_SD);
    else if (response == PF_RESPONSE_PD)
        at_best(&f->best_confirmed, PF_RESPONSE_PD);
}

static void note_unconfirmed(pf_follow *f, int response, double day)
{
    if (response == PF_RESPONSE_SD && day < f->how->sd_minimum) return;
    at_best(&f->best, response);
    if (response <= PF_RESPONSE_PR && !f->how->confirm && isnan(f->response_day))
        f->response_day = day;
}

int pf_follow_visit(pf_follow *f, int k, double day, const double *diameter_mm, pf_visit *out)
{
    double largest, sld = measure(f, k, diameter_mm, &largest);
    int after = !isnan(f->progression_day), seen = f->new_lesion_day <= day;
    int target = target_response(f, sld, largest, f->nadir);
    int response = after || seen ? PF_RESPONSE_PD : target;
    double change = f->baseline > 0 ? 100 * (sld - f->baseline) / f->baseline : NAN;
    f->nadir = fmin(f->nadir, sld);
    f->last_visit = day;
    f->visits++;
    *out = (pf_visit){.day = day,
        .sld = sld,
        .change = change,
        .nadir = f->nadir,
        .response = response,
        .new_lesion = seen};
    if (after) return 0;
    f->best_change = fmin(f->best_change, change);
    note_unconfirmed(f, response, day);
    note_confirmed(f, response, day);
    if (response != PF_RESPONSE_PD) {
        f->clear_visit = day;
        return 0;
    }
    f->progression_day = day;
    f->progression = !seen                      ? PF_PD_TARGET
                     : target == PF_RESPONSE_PD ? PF_PD_BOTH
                                                : PF_PD_NEW_LESION;
    return 1;
}

void pf_follow_end(
    const pf_follow *f, double death, double leave, double horizon, pf_endpoints *out)
{
    double end = fmin(leave, horizon);
    int dead = death <= end, progressed = f->progression_day <= end;
    int counts = dead && f->how->deaths == PF_DEATHS_EVENT;
    death = fmax(death, 0); /* who dies in preparation for day 0 counts on day 0 */
    *out = (pf_endpoints){.best = f->how->confirm ? f->best_confirmed : f->best,
        .best_change = f->best_change,
        .os = dead ? death : end,
        .os_event = dead,
        .pfs_event = progressed || counts,
        .ttr = NAN,
        .dor = NAN};
    if (progressed) {
        int halfway = f->how->progression_day == PF_DATED_MIDPOINT;
        out->pfs = halfway ? 0.5 * (f->clear_visit + f->progression_day) : f->progression_day;
        out->progression = f->progression;
    } else if (counts) {
        out->pfs = death;
        out->progression = PF_PD_DEATH;
    } else {
        out->pfs = fmin(f->last_visit, end);
    }
    if (out->best > PF_RESPONSE_PR) return;
    out->ttr = f->response_day;
    out->dor = out->pfs - f->response_day;
    out->dor_event = out->pfs_event;
}
