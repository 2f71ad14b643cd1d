/* json.h: reading JSON back: manifests and summaries, which buf.h wrote.
 *
 * The whole of RFC 8259 apart from \u escapes beyond Latin-1, at most 64 deep. Values live in
 * an arena and are read-only. Looking things up never fails: a missing member is NULL, and NULL
 * reads as nothing, so that chains of lookups need one check. Depends on: mem. */
#ifndef PF_BASE_JSON_H
#define PF_BASE_JSON_H
#include "base/mem.h"

typedef enum {
    PF_JVALUE_NULL,
    PF_JVALUE_BOOL,
    PF_JVALUE_NUMBER,
    PF_JVALUE_TEXT,
    PF_JVALUE_LIST,
    PF_JVALUE_OBJECT
} pf_jvalue_kind;

typedef struct pf_jvalue {
    pf_jvalue_kind kind;
    const char *key;  /* inside objects */
    const char *text; /* of a TEXT; of a NUMBER as written */
    double number;    /* of a NUMBER; 0 or 1 of a BOOL */
    size_t n;         /* members or elements */
    struct pf_jvalue *first, *next;
} pf_jvalue;

/** Parse `text`, which ends in a NUL at `size`. Errors: CORRUPT (with the line), NO_MEMORY */
PF_NODISCARD pf_err pf_jvalue_parse(
    pf_ctx *ctx, pf_arena *a, const char *text, size_t size, const pf_jvalue **out);
/** A member of an object; NULL when there is none or `v` is no object. */
const pf_jvalue *pf_jvalue_get(const pf_jvalue *v, const char *key);
/** The number; NaN for everything else, null included. */
double pf_jvalue_number(const pf_jvalue *v);
/** The text, or `otherwise`. */
const char *pf_jvalue_text(const pf_jvalue *v, const char *otherwise);

#endif
