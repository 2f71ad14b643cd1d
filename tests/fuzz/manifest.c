/* Any bytes as manifest.json: refused with a sentence, or numbers that can be counted with. */
#include <stdlib.h>
#include <string.h>

#include "store/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pf_ctx ctx;
    pf_arena a;
    pf_manifest m;
    char *text = malloc(size + 1);
    if (!text) return 0;
    if (size) memcpy(text, data, size);
    text[size] = '\0';
    pf_ctx_init(&ctx);
    pf_arena_init(&a);
    pf_err err = pf_manifest_parse(&ctx, &a, text, size, &m);
    if (err && !ctx.message[0]) abort();
    if (!err) {
        uint64_t total = m.replicates * m.patients;
        if (!m.each || !total || total / m.patients != m.replicates) abort();
        if (!m.n_input || !m.study_file || !m.version || !m.study) abort();
        for (size_t i = 0; i < m.n_input; i++)
            if (!m.input[i]) abort();
        (void)pf_manifest_result(&m, "summary.json");
    }
    pf_arena_clear(&a);
    free(text);
    return 0;
}
