/* tissue_page_film.h: frames of a film as they stand in a page. Internal to report. */
#ifndef PF_REPORT_TISSUE_PAGE_FILM_H
#define PF_REPORT_TISSUE_PAGE_FILM_H
#include "base/buf.h"
#include "tissue/film.h"

/** `film`: the frames of `f`, in at most about `budget` bytes as far as leaving out frames and
 * cells can make it so (tissue_page.h). Errors: CORRUPT, NO_MEMORY */
PF_NODISCARD pf_err pf_tissue_page_film(
    pf_ctx *ctx, const pf_film *f, size_t budget, pf_buf *out);

#endif
