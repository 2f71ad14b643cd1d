/* reader.h: what the files that read Antimony statements share. Depends on: parser. */
#ifndef PF_MODEL_READER_H
#define PF_MODEL_READER_H
#include "model/parser.h"

typedef struct pf_reader {
    pf_parser p;
    pf_ast *ast;
    const pf_files *files;
    pf_module *into; /* of the statement at hand; set before each, for modules may move */
    pf_part *part;
    size_t n_part, part_capacity;
    int imported;                      /* the file at hand was imported */
    size_t bytes;                      /* of all files */
    size_t n_annotation, n_constraint; /* read past */
} pf_reader;

/** Fail at `at` with a fixed sentence. */
pf_err pf_reader_fail(pf_reader *r, pf_place at, const char *text);
/** Take a name; `what` is what messages expect. Words with a meaning are refused. */
PF_NODISCARD pf_err pf_reader_name(pf_reader *r, const char *what, const char **out);
/** Is the token at hand past the statement? */
int pf_reader_at_end(const pf_reader *r);
/** Step over the end of the statement, or fail. */
PF_NODISCARD pf_err pf_reader_finish(pf_reader *r);
PF_NODISCARD pf_err pf_reader_newlines(pf_reader *r); /**< step over line ends */
/** Add a statement to the model at hand. */
PF_NODISCARD pf_err pf_reader_keep(pf_reader *r, pf_st st);
/** `(a, b, 3)` into `part`; numbers only where `numbers`. */
PF_NODISCARD pf_err pf_reader_parts(pf_reader *r, int numbers);
PF_NODISCARD pf_err pf_reader_add_part(pf_reader *r, pf_part part);
/** A copy of `part` in the arena. */
PF_NODISCARD pf_err pf_reader_keep_parts(pf_reader *r, const pf_part **out, size_t *n);
/** The text of the string at hand, without its quotes; NULL when there is no memory. */
const char *pf_reader_string(pf_reader *r);

/** Any statement of a model. */
PF_NODISCARD pf_err pf_reader_statement(pf_reader *r);
/** An event, from its `at` on. `name` NULL: it has none. */
PF_NODISCARD pf_err pf_reader_event(pf_reader *r, const char *name, pf_place at);
/** A reaction or interaction, from its left side on. `name` NULL: it has none. */
PF_NODISCARD pf_err pf_reader_reaction(pf_reader *r, const char *name, pf_place at);
/** A `//!` line. */
PF_NODISCARD pf_err pf_reader_directive(pf_reader *r);
/** Step over an annotation, from the word after its name on: `S identity "...", "..."`. */
PF_NODISCARD pf_err pf_reader_annotation(pf_reader *r);

#endif
