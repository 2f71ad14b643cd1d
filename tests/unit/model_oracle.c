/* Right-hand sides as libRoadRunner computes them: tests/oracles/model_rhs.py made the numbers.
 */
#include "unit/model_tool.h"

#include <stdlib.h>

/* The file with "model NAME" starred, so that it is the main one. */
static void open_model(tool *t, const char *path, const char *name)
{
    char *text, *starred, key[128];
    size_t size;
    memset(t, 0, sizeof *t);
    pf_ctx_init(&t->ctx);
    assert_ok(&t->ctx, pf_file_read(&t->ctx, path, 0, &text, &size));
    snprintf(key, sizeof key, "model %s", name);
    char *at = strstr(text, key);
    assert_non_null(at);
    starred = pf_calloc(&t->ctx, size + 2, 1);
    assert_non_null(starred);
    memcpy(starred, text, (size_t)(at - text) + 6);
    strcat(starred, "*");
    strcat(starred, at + 6);
    assert_ok(&t->ctx, pf_model_parse(&t->ctx, starred, name, &t->m));
    tool_compile(t, NULL);
    tool_start(t);
    pf_free(text);
    pf_free(starred);
}

/* One line "model,point,kind,name,value" in pieces; 0 at the end. */
static int line(FILE *file, char part[5][64])
{
    return fscanf(file, "%63[^,],%63[^,],%63[^,],%63[^,],%63s ", part[0], part[1], part[2],
               part[3], part[4]) == 5;
}

static void right_hand_sides_agree_with_libroadrunner(void **state)
{
    (void)state;
    tool t = {0};
    char part[5][64], open[64] = "";
    int rates = 0, starts = 0;
    FILE *file = fopen(PF_TEST_DATA "/model/oracle.csv", "r");
    assert_non_null(file);
    while (line(file, part)) {
        double want = strtod(part[4], NULL);
        if (strcmp(open, part[0]) != 0) {
            if (*open) tool_close(&t);
            strcpy(open, part[0]);
            int own = strcmp(open, "act18") != 0;
            open_model(&t,
                own ? PF_TEST_DATA "/model/oracle.ant" : PF_TEST_DATA "/act18/act18.ant", open);
        }
        if (strcmp(part[2], "time") == 0) {
            t.slot[t.p->time] = want;
        } else if (strcmp(part[2], "state") == 0) {
            if (strcmp(part[1], "0") == 0) {
                assert_close(*tool_state(&t, part[3]), want, 1e-14, 0); /* our own start */
                starts++;
            }
            *tool_state(&t, part[3]) = want;
        } else {
            assert_close(tool_rate(&t, part[3]), want, 1e-12, 1e-13);
            rates++;
        }
    }
    fclose(file);
    tool_close(&t);
    assert_int_equal(rates, 3 * (3 + 2 + 3 + 18));
    assert_int_equal(starts, 3 + 2 + 3 + 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_hand_sides_agree_with_libroadrunner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
