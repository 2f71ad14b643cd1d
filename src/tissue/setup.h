/* setup.h: a lesion as it is described: domain, substances, cell types, what happens when.
 *
 * Plain data, filled by the reader of a tissue file (setup_read.h) and checked there; all that
 * computes takes it as given. Minutes, um, um3, um/min, 1/min; concentrations in the
 * substance's own unit. Depends on: field, exchange. Threads: read-only once read. */
#ifndef PF_TISSUE_SETUP_H
#define PF_TISSUE_SETUP_H
#include "tissue/exchange.h"
#include "tissue/field.h"

enum {
    PF_PHASES_MAX = 6,
    PF_MOLECULES_MAX = 4, /* kinds of antigens, and of receptors, that a lesion tells apart */
    PF_DRUG_PAIRS_MAX = 8 /* of a killer */
};

/* A phase of the cell cycle, and the way on to the next one. */
typedef struct pf_phase {
    const char *name;
    double rate; /* 1/min, of leaving it */
    int fixed;   /* the phase lasts 1 / rate exactly, else exponentially */
    int divides; /* the cell divides when it leaves */
    int doubles; /* its nucleus and cytoplasm grow to twice their targets on entering */
} pf_phase;

/* What pairs are for. */
typedef enum { PF_PAIRS_RECOGNITION, PF_PAIRS_INHIBITION, PF_PAIRS_SLOW } pf_pairs;
/* What a drug of free concentration c does to a pair, as a factor on it. Free binding sites are
 * far fewer than drug, so that occupancy follows from c alone.
 *   opsonin  c / (c + kd): the pair works through antigens that carry the drug (an antibody's
 *            Fc part and CD16)
 *   blocks   kd / (c + kd): through those that do not
 *   bridges  c (sqrt(kd) + sqrt(kd_receptor))^2 / ((c + kd) (c + kd_receptor)): the drug must
 *            bind both at once (an engager); 1 at best, at c^2 = kd kd_receptor, and less
 *            beyond, where antigens and receptors each hold a drug of their own (without
 *            cooperativity; Douglass et al. 2013, J Am Chem Soc 135:6092) */
typedef enum { PF_DRUG_OPSONIN, PF_DRUG_BLOCKS, PF_DRUG_BRIDGES } pf_drug_effect;
typedef struct pf_drug_pair {
    double half;            /* as below; 0: no pair, and none behind it */
    double kd, kd_receptor; /* in the substance's unit; the second of bridges */
    uint8_t pairs, effect;  /* pf_pairs, pf_drug_effect */
    uint8_t receptor, antigen, substance;
    uint8_t unused[3];
} pf_drug_pair;

/* How a killer finds, holds and kills. A free killer binds a target it touches with hazard
 * `bind` x recognition, lets go after `hold` minutes on average or when the target is dead, and
 * meanwhile tries to kill with hazard `attempts` x recognition. An attempt spends `cost`
 * granules; without them there is none. Granules come back towards their number at rest.
 * Recognition of a target is x^n / (x^n + 1),  x = sum over receptors r and antigens a of R_r
 * A_a / half[r][a], 0 where x is below `threshold`, times 1 - x_i^n / (x_i^n + 1) of the same
 * sum over inhibition: missing self is inhibition by an antigen that the target has lost. Pairs
 * that need a drug, or that a drug blocks, add to these sums times what the drug's
 * concentration in the target's voxel makes of them. Slow killing has hazard `slow` x
 * recognition, or, where there are pairs for it, `slow` x the same Hill function of their sum
 * (FasL and Fas): neither threshold nor inhibition holds it back then. */
typedef struct pf_killer {
    double bind;             /* 1/min; 0: no killer */
    double hold;             /* min */
    double attempts;         /* 1/min */
    double granules, refill; /* number at rest; 1/min */
    double cost;             /* granules of one attempt */
    double slow;             /* 1/min: death by ligands while bound, without granules */
    double exhaustion,
        recovery;            /* gained by a kill, lost 1/min; slows attempts by 1 / (1 + e) */
    double pull;             /* 1/min: spring between the two */
    double idle, single;     /* shares of the type that never kill, and kill once */
    double power, threshold; /* n; x */
    uint8_t attacks[PF_CELL_TYPES_MAX]; /* 1: that type is a target */
    /* receptors times antigens of half recognition; 0: does not see it */
    double half[PF_MOLECULES_MAX][PF_MOLECULES_MAX], stop[PF_MOLECULES_MAX][PF_MOLECULES_MAX],
        slow_half[PF_MOLECULES_MAX][PF_MOLECULES_MAX];
    pf_drug_pair drug[PF_DRUG_PAIRS_MAX];
} pf_killer;

/* How molecules are lost for good: who has lost one stays without it, and so do all daughters.
 * A rule cannot bring it back. */
typedef struct pf_loss {
    double first;    /* share of the cells that are placed */
    double division; /* chance of the daughter at each division */
    double rate;     /* 1/min */
} pf_loss;

