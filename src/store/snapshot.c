#include "store/snapshot.h"

#include "store/h5ad.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define BYTE_ORDER_NAME "LittleEndian"
#else
#define BYTE_ORDER_NAME "BigEndian"
#endif

/* ---- what of a cell becomes which array ---- */

typedef enum {
    POSITION,
    CONNECTIVITY,
    OFFSETS,
    ID,
    MOTHER,
    TARGET,
    RADIUS,
    VOLUME,
    GRANULES,
    EXHAUSTION,
    ANTIGEN,
    RECEPTOR = ANTIGEN + PF_MOLECULES_MAX,
    DIVISIONS = RECEPTOR + PF_MOLECULES_MAX,
    KILLS,
    TYPE,
    STATE,
    PHASE,
    CLASS,
    ARRAYS
} array;

typedef struct {
    const char *name, *type;
    size_t size; /* bytes of one cell */
} form;

static const form FORM[ARRAYS] = {[POSITION] = {"position", "Float64", 24},
    [CONNECTIVITY] = {"connectivity", "Int64", 8},
    [OFFSETS] = {"offsets", "Int64", 8},
    [ID] = {"id", "UInt64", 8},
    [MOTHER] = {"mother", "UInt64", 8},
    [TARGET] = {"target", "UInt64", 8},
    [RADIUS] = {"radius", "Float64", 8},
    [VOLUME] = {"volume", "Float64", 8},
    [GRANULES] = {"granules", "Float32", 4},
    [EXHAUSTION] = {"exhaustion", "Float32", 4},
    [DIVISIONS] = {"divisions", "UInt16", 2},
    [KILLS] = {"kills", "UInt16", 2},
    [TYPE] = {"type", "UInt8", 1},
    [STATE] = {"state", "UInt8", 1},
    [PHASE] = {"phase", "UInt8", 1},
    [CLASS] = {"class", "UInt8", 1}};

static int is_molecule(int k)
{
    return k >= ANTIGEN && k < DIVISIONS;
}

static const char *molecule(const pf_setup *s, int k)
{
    if (k < RECEPTOR)
        return (size_t)(k - ANTIGEN) < s->n_antigen ? s->antigen[k - ANTIGEN] : NULL;
    return (size_t)(k - RECEPTOR) < s->n_receptor ? s->receptor[k - RECEPTOR] : NULL;
}

static size_t size_of(int k)
{
    return is_molecule(k) ? sizeof(float) : FORM[k].size;
}

/* Is the array in the file? */
static int is_there(const pf_setup *s, int k)
{
    return !is_molecule(k) || molecule(s, k);
}

/* The cell at `i`; no member is wider than a position. */
static void value(const pf_tissue *t, size_t i, int k, void *out)
{
    const pf_cells *c = &t->cells;
    const pf_cell *row = &t->row[c->slot[i]];
    int holds = row->state == PF_CELL_ALIVE && row->target != UINT32_MAX;
    const double at[3] = {c->at[0][i], c->at[1][i], c->at[2][i]};
    const double volume = row->fluid + row->nucleus + row->cytoplasm;
    const uint64_t target = holds ? row->held : 0, place = i, end = i + 1;
    const void *from[ARRAYS] = {[POSITION] = at,
        [CONNECTIVITY] = &place,
        [OFFSETS] = &end,
        [ID] = &c->id[i],
        [MOTHER] = &row->mother,
        [TARGET] = &target,
        [RADIUS] = &c->radius[i],
        [VOLUME] = &volume,
        [GRANULES] = &row->granules,
        [EXHAUSTION] = &row->exhaustion,
        [DIVISIONS] = &row->divisions,
        [KILLS] = &row->kills,
        [TYPE] = &c->type[i],
        [STATE] = &row->state,
        [PHASE] = &row->phase,
        [CLASS] = &row->class};
    for (int m = 0; m < PF_MOLECULES_MAX; m++) {
        from[ANTIGEN + m] = &row->antigen[m];
        from[RECEPTOR + m] = &row->receptor[m];
    }
    memcpy(out, from[k], size_of(k));
}

/* ---- XML ---- */

static void escaped(pf_buf *b, const char *text)
{
    for (; *text; text++) {
        if (*text == '&' || *text == '<' || *text == '>' || *text == '"')
            pf_buf_printf(b, "&#%d;", *text);
        else
            pf_buf_put(b, text, 1);
    }
}

/* A text as VTK writes it: the numbers of its bytes, a zero behind each. */
static void string(pf_buf *b, const char *text)
{
    for (; *text; text++) pf_buf_printf(b, "%d ", (int)(unsigned char)*text);
    pf_buf_text(b, "0 ");
}

