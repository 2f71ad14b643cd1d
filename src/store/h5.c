#include "store/h5.h"

#include <pthread.h>
#include <string.h>

/* HDF5's own state is the process's: see h5.h. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

enum {
    GROWTH = 4 << 20,    /* bytes by which a file in memory grows */
    ROWS = 1 << 16,      /* of a chunk */
    COMPRESS_FROM = 4096 /* bytes; below, a chunk's index costs more than it saves */
};

/* Remember a failure; HDF5 tells one by a negative number. */
static hid_t take(pf_h5 *h, hid_t id)
{
    if (id < 0) h->failed = 1;
    return id;
}

void pf_h5_begin(pf_h5 *h)
{
    *h = (pf_h5){.file = H5I_INVALID_HID};
    pthread_mutex_lock(&one_at_a_time);
    take(h, H5open());
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* it would print */
    hid_t access = take(h, H5Pcreate(H5P_FILE_ACCESS));
    take(h, H5Pset_fapl_core(access, GROWTH, 0));
    h->file = take(h, H5Fcreate("memory", H5F_ACC_TRUNC, H5P_DEFAULT, access));
    H5Pclose(access);
}

static pf_err image(pf_ctx *ctx, pf_h5 *h, const char *path)
{
    ssize_t size = h->failed || H5Fflush(h->file, H5F_SCOPE_LOCAL) < 0
                       ? -1
                       : H5Fget_file_image(h->file, NULL, 0);
    if (size <= 0) return pf_fail(ctx, PF_ERR_IO, "the HDF5 library could not make '%s'", path);
    void *bytes = pf_calloc(ctx, 1, (size_t)size);
    if (!bytes) return PF_ERR_NO_MEMORY;
    pf_err err = PF_OK;
    if (H5Fget_file_image(h->file, bytes, (size_t)size) != size)
        err = pf_fail(ctx, PF_ERR_IO, "the HDF5 library could not make '%s'", path);
    if (!err) err = pf_file_write(ctx, path, bytes, (size_t)size);
    pf_free(bytes);
    return err;
}

pf_err pf_h5_end(pf_ctx *ctx, pf_h5 *h, const char *path)
{
    pf_err err = image(ctx, h, path);
    if (h->file >= 0) H5Fclose(h->file);
    h->file = H5I_INVALID_HID;
    pthread_mutex_unlock(&one_at_a_time);
    return err;
}

/* ---- attributes ---- */

static hid_t text_type(pf_h5 *h)
{
    hid_t type = take(h, H5Tcopy(H5T_C_S1));
    take(h, H5Tset_size(type, H5T_VARIABLE));
    take(h, H5Tset_cset(type, H5T_CSET_UTF8));
    return type;
}

static hid_t space_of(pf_h5 *h, const hsize_t *n, int rank)
{
    return take(h, rank ? H5Screate_simple(rank, n, NULL) : H5Screate(H5S_SCALAR));
}

typedef struct {
    hid_t as, in;
    const void *values;
} content;

static void attribute(
    pf_h5 *h, const char *path, const char *name, const hsize_t *n, const content *c)
{
    if (h->failed) return;
    hid_t space = space_of(h, n, n != NULL);
    hid_t at = take(h, H5Acreate_by_name(h->file, path, name, c->as, space, H5P_DEFAULT,
                           H5P_DEFAULT, H5P_DEFAULT));
    if (!n || *n) take(h, H5Awrite(at, c->in, c->values));
    H5Aclose(at);
    H5Sclose(space);
}

void pf_h5_texts_attribute(
    pf_h5 *h, const char *path, const char *name, const char *const *text, size_t n)
{
    if (h->failed) return;
    hid_t type = text_type(h);
    const content c = {type, type, text};
    attribute(h, path, name, &(hsize_t){n}, &c);
    H5Tclose(type);
}

void pf_h5_text_attribute(pf_h5 *h, const char *path, const char *name, const char *text)
{
    if (h->failed) return;
    hid_t type = text_type(h);
    const content c = {type, type, &text};
    attribute(h, path, name, NULL, &c);
    H5Tclose(type);
}

