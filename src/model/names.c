#include "model/names.h"

#include <string.h>

static size_t slot_of(const pf_names *names, const char *text)
{
    size_t at = (size_t)pf_hash(0, text, strlen(text)) & (names->table_size - 1);
    while (names->table[at] && strcmp(names->text[names->table[at] - 1], text) != 0)
        at = (at + 1) & (names->table_size - 1);
    return at;
}

uint32_t pf_names_find(const pf_names *names, const char *text)
{
    if (!names->table_size) return PF_NO_NAME;
    uint32_t found = names->table[slot_of(names, text)];
    return found ? found - 1 : PF_NO_NAME;
}

static pf_err grow(pf_ctx *ctx, pf_names *names)
{
    size_t size = names->table_size ? names->table_size * 2 : 64;
    uint32_t *table = pf_calloc(ctx, size, sizeof *table);
    if (!table) return PF_ERR_NO_MEMORY;
    pf_free(names->table);
    names->table = table;
    names->table_size = size;
    for (size_t i = 0; i < names->n; i++)
        table[slot_of(names, names->text[i])] = (uint32_t)i + 1;
    return PF_OK;
}

pf_err pf_names_add(pf_ctx *ctx, pf_names *names, const char *text)
{
    if (2 * (names->n + 1) > names->table_size) PF_TRY(grow(ctx, names));
    PF_TRY(pf_reserve(ctx, &names->text, &names->capacity, names->n, sizeof *names->text));
    names->text[names->n] = text;
    names->table[slot_of(names, text)] = (uint32_t)names->n + 1;
    names->n++;
    return PF_OK;
}

void pf_names_clear(pf_names *names)
{
    pf_free(names->text);
    pf_free(names->table);
    memset(names, 0, sizeof *names);
}

const char *pf_names_nearest(const pf_names *names, const char *text)
{
    size_t n = names->n > 20000 ? 20000 : names->n; /* a suggestion is worth no minute */
    ptrdiff_t k = pf_text_nearest(text, names->text, n);
    return k < 0 ? NULL : names->text[k];
}
