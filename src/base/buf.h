/* buf.h: a growing byte buffer, and JSON and CSV written into it.
 *
 * Errors stick: after a failure every call is a no-op, so a writer checks once, at the end,
 * with pf_buf_ok. Numbers are written in the shortest form that reads back to the same bits, in
 * the C locale; a number that is not finite becomes null in JSON and an empty field in CSV.
 * Depends on: mem. */
#ifndef PF_BASE_BUF_H
#define PF_BASE_BUF_H
#include "base/mem.h"

typedef struct pf_buf {
    pf_ctx *ctx;
    char *bytes; /**< always ends in a NUL that `size` does not count; NULL while empty */
    size_t size, capacity;
    pf_err failed;
    unsigned depth;       /* JSON nesting */
    uint64_t json_filled; /* bit d: something stands at depth d already */
} pf_buf;

void pf_buf_init(pf_buf *b, pf_ctx *ctx);
void pf_buf_clear(pf_buf *b);                   /**< frees; the buffer can be used again */
PF_NODISCARD pf_err pf_buf_ok(const pf_buf *b); /**< PF_OK, or the first failure */
void pf_buf_empty(pf_buf *b);                   /**< forget the content, keep the memory */

void pf_buf_put(pf_buf *b, const void *bytes, size_t n);
void pf_buf_text(pf_buf *b, const char *text);
void pf_buf_printf(pf_buf *b, const char *fmt, ...) PF_PRINTF(2, 3);
/** The shortest decimal that reads back to the same double. */
void pf_buf_number(pf_buf *b, double x);

/* JSON. Objects: pf_json_open(b, key, '{') ... pf_json_close(b, '}'). `key` is NULL inside
 * arrays and at the top. Nesting up to 60 deep. */
void pf_json_open(pf_buf *b, const char *key, char bracket);
void pf_json_close(pf_buf *b, char bracket);
void pf_json_text(pf_buf *b, const char *key, const char *text); /**< NULL text: null */
void pf_json_number(pf_buf *b, const char *key, double x);
void pf_json_integer(pf_buf *b, const char *key, long long n);
void pf_json_bool(pf_buf *b, const char *key, int yes);
void pf_json_null(pf_buf *b, const char *key);
/** A hash (pf_hash) as text: 16 hexadecimal digits. */
void pf_json_hash(pf_buf *b, const char *key, uint64_t hash);
/** A value that is JSON already, or its beginning, which the caller ends. */
void pf_json_raw(pf_buf *b, const char *key, const char *json);

/** A word of a command line: in single quotes when a shell would take it apart. */
void pf_buf_word(pf_buf *b, const char *text);

/* CSV: fields are quoted when they need it. Call pf_csv_end to finish a row. */
void pf_csv_text(pf_buf *b, const char *text);
void pf_csv_number(pf_buf *b, double x);
void pf_csv_end(pf_buf *b);

#endif
