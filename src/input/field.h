/* field.h: what a map of a study may hold, in one table per struct.
 *
 * A row gives the key, the kind of value, where it goes, its unit, range, default and meaning.
 * The table drives reading, every message, and the reference page, so that they cannot drift
 * apart. Numbers arrive in the unit of the row. Depends on: yaml, quantity, diag. */
#ifndef PF_INPUT_FIELD_H
#define PF_INPUT_FIELD_H
#include "input/quantity.h"
#include "input/yaml.h"

typedef enum {
    PF_FIELD_TEXT,  /**< const char * */
    PF_FIELD_TEXTS, /**< const char *const * and its count; one text stands for a list of one */
    PF_FIELD_NUMBER,  /**< double */
    PF_FIELD_NUMBERS, /**< const double * and its count */
    PF_FIELD_SPAN,    /**< int and int: `3` or `1..3` */
    PF_FIELD_COUNT,   /**< size_t or uint64_t */
    PF_FIELD_CHOICE,  /**< int-sized enum: the position of the word in `unit` */
    PF_FIELD_YES,     /**< int: yes or no */
    PF_FIELD_MAP,     /**< a map, read with `inside` into the same struct */
    PF_FIELD_NODE     /**< const pf_yaml *: the owner reads it; `inside` documents it */
} pf_field_kind;

struct pf_fields;

typedef struct pf_field {
    const char *name;
    pf_field_kind kind;
    int required;
    size_t at;       /**< offset of the value: PF_AT */
    size_t count_at; /**< offset of a list's count, or of a span's upper end */
    const char
        *unit; /**< NUMBER(S): units separated by '|', the first is stored; CHOICE: words */
    double low, high;      /**< both included; equal: any value. DBL_MIN as low: above 0 */
    const char *otherwise; /**< the default, as one would write it; NULL: none, bytes stay */
    const char *doc;
    const struct pf_fields *inside;
} pf_field;

typedef struct pf_fields {
    const char *title; /**< "arm": messages say "this arm" */
    const char *doc;
    const pf_field *field;
    size_t n;
} pf_fields;

/** Offset of a member, which must have the stated type, or size for enums and counts. */
#define PF_AT(type, member, wanted)                                                            \
    (offsetof(type, member) +                                                                  \
        0 * sizeof(char[_Generic(((type *)0)->member, wanted : 1, default                      \
                                 : -1)]))
#define PF_AT_SIZE(type, member, wanted)                                                       \
    (offsetof(type, member) +                                                                  \
        0 * sizeof(char[sizeof(((type *)0)->member) == sizeof(wanted) ? 1 : -1]))

/* What readers carry along. */
typedef struct pf_reader {
    pf_ctx *ctx;
    pf_diag *diag;
    pf_arena *arena; /**< where values go */
    pf_units *units;
    pf_err failed; /**< NO_MEMORY sticks here */
} pf_reader;

/** Fill `into` from `map`: defaults first, then values. Unknown, missing, misplaced and
 * impossible ones become problems. Returns 1 when there was none. */
int pf_fields_read(pf_reader *r, const pf_yaml *map, const pf_fields *table, void *into);
/** Read one value as `field` says; the same messages. */
int pf_field_read(pf_reader *r, const pf_field *field, const pf_yaml *node, void *into);
/** A scalar as a quantity in one of `units` ("mg|mg/kg"; NULL: any unit): value(s) in the unit
 * `*which`. `name` is what messages call it. */
int pf_field_quantity(pf_reader *r, const char *name, const char *units, const pf_yaml *node,
    pf_quantity *out, int *which);
/** "mg, mg/kg or mg/m2", in the list of problems' memory. */
const char *pf_field_units_text(pf_reader *r, const char *units);
/** Is `node` a list (of maps)? A problem otherwise. NULL is an empty list. */
int pf_field_is_list(pf_reader *r, const char *name, const pf_yaml *node, const char *of);

/** Markdown: one section with a table of keys for each table, and those inside, each once. */
void pf_field_reference(const pf_fields *const *tables, size_t n, pf_buf *out);

#endif
