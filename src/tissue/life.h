/* life.h: what changes slowly in a cell: volumes, cycle, death.
 *
 * Rows are kept by slot; a slot is reused when its cell is gone. Division: the daughter's id is
 * made of the mother's and of how often she has divided, so a cell's chances depend on nobody
 * else. Every draw is made by (seed, id, step, purpose).
 *
 * Volumes [um3] relax as in the published model of Ghaffarizadeh et al. 2018 (PLoS Comput Biol
 * 14:e1005991, S1 text):
 *   dF/dt = r_F (f V - F), dN/dt = r_N (N* - N), dC/dt = r_C (C* - C),  V = F + N + C,
 * F fluid, N and C the solid parts of nucleus and cytoplasm. One explicit step is exact enough
 * at 6 minutes for rates below 0.1 /min; they are taken implicitly, so larger steps stay
 * stable. Depends on: setup, cells. Threads: rows are independent. */
#ifndef PF_TISSUE_LIFE_H
#define PF_TISSUE_LIFE_H
#include "tissue/cells.h"
#include "tissue/setup.h"

/* How a cell is. */
typedef enum {
    PF_CELL_ALIVE,
    PF_CELL_APOPTOTIC,
    PF_CELL_SWELLING, /* necrotic, before lysis */
    PF_CELL_LYSED,
    PF_CELL_GONE
} pf_cell_state;

typedef enum { PF_KILLER_SERIAL, PF_KILLER_SINGLE, PF_KILLER_IDLE } pf_killer_class;

/* One cell's row. */
typedef struct pf_cell {
    uint64_t mother;                  /* id; 0: was placed */
    uint64_t held;                    /* id of the target */
    double fluid, nucleus, cytoplasm; /* um3; the last two solid */
    uint32_t target;                  /* slot of the target; UINT32_MAX: none */
    float clock;                      /* min in the phase, or since death */
    float turn;                       /* min until the next direction */
    float granules, exhaustion;
    float antigen[PF_MOLECULES_MAX], receptor[PF_MOLECULES_MAX];
    uint16_t divisions, kills;
    uint8_t phase, state, moves;
    uint8_t class; /* pf_killer_class */
    uint8_t fresh; /* 1: has come, and no rule has been asked yet */
    uint8_t lost;  /* for good: bit k antigen k, bit PF_MOLECULES_MAX + k receptor k */
} pf_cell;

/* What became of a cell. */
typedef enum {
    PF_LIFE_PLACED,
    PF_LIFE_BORN,      /* other: its mother */
    PF_LIFE_APOPTOSIS, /* begins; other: who killed it, 0: nobody */
    PF_LIFE_NECROSIS,  /* begins */
    PF_LIFE_LYSIS,
    PF_LIFE_GONE
} pf_life_kind;
typedef struct pf_life_event {
    double minute;
    uint64_t id, other; /* ids */
    double at[3];       /* um */
    pf_life_kind kind;
    uint8_t type;
} pf_life_event;

/* What cells, and places where they begin, draw for: all of it, so that no two are alike. */
enum {
    PF_STREAM_BIRTH = 1, /* molecules, whether it crawls, class of a killer */
    PF_STREAM_LIFE,      /* phases, death */
    PF_STREAM_AXIS,      /* of a division */
    PF_STREAM_TURN,
    PF_STREAM_PLACE,
    PF_STREAM_CONTACT,
    PF_STREAM_LOSS,        /* of molecules, and one more for each later way to lose them */
    PF_STREAM_VESSEL = 10, /* where it is */
    PF_STREAM_COUNT,       /* how many come */
    PF_STREAM_CYCLE,       /* where in the cycle it begins */
    PF_STREAM_NUDGE,       /* a step aside */
    PF_STREAM_BACK = 40    /* from a lesion to its patient */
    /* 40: trial/couple.c */
};

/** Draws of one cell in one step: `n` uniforms in (0, 1). Purposes are told apart by `stream`.
 */
void pf_cell_draws(
    uint64_t seed, uint64_t id, uint64_t step, uint32_t stream, double *out, size_t n);
/** The id of a mother's next daughter. */
uint64_t pf_cell_daughter(uint64_t mother, uint32_t division);
/** A new cell of this type at rest, molecules drawn. */
void pf_cell_born(pf_cell *cell, const pf_cell_type *type, uint64_t seed, uint64_t id);
/** Whether it crawls is drawn again, for another share than that of its type. */
void pf_cell_moves(pf_cell *cell, double share, uint64_t seed, uint64_t id);
/** The radius of a sphere of its volume. */
double pf_cell_radius(const pf_cell *cell);
/** `minutes` of life: volumes, phase, death. `rate` scales: of leaving the phase, and the rates
 * of death (rules may change both). Returns 1 when the cell divides now. */
typedef struct pf_life_rates {
    double leave;               /* 1/min, of the present phase */
    double apoptosis, necrosis; /* 1/min */
} pf_life_rates;
int pf_cell_live(pf_cell *cell, const pf_cell_type *type, const pf_life_rates *rates,
    double minutes, const double draw[3]);
/** Alive until now: it begins to die. */
void pf_cell_die(pf_cell *cell, pf_cell_state how);
/* When molecules are lost. */
typedef enum { PF_LOSS_FIRST, PF_LOSS_DIVISION, PF_LOSS_TIME } pf_loss_when;
/** Can a cell of this type lose some molecule so? */
int pf_type_loses(const pf_cell_type *type, pf_loss_when when);
/** The molecules that the cell loses in these minutes, or now; draws of (id, step). Returns 1
 * when it has lost any. */
typedef struct pf_loss_chance {
    pf_loss_when when;
    double minutes;
    uint64_t seed, id, step;
} pf_loss_chance;
int pf_cell_lose(pf_cell *cell, const pf_cell_type *type, const pf_loss_chance *chance);
/** Halve a dividing mother's volumes and make her daughter's row. */
void pf_cell_divide(pf_cell *mother, pf_cell *daughter, uint64_t mother_id);

#endif
