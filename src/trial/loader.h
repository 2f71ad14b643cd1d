/* loader.h: what the parts of the study reader share; for study_*.c only. */
#ifndef PF_TRIAL_LOADER_H
#define PF_TRIAL_LOADER_H
#include "model/model.h"
#include "patient/regimen_read.h"
#include "trial/study.h"

/* The study file as written. */
typedef struct pf_study_file {
    const char *name, *title, *question, *note, *model, *population;
    const char *const *system;
    size_t n_system;
    const pf_yaml *arms, *assess, *unknowns, *expect, *claim, *tissue;
    double horizon, dropout, rtol, atol;
    uint64_t replicates, seed, keep, block;
    int method;
    const char *const *strata;
    size_t n_strata;
} pf_study_file;

typedef struct pf_loader {
    pf_reader r; /* its arena is the study's */
    pf_arena trees;
    pf_study *study;
    pf_study_file file;
    pf_model *model;
    pf_product_list products;
    const pf_yaml *root, *population, *unknowns;
    const pf_yaml **product; /* trees of the products; NULL where one could not be read */
    const pf_yaml **lot;     /* [n_product] those of their lots; NULL: none */
    size_t source_capacity;
    uint64_t *hash; /* the study's, while it can still be written */
} pf_loader;

extern const pf_fields PF_STUDY_FIELDS, PF_EXPECT_FIELDS, PF_ARM_FIELDS, PF_STUDY_TISSUE_FIELDS;

/** Where a file is that `from` names (the study, or a file it stands on; NULL: the study): in
 * the study's folder and its parents, in those of `from`, in the current folder; NULL when
 * nowhere. The study's come first, so that a run's folder finds its own copies. In the study's
 * arena. */
const char *pf_loader_find(pf_loader *l, const char *from, const char *name);
/** Read a file into the trees' arena, note its hash among the sources, keep its text for
 * messages. 0, with a problem at `place`, when it cannot be read. `*path` is where it was
 * found. */
int pf_loader_text(pf_loader *l, const char *name, const pf_place *place, const char **path,
    const char **text, size_t *size);
/** Note a file among the sources; `path` is kept. 0 when there is no memory. */
int pf_loader_note(pf_loader *l, const char *path, uint64_t hash);
/** A file as pf_loader_text, read as YAML; NULL when it cannot be read. */
const pf_yaml *pf_loader_yaml(pf_loader *l, const char *name, const pf_place *place);
/** A population file (`product` 0) or product file (1) with everything it stands on (`base:`,
 * up to five files deep), as one map whose nodes keep their places; NULL when it cannot be
 * read. Every file is noted among the sources. */
const pf_yaml *pf_loader_population(
    pf_loader *l, const char *name, const pf_place *place, int product);
/** The same of a file that has been read, the root of its tree. */
const pf_yaml *pf_loader_over(pf_loader *l, const pf_yaml *top, int product);
/** The place of a key's value in the study, or of the study itself. */
pf_place pf_loader_place(const pf_loader *l, const char *key);

/** `arms:`, into the study. Needs the model; notes the products that the arms name. */
void pf_loader_arms(pf_loader *l);
/** `expect:` and `claim:`, into the study. Needs arms, assess and model. */
void pf_loader_expect(pf_loader *l);
/** The endpoint of a published figure, into `e`; `e->arm` is known. 0, with a problem, when it
 * is none, or the study does not measure it. */
int pf_loader_endpoint(pf_loader *l, const pf_yaml *node, pf_expect *e);
/** `lot:` and `doses_per_lot:` of product `i`, whose tree is there. */
void pf_loader_lot(pf_loader *l, size_t i);
/** Tie the lots to the patients' variables `people[n]`; before the products are checked. */
void pf_loader_lots_check(pf_loader *l, const char *const *people, size_t n);
/** What formulas of product `i` may read: `people[n]`, then its lot's names. Into
 * `out[PF_NAMES_MAX]`; how many. */
size_t pf_loader_lot_names(
    const pf_loader *l, size_t i, const char *const *people, size_t n, const char **out);
/** Does the lot of product `i` take this variable from the patient? */
int pf_loader_lot_takes(const pf_loader *l, size_t i, const char *name);
/** `tissue:` and the file it names, into the study. Needs arms and model. */
void pf_loader_tissue(pf_loader *l);
/** Everything that only shows when all files are known. */
void pf_loader_check(pf_loader *l);

#endif
