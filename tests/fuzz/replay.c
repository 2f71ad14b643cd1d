/* replay TARGET's corpus: each file of the folders named goes through the fuzz target once, in
 * any build. A crash, a leak under a sanitizer or an abort is the failure. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static int replay(const char *path)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    if (!f || fstat(fileno(f), &st)) {
        fprintf(stderr, "cannot read %s\n", path);
        return 1;
    }
    uint8_t *bytes = malloc((size_t)st.st_size + 1);
    size_t n = bytes ? fread(bytes, 1, (size_t)st.st_size, f) : 0;
    fclose(f);
    /* Exactly as many bytes as there are, so that a sanitizer sees one too many. */
    uint8_t *exact = malloc(n ? n : 1);
    for (size_t i = 0; exact && i < n; i++) exact[i] = bytes[i];
    if (exact) LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    free(bytes);
    return !exact;
}

int main(int argc, char **argv)
{
    int files = 0;
    if (LLVMFuzzerInitialize) LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++) {
        struct dirent **list;
        int n = scandir(argv[i], &list, NULL, alphasort);
        for (int k = 0; k < n; k++) {
            char path[4400];
            struct stat st;
            snprintf(path, sizeof path, "%s/%s", argv[i], list[k]->d_name);
            if (!stat(path, &st) && S_ISREG(st.st_mode)) {
                if (replay(path)) return 1;
                files++;
            }
            free(list[k]);
        }
        if (n >= 0) free(list);
    }
    printf("%d files replayed\n", files);
    return files ? 0 : 1; /* an empty corpus tests nothing */
}
