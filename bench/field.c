/* field: diffusion and decay alone, two substances on a box of voxels of 20 um without held
 * faces, every 0.01 min, as biofvm_peer.cpp runs them.
 *
 *   field NX NY NZ STEPS THREADS [FILE]
 *
 * Says the seconds and processor seconds of the steps behind the first. FILE holds another
 * program's values as doubles, substance by substance, x fastest: the largest relative
 * difference is said, too. */
#include "tissue/field.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What the values are at first: whole numbers, the same in every program. */
static double initial(size_t s, size_t x, size_t y, size_t z)
{
    return (double)(10 + (x * 7 + y * 13 + z * 29 + s * 5) % 17);
}

/* Each voxel once, in the order of the file. Without a file: set them; else the largest
 * relative difference, -1 where the file is too short. */
static double each(pf_field *f, const pf_mesh *m, FILE *other)
{
    size_t stride = pf_field_stride(f);
    double worst = 0, theirs;
    for (size_t s = 0; s < 2; s++)
        for (size_t z = 0; z < m->n[2]; z++)
            for (size_t y = 0; y < m->n[1]; y++)
                for (size_t x = 0; x < m->n[0]; x++) {
                    double *v = pf_field_values(f, s) + x + stride * (y + m->n[1] * z);
                    if (!other) {
                        *v = initial(s, x, y, z);
                        continue;
                    }
                    if (fread(&theirs, sizeof theirs, 1, other) != 1) return -1;
                    worst = fmax(worst, fabs(*v - theirs) / fabs(theirs));
                }
    return worst;
}

int main(int argc, char **argv)
{
    pf_ctx ctx;
    pf_crew *crew = NULL;
    pf_field *f = NULL;
    pf_mesh m = {.h = 20};
    const pf_substance what[2] = {{.name = "oxygen", .diffusion = 1e5, .decay = 0.1},
        {.name = "factor", .diffusion = 1e3, .decay = 0.016}};
    if (argc < 6) return 2;
    for (int d = 0; d < 3; d++) m.n[d] = (size_t)atol(argv[d + 1]);
    long steps = atol(argv[4]);
    pf_ctx_init(&ctx);
    if (steps < 2 || pf_crew_new(&ctx, atoi(argv[5]), &crew) ||
        pf_field_new(&ctx, &m, what, 2, 0, &f) || pf_field_step_set(&ctx, f, 0.01)) {
        fprintf(stderr, "%s\n", ctx.message);
        return 1;
    }
    each(f, &m, NULL);
    if (pf_field_advance(&ctx, f, crew, 1)) return 1;
    double began = now(CLOCK_MONOTONIC), used = now(CLOCK_PROCESS_CPUTIME_ID);
    if (pf_field_advance(&ctx, f, crew, (size_t)steps - 1)) return 1;
    printf("seconds %.6f\nprocessor %.6f\n", now(CLOCK_MONOTONIC) - began,
        now(CLOCK_PROCESS_CPUTIME_ID) - used);
    FILE *other = argc > 6 ? fopen(argv[6], "rb") : NULL;
    if (other) printf("difference %.3g\n", each(f, &m, other));
    if (other) fclose(other);
    pf_field_free(f);
    pf_crew_free(crew);
    return 0;
}