static void head(pf_buf *b, const char *kind)
{
    pf_buf_printf(b,
        "<?xml version=\"1.0\"?>\n<VTKFile type=\"%s\" version=\"1.0\" "
        "byte_order=\"" BYTE_ORDER_NAME "\" header_type=\"UInt64\">\n",
        kind);
}

static void field_data(pf_buf *b, const pf_tissue *t)
{
    const pf_setup *s = t->setup;
    pf_buf_text(b, "<FieldData>\n<DataArray type=\"Float64\" Name=\"TimeValue\" "
                   "NumberOfTuples=\"1\" format=\"ascii\">");
    pf_buf_printf(b, "%.12g", pf_tissue_minute(t));
    pf_buf_printf(b,
        "</DataArray>\n<Array type=\"String\" Name=\"types\" NumberOfTuples=\"%zu\" "
        "format=\"ascii\">",
        s->n_type);
    for (size_t k = 0; k < s->n_type; k++) string(b, s->type[k].name ? s->type[k].name : "");
    pf_buf_text(b, "</Array>\n<Array type=\"String\" Name=\"simulated\" NumberOfTuples=\"1\" "
                   "format=\"ascii\">");
    string(b, "SIMULATED: every cell here is computed; lengths in um, time in min");
    pf_buf_text(b, "</Array>\n</FieldData>\n");
}

/* An array whose name is `of` and `name`, and that is `n` bytes long. */
static void declare(
    pf_buf *b, const char *type, const char *of, const char *name, uint64_t *offset, uint64_t n)
{
    pf_buf_printf(b, "<DataArray type=\"%s\" Name=\"%s", type, of);
    escaped(b, name ? name : "");
    pf_buf_printf(b, "\" format=\"appended\" offset=\"%" PRIu64 "\"/>\n", *offset);
    *offset += sizeof(uint64_t) + n;
}

static void declare_array(pf_buf *b, const pf_tissue *t, int k, uint64_t *offset)
{
    uint64_t n = t->cells.n * size_of(k);
    if (!is_there(t->setup, k)) return;
    if (is_molecule(k))
        declare(b, "Float32", k < RECEPTOR ? "antigen." : "receptor.", molecule(t->setup, k),
            offset, n);
    else
        declare(b, FORM[k].type, "", FORM[k].name, offset, n);
}

/* In the order of the array's numbers, as they are appended. */
static void describe_cells(pf_buf *b, const pf_tissue *t)
{
    uint64_t offset = 0;
    size_t n = t->cells.n;
    head(b, "PolyData");
    pf_buf_text(b, "<PolyData>\n");
    field_data(b, t);
    pf_buf_printf(b,
        "<Piece NumberOfPoints=\"%zu\" NumberOfVerts=\"%zu\" NumberOfLines=\"0\" "
        "NumberOfStrips=\"0\" NumberOfPolys=\"0\">\n<Points>\n",
        n, n);
    pf_buf_text(b, "<DataArray type=\"Float64\" Name=\"position\" NumberOfComponents=\"3\" "
                   "format=\"appended\" offset=\"0\"/>\n");
    offset = sizeof(uint64_t) + n * size_of(POSITION);
    pf_buf_text(b, "</Points>\n<Verts>\n");
    declare_array(b, t, CONNECTIVITY, &offset);
    declare_array(b, t, OFFSETS, &offset);
    pf_buf_text(b, "</Verts>\n<PointData Scalars=\"type\">\n");
    for (int k = ID; k < ARRAYS; k++) declare_array(b, t, k, &offset);
    pf_buf_text(b, "</PointData>\n</Piece>\n</PolyData>\n<AppendedData encoding=\"raw\">\n_");
}

static void describe_fields(pf_buf *b, const pf_tissue *t)
{
    const pf_setup *s = t->setup;
    const pf_mesh *m = &s->mesh;
    uint64_t offset = 0, bytes = (uint64_t)m->n[0] * m->n[1] * m->n[2] * sizeof(double);
    head(b, "ImageData");
    pf_buf_printf(
        b, "<ImageData WholeExtent=\"0 %zu 0 %zu 0 %zu\" Origin=\"", m->n[0], m->n[1], m->n[2]);
    for (int d = 0; d < 3; d++) pf_buf_printf(b, "%s%.17g", d ? " " : "", m->origin[d]);
    pf_buf_printf(b, "\" Spacing=\"%.17g %.17g %.17g\">\n", m->h, m->h, m->h);
    field_data(b, t);
    pf_buf_printf(
        b, "<Piece Extent=\"0 %zu 0 %zu 0 %zu\">\n<CellData>\n", m->n[0], m->n[1], m->n[2]);
    for (size_t k = 0; k < s->n_substance; k++)
        declare(b, "Float64", "", s->substance[k].name, &offset, bytes);
    pf_buf_text(b, "</CellData>\n</Piece>\n</ImageData>\n<AppendedData encoding=\"raw\">\n_");
}

/* ---- files ---- */

