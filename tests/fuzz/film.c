/* Any bytes as a film. The first byte chooses: 0 takes the rest as it is; otherwise checksums
 * of the head and the first frame are made right first. What is accepted is unpacked, too. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/zip.h"
#include "tissue/film.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void set_crc(char *at, const char *bytes, size_t n)
{
    uint32_t crc = pf_crc32(0, bytes, n);
    for (int k = 0; k < 4; k++) at[k] = (char)(crc >> 8 * k);
}

static void repair(char *bytes, size_t size)
{
    uint32_t head;
    uint64_t body;
    memcpy(bytes, "PFFILM01", 8);
    memcpy(&head, bytes + 8, 4);
    if (head > size - 16) return;
    set_crc(bytes + 12, bytes + 16, head);
    char *frame = bytes + 16 + head;
    size_t left = size - 16 - head;
    if (left < 16) return;
    memcpy(frame, "FRAM", 4);
    memcpy(&body, frame + 8, 8);
    if (body <= left - 16) set_crc(frame + 4, frame + 16, (size_t)body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pf_ctx ctx;
    pf_film *f;
    if (!size) return 0;
    size_t n = size - 1;
    char *bytes = malloc(n ? n : 1);
    if (!bytes) return 0;
    memcpy(bytes, data + 1, n);
    pf_ctx_init(&ctx);
    if (data[0] && n >= 16) repair(bytes, n);
    pf_err err = pf_film_parse(&ctx, "fuzz", bytes, n, &f);
    if (err ? !ctx.message[0] || f : !f) abort();
    for (size_t k = 0; !err && k < f->n; k++) {
        const pf_film_shot *s = &f->shot[k];
        size_t voxels = s->voxels[0] * s->voxels[1] * s->voxels[2];
        unsigned char *cells = malloc(s->shown * pf_film_cell_size(f) + 1);
        unsigned char *fields = malloc(voxels * f->n_substance + 1);
        if (cells && fields) {
            pf_ctx_reset(&ctx);
            if (pf_film_cells(&ctx, f, k, cells) && !ctx.message[0]) abort();
            if (s->shown) (void)pf_film_key(s, s->shown - 1);
            pf_ctx_reset(&ctx);
            if (pf_film_fields(&ctx, f, k, fields) && !ctx.message[0]) abort();
        }
        free(cells);
        free(fields);
    }
    pf_film_free(f);
    free(bytes);
    return 0;
}
