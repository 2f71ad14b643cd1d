/* reader.h: what the files that read Antimony statements share. Depends on: parser. */
#ifndef PF_MODEL_READER_H
#define PF_MODEL_READER_H
#include "model/parser.h"

typedef struct pf_reader {
    pf_parser p;
    pf_ast *ast;
    pf_module *into; /* of the statement at hand; set before each, for modules may move */
    pf_part *part;
    size_t n_part, part_capacity;
} pf_reader;

/** Take a name; `what` is what messages expect. Words with a meaning are refused. */
PF_NODISCARD pf_err pf_reader_name(pf_reader *r, const char *what, const char **out);
/** Is the token at hand past the statement? */
int pf_reader_at_end(const pf_reader *r);
/** Step over the end of the statement, or fail. */
PF_NODISCARD pf_err pf_reader_finish(pf_reader *r);
/** Add a statement to the model at hand. */
PF_NODISCARD pf_err pf_reader_keep(pf_reader *r, pf_st st);
/** An event, from its `at` on. `name` NULL: it has none. */
PF_NODISCARD pf_err pf_reader_event(pf_reader *r, const char *name, pf_place at);

#endif
