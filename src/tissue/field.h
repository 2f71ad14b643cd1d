/* field.h: substances that diffuse, decay, are secreted and taken up, on a mesh of cubic
 * voxels.
 *
 *   d rho / dt = D laplace(rho) - lambda rho + sum over cells of (S (rho* - rho) - U rho) V / W
 *
 * rho amount per volume, D [um2/min], lambda [1/min], S and U [1/min] of a cell of volume V in
 * a voxel of volume W [um3]. One step of length h: half of it for the cells of each
 * voxel, by the exact flow of d rho / dt = a - b rho over k = h / 2,
 *   rho <- (rho + (e^(kb) - 1) a / b) e^(-kb),  a = sum S rho* V / W,  b = sum (S + U) V / W,
 * then diffusion and decay, implicitly along x, y and z in turn (locally one-dimensional, first
 * order in h, stable for any h; Marchuk 1990), a third of the decay with each, then the cells'
 * other half (Strang 1968, SIAM J Numer Anal 5:506). Faces of the
 * domain let nothing through or hold a concentration.
 *
 * Values stand per substance, x fastest, in rows of `stride` doubles (nx rounded up to 8); what
 * pads a row means nothing. Cells' terms are added in the order in which they are given, so the
 * bits depend neither on threads nor on vector width. Depends on: crew, lanes. Threads: one
 * caller; the crew works inside. */
#ifndef PF_TISSUE_FIELD_H
#define PF_TISSUE_FIELD_H
#include "base/crew.h"
#include "tissue/bytes.h"

enum { PF_FACES = 6, PF_SUBSTANCES_MAX = 32 };

/* The mesh of the domain. */
typedef struct pf_mesh {
    size_t n[3];      /* voxels along x, y, z; at least 1 */
    double h;         /* edge of a voxel, um */
    double origin[3]; /* lowest corner, um */
} pf_mesh;

/** The voxel of a position, in rows of `stride`; outside the nearest one. */
static inline uint32_t pf_mesh_voxel(const pf_mesh *m, size_t stride, const double at[3])
{
    size_t k[3];
    for (int d = 0; d < 3; d++) {
        double x = (at[d] - m->origin[d]) / m->h, last = (double)(m->n[d] - 1);
        k[d] = (size_t)(x < 0 ? 0 : x > last ? last : x);
    }
    return (uint32_t)(k[0] + stride * (k[1] + m->n[1] * k[2]));
}

typedef struct pf_substance {
    const char *name;
    double diffusion;    /* um2/min, >= 0 */
    double decay;        /* 1/min, >= 0 */
    double initial;      /* everywhere at time 0, >= 0 */
    int held[PF_FACES];  /* x low, x high, y low, ...: 1: the face's voxels hold `at` */
    double at[PF_FACES]; /* where two held faces meet, the later one of this list */
} pf_substance;

/* What the cells of one voxel do to one substance in half a step, see above: rho <- (rho +
 * gain) factor. */
typedef struct pf_exchange {
    double gain;   /* (e^(kb) - 1) a / b, >= 0 */
    double factor; /* e^(-kb) */
} pf_exchange;

typedef struct pf_field pf_field;

/** `lanes`: an available vector width (model/lanes.h); 0: the widest. Errors: RANGE (too large
 * a mesh, numbers that are negative or not finite), NO_MEMORY. Free with pf_field_free;
 * `substance` is copied but for the names. */
PF_NODISCARD pf_err pf_field_new(pf_ctx *ctx, const pf_mesh *mesh,
    const pf_substance *substance, size_t n_substance, int lanes, pf_field **out);
void pf_field_free(pf_field *f); /**< NULL is allowed */

/** Set the step [min] and what goes with it. Of another step than before, nobody exchanges
 * anything until he says what. Errors: RANGE */
PF_NODISCARD pf_err pf_field_step_set(pf_ctx *ctx, pf_field *f, double h);
double pf_field_step(const pf_field *f);
/** What cells exchange from now on: for each substance s what the cells of the `n` voxels do,
 * in list[s * n_list] and behind it; voxels (x + stride * (y + ny * z)) in ascending order,
 * each at most once. Borrowed until the next call. */
void pf_field_exchange(
    pf_field *f, const uint32_t *voxel, size_t n, const pf_exchange *list, size_t n_list);
/** `steps` steps by all members of the crew. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_field_advance(pf_ctx *ctx, pf_field *f, pf_crew *crew, size_t steps);

/** Faces that hold a concentration of substance `s` hold `x` >= 0, finite, from the next step
 * on; `all`: x is everywhere, now. */
void pf_field_hold(pf_field *f, size_t s, double x, int all);
pf_bytes pf_field_size(const pf_field *f);
size_t pf_field_stride(const pf_field *f);
/** Values of substance `s`: [nz][ny][stride]. To be read, and written between advances. */
double *pf_field_values(pf_field *f, size_t s);

#endif
