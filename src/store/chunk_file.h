/* chunk_file.h: one chunk of simulated patients as a file: a checked header, then the rows.
 *
 * Layout, native little-endian: magic "PFCHUNK", format, hash of the study, hash of the tables'
 * layout, first patient and count, rows and columns of each table, checksum of the rows,
 * checksum of the header; then the doubles of the tables in order. Whatever does not fit is
 * told apart as damaged or foreign, and is then simulated again. Depends on: trial/result. */
#ifndef PF_STORE_CHUNK_FILE_H
#define PF_STORE_CHUNK_FILE_H
#include "base/base.h"
#include "trial/result.h"

enum { PF_CHUNK_FORMAT = 1 };

/** Names and order of all columns, as one number. */
uint64_t pf_layout_hash(const pf_layout *layout);
/** Write atomically. Errors: IO, NO_MEMORY */
PF_NODISCARD pf_err pf_chunk_write(pf_ctx *ctx, const char *path, const pf_chunk *c,
    uint64_t study_hash, uint64_t layout_hash);
/** Read into `c` (made for the same layout; emptied first). Errors: IO, CORRUPT, VERSION
 * (written for another study, layout or format), NO_MEMORY */
PF_NODISCARD pf_err pf_chunk_read(
    pf_ctx *ctx, const char *path, uint64_t study_hash, uint64_t layout_hash, pf_chunk *c);
/** The same of bytes in memory; `path` is for messages, `hash` the study's and the layout's. */
PF_NODISCARD pf_err pf_chunk_parse(pf_ctx *ctx, const char *path, const char *bytes,
    size_t size, const uint64_t hash[2], pf_chunk *c);
/** Is the file whole and of this study? Needs no layout, and tells which patients it holds.
 * Errors: as pf_chunk_read */
PF_NODISCARD pf_err pf_chunk_look(pf_ctx *ctx, const char *path, uint64_t study_hash,
    uint64_t layout_hash, uint64_t *first, uint64_t *count);

#endif
