/* setup_parts.h: what the parts of the reader share. Internal to tissue. */
#ifndef PF_TISSUE_SETUP_PARTS_H
#define PF_TISSUE_SETUP_PARTS_H
#include "tissue/setup_read.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Rows of field tables. `type` is the struct they are read into. */
#define PF_ROW_TEXT(type, key, member, must, text)                                             \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_TEXT, .required = must,                                  \
        .at = PF_AT(type, member, const char *), .doc = text                                   \
    }
#define PF_ROW_NUMBER(type, key, member, units, from, to, usual, text)                         \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_NUMBER, .at = PF_AT(type, member, double),               \
        .unit = units, .low = from, .high = to, .otherwise = usual, .doc = text                \
    }
#define PF_ROW_NEEDED(type, key, member, units, from, to, text)                                \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_NUMBER, .required = 1,                                   \
        .at = PF_AT(type, member, double), .unit = units, .low = from, .high = to, .doc = text \
    }
#define PF_ROW_NODE(type, key, member, must, text, table)                                      \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_NODE, .required = must,                                  \
        .at = PF_AT(type, member, const pf_yaml *), .doc = text, .inside = table               \
    }
#define PF_ROW_MAP(key, must, table, text)                                                     \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_MAP, .required = must, .inside = table, .doc = text      \
    }
#define PF_ROW_SOURCE(type)                                                                    \
    PF_ROW_TEXT(type, "source", source, 0,                                                     \
        "where the numbers come from; `unknown` for what nobody has published"),               \
        PF_ROW_TEXT(type, "note", note, 0, "anything worth saying")

/* What is needed until all names are resolved. */
typedef struct pf_cell_file {
    pf_cell_type type;
    const char *name;
    double radius;
    const pf_yaml *affinity, *cycle, *exchange, *taxis, *antigens, *receptors, *killer;
    const pf_yaml *map; /* the whole entry */
    const char *source, *note;
} pf_cell_file;

typedef struct pf_setup_loader {
    pf_reader r;
    pf_setup *setup;
    const char *folder;
    size_t n_substance, n_cell;  /* entries of the lists, with mistakes or without */
    const char **substance_name; /* [n_substance] "" where there is none */
    const char **cell_name;      /* [n_cell] */
    pf_cell_file *cell;          /* [n_cell] */
    const char *antigen[PF_MOLECULES_MAX], *receptor[PF_MOLECULES_MAX];
    size_t n_antigen, n_receptor;
    const pf_yaml *place; /* the list */
} pf_setup_loader;

extern const pf_fields PF_TISSUE_FIELDS, PF_SUBSTANCE_FIELDS, PF_CELL_FIELDS, PF_KILLER_FIELDS,
    PF_PLACE_FIELDS;
extern const pf_fields PF_OUTCOME_FIELDS, PF_FIGURE_FIELDS, PF_VARIANT_FIELDS;
/** `cell.antigens`, `cell.receptors`, `killer.recognition` and `.inhibition`. */
extern const pf_fields PF_MOLECULE_FIELDS, PF_PAIR_FIELDS;

/* Each part reads its list, as far as the others allow. */
void pf_setup_substances(pf_setup_loader *l, const pf_yaml *list);
void pf_setup_cells(pf_setup_loader *l, const pf_yaml *list);
void pf_setup_molecules(pf_setup_loader *l); /* of all cells: names become indices */
void pf_setup_killers(pf_setup_loader *l);
void pf_setup_places(pf_setup_loader *l, const pf_yaml *list);
/** `outcomes:` and `figure:`, either may be NULL. */
void pf_setup_outcomes(pf_setup_loader *l, const pf_yaml *list, const pf_yaml *figure);
/** `variants:`: tree[PF_VARIANTS_MAX] of each, NULL where something is wrong with it. Returns
 * the tree of the wanted one, or NULL. */
const pf_yaml *pf_setup_variants(
    pf_setup_loader *l, const pf_yaml *root, const char *wanted, const pf_yaml **tree);
/** Warn of the i-th variant if it simulates the same as the setup of the loader. */
void pf_setup_same(pf_setup_loader *l, const pf_yaml *root, size_t i, const pf_setup *variant);
/** Steps against rates and speeds. */
void pf_setup_check_steps(pf_setup_loader *l, const pf_yaml *root);
/** Cells inside the domain, room for them, and no two in one place. */
void pf_setup_check_places(pf_setup_loader *l);

/** Where a file that is named stands, which the setup remembers; NULL: no memory. */
const char *pf_setup_input_path(pf_setup_loader *l, const char *written);
/** The index of a name that `node` holds; a problem "no WHAT 'name'" and n otherwise. */
size_t pf_setup_find(pf_setup_loader *l, const char *what, const pf_yaml *node,
    const char *const *names, size_t n);
/** Names of a list of maps, for looking up; told when one is missing, odd or doubled. */
const char **pf_setup_names(pf_setup_loader *l, const char *what, const pf_yaml *list);
/** Zeroed, in the setup's arena; NULL when there is no memory, which the reader remembers. */
void *pf_setup_alloc(pf_setup_loader *l, size_t n, size_t size);

#endif
