#include "store/tissue_past.h"

#include "base/csv.h"
#include "store/tissue_folder.h"
#include "tissue/setup_read.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 8 };

typedef struct {
    pf_ctx *ctx;
    pf_arena *a;
    pf_tissue_memory *m;
    const char *results; /* where the tables stand */
    pf_csv *csv;
    size_t at[COLUMNS]; /* of the columns that were asked for */
} reader;

/* Open a table of the folder and find columns. */
static pf_err open_table(reader *r, const char *name, const char *const *column, size_t n)
{
    const char *path = pf_path_join(r->ctx, r->a, r->results, name);
    if (!path) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_csv_open(r->ctx, path, &r->csv));
    for (size_t k = 0; k < n; k++) {
        r->at[k] = pf_csv_find(r->csv, column[k]);
        if (r->at[k] == SIZE_MAX)
            return pf_fail(r->ctx, PF_ERR_CORRUPT, "'%s' has no column '%s'", path, column[k]);
    }
    return PF_OK;
}

static void close_table(reader *r)
{
    pf_csv_close(r->csv);
    r->csv = NULL;
}

static pf_err id_of(reader *r, size_t column, uint64_t *out)
{
    const char *text = pf_csv_field(r->csv, r->at[column]);
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    if (*text && (*end || errno || *text == '-'))
        return pf_csv_fail(r->csv, "'%s' is no id", text);
    return PF_OK;
}

static pf_err word_of(reader *r, size_t column, const char *const *word, size_t n, size_t *out)
{
    const char *text = pf_csv_field(r->csv, r->at[column]);
    for (size_t k = 0; k < n; k++)
        if (!strcmp(text, word[k])) {
            *out = k;
            return PF_OK;
        }
    return pf_csv_fail(r->csv, "'%s' is no %s", text, pf_csv_name(r->csv, r->at[column]));
}

static pf_err type_of(reader *r, size_t column, size_t *out)
{
    const pf_setup *s = r->m->setup;
    const char *text = pf_csv_field(r->csv, r->at[column]);
    for (size_t k = 0; k < s->n_type; k++)
        if (!strcmp(text, s->type[k].name)) {
            *out = k;
            return PF_OK;
        }
    return pf_csv_fail(r->csv, "'%s' is no type of cell", text);
}

/* Places are in columns 0 to 2 of what was asked for, the minute in column 3. */
static pf_err place_of(reader *r, double at[3], double *minute)
{
    for (size_t d = 0; d < 3; d++) PF_TRY(pf_csv_value(r->csv, r->at[d], &at[d]));
    PF_TRY(pf_csv_value(r->csv, r->at[3], minute));
    if (isfinite(*minute) && isfinite(at[0]) && isfinite(at[1]) && isfinite(at[2]))
        return PF_OK;
    return pf_csv_fail(r->csv, "a time or a place is missing");
}

static pf_err read_lives(reader *r)
{
    static const char *const COLUMN[] = {
        "x_um", "y_um", "z_um", "time_min", "event", "id", "type", "other"};
    static const char *const KIND[] = {
        "placed", "born", "apoptosis", "necrosis", "lysis", "gone"};
    PF_TRY(open_table(r, "lives.csv", COLUMN, PF_COUNT(COLUMN)));
    for (int more = 0;;) {
        pf_life_event e;
        size_t kind = 0, type = 0;
        PF_TRY(pf_csv_next(r->csv, &more));
        if (!more) return PF_OK;
        PF_TRY(place_of(r, e.at, &e.minute));
        PF_TRY(word_of(r, 4, KIND, PF_COUNT(KIND), &kind));
        PF_TRY(id_of(r, 5, &e.id));
        PF_TRY(type_of(r, 6, &type));
        PF_TRY(id_of(r, 7, &e.other));
        e.kind = (pf_life_kind)kind;
        e.type = (uint8_t)type;
        PF_TRY(pf_past_life(&r->m->past, &e));
    }
}

