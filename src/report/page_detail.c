/* Patients one by one: the first replicates of the run's tables. */
#include "report/page_parts.h"

#include <math.h>
#include <string.h>

static const char *const FILE_OF[PF_DETAILS] = {
    "patients.csv", "assessments.csv", "kinetics.csv", "events.csv"};

/* One table while it is read. */
typedef struct {
    pf_ctx *ctx;
    pf_csv *csv;
    pf_sheet *sheet;
    int patients;             /* the table of patients: one row each */
    size_t replicate, person; /* columns that name the patient */
    size_t *from;             /* [sheet's columns] of the file; SIZE_MAX: ROW */
    size_t size, planned;     /* patients of one replicate: wanted, and there */
    size_t most;              /* replicates wanted */
    size_t budget;            /* bytes after which no replicate is begun; SIZE_MAX: none */
    size_t *end;              /* [most] rows up to the end of each replicate */
    size_t r, next;           /* replicate of the last row; patient that comes next */
} reader;

static int is_key(const char *name, int patients)
{
    return !strcmp(name, "STUDYID") || !strcmp(name, "REPLICATE") || !strcmp(name, "PATIENT") ||
           (!patients && !strcmp(name, "ARM"));
}

static pf_err open_table(reader *t, pf_arena *a, const char *path)
{
    PF_TRY(pf_csv_open(t->ctx, path, &t->csv));
    size_t n = pf_csv_columns(t->csv), used = 0;
    const char **name = pf_arena_alloc(t->ctx, a, n + 1, sizeof *name);
    t->from = pf_arena_alloc(t->ctx, a, n + 1, sizeof *t->from);
    if (!name || !t->from) return PF_ERR_NO_MEMORY;
    t->replicate = pf_csv_find(t->csv, "REPLICATE");
    t->person = pf_csv_find(t->csv, "PATIENT");
    if (t->replicate == SIZE_MAX || t->person == SIZE_MAX)
        return pf_csv_fail(t->csv, "there are no columns REPLICATE and PATIENT");
    if (!t->patients) {
        name[used] = "ROW";
        t->from[used++] = SIZE_MAX;
    }
    for (size_t i = 0; i < n; i++) {
        if (is_key(pf_csv_name(t->csv, i), t->patients)) continue;
        name[used] = pf_csv_name(t->csv, i);
        t->from[used++] = i;
    }
    return pf_sheet_init(t->ctx, t->sheet, name, used);
}

static pf_err count(reader *t, size_t column, size_t most, size_t *out)
{
    double x;
    PF_TRY(pf_csv_value(t->csv, column, &x));
    *out = 0;
    if (!(x >= 0 && x < (double)most) || x != floor(x))
        return pf_csv_fail(t->csv, "%s is '%.40s', of %zu", pf_csv_name(t->csv, column),
            pf_csv_field(t->csv, column), most);
    *out = (size_t)x;
    return PF_OK;
}

/* Rows come by replicate, then by patient; of patients.csv each once. */
static pf_err check_order(reader *t, size_t r, size_t person)
{
    int good;
    if (t->patients) {
        good = (r == t->r && person == t->next && person < t->planned) ||
               (r == t->r + 1 && t->next == t->planned && person == 0);
        t->next = person + 1;
    } else {
        good = r > t->r || (r == t->r && person >= t->next);
        t->next = person;
    }
    if (good) return PF_OK;
    return pf_csv_fail(t->csv, "patient %zu of replicate %zu is out of order", person, r);
}

static pf_err add_row(reader *t, size_t row)
{
    pf_sheet *f = t->sheet;
    PF_TRY(pf_sheet_grow(t->ctx, f));
    for (size_t i = 0; i < f->n_column; i++) {
        if (t->from[i] != SIZE_MAX)
            PF_TRY(pf_sheet_take(t->ctx, f, i, t->csv, t->from[i]));
        else
            f->column[i].x[f->n] = (double)row;
    }
    if (!t->patients) f->column[0].kind = PF_SHEET_NUMBERS;
    f->n++;
    return PF_OK;
}

/* Is there enough? The size is looked at now and then, for it has to be reckoned anew. */
static int enough(reader *t, size_t *look)
{
    if (t->budget == SIZE_MAX || t->sheet->n < *look) return 0;
    *look = t->sheet->n + t->sheet->n / 4 + 1;
    return pf_sheet_size(t->sheet, t->sheet->n) > t->budget;
}

/* Replicates r0 .. r - 1 have ended. */
static void end_replicates(reader *t, size_t r0, size_t r)
{
    for (size_t k = r0; k < r; k++) t->end[k] = t->sheet->n;
}

