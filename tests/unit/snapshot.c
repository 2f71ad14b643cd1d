/* Snapshots of a lesion for VTK: every array lies where the file says, with the cells' numbers.
 * With a folder as argument: writes two moments there, and cells.csv to compare them with. */
#include "ct.h"
#include "store/snapshot.h"
#include "tissue/record.h"
#include "tissue_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pf_tissue *grown(pf_ctx *ctx, pf_scene *w, uint64_t steps)
{
    pf_tissue *t;
    pf_ctx_init(ctx);
    pf_scene_init(w, 32, 15);
    w->setup.n_antigen = 1;
    w->setup.antigen[0] = "A<\"&\">";
    w->substance[1].name = "position";
    assert_ok(ctx, pf_tissue_new(ctx, &w->setup, 1, &t));
    while (t->step < steps) assert_ok(ctx, pf_tissue_step(ctx, t));
    return t;
}
static char *bytes_of(pf_ctx *ctx, const char *folder, const char *name, size_t *size)
{
    char path[160], *bytes;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_ok(ctx, pf_file_read(ctx, path, 0, &bytes, size));
    return bytes;
}
/* Where an array begins, behind its length, which is checked. */
static const char *array(const char *bytes, const char *name, uint64_t length)
{
    char key[64];
    uint64_t n;
    snprintf(key, sizeof key, "Name=\"%s\"", name);
    const char *at = strstr(bytes, key), *data = strstr(bytes, "encoding=\"raw\">\n_");
    assert_true(at && data);
    at = strstr(at, "offset=\"");
    assert_non_null(at);
    data += strlen("encoding=\"raw\">\n_") + strtoull(at + 8, NULL, 10);
    memcpy(&n, data, sizeof n);
    assert_int_equal(n, length);
    return data + sizeof n;
}

static void arrays_lie_where_the_file_says(void **state)
{
    (void)state;
    pf_scene w;
    pf_ctx ctx;
    char folder[] = "/tmp/pf-snapshot-XXXXXX", path[96];
    size_t size;
    assert_non_null(mkdtemp(folder));
    pf_tissue *t = grown(&ctx, &w, 60);
    assert_ok(&ctx, pf_snapshot_write(&ctx, t, folder, PF_SHOT_VTP | PF_SHOT_VTI));
    char *cells = bytes_of(&ctx, folder, "cells_0000000060.vtp", &size);
    size_t n = t->cells.n, voxels = w.setup.mesh.n[0] * w.setup.mesh.n[1] * w.setup.mesh.n[2];
    assert_memory_equal(array(cells, "id", 8 * n), t->cells.id, 8 * n);
    assert_memory_equal(array(cells, "type", n), t->cells.type, n);
    assert_memory_equal(array(cells, "radius", 8 * n), t->cells.radius, 8 * n);
    const char *at = array(cells, "position", 24 * n),
               *antigen = array(cells, "antigen.A&#60;&#34;&#38;&#34;&#62;", 4 * n);
    for (size_t i = 0; i < n; i++) {
        for (size_t d = 0; d < 3; d++)
            assert_memory_equal(at + 24 * i + 8 * d, &t->cells.at[d][i], 8);
        assert_memory_equal(antigen + 4 * i, &t->row[t->cells.slot[i]].antigen[0], 4);
    }
    const char end[] = "\n</AppendedData>\n</VTKFile>\n";
    assert_string_equal(cells + size - (sizeof end - 1), end);
    assert_ptr_equal(array(cells, "class", n) + n, cells + size - (sizeof end - 1));
    pf_free(cells);
    char *fields = bytes_of(&ctx, folder, "fields_0000000060.vti", &size);
    const char *oxygen = array(fields, "oxygen", 8 * voxels);
    assert_memory_equal(
        oxygen, pf_field_values(t->field, 0), 8 * w.setup.mesh.n[0]); /* the first row */
    assert_ptr_equal(
        array(fields, "position", 8 * voxels) + 8 * voxels, fields + size - (sizeof end - 1));
    pf_free(fields);
    pf_tissue_free(t);
    snprintf(path, sizeof path, "rm -r %s", folder);
    assert_int_equal(system(path), 0);
}

static void hdf5_lands_whole_or_says_where_it_could_not(void **state)
{
    (void)state;
    pf_scene w;
    pf_ctx ctx;
    pf_tissue *t = grown(&ctx, &w, 1);
    char folder[] = "/tmp/pf-snapshot-XXXXXX", path[96];
    size_t size;
    assert_non_null(mkdtemp(folder));
    assert_ok(&ctx, pf_snapshot_write(&ctx, t, folder, PF_SHOT_H5AD));
    char *bytes = bytes_of(&ctx, folder, "cells_0000000001.h5ad", &size);
    assert_memory_equal(bytes, "\211HDF\r\n\032\n", 8);
    pf_free(bytes);
    snprintf(path, sizeof path, "rm -r %s", folder);
    assert_int_equal(system(path), 0);
    assert_int_equal(pf_snapshot_write(&ctx, t, folder, PF_SHOT_H5AD), PF_ERR_IO);
    assert_contains(ctx.message, "cells_0000000001.h5ad");
    pf_tissue_free(t);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    pf_scene w;
    pf_ctx ctx;
    pf_tissue *t = grown(&ctx, &w, 1);
    assert_int_equal(
        pf_snapshot_write(&ctx, t, "/tmp/pf-no-such-folder", PF_SHOT_VTP), PF_ERR_IO);
    assert_contains(ctx.message, "/tmp/pf-no-such-folder/cells_0000000001.vtp");
    pf_tissue_free(t);
}

static int write_for_others(const char *folder)
{
    static const uint64_t STEP[] = {0, 60};
    pf_scene w;
    pf_ctx ctx;
    pf_buf b;
    char path[512];
    unsigned both = PF_SHOT_ALL;
    for (int k = 0; k < 2; k++) {
        pf_tissue *t = grown(&ctx, &w, STEP[k]);
        if (pf_snapshot_write(&ctx, t, folder, both)) return 1;
        pf_buf_init(&b, &ctx);
        pf_cells_head(&w.setup, &b);
        pf_cells_rows(t, 0, t->cells.n, &b);
        snprintf(path, sizeof path, "%s/cells.csv", folder);
        if (pf_buf_ok(&b) || pf_file_write(&ctx, path, b.bytes, b.size)) return 1;
        pf_buf_clear(&b);
        pf_tissue_free(t);
    }
    return pf_snapshot_index(&ctx, &(pf_moments){STEP, 2, 0.1}, folder, both) != PF_OK;
}

int main(int argc, char **argv)
{
    if (argc > 1) return write_for_others(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_lie_where_the_file_says),
        cmocka_unit_test(hdf5_lands_whole_or_says_where_it_could_not),
        cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