/* How a cell of one type lives. */
typedef struct pf_cell_type {
    const char *name;
    /* volumes: fluid and solid parts relax to their targets at these rates */
    double volume, nucleus; /* um3, whole cell and nucleus, at rest */
    double fluid;           /* share of both that is fluid */
    double fluid_rate, cytoplasm_rate, nucleus_rate;
    /* mechanics (mechanics.h); pairs take the geometric mean of both, times affinity */
    double reach, adhesion, repulsion;
    double affinity[PF_CELL_TYPES_MAX];
    /* cycle; no phases: it never divides */
    int starts_first; /* placed cells begin in the first phase, else anywhere (cycle.h) */
    size_t n_phase;
    pf_phase phase[PF_PHASES_MAX];
    /* death */
    double apoptosis, necrosis;                 /* 1/min */
    double apoptosis_lasts;                     /* min, until the body is gone */
    double necrosis_lasts;                      /* min, from lysis on */
    double shrink_rate, swell_rate, lysis_rate; /* 1/min, of a dying cell's volumes */
    double dead_secretion, dead_uptake;         /* factors on what a dying cell exchanges */
    /* substances */
    pf_uptake exchange[PF_SUBSTANCES_MAX];
    /* motility: a new direction every `persistence` minutes on average, mixed of chance and of
     * the weighted gradients by `bias` */
    double speed, persistence, bias;
    double motile; /* share of its cells that move at all */
    double taxis[PF_SUBSTANCES_MAX];
    /* molecules per cell: median and log-scale sd; daughters inherit their mother's */
    double antigen[PF_MOLECULES_MAX], antigen_sd[PF_MOLECULES_MAX];
    double receptor[PF_MOLECULES_MAX], receptor_sd[PF_MOLECULES_MAX];
    pf_loss antigen_loss[PF_MOLECULES_MAX], receptor_loss[PF_MOLECULES_MAX];
    pf_killer killer;
} pf_cell_type;

/* Cells that are there at the beginning, or come later. */
typedef enum {
    PF_PLACE_BALL,
    PF_PLACE_SHELL,
    PF_PLACE_BOX,
    PF_PLACE_LIST,
    PF_PLACE_VESSELS, /* each at one of these points, any of them, within `outer` */
    PF_PLACE_BORDER,  /* just inside a face of the domain */
    PF_PLACES
} pf_place_kind;
typedef struct pf_placement {
    pf_place_kind kind;
    size_t type;
    double centre[3], inner, outer; /* um; of a ball only outer */
    double low[3], high[3];         /* of a box; of vessels by chance where they are */
    int packed;                     /* a ball of touching cells instead of `count` by chance */
    int faces;                      /* of a border: bit f is face f, as in field.h */
    size_t count;
    double at;           /* min */
    double every, until; /* min: they come again; every 0: once */
    double rate;         /* 1/min: instead of `count` one by one, by chance, from `at` on */
    int has_motile;      /* `motile` of them crawl, instead of the share of their type */
    double motile;
    size_t n_vessel; /* by chance, instead of points */
    size_t n_point;  /* of a list, of vessels */
    const double (*point)[3];
} pf_placement;

/* Files of a snapshot. */
enum { PF_SHOT_VTP = 1, PF_SHOT_VTI = 2, PF_SHOT_H5AD = 4, PF_SHOT_ALL = 7 };

/* One value that a variant changes, as text. */
typedef struct pf_variant_change {
    const char *key;      /* path in the file */
    const char *was, *is; /* NULL: nothing */
} pf_variant_change;

/* The same lesion with some values changed. */
enum { PF_VARIANTS_MAX = 64 };
typedef struct pf_variant {
    const char *name, *title;
    size_t n_change;
    pf_variant_change *change;
} pf_variant;

typedef struct pf_outcome pf_outcome; /* outcome.h */

/* A file that the tissue file, or one of its variants, names. */
typedef struct pf_setup_input {
    const char *written, *path; /* as it is named; where it was read */
    struct pf_setup_input *next;
} pf_setup_input;

typedef struct pf_setup {
    pf_arena arena;
    const char *path, *name, *title, *question;
    pf_mesh mesh;
    size_t n_substance;
    pf_substance *substance;
    const char **substance_unit;
    size_t n_type;
    pf_cell_type *type;
    size_t n_placement;
    pf_placement *placement;
    struct pf_rules *rules; /* rules.h; NULL: none */
    double field_step, mechanics_step,
        phenotype_step; /* min; each a multiple of the one before */
    double max_time;    /* min */
    double wall;        /* push of the borders, um/min */
    double every;       /* min between rows of the time series */
    double snapshots;   /* min between snapshots; 0: none */
    unsigned shots;     /* PF_SHOT_...: what a snapshot is made of */
    size_t n_shot_at;
    const double *shot_at; /* min: moments of further snapshots, ascending */
    double checkpoint;     /* s of the wall's clock between checkpoints; 0: none; NAN: as it
                              costs little */
    double film;           /* min between frames of film.bin; 0: none */
    size_t film_cells;     /* of a frame, at most */
    uint64_t seed;
    /* what the file says besides */
    size_t n_system;
    const char *const *system; /* ids of the questions that it answers */
    size_t n_antigen, n_receptor;
    const char *antigen[PF_MOLECULES_MAX], *receptor[PF_MOLECULES_MAX]; /* names */
    size_t n_outcome;
    pf_outcome *outcome;
    size_t figure;           /* the outcome that answers the question; n_outcome: none */
    const char *figure_text; /* NULL: no figure */
    size_t n_variant;        /* of the file */
    pf_variant *variant;
    const char *chosen;    /* the variant that this is; NULL: none */
    uint64_t replicates;   /* runs of each variant in a study */
    pf_setup_input *input; /* first of a list, in the order of the file; NULL: none */
    int kept;              /* 1: read from the copies in a run folder */
    const char *text;      /* the file as it was read */
    size_t text_size;
} pf_setup;

#endif
