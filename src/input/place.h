/* place.h: where in a file something stands, so that every message can point at it. */
#ifndef PF_INPUT_PLACE_H
#define PF_INPUT_PLACE_H

/* Lines and columns count from 1; 0 means unknown. `file` is borrowed. */
typedef struct pf_place {
    const char *file;
    int line, column, end_column; /* end_column: one past the last character on that line */
} pf_place;

#endif
