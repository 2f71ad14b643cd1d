/* tissue_job.h: a tissue run while it lasts: what its parts share. Internal to api. */
#ifndef PF_API_TISSUE_JOB_H
#define PF_API_TISSUE_JOB_H
#include "api/call.h"
#include "store/tissue_folder.h"
#include "tissue/field_error.h"
#include "tissue/tissue.h"

typedef struct pf_tissue_job {
    const pf_tissue_options *o;
    pf_tissue_result *result;
    pf_ctx ctx;
    pf_arena arena;
    pf_setup *setup;
    pf_tissue *t;
    pf_tissue_folder *folder;
    int threads;
    pf_field_error field_error;     /* what a large step of the fields costs */
    uint64_t steps, every, counted; /* of the mechanics: of the run, between rows, last row */
    uint64_t first;                 /* step from which this call goes on */
    int fresh;                      /* nothing was written before this call */
    size_t counts, events, lives, cells, outcomes, film; /* results of the folder */
    uint64_t film_every;                                 /* steps between frames; 0: none */
    uint64_t shots_every;                                /* steps between snapshots; 0: none */
    uint64_t *shot; /* [n_shot] steps of those that were taken */
    size_t n_shot, shot_capacity;
    double began, last, next; /* seconds: start, last progress, next checkpoint */
    pf_buf buf;
} pf_tissue_job;

/** All results begin, or go on where the checkpoint left them. Errors: IO, CORRUPT */
PF_NODISCARD pf_err pf_tissue_job_open(pf_tissue_job *j);
/** Step until the end or until somebody asks to stop, with all that is written meanwhile and a
 * checkpoint at the end. `*complete`: 1 when it is the end. Errors: IO, NO_MEMORY, RANGE */
PF_NODISCARD pf_err pf_tissue_job_steps(pf_tissue_job *j, int *complete);

#endif
