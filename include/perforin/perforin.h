/* perforin.h: Perforin as a library: the one header to include; it includes its parts beside
 * it. The command line uses nothing else.
 *
 * Every call that can fail returns a pf_status, whose numbers are also the exit codes of the
 * command, and fills a pf_error when one is given. Nothing here prints, exits, installs signal
 * handlers or keeps global state. Text results come in a buffer that the caller frees with
 * pf_text_free. Options structs are filled by their INIT macro first, then by assigning
 * members. Times are days unless a name says otherwise. Threads: calls may run at the same time
 * as long as they work in different run folders; callbacks come from the thread that made the
 * call. */
#ifndef PERFORIN_PERFORIN_H
#define PERFORIN_PERFORIN_H
#include "perforin/common.h"
#include "perforin/compare.h"
#include "perforin/each.h"
#include "perforin/lot.h"
#include "perforin/run.h"
#include "perforin/simulate.h"
#include "perforin/stats.h"
#include "perforin/systems.h"
#include "perforin/tissue.h"
#include "perforin/tissue_movie.h"
#include "perforin/tissue_rules.h"
#include "perforin/tissue_summarise.h"
#include "perforin/tissue_study.h"
#include "perforin/validate.h"
#include "perforin/watch.h"
#endif
