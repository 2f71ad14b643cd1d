/* field_lanes.c: sweeps of pf_field, compiled once for each width (model/width.h). */
#include "model/width.h"
#include "tissue/field_parts.h"

extern const pf_field_kernels PF_LANE_NAME(pf_field_kernels);

#define VEC(p) (*(pf_vec *)(void *)(p))
#define READ(p) (*(const pf_vec *)(const void *)(p))

#if PF_W == 8
/* Eight rows of eight to eight columns of eight, and back. */
static inline void transpose(pf_vec v[8])
{
    __m512d a[8], b[8];
    for (int i = 0; i < 8; i += 2) {
        a[i] = _mm512_unpacklo_pd((__m512d)v[i], (__m512d)v[i + 1]);
        a[i + 1] = _mm512_unpackhi_pd((__m512d)v[i], (__m512d)v[i + 1]);
    }
    for (int i = 0; i < 2; i++) {
        b[i] = _mm512_shuffle_f64x2(a[i], a[i + 2], 0x88);
        b[i + 2] = _mm512_shuffle_f64x2(a[i], a[i + 2], 0xdd);
        b[i + 4] = _mm512_shuffle_f64x2(a[i + 4], a[i + 6], 0x88);
        b[i + 6] = _mm512_shuffle_f64x2(a[i + 4], a[i + 6], 0xdd);
    }
    for (int i = 0; i < 4; i++) {
        v[i] = (pf_vec)_mm512_shuffle_f64x2(b[i], b[i + 4], 0x88);
        v[i + 4] = (pf_vec)_mm512_shuffle_f64x2(b[i], b[i + 4], 0xdd);
    }
}
#elif PF_W == 4
static inline void transpose(pf_vec v[4])
{
    __m256d a = _mm256_unpacklo_pd((__m256d)v[0], (__m256d)v[1]);
    __m256d b = _mm256_unpackhi_pd((__m256d)v[0], (__m256d)v[1]);
    __m256d c = _mm256_unpacklo_pd((__m256d)v[2], (__m256d)v[3]);
    __m256d d = _mm256_unpackhi_pd((__m256d)v[2], (__m256d)v[3]);
    v[0] = (pf_vec)_mm256_permute2f128_pd(a, c, 0x20);
    v[1] = (pf_vec)_mm256_permute2f128_pd(b, d, 0x20);
    v[2] = (pf_vec)_mm256_permute2f128_pd(a, c, 0x31);
    v[3] = (pf_vec)_mm256_permute2f128_pd(b, d, 0x31);
}
#else
static inline void transpose(pf_vec v[1])
{
    (void)v;
}
#endif

/* Rows row[0 .. PF_W) along x, in scratch [nx][PF_W] where lane l is row l. Lanes behind `rows`
 * repeat the last row and are not written. */
static void along_x(const pf_sheet *s, double *const *row, size_t rows)
{
    const pf_line *x = &s->line[0];
    pf_vec before = pf_splat(0), v[PF_W];
    double *t = s->scratch;
    size_t n = s->nx;
    for (size_t i = 0; i < s->stride; i += PF_W) {
        for (int l = 0; l < PF_W; l++) v[l] = VEC(row[l] + i);
        transpose(v);
        for (size_t k = 0; k < PF_W && i + k < n; k++) {
            before = pf_vfma(pf_splat(x->carry[i + k]), before, v[k] * x->scale[i + k]);
            VEC(t + (i + k) * PF_W) = before;
        }
    }
    pf_vec behind = pf_splat(0);
    for (size_t i = s->stride; i > 0; i -= PF_W) {
        for (size_t k = PF_W; k-- > 0;) {
            size_t at = i - PF_W + k;
            v[k] = pf_splat(0);
            if (at >= n) continue;
            behind = pf_vfma(pf_splat(x->back[at]), behind, VEC(t + at * PF_W));
            v[k] = behind;
        }
        transpose(v);
        for (size_t l = 0; l < rows; l++) VEC(row[l] + i - PF_W) = v[l];
    }
}

