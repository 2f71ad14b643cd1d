/* Any bytes as a checkpoint of a small lesion. The first byte chooses: 0 takes the rest as it
 * is; otherwise magic, format, the setup's hash and the checksum are made right first, so that
 * what lies behind them is reached. What is accepted must be able to go on. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../tissue_scene.h"
#include "base/file.h"
#include "tissue/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void repair(const pf_setup *setup, char *bytes, size_t size)
{
    const uint64_t head[] = {PF_CHECKPOINT_FORMAT, pf_setup_hash(setup)};
    memcpy(bytes, "PFTISSUE", 8);
    memcpy(bytes + 8, head, sizeof head);
    uint64_t hash = pf_hash(0, bytes, size - 8);
    memcpy(bytes + size - 8, &hash, sizeof hash);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pf_ctx ctx;
    pf_scene scene;
    pf_tissue *t;
    if (!size) return 0;
    size_t n = size - 1;
    char *bytes = malloc(n ? n : 1);
    if (!bytes) return 0;
    memcpy(bytes, data + 1, n);
    pf_ctx_init(&ctx);
    pf_scene_little(&scene);
    if (data[0] && n >= 32) repair(&scene.setup, bytes, n);
    pf_err err = pf_checkpoint_parse(&ctx, "fuzz", bytes, n, &scene.setup, 1, &t);
    if (err && (!ctx.message[0] || t)) abort();
    for (int k = 0; !err && k < 6; k++) err = pf_tissue_step(&ctx, t);
    pf_tissue_free(t);
    free(bytes);
    return 0;
}
