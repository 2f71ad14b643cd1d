/* field_parts.h: what field.c and the kernels of field_lanes.c share. */
#ifndef PF_TISSUE_FIELD_PARTS_H
#define PF_TISSUE_FIELD_PARTS_H
#include "tissue/field.h"

/* Lines along one axis: Thomas's algorithm with its factors made beforehand. Element i of a
 * line: forward d <- d * scale[i] + carry[i] * d[i - 1], back d <- d + back[i] * d[i + 1]. */
typedef struct pf_line {
    double *scale, *carry, *back; /* [n] */
    size_t first, last;           /* lines of the other axes that are solved: [first, last) */
} pf_line;

/* One substance, as the kernels see it. */
typedef struct pf_sheet {
    double *x;
    size_t nx, ny, nz, stride;
    const pf_line *line;   /* [3] */
    const uint32_t *voxel; /* of each exchange */
    const pf_exchange *exchange;
    const int *held;  /* [PF_FACES] */
    const double *at; /* [PF_FACES] */
    double *scratch;  /* of this thread: PF_FIELD_ROWS * stride doubles, 64-byte aligned */
} pf_sheet;

/* Rows that are solved together along x. */
enum { PF_FIELD_ROWS = 8 };

typedef struct pf_field_kernels {
    /* Half a step of exchange [first, last) of the list with plane `z`. */
    void (*exchange)(const pf_sheet *s, size_t z, size_t first, size_t last);
    /* x and y of plane `z`. */
    void (*plane)(const pf_sheet *s, size_t z);
    /* z, of row `y`. */
    void (*column)(const pf_sheet *s, size_t y);
} pf_field_kernels;

#endif