/* row <- row * scale + carry * before */
static inline void forward(
    double *row, const double *before, size_t n, double scale, double carry)
{
    for (size_t i = 0; i < n; i += PF_W)
        VEC(row + i) = pf_vfma(pf_splat(carry), READ(before + i), VEC(row + i) * scale);
}

/* row <- row + back * behind */
static inline void backward(double *row, const double *behind, size_t n, double back)
{
    for (size_t i = 0; i < n; i += PF_W)
        VEC(row + i) = pf_vfma(pf_splat(back), READ(behind + i), VEC(row + i));
}

/* Held faces get their concentration back: the columns of one row. */
static inline void hold_row(const pf_sheet *s, double *row)
{
    if (s->held[0]) row[0] = s->at[0];
    if (s->held[1]) row[s->nx - 1] = s->at[1];
}

/* All of them in one plane; where two meet, the later face wins. */
static void hold_plane(const pf_sheet *s, size_t z)
{
    double *base = s->x + z * s->ny * s->stride;
    int low = s->held[4] && z == 0, high = s->held[5] && z == s->nz - 1;
    for (size_t j = 0; j < s->ny; j++) {
        double *row = base + j * s->stride;
        int first = s->held[2] && j == 0, last = s->held[3] && j == s->ny - 1;
        hold_row(s, row);
        if (!first && !last && !low && !high) continue;
        double at = high ? s->at[5] : low ? s->at[4] : last ? s->at[3] : s->at[2];
        for (size_t i = 0; i < s->nx; i++) row[i] = at;
    }
}

static inline void forward_y(const pf_sheet *s, double *base, size_t j)
{
    const pf_line *y = &s->line[1];
    double *row = base + j * s->stride;
    forward(row, j ? row - s->stride : row, s->stride, y->scale[j], y->carry[j]);
}

static void exchange(const pf_sheet *s, size_t z, size_t first, size_t last)
{
    for (size_t k = first; k < last; k++) {
        const pf_exchange *e = &s->exchange[k];
        double *rho = &s->x[s->voxel[k]];
        *rho = (*rho + e->gain) * e->factor;
    }
    if (last > first) hold_plane(s, z);
}

static void plane(const pf_sheet *s, size_t z)
{
    double *base = s->x + z * s->ny * s->stride;
    const pf_line *y = &s->line[1], *up = &s->line[2];
    if (z < up->first || z >= up->last) return; /* held as a whole */
    /* Rows of held faces are not solved along x. Each block of rows goes on along y at once,
     * while it is in the nearest cache. */
    if (y->first) forward_y(s, base, 0);
    for (size_t j = y->first; j < y->last; j += PF_W) {
        double *row[PF_W];
        size_t rows = y->last - j < PF_W ? y->last - j : PF_W;
        for (size_t l = 0; l < PF_W; l++)
            row[l] = base + (j + (l < rows ? l : rows - 1)) * s->stride;
        along_x(s, row, rows);
        for (size_t l = 0; l < rows; l++) forward_y(s, base, j + l);
    }
    if (y->last < s->ny) forward_y(s, base, s->ny - 1);
    for (size_t j = s->ny - 1; j-- > 0;) {
        double *row = base + j * s->stride;
        backward(row, row + s->stride, s->stride, y->back[j]);
    }
    for (size_t j = y->first; j < y->last; j++) hold_row(s, base + j * s->stride);
}

static void column(const pf_sheet *s, size_t y)
{
    const pf_line *z = &s->line[2];
    size_t step = s->ny * s->stride;
    double *base = s->x + y * s->stride;
    forward(base, base, s->stride, z->scale[0], 0);
    for (size_t k = 1; k < s->nz; k++)
        forward(base + k * step, base + (k - 1) * step, s->stride, z->scale[k], z->carry[k]);
    for (size_t k = s->nz - 1; k-- > 0;)
        backward(base + k * step, base + (k + 1) * step, s->stride, z->back[k]);
    for (size_t k = z->first; k < z->last; k++) hold_row(s, base + k * step);
}

const pf_field_kernels PF_LANE_NAME(pf_field_kernels) = {exchange, plane, column};
