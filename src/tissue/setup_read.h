/* setup_read.h: a tissue file (docs/reference/tissue.md) becomes a pf_setup.
 *
 * All problems of the file are told at once, each with its place and the mend. What comes back
 * can be computed: names are resolved, numbers are finite and within their ranges, steps fit
 * each other, cells begin inside the domain and apart. Defaults are those of the reference cell
 * of Ghaffarizadeh et al. 2018 (PLoS Comput Biol 14:e1005991). Depends on: input, setup,
 * placing. Threads: no shared state. */
#ifndef PF_TISSUE_SETUP_READ_H
#define PF_TISSUE_SETUP_READ_H
#include "input/field.h"
#include "tissue/setup.h"

/** Does the file look like a description of a tissue? 0 also when it cannot be read. */
int pf_is_tissue(const char *path);
/** Read a file. Problems go to `diag`, the first of them into the context, too. Errors: CONFIG,
 * NO_MEMORY, IO. Free with pf_setup_free. */
PF_NODISCARD pf_err pf_setup_read(pf_ctx *ctx, pf_diag *diag, const char *path, pf_setup **out);
void pf_setup_free(pf_setup *s); /**< NULL is allowed */
/** The variant of that name (NULL: the file as it stands; then all its variants are read, too,
 * and what is wrong with them is told). Errors as above; CONFIG: there is no such variant */
PF_NODISCARD pf_err pf_setup_read_variant(
    pf_ctx *ctx, pf_diag *diag, const char *path, const char *variant, pf_setup **out);
/** The copy that a run keeps: `folder`/tissue.yaml, with the files that it names as
 * `folder`/inputs/<pf_setup_input_name>. Errors as above */
PF_NODISCARD pf_err pf_setup_read_kept(
    pf_ctx *ctx, pf_diag *diag, const char *folder, const char *variant, pf_setup **out);
enum { PF_INPUT_NAME_SIZE = 96 };
/** What the copy of a named file is called: another name for each other way to name it. */
void pf_setup_input_name(const char *written, char out[PF_INPUT_NAME_SIZE]);
/** As pf_setup_read_variant, of a tree: fill `s`, whose arena must live. Problems go to the
 * reader's list, also that there is no such variant. `folder`: where tables of positions are
 * looked for; NULL: no file is opened, and there may be a million cells. */
void pf_setup_fill_variant(
    pf_reader *r, const pf_yaml *root, const char *folder, const char *variant, pf_setup *s);
/** docs/reference/tissue.md. */
void pf_setup_reference(pf_buf *out);

#endif
