/* page_case.h: a run folder of one patient in two replicates, written by hand, and the document
 * of its page read back. */
#ifndef PF_TESTS_PAGE_CASE_H
#define PF_TESTS_PAGE_CASE_H
#include "ct.h"
#include "base/json.h"
#include "report/page.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    pf_ctx ctx;
    pf_arena arena;
    char folder[64];
    pf_arm arm[1];
    pf_study study;
    const char *path[1], *input[1];
    uint64_t hash[1];
    pf_buf json, page;
} page_case;

static inline void page_case_file(page_case *c, const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", c->folder, name);
    assert_ok(&c->ctx, pf_file_write(&c->ctx, path, text, strlen(text)));
}

/* All files as a good run has them; no replicates.csv, as in runs of older versions. */
static inline void page_case_folder(page_case *c)
{
    char path[200];
    snprintf(path, sizeof path, "%s/replicates.csv", c->folder);
    unlink(path);
    page_case_file(c, "summary.json",
        "{\n \"study\": \"tiny\",\n \"arms\": [],\n \"changed_parameters\": [\"h_b*=3\"]}\n");
    page_case_file(c, "summary.txt", "SIMULATED table\n");
    page_case_file(c, "patients.csv",
        "STUDYID,REPLICATE,PATIENT,ARM,FAILED,BOR,PFS\n"
        "SIMULATED-tiny,0,0,1,0,PR,43.9599856453754\nSIMULATED-tiny,1,0,1,1,,\n");
    page_case_file(c, "assessments.csv", "STUDYID,REPLICATE,PATIENT,ARM,VISIT,DAY\n");
    page_case_file(c, "kinetics.csv", "STUDYID,REPLICATE,PATIENT,ARM,DAY,KINETICS\n");
    page_case_file(c, "events.csv",
        "STUDYID,REPLICATE,PATIENT,ARM,DAY,EVENT,VALUE\nSIMULATED-tiny,0,0,1,0,dose,1e300\n"
        "SIMULATED-tiny,0,0,1,80.5,\"death, of \"\"something\"\"\",\n"
        "SIMULATED-tiny,1,0,1,0,dose,2\n");
    page_case_file(c, "failures.csv", "STUDYID,REPLICATE,PATIENT,ARM,DAY,REASON,STATE\n");
}

static inline int page_case_setup(void **state)
{
    page_case *c = calloc(1, sizeof *c);
    pf_ctx_init(&c->ctx);
    pf_arena_init(&c->arena);
    strcpy(c->folder, "/tmp/perforin-page-XXXXXX");
    if (!mkdtemp(c->folder)) return -1;
    c->arm[0] = (pf_arm){.name = "1", .size = 1};
    c->path[0] = "elsewhere/tiny study.yaml";
    c->input[0] = "tiny study.yaml";
    c->study = (pf_study){.name = "tiny",
        .path = "elsewhere/tiny study.yaml",
        .n_arm = 1,
        .arm = c->arm,
        .replicates = 2,
        .seed = UINT64_MAX,
        .keep = 2,
        .horizon = 100,
        .n_source = 1,
        .source_path = c->path,
        .source_hash = c->hash};
    page_case_folder(c);
    *state = c;
    return 0;
}

static inline int page_case_remove(
    const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

static inline int page_case_teardown(void **state)
{
    page_case *c = *state;
    nftw(c->folder, page_case_remove, 8, FTW_DEPTH | FTW_PHYS);
    pf_buf_clear(&c->json);
    pf_buf_clear(&c->page);
    pf_arena_clear(&c->arena);
    free(c);
    return 0;
}

static inline pf_page_run page_case_options(page_case *c, size_t detail)
{
    return (pf_page_run){.folder = c->folder,
        .study = &c->study,
        .input = c->input,
        .version = "1.2.3",
        .detail = detail};
}

static inline pf_err page_case_add(page_case *c, size_t detail, pf_page **page)
{
    const pf_page_run run = page_case_options(c, detail);
    pf_ctx_reset(&c->ctx);
    assert_ok(&c->ctx, pf_page_new(&c->ctx, "1.2.3", page));
    return pf_page_add(&c->ctx, *page, &run);
}

/* The run of the document. */
static inline const pf_jvalue *page_case_run(page_case *c, size_t detail)
{
    pf_page *page;
    const pf_jvalue *root;
    assert_ok(&c->ctx, page_case_add(c, detail, &page));
    pf_buf_clear(&c->json);
    pf_buf_init(&c->json, &c->ctx);
    assert_ok(&c->ctx, pf_page_document(&c->ctx, page, &c->json));
    pf_page_free(page);
    assert_ok(&c->ctx, pf_jvalue_parse(&c->ctx, &c->arena, c->json.bytes, c->json.size, &root));
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(root, "format"), ""), "perforin-page-1");
    return pf_jvalue_get(root, "runs")->first;
}

static inline void page_case_fails(page_case *c, size_t detail, pf_err code, const char *said)
{
    pf_page *page;
    assert_int_equal(page_case_add(c, detail, &page), code);
    assert_contains(c->ctx.message, said);
    pf_page_free(page);
}

/* The filled template; NULL when it is refused. */
static inline const char *page_case_page(page_case *c, const char *html)
{
    pf_page *page;
    assert_ok(&c->ctx, page_case_add(c, 0, &page));
    pf_buf_clear(&c->page);
    pf_buf_init(&c->page, &c->ctx);
    pf_err err = pf_page_write(&c->ctx, page, NULL, html, html ? strlen(html) : 0, &c->page);
    pf_page_free(page);
    return err ? NULL : c->page.bytes;
}

#endif
