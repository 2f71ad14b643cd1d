/* Files that a tissue file names: where they are, and what their copies are called. */
#include "tissue/setup_parts.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

void pf_setup_input_name(const char *written, char out[PF_INPUT_NAME_SIZE])
{
    const char *last = strrchr(written, '/');
    char base[64];
    snprintf(base, sizeof base, "%s", last ? last + 1 : written);
    for (char *p = base; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("-_", *p) && (*p != '.' || p == base))
            *p = '_';
    snprintf(out, PF_INPUT_NAME_SIZE, "%016" PRIx64 "-%s", pf_hash(0, written, strlen(written)),
        base);
}

const char *pf_setup_input_path(pf_setup_loader *l, const char *written)
{
    pf_setup_input **end = &l->setup->input;
    char name[PF_INPUT_NAME_SIZE];
    for (; *end; end = &(*end)->next)
        if (!strcmp((*end)->written, written)) return (*end)->path;
    pf_setup_input *in = pf_setup_alloc(l, 1, sizeof *in);
    const char *folder = l->folder;
    pf_setup_input_name(written, name);
    if (l->setup->kept) folder = pf_path_join(l->r.ctx, l->r.arena, l->folder, "inputs");
    if (!in || !folder) return NULL;
    in->written = pf_arena_strdup(l->r.ctx, l->r.arena, written);
    in->path = pf_path_join(l->r.ctx, l->r.arena, folder, l->setup->kept ? name : written);
    if (!in->written || !in->path) return NULL;
    *end = in;
    return in->path;
}
