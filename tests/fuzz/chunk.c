/* Any bytes as a chunk file. The first byte chooses: 0 takes the rest as it is; otherwise
 * magic, format, hashes and checksums are made right first, so that what lies behind them is
 * reached. What is accepted must be writable as tables. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "store/chunk_file.h"
#include "store/tables.h"

enum { COLUMNS = PF_P_FIXED + 1, HEADER = 144, ROWS_HASH = 128, HEADER_HASH = 136 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *name[COLUMNS];
static const char *const state[] = {"x", "y"};
static pf_arm arm[] = {{.name = "control", .size = 1}, {.name = "cells", .size = 1}};
static pf_study study = {.name = "fuzz", .n_arm = 2, .arm = arm, .replicates = 1};
static pf_layout layout = {.n_state = 2, .state = state};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const size_t n[PF_TABLE_COUNT] = {
        COLUMNS, PF_A_COLUMNS, PF_K_FIXED + 1, PF_E_COLUMNS, PF_F_COLUMNS};
    (void)argc, (void)argv;
    for (size_t i = 0; i < COLUMNS; i++) name[i] = "x";
    for (int k = 0; k < PF_TABLE_COUNT; k++) {
        layout.n_column[k] = n[k];
        layout.column[k] = name;
    }
    return 0;
}

static void repair(char *bytes, size_t size)
{
    static const uint64_t head[] = {PF_CHUNK_FORMAT, 1, 2};
    memcpy(bytes, "PFCHUNK", 8);
    memcpy(bytes + 8, head, sizeof head);
    uint64_t hash = pf_hash(0, bytes + HEADER, size - HEADER);
    memcpy(bytes + ROWS_HASH, &hash, sizeof hash);
    hash = pf_hash(0, bytes, HEADER_HASH);
    memcpy(bytes + HEADER_HASH, &hash, sizeof hash);
}

static void write_tables(const pf_chunk *c)
{
    pf_buf b;
    pf_buf_init(&b, NULL);
    for (int k = 0; k < PF_TABLE_COUNT; k++)
        for (size_t i = 0; i < c->table[k].n; i++)
            pf_table_row(&b, &study, &layout, (pf_table_kind)k,
                c->table[k].x + i * c->table[k].n_column);
    if (pf_buf_ok(&b)) abort();
    pf_buf_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t hash[2] = {1, 2};
    pf_ctx ctx;
    pf_chunk c;
    if (!size) return 0;
    size_t n = size - 1;
    char *bytes = malloc(n ? n : 1);
    if (!bytes) return 0;
    memcpy(bytes, data + 1, n);
    if (data[0] && n >= HEADER) repair(bytes, n);
    pf_ctx_init(&ctx);
    pf_chunk_init(&c, &layout);
    pf_err err = pf_chunk_parse(&ctx, "fuzz.bin", bytes, n, hash, &c);
    if (err && (!ctx.message[0] || c.table[0].n)) abort();
    if (!err) write_tables(&c);
    pf_chunk_clear(&c);
    free(bytes);
    return 0;
}
