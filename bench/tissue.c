/* tissue: the parts of a minute in a lesion, and its memory, on the cases that were measured
 * for other programs.
 *
 *   tissue [case 1..5] [threads] [minutes] [rules] [json]
 *
 * A ball of tumour cells in a cube, oxygen held at 38 mmHg on the border and taken up, a factor
 * secreted by the cells, killers about its surface that crawl up the factor, bind, hold and
 * kill; cells grow, divide and die (bench/tissue/lesion.yaml). Fields step 0.01 min, mechanics
 * and contacts 0.1 min, phenotypes 6 min. `rules`: cells answer oxygen, pressure and
 * neighbours, too (bench/tissue/lesion.csv). A minute warms up. `check` is a hash of all
 * positions, ids and concentrations: the same for any number of threads. */
#include "base/buf.h"
#include "tissue/contact.h"
#include "tissue/setup_read.h"
#include "tissue_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *const PARTS[PF_PART_COUNT] = {
    "rules", "phenotype", "sort", "motion", "exchange", "fields", "contacts", "mechanics"};

typedef struct {
    pf_ctx ctx;
    int which, threads, minutes, json;
    pf_bench_kind kind;
    pf_setup *setup;
    double (*points)[3];
    pf_tissue *t;
    double last, seconds[PF_PART_COUNT], all, cpu; /* s per minute */
    double per_cell, per_voxel;                    /* resident bytes */
    double peak;                                   /* MiB */
    size_t voxels;
} bench;

