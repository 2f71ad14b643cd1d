/* film.h: film.bin, a lesion from moment to moment, small enough to be looked at: pages and
 * movies are made of it.
 *
 * Little-endian. The file begins with the magic "PFFILM01", u32 size and u32 CRC-32 of the
 * head, and the head: JSON that names the lesion, its domain, types, substances and attributes.
 * Then frames, each whole in itself: "FRAM", u32 CRC-32 of the body, u64 size of the body,
 * body:
 *
 *   f64 minute, u64 step, u64 cells in the lesion, u32 shown (n), u32 0,
 *   u32 size of the cells' stream, u32 size of the fields' stream, u32[3] voxels, u32 0,
 *   u64[types][2] cells of each type: alive, dead; f64[substances][2] lowest, highest,
 *   u32[n] keys, zlib stream of the cells, zlib stream of the fields
 *
 *   cells:  u16 x[n], y[n], z[n] (0 to 65535 over the domain along that axis), u8 radius[n]
 * (1/8 um, to 31.9), u8 type[n], u8 state[n] (pf_cell_state), then of each attribute u8[n]: low
 * + b/255 (high - low), or low (high/low)^(b/255) where it is `log`; values beyond the range as
 * its ends fields: u8 of each voxel, x fastest, substance after substance, over the range
 * above; voxels are averages over as few of the mesh as give at most 48 along an axis
 *
 * A cell's key is a hash of its id: the same in each frame. Of a lesion of more cells than a
 * frame may hold those with the smallest keys are shown: evenly chosen, and who is shown stays
 * so while there are not more. Cells stand in the order of the store. A frame depends on the
 * lesion alone. Depends on: tissue, zip. Threads: no shared state. */
#ifndef PF_TISSUE_FILM_H
#define PF_TISSUE_FILM_H
#include "base/buf.h"
#include "base/json.h"
#include "tissue/tissue.h"

enum { PF_FILM_VOXELS = 48, PF_FILM_PLACE = 6, PF_FILM_CELL = 9 };
enum { PF_FILM_ATTRIBUTES_MAX = 8 + 2 * PF_MOLECULES_MAX };
#define PF_FILM_FORMAT "perforin-film-1"

/* ---- writing ---- */

/** The beginning of the file. Failures stick to the buffer. */
void pf_film_head(const pf_setup *s, pf_buf *out);
/** The lesion as it is now, of at most `most` cells. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_film_frame(pf_ctx *ctx, const pf_tissue *t, size_t most, pf_buf *out);

/* ---- reading ---- */

typedef struct pf_film_attribute {
    const char *name, *unit;
    double low, high;
    int log;
} pf_film_attribute;

/* One frame as it stands in the file. */
typedef struct pf_film_shot {
    double minute;
    uint64_t step, cells;
    size_t shown;     /* cells in `packed` */
    size_t voxels[3]; /* of the fields */
    uint64_t alive[PF_CELL_TYPES_MAX], dead[PF_CELL_TYPES_MAX];
    double low[PF_SUBSTANCES_MAX], high[PF_SUBSTANCES_MAX];
    const unsigned char *keys;            /* [shown] u32, little-endian, not aligned */
    const unsigned char *packed, *fields; /* zlib streams */
    size_t packed_size, fields_size;
} pf_film_shot;

typedef struct pf_film {
    pf_arena arena;
    char *bytes; /* the file */
    size_t size;
    const pf_jvalue *head;
    const char *name, *title;
    double low[3], high[3]; /* of the domain, um */
    size_t n_type, n_substance, n_attribute;
    const char *type[PF_CELL_TYPES_MAX];
    int killer[PF_CELL_TYPES_MAX];
    const char *substance[PF_SUBSTANCES_MAX], *unit[PF_SUBSTANCES_MAX];
    pf_film_attribute attribute[PF_FILM_ATTRIBUTES_MAX];
    size_t n;           /* whole frames */
    pf_film_shot *shot; /* [n] */
    size_t left;        /* bytes behind the last whole frame: it was cut off */
} pf_film;

/** Read a film; a frame that is cut off at the end is left out, and `left` says so. Errors: IO,
 * CORRUPT (no film, a frame that is not what was written), NO_MEMORY. Free with pf_film_free.
 */
PF_NODISCARD pf_err pf_film_read(pf_ctx *ctx, const char *path, pf_film **out);
/** The same of bytes in memory, which are copied; `path` is for messages. */
PF_NODISCARD pf_err pf_film_parse(
    pf_ctx *ctx, const char *path, const char *bytes, size_t size, pf_film **out);
void pf_film_free(pf_film *f); /**< NULL is allowed */
/** Bytes of one cell, attributes included. */
size_t pf_film_cell_size(const pf_film *f);
/** Unpack the cells of a frame: `out` has room for shown x pf_film_cell_size. Errors: CORRUPT
 */
PF_NODISCARD pf_err pf_film_cells(
    pf_ctx *ctx, const pf_film *f, size_t frame, unsigned char *out);
/** Unpack its fields: room for voxels x substances. Errors: CORRUPT */
PF_NODISCARD pf_err pf_film_fields(
    pf_ctx *ctx, const pf_film *f, size_t frame, unsigned char *out);
/** The key of cell `i` of a frame. */
uint32_t pf_film_key(const pf_film_shot *s, size_t i);
/** The value of an attribute's byte. */
double pf_film_value(const pf_film_attribute *a, unsigned char byte);

#endif