static pf_err read_events(reader *r)
{
    static const char *const COLUMN[] = {
        "x_um", "y_um", "z_um", "time_min", "event", "killer", "target"};
    static const char *const KIND[] = {"bound", "killed", "let-go"};
    PF_TRY(open_table(r, "events.csv", COLUMN, PF_COUNT(COLUMN)));
    for (int more = 0;;) {
        pf_contact_event e;
        size_t kind = 0;
        PF_TRY(pf_csv_next(r->csv, &more));
        if (!more) return PF_OK;
        PF_TRY(place_of(r, e.at, &e.minute));
        PF_TRY(word_of(r, 4, KIND, PF_COUNT(KIND), &kind));
        PF_TRY(id_of(r, 5, &e.killer));
        PF_TRY(id_of(r, 6, &e.target));
        e.kind = (pf_contact_kind)kind;
        PF_TRY(pf_past_contact(&r->m->past, &e));
    }
}

static pf_err read_counts(reader *r)
{
    const pf_setup *s = r->m->setup;
    const pf_killer *k = &s->type[r->m->past.type].killer;
    const char *name[1 + PF_CELL_TYPES_MAX] = {"time_min"};
    size_t column[1 + PF_CELL_TYPES_MAX], n = 1;
    for (size_t i = 0; i < s->n_type; i++)
        if (k->attacks[i])
            name[n++] = pf_arena_printf(r->ctx, r->a, "%s.alive", s->type[i].name);
    PF_TRY(open_table(r, "counts.csv", NULL, 0));
    for (size_t i = 0; i < n; i++) {
        if (!name[i]) return PF_ERR_NO_MEMORY;
        column[i] = pf_csv_find(r->csv, name[i]);
        if (column[i] == SIZE_MAX)
            return pf_csv_fail(r->csv, "there is no column '%s'", name[i]);
    }
    for (int more = 0;;) {
        double minute, targets = 0, x;
        PF_TRY(pf_csv_next(r->csv, &more));
        if (!more) return PF_OK;
        PF_TRY(pf_csv_value(r->csv, column[0], &minute));
        for (size_t i = 1; i < n; i++) {
            PF_TRY(pf_csv_value(r->csv, column[i], &x));
            targets += x;
        }
        if (!isfinite(minute) || !(targets >= 0))
            return pf_csv_fail(r->csv, "a number is missing");
        PF_TRY(pf_past_count(&r->m->past, minute, targets));
    }
}

static pf_err read_tired(reader *r)
{
    static const char *const COLUMN[] = {"type", "state", "kills", "exhaustion"};
    pf_tissue_memory *m = r->m;
    const pf_cell_type *type = &m->setup->type[m->past.type];
    if (!(type->killer.exhaustion > 0)) return PF_OK;
    if (strcmp(m->state, "complete") != 0) return PF_OK; /* cells.csv is of the end */
    PF_TRY(open_table(r, "cells.csv", COLUMN, PF_COUNT(COLUMN)));
    for (int more = 0;;) {
        double kills, e;
        PF_TRY(pf_csv_next(r->csv, &more));
        if (!more) return PF_OK;
        if (strcmp(pf_csv_field(r->csv, r->at[0]), type->name) != 0 ||
            strcmp(pf_csv_field(r->csv, r->at[1]), "alive") != 0)
            continue;
        PF_TRY(pf_csv_value(r->csv, r->at[2], &kills));
        PF_TRY(pf_csv_value(r->csv, r->at[3], &e));
        if (!(kills > 0) || !(e >= 0)) continue;
        PF_TRY(pf_reserve(r->ctx, &m->tired, &m->tired_capacity, m->n_tired, sizeof *m->tired));
        m->tired[m->n_tired][0] = kills;
        m->tired[m->n_tired++][1] = 1 - 1 / (1 + e);
    }
}

/* ---- the folder ---- */

