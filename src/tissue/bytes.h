/* bytes.h: how much memory a part of a lesion holds on the heap. */
#ifndef PF_TISSUE_BYTES_H
#define PF_TISSUE_BYTES_H
#include <stddef.h>

typedef struct pf_bytes {
    size_t cells;  /* what grows with the number of cells */
    size_t domain; /* what grows with voxels and with cubes of the grid */
} pf_bytes;

#endif
