/* project.h: a small project in a folder of its own, for tests of verbs that read one. */
#ifndef PF_TESTS_PROJECT_H
#define PF_TESTS_PROJECT_H
#include "ct.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char root[64];

__attribute__((unused)) static void write_file(const char *name, const char *text)
{
    char path[200];
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_ok(&ctx, pf_file_write(&ctx, path, text, strlen(text)));
}

static void make_folder(const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(mkdir(path, 0755), 0);
}

/* The folder with evidence, studies and runs; 0 when there is none. */
static int make_project(void)
{
    strcpy(root, "/tmp/pf_project_XXXXXX");
    if (!mkdtemp(root)) return 0;
    make_folder("evidence");
    make_folder("studies");
    make_folder("runs");
    return 1;
}

static int tear_down(void **state)
{
    char command[100];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command);
}

#endif
