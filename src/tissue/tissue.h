/* tissue.h: a lesion that lives: cells, fields and time together.
 *
 * One call of pf_tissue_step is one step of the mechanics. Where a phenotype step is due, cells
 * first live (volumes, cycle, death, division), then crawlers choose their ways, cells are
 * sorted, fields advance under what the cells exchange, and cells move. Everything that a cell
 * decides it decides from what stood before the step, for itself: the same bits on any number
 * of threads. Depends on: setup, life, mechanics, exchange. Threads: one caller. */
#ifndef PF_TISSUE_TISSUE_H
#define PF_TISSUE_TISSUE_H
#include "tissue/cycle.h"
#include "tissue/mechanics.h"
#include "tissue/setup.h"

enum { PF_TISSUE_MARKS = 32 };

/* What a step is made of, for those who measure it. */
typedef enum {
    PF_PART_RULES,     /* with the sort that they may need */
    PF_PART_PHENOTYPE, /* volumes, cycle, death, division; cells that come */
    PF_PART_SORT,
    PF_PART_MOTION,
    PF_PART_EXCHANGE, /* cells by voxel */
    PF_PART_FIELDS,
    PF_PART_CONTACTS,
    PF_PART_MECHANICS,
    PF_PART_COUNT
} pf_tissue_part;

/* What has happened to cells of one type since the beginning. */
typedef enum {
    PF_TALLY_PLACED,
    PF_TALLY_BORN,
    PF_TALLY_APOPTOSES, /* begun, kills included */
    PF_TALLY_NECROSES,  /* begun */
    PF_TALLY_KILLED,    /* by killers */
    PF_TALLY_KILLS,     /* made by cells of the type */
    PF_TALLIES
} pf_tally;

typedef struct pf_tissue {
    const pf_setup *setup;
    pf_crew *crew;
    pf_field *field;
    pf_exchanger *exchanger;
    pf_uptake *exchange; /* [type][substance] of the living, then of the dying */
    pf_cycle_law *cycle; /* [type] of cells that are placed */
    uint8_t *dead;       /* [rows] by slot: 1: not alive */
    size_t n_dead;
    pf_mechanics law;
    pf_cells cells;
    size_t rows, row_capacity; /* slots handed out */
    pf_cell *row;              /* [rows] by slot */
    float *push[3];            /* [rows] own movement, um/min */
    uint32_t *spare;           /* [n_spare] slots whose cells are gone */
    size_t n_spare, spare_capacity;
    uint64_t step;                             /* of the mechanics, done so far */
    uint64_t next_id;                          /* of cells that are placed */
    uint64_t births, deaths[PF_CELL_GONE + 1]; /* deaths by kind: when they begin */
    struct pf_deed *deed; /* [n_deed] scratch of contacts: all who may kill */
    size_t n_deed, deed_capacity;
    pf_spring *spring; /* [n_spring] between killers and those they hold */
    size_t n_spring, spring_capacity;
    struct pf_contact_event *event; /* [n_event] since whoever reads them set n_event to 0 */
    size_t n_event, event_capacity;
    uint64_t kills;
    uint64_t tally[PF_CELL_TYPES_MAX][PF_TALLIES];
    pf_life_event *life; /* [n_life], read like `event`: what became of cells, in its order */
    size_t n_life, life_capacity;
    void (*lap)(void *payload, pf_tissue_part part); /* NULL, or told when a part has ended */
    void *lap_payload;
    uint64_t mark[PF_TISSUE_MARKS]; /* the caller's, e.g. how long his files are: checkpoints
                                       keep them, no step reads them */
    uint8_t *fate;                  /* [fate_capacity] scratch of a phenotype step */
    size_t fate_capacity;
    /* rules (ruled.h); all NULL without */
    float **ruled;      /* [column][row_capacity] by slot: what rules made of behaviours */
    pf_uptake_own *own; /* [type][substance] */
    uint16_t *holders;  /* [row_capacity] by slot: killers that hold it */
    size_t n_fresh;     /* cells that have come since rules were asked */
} pf_tissue;

/** A lesion at time 0, its first cells placed. `setup` is borrowed. Errors: NO_MEMORY, RANGE.
 * Free with pf_tissue_free. */
PF_NODISCARD pf_err pf_tissue_new(
    pf_ctx *ctx, const pf_setup *setup, int threads, pf_tissue **out);
void pf_tissue_free(pf_tissue *t); /**< NULL is allowed */
/** One step of the mechanics. Errors: NO_MEMORY, RANGE */
PF_NODISCARD pf_err pf_tissue_step(pf_ctx *ctx, pf_tissue *t);
double pf_tissue_minute(const pf_tissue *t);
/** Cells of a type that are alive; of all types for n_type. */
size_t pf_tissue_alive(const pf_tissue *t, size_t type);
/** A new cell. Errors: NO_MEMORY, RANGE (2^32 cells) */
PF_NODISCARD pf_err pf_tissue_add(pf_ctx *ctx, pf_tissue *t, size_t type, const double at[3]);

/** Bytes on the heap: what grows with the cells, and what with the domain. */
pf_bytes pf_tissue_size(const pf_tissue *t);

/** The living cell at `i` of the store goes away, neither dead nor counted; its place is free
 * after the next phenotype step. Whoever holds it lets go. */
void pf_tissue_remove(pf_tissue *t, size_t i);

/* ---- parts, in placing.c, phenotype.c and motion.c ---- */

/* A killer in a step of contacts, and what it has decided. Places are those of the store;
 * UINT32_MAX: none. */
struct pf_deed {
    uint32_t killer, holds, binds; /* its own place, its target's, that of who it binds now */
    uint8_t kills, lets_go;
};
static inline void pf_tissue_lap(const pf_tissue *t, pf_tissue_part part)
{
    if (t->lap) t->lap(t->lap_payload, part);
}
/** What cells exchange now. Borrowed; valid until cells live or come. */
pf_uptakes pf_tissue_uptakes(pf_tissue *t);
/** Place what comes at minutes (from, to]. */
PF_NODISCARD pf_err pf_tissue_place(pf_ctx *ctx, pf_tissue *t, double from, double to);
/** Note what becomes of the cell at `i` of the store. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_tissue_tell(
    pf_ctx *ctx, pf_tissue *t, size_t i, pf_life_kind kind, uint64_t other);
/** The cell in this slot is no longer alive: it stops, and exchanges as a body. t->n_dead is
 * the caller's to count. */
void pf_tissue_body(pf_tissue *t, size_t type, uint32_t slot);
/** A row for a cell that comes at the end of the store. */
PF_NODISCARD pf_err pf_tissue_row(pf_ctx *ctx, pf_tissue *t, uint32_t *slot);
/** Room for so many more cells, their rows and the news of them. On errors nothing has happened
 * to the cells there are. Errors: NO_MEMORY, RANGE */
PF_NODISCARD pf_err pf_tissue_room(pf_ctx *ctx, pf_tissue *t, size_t more);
/** All cells live for one phenotype step; the grid fits the largest of them afterwards. */
PF_NODISCARD pf_err pf_tissue_phenotype(pf_ctx *ctx, pf_tissue *t);
/** Crawlers choose directions for this step. */
void pf_tissue_turn(pf_tissue *t);
/** The voxel of the cell at a place of the store, as in exchange.h. */
uint32_t pf_tissue_voxel(const pf_tissue *t, size_t at);
/** The gradient of a substance at a voxel, by central differences, one-sided at the border;
 * concentration per um. */
void pf_tissue_gradient(const pf_tissue *t, size_t substance, uint32_t voxel, double out[3]);

#endif