static void put_cells(pf_sink *sink, const pf_tissue *t)
{
    for (int k = 0; k < ARRAYS; k++) {
        uint64_t n = t->cells.n * size_of(k);
        uint8_t bytes[24];
        if (!is_there(t->setup, k)) continue;
        pf_sink_put(sink, &n, sizeof n);
        for (size_t i = 0; i < t->cells.n; i++) {
            value(t, i, k, bytes);
            pf_sink_put(sink, bytes, size_of(k));
        }
    }
}

static void put_fields(pf_sink *sink, const pf_tissue *t)
{
    const pf_mesh *m = &t->setup->mesh;
    uint64_t n = (uint64_t)m->n[0] * m->n[1] * m->n[2] * sizeof(double);
    for (size_t k = 0; k < t->setup->n_substance; k++) {
        const double *x = pf_field_values(t->field, k);
        pf_sink_put(sink, &n, sizeof n);
        for (size_t row = 0; row < m->n[1] * m->n[2]; row++)
            pf_sink_put(sink, x + row * pf_field_stride(t->field), m->n[0] * sizeof *x);
    }
}

static void file_name(char out[40], const char *kind, uint64_t step, const char *ending)
{
    snprintf(out, 40, "%s_%010" PRIu64 ".%s", kind, step, ending);
}

typedef struct {
    const char *name, *ending;
    int has_index; /* and is VTK's */
    void (*describe)(pf_buf *b, const pf_tissue *t);
    void (*put)(pf_sink *sink, const pf_tissue *t);
} kind;

/* In the order of the bits of PF_SHOT. */
static const kind KIND[] = {{"cells", "vtp", 1, describe_cells, put_cells},
    {"fields", "vti", 1, describe_fields, put_fields}, {"cells", "h5ad", 0, NULL, NULL}};

static pf_err write_kind(pf_ctx *ctx, const pf_tissue *t, const char *path, const kind *k)
{
    pf_sink *sink;
    pf_buf b;
    if (!k->describe) return pf_h5ad_write(ctx, t, path);
    pf_buf_init(&b, ctx);
    k->describe(&b, t);
    pf_err err = pf_buf_ok(&b);
    if (!err) err = pf_sink_open(ctx, path, &sink);
    if (!err) {
        static const char END[] = "\n</AppendedData>\n</VTKFile>\n";
        pf_sink_put(sink, b.bytes, b.size);
        k->put(sink, t);
        pf_sink_put(sink, END, sizeof END - 1);
        err = pf_sink_commit(ctx, sink);
    }
    pf_buf_clear(&b);
    return err;
}

pf_err pf_snapshot_write(pf_ctx *ctx, const pf_tissue *t, const char *folder, unsigned kinds)
{
    pf_arena a;
    pf_err err = PF_OK;
    pf_arena_init(&a);
    for (size_t k = 0; !err && k < PF_COUNT(KIND); k++) {
        char name[40];
        if (!(kinds & 1u << k)) continue;
        file_name(name, KIND[k].name, t->step, KIND[k].ending);
        const char *path = pf_path_join(ctx, &a, folder, name);
        err = path ? write_kind(ctx, t, path, &KIND[k]) : PF_ERR_NO_MEMORY;
    }
    pf_arena_clear(&a);
    return err;
}

static pf_err write_index(pf_ctx *ctx, const pf_moments *m, const char *path, const kind *k)
{
    pf_buf b;
    pf_buf_init(&b, ctx);
    head(&b, "Collection");
    pf_buf_text(&b, "<Collection>\n");
    for (size_t i = 0; i < m->n; i++) {
        char name[40];
        file_name(name, k->name, m->step[i], k->ending);
        pf_buf_printf(&b, "<DataSet timestep=\"%.12g\" part=\"0\" file=\"%s\"/>\n",
            (double)m->step[i] * m->minutes, name);
    }
    pf_buf_text(&b, "</Collection>\n</VTKFile>\n");
    pf_err err = pf_buf_ok(&b);
    if (!err) err = pf_file_write(ctx, path, b.bytes, b.size);
    pf_buf_clear(&b);
    return err;
}

pf_err pf_snapshot_index(pf_ctx *ctx, const pf_moments *m, const char *folder, unsigned kinds)
{
    pf_arena a;
    pf_err err = PF_OK;
    pf_arena_init(&a);
    for (size_t k = 0; !err && k < PF_COUNT(KIND); k++) {
        char name[16];
        if (!(kinds & 1u << k) || !KIND[k].has_index) continue;
        snprintf(name, sizeof name, "%s.pvd", KIND[k].name);
        const char *path = pf_path_join(ctx, &a, folder, name);
        err = path ? write_index(ctx, m, path, &KIND[k]) : PF_ERR_NO_MEMORY;
    }
    pf_arena_clear(&a);
    return err;
}