/* All rows of the first t->most replicates, or fewer; t->most says how many then. */
static pf_err read_table(reader *t, size_t replicates)
{
    size_t look = 0;
    for (;;) {
        int more;
        size_t r, person;
        if (pf_ctx_cancelled(t->ctx))
            return pf_fail(t->ctx, PF_ERR_CANCELLED, "stopped on request; no page was written");
        PF_TRY(pf_csv_next(t->csv, &more));
        if (!more) break;
        PF_TRY(count(t, t->replicate, replicates, &r));
        PF_TRY(count(t, t->person, t->planned, &person));
        PF_TRY(check_order(t, r, person));
        if (r > t->r) {
            end_replicates(t, t->r, r < t->most ? r : t->most);
            t->r = r;
            if (r >= t->most) return PF_OK;
            if (enough(t, &look)) {
                t->most = r;
                return PF_OK;
            }
        }
        if (person < t->size)
            PF_TRY(add_row(t, r * t->size + person));
        else if (r + 1 == t->most)
            break; /* the rest is left out */
    }
    if (t->patients && (t->r + 1 < t->most || t->next < t->size))
        return pf_csv_fail(t->csv, "patients are missing");
    end_replicates(t, t->r, t->most);
    return PF_OK;
}

/* The largest number of replicates that fits, at least one. */
static size_t that_fit(
    const pf_detail *d, size_t *const end[PF_DETAILS], size_t most, size_t budget)
{
    size_t low = 1, high = most;
    while (low < high) {
        size_t r = (low + high + 1) / 2, sum = 0;
        for (int k = 0; k < PF_DETAILS; k++) sum += pf_sheet_size(&d->sheet[k], end[k][r - 1]);
        if (sum <= budget)
            low = r;
        else
            high = r - 1;
    }
    return low;
}

static pf_err read_one(pf_ctx *ctx, const pf_page_run *run, pf_arena *a, pf_detail *d, int k,
    size_t *most, size_t *end)
{
    reader t = {.ctx = ctx,
        .sheet = &d->sheet[k],
        .patients = k == PF_DETAIL_PATIENTS,
        .size = d->size,
        .planned = d->size_planned,
        .most = *most,
        .budget = run->detail ? SIZE_MAX : PF_PAGE_DETAIL_MOST,
        .end = end};
    const char *path = pf_path_join(ctx, a, run->folder, FILE_OF[k]);
    if (!path) return PF_ERR_NO_MEMORY;
    pf_err err = open_table(&t, a, path);
    if (!err) err = read_table(&t, run->study->replicates);
    *most = t.most;
    pf_csv_close(t.csv);
    return err;
}

static pf_err wanted(pf_ctx *ctx, const pf_page_run *run, size_t *out)
{
    const pf_study *s = run->study;
    size_t kept = s->keep < s->replicates ? s->keep : s->replicates;
    *out = kept;
    if (!run->detail) return PF_OK;
    if (run->detail > kept && kept == s->replicates)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "%zu replicates of detail were asked for; the run has %zu", run->detail, kept);
    if (run->detail > kept)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "%zu replicates of detail were asked for; of the run's %zu, patients of %zu were "
            "kept, as `keep:` of its study says",
            run->detail, s->replicates, kept);
    *out = run->detail;
    return PF_OK;
}

pf_err pf_detail_read(pf_ctx *ctx, const pf_page_run *run, size_t budget, pf_detail *d)
{
    size_t most, *end[PF_DETAILS];
    pf_arena a;
    *d = (pf_detail){.size_planned = pf_study_size(run->study)};
    d->size = d->size_planned < PF_PAGE_PATIENTS_MOST ? d->size_planned : PF_PAGE_PATIENTS_MOST;
    PF_TRY(wanted(ctx, run, &most));
    if (!most) return PF_OK;
    pf_arena_init(&a);
    pf_err err = PF_OK;
    for (int k = 0; k < PF_DETAILS && !err; k++) {
        end[k] = pf_arena_alloc(ctx, &a, most, sizeof *end[k]);
        err = end[k] ? read_one(ctx, run, &a, d, k, &most, end[k]) : PF_ERR_NO_MEMORY;
    }
    if (!err) {
        d->replicates = run->detail ? most : that_fit(d, end, most, budget);
        for (int k = 0; k < PF_DETAILS; k++) d->n[k] = end[k][d->replicates - 1];
    }
    pf_arena_clear(&a);
    return err;
}

void pf_detail_clear(pf_detail *d)
{
    for (int k = 0; k < PF_DETAILS; k++) pf_sheet_clear(&d->sheet[k]);
    *d = (pf_detail){0};
}
