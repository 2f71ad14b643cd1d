/* h5.h: an HDF5 file made in memory, in the pieces that AnnData files are made of.
 *
 * Errors stick: after the first one every call does nothing, and pf_h5_end tells. The same
 * calls give the same bytes: no times are kept, numbers are little-endian on every machine. The
 * HDF5 library keeps state of its own and is not safe for threads as distributions build it, so
 * one file is made at a time: pf_h5_begin waits for the end of another. Depends on: base, HDF5.
 */
#ifndef PF_STORE_H5_H
#define PF_STORE_H5_H
#include "base/base.h"

#include <hdf5.h>

typedef struct pf_h5 {
    hid_t file;
    int failed;
} pf_h5;

/** An empty file in memory. Always to be followed by pf_h5_end. */
void pf_h5_begin(pf_h5 *h);
/** Its bytes go to `path`, atomically. Errors: IO (the disk; HDF5 refused something), NO_MEMORY
 */
PF_NODISCARD pf_err pf_h5_end(pf_ctx *ctx, pf_h5 *h, const char *path);

/** A group with AnnData's two attributes that say how to read it. Its parents are there. */
void pf_h5_group(pf_h5 *h, const char *path, const char *encoding, const char *version);
/** An attribute of what stands at `path`: texts, one or `n` of them as a list. */
void pf_h5_text_attribute(pf_h5 *h, const char *path, const char *name, const char *text);
void pf_h5_texts_attribute(
    pf_h5 *h, const char *path, const char *name, const char *const *text, size_t n);
void pf_h5_flag_attribute(pf_h5 *h, const char *path, const char *name, int flag);
/** One text, or one number. */
void pf_h5_text(pf_h5 *h, const char *path, const char *text);
void pf_h5_number(pf_h5 *h, const char *path, double x);
/** A list of texts. */
void pf_h5_texts(pf_h5 *h, const char *path, const char *const *text, size_t n);
/** A list of texts of at most `width` bytes each, filled up with zeros: [n][width]. */
void pf_h5_short_texts(pf_h5 *h, const char *path, const char *text, size_t width, size_t n);
/** Numbers of `rows` rows and `columns` columns (0: a list) of the type `in`, kept as `as`;
 * large ones compressed. */
typedef struct pf_h5_shape {
    size_t rows, columns;
} pf_h5_shape;
void pf_h5_array(
    pf_h5 *h, const char *path, pf_h5_shape shape, hid_t in, hid_t as, const void *values);

#endif
