/* Any bytes as the records and the patients of `perforin simulate`; a line "====" parts them.
 * Whatever is accepted is simulated. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "perforin/perforin.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char MODEL[] = "model m\n  k = 1; x' = -k*x; y' = k*x - y; x = 1; y = 0; z0 = 2;\n"
                            "  s := x + y + z0;\nend\n";
static int file[3]; /* model, records, patients: in memory */
static char path[3][40];

static void put(int i, const void *bytes, size_t n)
{
    if (ftruncate(file[i], 0) || pwrite(file[i], bytes, n, 0) != (ssize_t)n) abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    for (int i = 0; i < 3; i++) {
        file[i] = memfd_create("fuzz", 0);
        if (file[i] < 0) abort();
        snprintf(path[i], sizeof path[i], "/proc/self/fd/%d", file[i]);
    }
    put(0, MODEL, sizeof MODEL - 1);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char mark[] = "\n====\n";
    const uint8_t *at = size ? memmem(data, size, mark, sizeof mark - 1) : NULL;
    size_t first = at ? (size_t)(at - data) + 1 : size;
    pf_simulate_options o = PF_SIMULATE_OPTIONS_INIT;
    pf_error error;
    char *text;
    put(1, data, first);
    if (at) put(2, at + sizeof mark - 1, size - first - (sizeof mark - 2));
    o.model = path[0];
    o.records = path[1];
    o.patients = at ? path[2] : NULL;
    o.steps = 2;
    o.duration = 1.0;
    o.lanes = 1;
    pf_status status = pf_simulate(&o, &text, &error);
    if (status ? !error.message[0] : !text) abort();
    pf_text_free(text);
    return 0;
}
