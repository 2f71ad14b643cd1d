/* words.h: the names by which rules call signals and behaviours, for one setup.
 *
 * Names are canonical: one for each signal and behaviour ("cycle entry" besides "exit from
 * cycle phase 0" is the one exception). Depends on: rules. Threads: read-only once made. */
#ifndef PF_TISSUE_WORDS_H
#define PF_TISSUE_WORDS_H
#include "tissue/rules.h"

typedef struct pf_word {
    const char *name, *unit; /* "1": a number */
    int id;                  /* PF_SENSE_ or PF_DO_, with its index added */
} pf_word;

typedef struct pf_words {
    pf_word *signal, *behaviour;
    size_t n_signal, n_behaviour;
} pf_words;

/** All words of a setup, made in the arena. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_words_make(
    pf_ctx *ctx, pf_arena *arena, const pf_setup *setup, pf_words *out);
/** The word of a number; NULL: there is none. */
const pf_word *pf_word_of(const pf_word *word, size_t n, int id);
/** A behaviour's value before any rule. Of a molecule: the median of the type; each cell has
 * its own. */
double pf_behaviour_base(const pf_cell_type *type, int behaviour);
/** The values it may take. */
void pf_behaviour_range(int behaviour, double *low, double *high);
/** Why rules cannot change this behaviour of this type; NULL: they can. */
const char *pf_behaviour_refused(const pf_setup *setup, size_t type, int behaviour);

#endif
