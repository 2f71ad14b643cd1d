/* motion.c: cells that crawl by themselves choose where to. */
#include "tissue/direction.h"
#include "tissue/ruled.h"

#include "model/hyperbolic.h"

#include <math.h>

void pf_tissue_gradient(const pf_tissue *t, size_t substance, uint32_t voxel, double out[3])
{
    const pf_mesh *m = &t->setup->mesh;
    const double *x = pf_field_values(t->field, substance);
    size_t stride = pf_field_stride(t->field), step[3] = {1, stride, stride * m->n[1]};
    size_t at[3] = {voxel % stride, voxel / stride % m->n[1], voxel / stride / m->n[1]};
    for (int d = 0; d < 3; d++) {
        int low = at[d] > 0, high = at[d] + 1 < m->n[d];
        double rise = x[high ? voxel + step[d] : voxel] - x[low ? voxel - step[d] : voxel];
        out[d] = low + high ? rise / (m->h * (low + high)) : 0;
    }
}

uint32_t pf_tissue_voxel(const pf_tissue *t, size_t i)
{
    const pf_cells *c = &t->cells;
    return pf_mesh_voxel(&t->setup->mesh, pf_field_stride(t->field),
        (double[]){c->at[0][i], c->at[1][i], c->at[2][i]});
}

/* Where the weighted gradients point; 0 where they are flat. */
static void way(pf_tissue *t, size_t i, double out[3])
{
    const pf_cell_type *type = &t->setup->type[t->cells.type[i]];
    double sum[3] = {0}, g[3];
    uint32_t voxel = pf_tissue_voxel(t, i);
    for (size_t s = 0; s < t->setup->n_substance; s++) {
        double weight = pf_ruled(
            t, t->cells.type[i], PF_DO_TAXIS + (int)s, t->cells.slot[i], type->taxis[s]);
        if (weight == 0) continue;
        pf_tissue_gradient(t, s, voxel, g);
        double size = sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
        for (int d = 0; d < 3 && size > 0; d++) sum[d] += weight * g[d] / size;
    }
    double size = sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
    for (int d = 0; d < 3; d++) out[d] = size > 0 ? sum[d] / size : 0;
}

static void turn(pf_tissue *t, size_t i, pf_cell *row)
{
    const pf_cell_type *type = &t->setup->type[t->cells.type[i]];
    double u[3], to[3], size = 0;
    pf_cell_draws(t->setup->seed, t->cells.id[i], t->step, PF_STREAM_TURN, u, 3);
    double any[3];
    pf_direction(u, any);
    way(t, i, to);
    size_t kind = t->cells.type[i];
    uint32_t slot = t->cells.slot[i];
    double bias = pf_ruled(t, kind, PF_DO_BIAS, slot, type->bias),
           speed = pf_ruled(t, kind, PF_DO_SPEED, slot, type->speed),
           lasts = pf_ruled(t, kind, PF_DO_PERSISTENCE, slot, type->persistence);
    for (int d = 0; d < 3; d++) {
        to[d] = bias * to[d] + (1 - bias) * any[d];
        size += to[d] * to[d];
    }
    size = sqrt(size);
    for (int d = 0; d < 3; d++) t->push[d][slot] = (float)(size > 0 ? speed * to[d] / size : 0);
    row->turn = (float)(-lasts * pf_real_log(u[2]));
}

static void work(void *payload, int who, int of)
{
    pf_tissue *t = payload;
    size_t first, last;
    uint8_t crawls[PF_CELL_TYPES_MAX];
    for (size_t k = 0; k < t->setup->n_type; k++)
        crawls[k] = t->setup->type[k].speed > 0 ||
                    (t->ruled && t->setup->rules->column[k * PF_DO_COUNT + PF_DO_SPEED] >= 0);
    pf_share(t->cells.n, who, of, &first, &last);
    for (size_t i = first; i < last; i++) {
        if (!crawls[t->cells.type[i]]) continue;
        pf_cell *row = &t->row[t->cells.slot[i]];
        if (!row->moves || row->state != PF_CELL_ALIVE) continue;
        row->turn -= (float)t->setup->mechanics_step;
        if (row->turn <= 0) turn(t, i, row);
    }
}

void pf_tissue_turn(pf_tissue *t)
{
    pf_crew_run(t->crew, work, t);
}
