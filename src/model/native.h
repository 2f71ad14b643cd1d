/* native.h: a program as machine code of this processor, made by the system's C compiler.
 *
 * The codes are written out as C, compiled once, kept in a cache folder under a name that is a
 * hash of the C text, the compiler, its flags and the processor, and loaded. The same numbers
 * to the last bit as the interpreter (lanes.h): the same operations with the same rounding;
 * functions (exp, pow, ...) are the interpreter's own, called through a table.
 *
 * Native code is a matter of speed only, so nothing that goes wrong with it is an error: no
 * compiler, a compiler that fails, a cache that cannot be written or holds a damaged file.
 * pf_native_note says what happened, for the log. Depends on: lanes. Threads: read-only once
 * open, so that engines of many threads share one. Several processes may share a cache. */
#ifndef PF_MODEL_NATIVE_H
#define PF_MODEL_NATIVE_H
#include "model/lanes.h"

typedef struct pf_native pf_native;

/* What to do with code that is not in the cache. */
typedef enum {
    PF_NATIVE_WAIT,  /**< compile it, and wait for it */
    PF_NATIVE_LATER, /**< compile it in the background; engines go over to it when it is done */
    PF_NATIVE_NEVER, /**< do without */
} pf_native_when;

typedef struct pf_native_options {
    int width;         /**< lanes: 1, 4, 8; 0: the widest there is */
    const char *cache; /**< folder; NULL: $PERFORIN_CACHE, else $XDG_CACHE_HOME/perforin, else
                            ~/.cache/perforin */
    pf_native_when when;
    const char *compiler; /**< a program, without arguments; NULL: $PF_CC, else cc */
} pf_native_options;

typedef enum {
    PF_NATIVE_NONE,      /**< there is no native code: use the interpreter */
    PF_NATIVE_COMPILING, /**< in the background; until then use the interpreter */
    PF_NATIVE_CACHED,    /**< all of it came from the cache */
    PF_NATIVE_COMPILED,  /**< some of it was compiled now */
} pf_native_state;

/* Some instructions of a code over the register file of `width` lanes (lanes.h); `table` is
 * pf_native_table. */
typedef void (*pf_native_fn)(double *slots, const pf_lane_fn *table);

/* A code: its pieces, to be called in order; n = 0: an empty code. */
typedef struct pf_native_code {
    const pf_native_fn *piece;
    size_t n;
} pf_native_code;

/** Load all codes of `program` from the cache, or compile them as `when` says. `options` may be
 * NULL. On success `*out` is never NULL, even when there is no native code. The program is
 * borrowed. Errors: RANGE (a width that is not available), NO_MEMORY, CANCELLED */
PF_NODISCARD pf_err pf_native_open(
    pf_ctx *ctx, const pf_program *program, const pf_native_options *options, pf_native **out);
/** Stops what still compiles. No engine may use it any more. NULL is allowed. */
void pf_native_free(pf_native *n);

/** May change from COMPILING to something else at any time, and never again. NULL: NONE. */
pf_native_state pf_native_how(const pf_native *n);
/** A sentence for the log: what was done, or why there is no native code. */
const char *pf_native_note(const pf_native *n);
/** 1 when it holds native code of this very program for this width. */
int pf_native_fits(const pf_native *n, const pf_program *program, int width);
/** [PF_CODES] When pf_native_how is not PF_NATIVE_NONE. Borrowed. */
const pf_native_code *pf_native_codes(const pf_native *n);
/** What native code calls for functions it does not contain, by operation. */
const pf_lane_fn *pf_native_table(const pf_native *n);

#endif
