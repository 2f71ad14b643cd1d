/* common.h: what every call uses: status, errors, texts, messages. Part of perforin.h. */
#ifndef PERFORIN_COMMON_H
#define PERFORIN_COMMON_H
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PF_API __attribute__((visibility("default")))
#else
#define PF_API
#endif

/** The version of the library, e.g. "0.1.0"; never NULL. */
PF_API const char *pf_version(void);

typedef enum pf_status {
    PF_DONE = 0,    /**< all was done */
    PF_FAILED = 1,  /**< something broke: disk, memory, integration */
    PF_REFUSED = 2, /**< the input or the options have a mistake */
    PF_STOPPED = 3  /**< stopped on request or at the time limit; a run can be resumed */
} pf_status;

/* What went wrong, in the words for the user. Plain data in the caller's storage. */
typedef struct pf_error {
    int code; /**< 0: nothing; else a code of pf_error_name */
    char message[2048];
} pf_error;

/** The name of an error code, e.g. "RANGE", and its default sentence; never NULL. */
PF_API const char *pf_error_name(int code);
PF_API const char *pf_error_text(int code);

/** Free a text that a call of this header returned; NULL is allowed. */
PF_API void pf_text_free(char *text);

typedef enum pf_level { PF_LEVEL_ERROR, PF_LEVEL_WARN, PF_LEVEL_INFO, PF_LEVEL_DEBUG } pf_level;

/* Both texts are borrowed for the time of the call. */
typedef void (*pf_on_log)(void *payload, pf_level level, const char *event, const char *text);

#ifdef __cplusplus
}
#endif
#endif
