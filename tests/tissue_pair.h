/* tissue_pair.h: what small tissue files of several tests have in common. */
#ifndef PF_TEST_TISSUE_PAIR_H
#define PF_TEST_TISSUE_PAIR_H

/* Oxygen, tumour cells and killers that see them; behind it come their places. */
#define PF_TISSUE_PAIR                                                                         \
    "substances:\n"                                                                            \
    "  - {name: oxygen, unit: mmHg, diffusion: 1e5 um2/min, initial: 38 mmHg, border: 38 "     \
    "mmHg}\n"                                                                                  \
    "cells:\n"                                                                                 \
    "  - name: tumour\n"                                                                       \
    "    exchange: [{substance: oxygen, uptake: 10 1/min}]\n"                                  \
    "    antigens: [{name: A, median: 1e4, sd_log: 0.5}]\n"                                    \
    "  - name: NK\n"                                                                           \
    "    motility: {speed: 10 um/min}\n"                                                       \
    "    receptors: [{name: R, median: 1e4}]\n"                                                \
    "    killer:\n"                                                                            \
    "      attacks: tumour\n"                                                                  \
    "      recognition: [{receptor: R, antigen: A, half: 1}]\n"                                \
    "      bind: 1 1/min\n"                                                                    \
    "      hold: 5 min\n"                                                                      \
    "      attempts: 0.3 1/min\n"                                                              \
    "      granules: 10\n"                                                                     \
    "      pull: 0.1 1/min\n"                                                                  \
    "place:\n"

#endif