void pf_h5_flag_attribute(pf_h5 *h, const char *path, const char *name, int flag)
{
    /* What Python's h5py makes of a bool. */
    if (h->failed) return;
    int8_t no = 0, yes = 1, is = flag != 0;
    hid_t type = take(h, H5Tenum_create(H5T_STD_I8LE));
    take(h, H5Tenum_insert(type, "FALSE", &no));
    take(h, H5Tenum_insert(type, "TRUE", &yes));
    const content c = {type, type, &is};
    attribute(h, path, name, NULL, &c);
    H5Tclose(type);
}

static void encoding(pf_h5 *h, const char *path, const char *type, const char *version)
{
    pf_h5_text_attribute(h, path, "encoding-type", type);
    pf_h5_text_attribute(h, path, "encoding-version", version);
}

/* ---- groups and data ---- */

void pf_h5_group(pf_h5 *h, const char *path, const char *type, const char *version)
{
    if (h->failed) return;
    if (strcmp(path, "/")) {
        hid_t how = take(h, H5Pcreate(H5P_GROUP_CREATE));
        take(h, H5Pset_obj_track_times(how, 0));
        hid_t group = take(h, H5Gcreate2(h->file, path, H5P_DEFAULT, how, H5P_DEFAULT));
        H5Gclose(group);
        H5Pclose(how);
    }
    encoding(h, path, type, version);
}

static void dataset(pf_h5 *h, const char *path, const hsize_t *n, int rank, const content *c)
{
    if (h->failed) return;
    hid_t space = space_of(h, n, rank), how = take(h, H5Pcreate(H5P_DATASET_CREATE));
    hsize_t values = 1;
    for (int d = 0; d < rank; d++) values *= n[d];
    take(h, H5Pset_obj_track_times(how, 0));
    if (rank && values * H5Tget_size(c->as) >= COMPRESS_FROM && !H5Tis_variable_str(c->as)) {
        hsize_t chunk[2] = {n[0] < ROWS ? n[0] : ROWS, rank > 1 ? n[1] : 1};
        take(h, H5Pset_chunk(how, rank, chunk));
        take(h, H5Pset_shuffle(how));
        take(h, H5Pset_deflate(how, 4));
    }
    hid_t set = take(h, H5Dcreate2(h->file, path, c->as, space, H5P_DEFAULT, how, H5P_DEFAULT));
    if (values) take(h, H5Dwrite(set, c->in, H5S_ALL, H5S_ALL, H5P_DEFAULT, c->values));
    H5Dclose(set);
    H5Pclose(how);
    H5Sclose(space);
}

void pf_h5_text(pf_h5 *h, const char *path, const char *text)
{
    if (h->failed) return;
    hid_t type = text_type(h);
    const content c = {type, type, &text};
    dataset(h, path, NULL, 0, &c);
    H5Tclose(type);
    encoding(h, path, "string", "0.2.0");
}

void pf_h5_number(pf_h5 *h, const char *path, double x)
{
    const content c = {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &x};
    dataset(h, path, NULL, 0, &c);
    encoding(h, path, "numeric-scalar", "0.2.0");
}

void pf_h5_texts(pf_h5 *h, const char *path, const char *const *text, size_t n)
{
    if (h->failed) return;
    hid_t type = text_type(h);
    const content c = {type, type, text};
    dataset(h, path, &(hsize_t){n}, 1, &c);
    H5Tclose(type);
    encoding(h, path, "string-array", "0.2.0");
}

void pf_h5_short_texts(pf_h5 *h, const char *path, const char *text, size_t width, size_t n)
{
    if (h->failed) return;
    hid_t type = take(h, H5Tcopy(H5T_C_S1));
    take(h, H5Tset_size(type, width));
    take(h, H5Tset_strpad(type, H5T_STR_NULLPAD));
    take(h, H5Tset_cset(type, H5T_CSET_UTF8));
    const content c = {type, type, text};
    dataset(h, path, &(hsize_t){n}, 1, &c);
    H5Tclose(type);
    encoding(h, path, "string-array", "0.2.0");
}

void pf_h5_array(
    pf_h5 *h, const char *path, pf_h5_shape shape, hid_t in, hid_t as, const void *values)
{
    const hsize_t n[2] = {shape.rows, shape.columns};
    const content c = {as, in, values};
    dataset(h, path, n, shape.columns ? 2 : 1, &c);
    encoding(h, path, "array", "0.2.0");
}
