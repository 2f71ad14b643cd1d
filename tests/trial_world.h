/* trial_world.h: a study of a few lines in a folder of its own, and its patients; shared by the
 * tests that simulate some. */
#ifndef PF_TESTS_TRIAL_WORLD_H
#define PF_TESTS_TRIAL_WORLD_H
#include "ct.h"

#include "trial/simulate.h"
#include "trial/study_read.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct world {
    pf_ctx ctx;
    pf_diag diag;
    char folder[64];
    pf_study *study;
    pf_trial *trial;
    pf_chunk chunk;
} world;

static inline void put_file(const world *w, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", w->folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static inline void drop_file(const world *w, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", w->folder, name);
    unlink(path);
}

static const char PEOPLE[] = "population: people\n"
                             "variables:\n"
                             "  - {name: weight, distribution: uniform, low: 50 kg, high: 90 "
                             "kg, source: test}\n";
static const char CELLS[] = "product: cells\n"
                            "attributes:\n"
                            "  - {name: z0, distribution: constant, value: 3, source: test}\n";

static const char TWO[] = "product: two\n"
                          "attributes:\n"
                          "  - {name: z0, distribution: constant, value: 3, source: test}\n"
                          "  - {name: S, distribution: constant, value: 70, source: test}\n";

/* Attributes that are no number for patients under 70 kg. */
static const char HEAVY[] =
    "product: heavy\n"
    "attributes:\n"
    "  - {name: z0, formula: sqrt(weight - 70), unit: 1, source: test}\n";

/* Lots that fail for patients under 70 kg. */
static const char FAILING[] =
    "product: failing\n"
    "attributes:\n"
    "  - {name: z0, distribution: uniform, low: 2, high: 5, source: test}\n"
    "  - {name: dose_share, formula: (weight > 70)*0.5, unit: 1, source: test}\n";

/* Lots of which more or less lives, and the same with something else changed. */
static const char DRAWN[] =
    "product: drawn\n"
    "attributes:\n"
    "  - {name: z0, distribution: uniform, low: 2, high: 5, source: test}\n"
    "  - {name: dose_share, formula: z0/5, unit: 1, source: test}\n";
static const char EDITED[] = "product: edited\n"
                             "base: drawn.yaml\n"
                             "attributes:\n"
                             "  - {name: S, distribution: constant, value: 70, source: test}\n";

static inline void read_world(world *w, const char *model, const char *study)
{
    char path[128];
    memset(w, 0, sizeof *w);
    strcpy(w->folder, "/tmp/perforin-trial-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    put_file(w, "m.ant", model);
    put_file(w, "people.yaml", PEOPLE);
    put_file(w, "cells.yaml", CELLS);
    put_file(w, "two.yaml", TWO);
    put_file(w, "heavy.yaml", HEAVY);
    put_file(w, "failing.yaml", FAILING);
    put_file(w, "drawn.yaml", DRAWN);
    put_file(w, "edited.yaml", EDITED);
    put_file(w, "study.yaml", study);
    pf_ctx_init(&w->ctx);
    pf_diag_init(&w->diag, &w->ctx);
    snprintf(path, sizeof path, "%s/study.yaml", w->folder);
    assert_ok(&w->ctx, pf_study_read(&w->ctx, &w->diag, path, &w->study));
}

static inline void open_world(world *w, const char *model, const char *study)
{
    read_world(w, model, study);
    assert_ok(&w->ctx, pf_trial_new(&w->ctx, w->study, &w->trial));
    pf_chunk_init(&w->chunk, pf_trial_layout(w->trial));
}

static inline void close_world(world *w)
{
    pf_chunk_clear(&w->chunk);
    pf_trial_free(w->trial);
    pf_study_free(w->study);
    pf_diag_clear(&w->diag);
    drop_file(w, "m.ant");
    drop_file(w, "people.yaml");
    drop_file(w, "cells.yaml");
    drop_file(w, "two.yaml");
    drop_file(w, "heavy.yaml");
    drop_file(w, "failing.yaml");
    drop_file(w, "drawn.yaml");
    drop_file(w, "edited.yaml");
    drop_file(w, "study.yaml");
    rmdir(w->folder);
}

static inline void simulate(world *w, int lanes, uint64_t first, uint64_t count)
{
    pf_worker *worker;
    assert_ok(&w->ctx, pf_worker_new(&w->ctx, w->trial, lanes, &worker));
    assert_ok(&w->ctx, pf_worker_simulate(&w->ctx, worker, first, count, NULL, &w->chunk));
    pf_worker_free(worker);
}

static inline double cell(const world *w, pf_table_kind kind, size_t row, size_t column)
{
    const pf_rows *t = &w->chunk.table[kind];
    assert_true(row < t->n && column < t->n_column);
    return t->x[row * t->n_column + column];
}

/* One lesion that doubles in 35 days, one drug, one product, what is left of both. */
#define MODEL(h)                                                                               \
    "model m\n"                                                                                \
    "  d' = 0.02*d; d = 50;\n"                                                                 \
    "  P' = -0.1*P; P = 0; B' = -0.5*B; B = 0; Z' = -0.5*Z; Z = 0; hazard' = h; hazard = 0;\n" \
    "  h = " h "; z0 = 9; progressed = 0;\n"                                                   \
    "  blood := B; drug := P; doublings := Z;\n"                                               \
    "  //! role target-lesion d [mm]\n"                                                        \
    "  //! role dose.drug P [mg]\n"                                                            \
    "  //! role dose.product B [cell]\n"                                                       \
    "  //! role dose.product.scaled.z0 Z\n"                                                    \
    "  //! role kinetics blood [cell/mL]\n"                                                    \
    "  //! role marker.drug drug\n"                                                            \
    "  //! role marker.doublings doublings\n"                                                  \
    "  //! role death-hazard hazard\n"                                                         \
    "  //! role on-progression progressed\nend\n"

#define STUDY(size, regimen, rest)                                                             \
    "study: s\nmodel: m.ant\npopulation: people.yaml\n"                                        \
    "arms:\n  - name: a\n    size: " size "\n    regimen:\n" regimen                           \
    "horizon: 120 day\nreplicates: 2\nseed: 3\n" rest

#endif