static double now(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void lap(void *payload, pf_tissue_part part)
{
    bench *b = payload;
    double t = now(CLOCK_MONOTONIC);
    b->seconds[part] += t - b->last;
    b->last = t;
}

/* A line of /proc/self/status in bytes: VmRSS, or its largest value so far, VmHWM. */
static double resident(const char *name)
{
    char line[256];
    double kib = 0;
    FILE *f = fopen("/proc/self/status", "r");
    if (!f) return 0;
    while (fgets(line, sizeof line, f))
        if (!strncmp(line, name, strlen(name))) kib = atof(line + strlen(name) + 1);
    fclose(f);
    return kib * 1024;
}

static pf_err run(bench *b, int minutes)
{
    int steps = (int)(1 / b->setup->mechanics_step + 0.5) * minutes;
    for (int k = 0; k < steps; k++) {
        b->last = now(CLOCK_MONOTONIC);
        PF_TRY(pf_tissue_step(&b->ctx, b->t));
        b->t->n_event = b->t->n_life = 0;
    }
    return PF_OK;
}

static pf_err empty(bench *b)
{
    PF_TRY(pf_bench_case(&b->ctx, b->which, b->kind, &b->points, &b->setup));
    b->setup->n_placement = 0;
    double before = resident("VmRSS");
    PF_TRY(pf_tissue_new(&b->ctx, b->setup, b->threads, &b->t));
    PF_TRY(pf_tissue_step(&b->ctx, b->t));
    b->per_voxel = resident("VmRSS") - before;
    return PF_OK;
}

/* The domain alone, without cells, tells what a voxel takes. In a process of its own: what it
 * frees would change how the heap grows. */
static int measure_voxels(bench *b)
{
    int way[2];
    pid_t child;
    if (pipe(way) || (child = fork()) < 0) return 0;
    if (!child) {
        if (empty(b)) _exit(1);
        _exit(write(way[1], &b->per_voxel, sizeof b->per_voxel) < 0);
    }
    close(way[1]);
    int good = read(way[0], &b->per_voxel, sizeof b->per_voxel) == sizeof b->per_voxel;
    close(way[0]);
    return waitpid(child, NULL, 0) == child && good;
}

static pf_err measure(bench *b)
{
    PF_TRY(pf_bench_case(&b->ctx, b->which, b->kind, &b->points, &b->setup));
    b->voxels = b->setup->mesh.n[0] * b->setup->mesh.n[1] * b->setup->mesh.n[2];
    b->per_voxel /= (double)b->voxels;
    double before = resident("VmRSS");
    PF_TRY(pf_tissue_new(&b->ctx, b->setup, b->threads, &b->t));
    b->t->n_life = 0;
    b->t->lap = lap;
    b->t->lap_payload = b;
    PF_TRY(run(b, 1));
    memset(b->seconds, 0, sizeof b->seconds);
    double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    PF_TRY(run(b, b->minutes));
    b->all = (now(CLOCK_MONOTONIC) - wall) / b->minutes;
    b->cpu = (now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / b->minutes;
    for (int i = 0; i < PF_PART_COUNT; i++) b->seconds[i] /= b->minutes;
    double peak = resident("VmHWM");
    b->peak = peak / 1048576;
    b->per_cell = (peak - before - b->per_voxel * (double)b->voxels) / (double)b->t->cells.n;
    return PF_OK;
}

static uint64_t mix(uint64_t h, const void *bytes, size_t n)
{
    const uint64_t *word = bytes;
    for (size_t i = 0; i < n; i++) h = (h ^ word[i]) * 0x100000001B3u + (h >> 47);
    return h;
}

static uint64_t check(const bench *b)
{
    const pf_cells *c = &b->t->cells;
    const pf_mesh *m = &b->setup->mesh;
    size_t stride = pf_field_stride(b->t->field);
    uint64_t h = mix(0xCBF29CE484222325u, c->id, c->n);
    for (int d = 0; d < 3; d++) h = mix(h, c->at[d], c->n);
    for (size_t s = 0; s < b->setup->n_substance; s++)
        for (size_t row = 0; row < m->n[1] * m->n[2]; row++)
            h = mix(h, pf_field_values(b->t->field, s) + row * stride, m->n[0]);
    return h;
}

static void tell_json(const bench *b)
{
    pf_buf o;
    pf_bytes held = pf_tissue_size(b->t);
    char sum[17];
    snprintf(sum, sizeof sum, "%016llx", (unsigned long long)check(b));
    pf_buf_init(&o, NULL);
    pf_json_open(&o, NULL, '{');
    pf_json_integer(&o, "case", b->which);
    pf_json_text(&o, "kind", b->kind == PF_BENCH_RULES ? "rules" : "plain");
    pf_json_integer(&o, "threads", b->threads);
    pf_json_integer(&o, "minutes", b->minutes);
    pf_json_integer(&o, "cells", (long long)b->t->cells.n);
    pf_json_integer(&o, "voxels", (long long)b->voxels);
    pf_json_integer(&o, "substances", (long long)b->setup->n_substance);
    pf_json_integer(&o, "births", (long long)b->t->births);
    pf_json_integer(&o, "kills", (long long)b->t->kills);
    pf_json_number(&o, "s_per_minute", b->all);
    pf_json_number(&o, "cpu_s_per_minute", b->cpu);
    pf_json_open(&o, "parts_s", '{');
    for (int i = 0; i < PF_PART_COUNT; i++) pf_json_number(&o, PARTS[i], b->seconds[i]);
    pf_json_close(&o, '}');
    pf_json_number(&o, "bytes_per_cell", b->per_cell);
    pf_json_number(&o, "bytes_per_voxel", b->per_voxel);
    pf_json_number(&o, "held_per_cell", (double)held.cells / (double)b->t->cells.n);
    pf_json_number(&o, "held_per_voxel", (double)held.domain / (double)b->voxels);
    pf_json_number(&o, "peak_mib", b->peak);
    pf_json_text(&o, "check", sum);
    pf_json_close(&o, '}');
    if (!pf_buf_ok(&o)) puts(o.bytes);
    pf_buf_clear(&o);
}

static void tell(const bench *b)
{
    const double *s = b->seconds;
    pf_bytes held = pf_tissue_size(b->t);
    double cells = (double)b->t->cells.n, voxels = (double)b->voxels;
    printf("%.0f cells, %.0f voxels, %d threads%s: %.3f s per minute (processor %.3f s)\n",
        cells, voxels, b->threads, b->kind == PF_BENCH_RULES ? ", rules" : "", b->all, b->cpu);
    for (int i = 0; i < PF_PART_COUNT; i++)
        printf("%s %.4f s", i ? "," : " ", s[i]), printf(" %s", PARTS[i]);
    printf("\n  fields %.0f M voxel-substance updates/s; mechanics with sort %.2f M cell "
           "updates/s\n",
        200 * voxels / s[PF_PART_FIELDS] / 1e6,
        10 * cells / (s[PF_PART_SORT] + s[PF_PART_MECHANICS]) / 1e6);
    printf("  memory: %.0f bytes a cell (%.0f on the heap), %.1f a voxel (%.1f), peak %.0f "
           "MiB\n",
        b->per_cell, (double)held.cells / cells, b->per_voxel, (double)held.domain / voxels,
        b->peak);
    printf("  %llu births, %llu kills, check %016llx\n", (unsigned long long)b->t->births,
        (unsigned long long)b->t->kills, (unsigned long long)check(b));
}

static int arguments(bench *b, int argc, char **argv)
{
    int n = 0, *number[] = {&b->which, &b->threads, &b->minutes};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "rules"))
            b->kind = PF_BENCH_RULES;
        else if (!strcmp(argv[i], "json"))
            b->json = 1;
        else if (n < 3)
            *number[n++] = atoi(argv[i]);
        else
            return 0;
    }
    return b->which >= 1 && b->which <= PF_BENCH_CASES && b->threads >= 1 && b->minutes >= 1;
}

int main(int argc, char **argv)
{
    bench b = {.which = 2, .threads = 2, .minutes = 6};
    pf_ctx_init(&b.ctx);
    if (!arguments(&b, argc, argv)) {
        fprintf(stderr, "usage: tissue [case 1..%d] [threads] [minutes] [rules] [json]\n",
            PF_BENCH_CASES);
        return 2;
    }
    pf_err err = measure_voxels(&b)
                     ? measure(&b)
                     : pf_fail(&b.ctx, PF_ERR_IO, "the empty domain does not run");
    if (err)
        fprintf(stderr, "%s\n", b.ctx.message);
    else if (b.json)
        tell_json(&b);
    else
        tell(&b);
    pf_tissue_free(b.t);
    pf_setup_free(b.setup);
    pf_free(b.points);
    return err ? 1 : 0;
}
