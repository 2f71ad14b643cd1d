/* err.h: what can go wrong, in one list. Code, exit meaning and default sentence stand
 * together, so that they cannot drift apart. Depends on: nothing. */
#ifndef PF_BASE_ERR_H
#define PF_BASE_ERR_H

#define PF_ERR_LIST(X)                                                                         \
    X(OK, "no error")                                                                          \
    X(NO_MEMORY, "not enough memory")                                                          \
    X(IO, "a file could not be read or written")                                               \
    X(CORRUPT, "a file is damaged")                                                            \
    X(VERSION, "a file was written by another version")                                        \
    X(CONFIG, "the input has a mistake")                                                       \
    X(UNIT, "a quantity has the wrong unit")                                                   \
    X(RANGE, "a value is out of range")                                                        \
    X(MODEL, "the model has a mistake")                                                        \
    X(SOLVER, "the integration failed")                                                        \
    X(NONFINITE, "a value is not a finite number")                                             \
    X(CANCELLED, "stopped on request")                                                         \
    X(BUG, "an internal rule was broken; please report it")

typedef enum {
#define PF_ERR_ENUM(name, text) PF_ERR_##name,
    PF_ERR_LIST(PF_ERR_ENUM)
#undef PF_ERR_ENUM
        PF_ERR_COUNT
} pf_err;

/* The everyday spelling of success. */
#define PF_OK PF_ERR_OK

#define PF_NODISCARD __attribute__((warn_unused_result))
#define PF_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

/** The default sentence of a code; never NULL. */
const char *pf_err_text(pf_err code);
/** The name of a code without its prefix, e.g. "RANGE"; never NULL. */
const char *pf_err_name(pf_err code);

/** Return early with the error of `call`. Only where nothing is held. */
#define PF_TRY(call)                                                                           \
    do {                                                                                       \
        pf_err pf_try_err_ = (call);                                                           \
        if (pf_try_err_) return pf_try_err_;                                                   \
    } while (0)

#define PF_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
