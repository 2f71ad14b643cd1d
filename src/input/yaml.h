/* yaml.h: a YAML file as a tree in which every key and value knows where it stands.
 *
 * YAML 1.1 as read by libyaml, less what has no place in a study: anchors, aliases, tags,
 * several documents, keys that are not plain words. Every scalar stays text: what it means is
 * the reader's business. One addition: a list may be followed by the unit of its members, `[1,
 * 3, 7] day`. Depends on: diag. Threads: a tree is read-only once made. */
#ifndef PF_INPUT_YAML_H
#define PF_INPUT_YAML_H
#include "input/diag.h"

enum { PF_YAML_DEPTH = 32, PF_YAML_BYTES = 1 << 20, PF_YAML_KEYS = 500 };

typedef enum { PF_YAML_SCALAR, PF_YAML_LIST, PF_YAML_MAP } pf_yaml_kind;

typedef struct pf_yaml {
    pf_yaml_kind kind;
    pf_place place;
    int quoted;       /**< a scalar in quotes or a block scalar: `place` includes the quotes */
    const char *text; /**< of a scalar, "" when empty; never NULL there */
    const char *unit; /**< of a list, as written behind it; NULL without */
    pf_place unit_place;
    size_t n;                    /**< members of a list or map */
    struct pf_yaml *const *item; /**< values */
    struct pf_yaml *const *key;  /**< of a map: scalars, each once */
} pf_yaml;

/** Read text. `file` is what messages call it; it is borrowed by every place of the tree.
 * Mistakes go to `diag`, and then `*out` may be NULL (nothing readable) or the tree without the
 * duplicates. Errors: NO_MEMORY only. */
PF_NODISCARD pf_err pf_yaml_parse(pf_diag *diag, pf_arena *a, const char *file,
    const char *text, size_t size, const pf_yaml **out);
/** The value of a key; NULL when it is missing or `map` is no map. */
const pf_yaml *pf_yaml_get(const pf_yaml *map, const char *key);
/** "text", "a list", "a map" for messages. */
const char *pf_yaml_kind_text(const pf_yaml *node);
/** The place of `length` bytes at byte `from` of a scalar; the whole scalar when it is quoted.
 */
pf_place pf_yaml_part(const pf_yaml *node, size_t from, size_t length);

#endif
