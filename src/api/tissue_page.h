/* tissue_page.h: pages of tissues, from run folders. Internal to api. */
#ifndef PF_API_TISSUE_PAGE_H
#define PF_API_TISSUE_PAGE_H
#include "api/call.h"
#include "report/tissue_page.h"

/** May the folder's film and counts be used: has the run ended or stopped, and are they what it
 * wrote? `*results` is where they stand, in the arena or `folder` itself. Errors: CONFIG (no),
 * CORRUPT, IO, NO_MEMORY */
PF_NODISCARD pf_err pf_call_tissue_check(pf_ctx *ctx, pf_arena *a, const char *folder,
    const pf_jvalue *manifest, const char **results);
/** Is file `name` of the run what its manifest says? One that the manifest does not know, as of
 * a run that is not complete, passes. Errors: CORRUPT (it was changed, is not there; with what
 * to do about it), IO, NO_MEMORY */
PF_NODISCARD pf_err pf_call_tissue_file_is(
    pf_ctx *ctx, pf_arena *a, const char *folder, const pf_jvalue *manifest, const char *name);
/** Add the run in a folder to a page; `label` NULL: the tissue's name. Errors: as
 * pf_call_tissue_check and pf_tissue_page_add; CONFIG (no run of a tissue there) */
PF_NODISCARD pf_err pf_call_tissue_page_add(
    pf_ctx *ctx, pf_tissue_page *page, const char *folder, const char *label);
/** Fill the template (file `template`; NULL: the built-in one) and write the page to `path`,
 * atomically. `title` NULL: that of the first run. Errors: as pf_tissue_page_write, IO */
PF_NODISCARD pf_err pf_call_tissue_page_write(pf_ctx *ctx, pf_tissue_page *page,
    const char *title, const char *template, const char *path);
/** All of it for one run. */
PF_NODISCARD pf_err pf_call_tissue_report(
    pf_ctx *ctx, const char *folder, const char *template, const char *path);

#endif