static pf_err read_manifest(reader *r, uint64_t *seed)
{
    pf_tissue_memory *m = r->m;
    const pf_jvalue *root = pf_tissue_manifest(r->ctx, r->a, m->folder);
    const pf_jvalue *settings = pf_jvalue_get(root, "settings");
    char *end;
    if (!root)
        return pf_fail(r->ctx, PF_ERR_CONFIG,
            "'%s' holds no run of a tissue; 'perforin tissue run FILE' makes one", m->folder);
    m->tissue = pf_jvalue_text(pf_jvalue_get(root, "tissue"), "");
    m->variant = pf_jvalue_text(pf_jvalue_get(root, "variant"), NULL);
    m->version = pf_jvalue_text(pf_jvalue_get(root, "version"), "");
    m->state = pf_jvalue_text(pf_jvalue_get(root, "state"), "");
    m->seed_text = pf_jvalue_text(pf_jvalue_get(settings, "seed"), "");
    m->minutes = pf_jvalue_number(pf_jvalue_get(root, "minutes_done"));
    *seed = strtoull(m->seed_text, &end, 10);
    if (!strcmp(m->state, "running"))
        return pf_fail(r->ctx, PF_ERR_CONFIG,
            "the run in '%s' has not ended; its tables are not whole", m->folder);
    if (!*m->seed_text || *end || !(m->minutes > 0))
        return pf_fail(r->ctx, PF_ERR_CORRUPT,
            "the manifest in '%s' does not say its seed and its minutes", m->folder);
    r->results = pf_tissue_results(r->ctx, r->a, m->folder, root);
    return r->results ? PF_OK : PF_ERR_NO_MEMORY;
}

static pf_err read_setup(reader *r)
{
    pf_diag d;
    pf_diag_init(&d, r->ctx);
    pf_err err = pf_setup_read_kept(r->ctx, &d, r->m->folder, r->m->variant, &r->m->setup);
    pf_diag_clear(&d);
    return err;
}

static pf_err find_killer(reader *r, const char *name, size_t *out)
{
    const pf_setup *s = r->m->setup;
    size_t n = 0;
    for (size_t i = 0; i < s->n_type; i++) {
        if (!(s->type[i].killer.bind > 0) || (name && strcmp(name, s->type[i].name) != 0))
            continue;
        *out = i;
        n++;
    }
    if (n == 1) return PF_OK;
    if (name)
        return pf_fail(r->ctx, PF_ERR_CONFIG, "the tissue in '%s' has no killers '%s'",
            r->m->folder, name);
    return pf_fail(r->ctx, PF_ERR_CONFIG,
        n ? "the tissue in '%s' has several types of killers; say which with --killer"
          : "the tissue in '%s' has no killers",
        r->m->folder);
}

static pf_err of_folder(reader *r, pf_err err)
{
    if (err == PF_ERR_CONFIG) pf_fail_in(r->ctx, "'%s'", r->m->folder);
    return err;
}

static pf_err read_all(reader *r, const char *killer, size_t run)
{
    uint64_t seed = 0;
    size_t type = 0;
    PF_TRY(read_manifest(r, &seed));
    PF_TRY(read_setup(r));
    PF_TRY(find_killer(r, killer, &type));
    pf_past_init(&r->m->past, r->ctx, r->m->setup, type, seed);
    PF_TRY(read_lives(r));
    close_table(r);
    PF_TRY(of_folder(r, pf_past_placed(&r->m->past, r->m->minutes)));
    PF_TRY(read_events(r));
    close_table(r);
    PF_TRY(read_counts(r));
    close_table(r);
    PF_TRY(of_folder(r, pf_past_end(&r->m->past, run)));
    return read_tired(r);
}

pf_err pf_tissue_memory_read(pf_ctx *ctx, pf_arena *a, const char *folder, const char *killer,
    size_t run, pf_tissue_memory *out)
{
    reader r = {.ctx = ctx, .a = a, .m = out};
    memset(out, 0, sizeof *out);
    out->folder = pf_arena_strdup(ctx, a, folder);
    if (!out->folder) return PF_ERR_NO_MEMORY;
    pf_err err = read_all(&r, killer, run);
    close_table(&r);
    return err;
}

void pf_tissue_memory_clear(pf_tissue_memory *m)
{
    pf_past_clear(&m->past);
    pf_setup_free(m->setup);
    pf_free(m->tired);
    memset(m, 0, sizeof *m);
}
