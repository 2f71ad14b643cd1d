/* Tables of records: what is read, and what is refused with which words. */
#include "course_case.h"

static const char MODEL[] = "model pk\n"
                            "  gut' = -ka*gut; cen' = ka*gut - k*cen; gut = 0; cen = 0;\n"
                            "  ka = 1; k = 0.1; WT = 70; D1 = 3; CL = 2*k; c := cen/WT;\n"
                            "end\n";

static void read_text(stage *g, const char *records, pf_err expected)
{
    const script s = {.model = MODEL, .records = records};
    pf_err err = stage_open(g, &s);
    if (!expected) assert_ok(&g->ctx, err);
    assert_int_equal(err, expected);
}

static void a_row_says_what_nonmem_says(void **state)
{
    stage g;
    (void)state;
    read_text(&g,
        "ID,TIME,EVID,AMT,CMT,RATE,ADDL,II,SS,DV\n"
        "a,0,1,100,cen,20,2,12,1,.\n"
        "a,5,0,.,.,.,.,.,.,3.5\n"
        "b,1,4,50,1,-2,,,,\n"
        "a,7,2,0,,0,0,0,0,\n",
        PF_OK);
    assert_int_equal(g.table.n_person, 2);
    assert_int_equal(g.table.person[0].n, 3);
    assert_string_equal(g.table.person[1].id, "b");
    const pf_record_row *r = g.table.row;
    assert_int_equal(r[0].kind, PF_RECORD_DOSE);
    assert_int_equal(r[0].target, 1);
    assert_int_equal(r[0].more, 2);
    assert_int_equal(r[0].ss, 1);
    assert_close(r[0].rate, 20.0, 0, 0);
    assert_int_equal(r[1].kind, PF_RECORD_OBSERVE);
    assert_int_equal(r[2].kind, PF_RECORD_OTHER);
    assert_close(r[2].t, 7.0, 0, 0);
    assert_int_equal(r[3].kind, PF_RECORD_RESET_DOSE);
    assert_close(r[3].rate, PF_DURATION_BY_MODEL, 0, 0);
    assert_string_equal(g.table.ask[0], "D1");
    assert_int_equal(g.table.n_input, 2);
    assert_close(pf_record_table_last(&g.table), 24.0, 0, 0);
    stage_close(&g);
}

static void without_evid_the_other_columns_decide(void **state)
{
    stage g;
    (void)state;
    read_text(&g, "time,amt,mdv\n0,10,1\n1,0,0\n2,.,1\n", PF_OK);
    assert_int_equal(g.table.row[0].kind, PF_RECORD_DOSE);
    assert_int_equal(g.table.row[1].kind, PF_RECORD_OBSERVE);
    assert_int_equal(g.table.row[2].kind, PF_RECORD_OTHER);
    assert_null(g.table.person[0].id);
    stage_close(&g);
}

static void covariates_are_carried_forward_and_back_to_the_first(void **state)
{
    stage g;
    (void)state;
    read_text(&g, "TIME,AMT,WT,AGE\n0,1,.,50\n1,.,60,50\n2,.,.,51\n3,.,65,\n", PF_OK);
    const double expected[] = {60, 60, 60, 65};
    assert_int_equal(g.table.n_covariate, 1);
    for (size_t i = 0; i < 4; i++) assert_close(g.table.covariate_value[i], expected[i], 0, 0);
    assert_int_equal(g.table.n_unused, 1);
    assert_string_equal(pf_table_column(g.table.table, g.table.unused[0]), "AGE");
    stage_close(&g);
}

static void bad_rows_are_refused_with_place_and_mend(void **state)
{
    static const struct {
        const char *text, *place, *words;
    } bad[] = {
        {"AMT\n1\n", "doses.csv:1:1", "no column TIME"},
        {"TIME,AMT\n.,1\n", "doses.csv:2:1", "TIME is missing"},
        {"TIME,AMT\nnan,1\n", "doses.csv:2:1", "not a number"},
        {"TIME,AMT\n8:30,1\n", "doses.csv:2:1", "not a number"},
        {"TIME,AMT\n-1,1\n", "doses.csv:2:1", "--start -1"},
        {"TIME,AMT,DATE\n0,1,2\n", "doses.csv:1:1", "DATE is not read"},
        {"TIME,EVID,AMT\n0,5,1\n", "doses.csv:2:3", "EVID is 5"},
        {"TIME,EVID,AMT\n0,0,1\n", "doses.csv:2:5", "doses have EVID 1 or 4"},
        {"TIME,EVID,AMT,II\n0,3,0,4\n", "doses.csv:2:7", "II is 4 in a record with EVID 3"},
        {"TIME,EVID,AMT\n0,1,0\n", "doses.csv:2:5", "a dose of nothing"},
        {"TIME,AMT\n0,-5\n", "doses.csv:2:3", "AMT is -5"},
        {"TIME,AMT,RATE\n0,-5,1\n", "doses.csv:2:3", "not negative"},
        {"TIME,AMT,RATE\n0,5,-3\n", "doses.csv:2:5", "-1 (the model says the rate)"},
        {"TIME,AMT,RATE,DUR\n0,5,1,5\n", "doses.csv:2:7", "keep one of them"},
        {"TIME,AMT,DUR\n0,5,-1\n", "doses.csv:2:5", "DUR is -1"},
        {"TIME,AMT,ADDL\n0,5,3\n", "doses.csv:2:5", "ADDL 3 needs II"},
        {"TIME,AMT,ADDL,II\n0,5,1.5,2\n", "doses.csv:2:5", "a whole number"},
        {"TIME,AMT,ADDL,II\n0,5,1,-2\n", "doses.csv:2:7", "II is -2"},
        {"TIME,AMT,SS\n0,5,1\n", "doses.csv:2:5", "SS 1 needs II"},
        {"TIME,AMT,SS,II\n0,5,3,2\n", "doses.csv:2:5", "SS is 3"},
        {"TIME,AMT,RATE,SS,II\n0,0,5,1,2\n", "doses.csv:2:9", "has no II"},
        {"TIME,AMT,RATE,SS,ADDL\n0,0,5,1,2\n", "doses.csv:2:9", "no additional doses"},
        {"TIME,AMT,RATE,SS\n0,0,-2,1\n", "doses.csv:2:5", "no duration"},
        {"TIME,AMT,MDV\n0,1,2\n", "doses.csv:2:5", "MDV is 2"},
        {"TIME,AMT,CMT\n0,1,centr\n", "doses.csv:2:5", "did you mean 'cen'"},
        {"TIME,AMT,CMT\n0,1,3\n", "doses.csv:2:5", "states 1 to 2"},
        {"TIME,AMT,CMT\n0,1,-1\n", "doses.csv:2:5", "cannot be turned off"},
        {"TIME,EVID,CMT\n0,2,-1\n", "doses.csv:2:5", "cannot be turned off"},
        {"TIME,AMT,CMT\n0,1,ka\n", "doses.csv:2:5", "is a parameter"},
        {"TIME,AMT,CMT\n0,1,c\n", "doses.csv:2:5", "follows a rule"},
        {"TIME,AMT,CMT,RATE\n0,1,cen,-1\n", "doses.csv:2:9", "neither 'R_cen' nor 'R2'"},
        {"TIME,AMT,CMT,RATE\n0,1,cen,-2\n", "doses.csv:2:9", "neither 'D_cen' nor 'D2'"},
        {"ID,TIME,AMT\n7,2,1\n7,1,1\n", "doses.csv:3:3", "goes back from 2 to 1 in ID 7"},
        {"ID,TIME,AMT\n.,2,1\n", "doses.csv:2:1", "the ID is missing"},
        {"time,target,action,value\n0,cen,sub,1\n", "doses.csv:2:7", "neither 'set' nor 'add'"},
        {"time,target,action,value\n0,cem,add,1\n", "doses.csv:2:3", "did you mean 'cen'"},
        {"time,target,action,value\n0,ka,add,1\n", "doses.csv:2:3", "can only be set"},
        {"ID,TIME,AMT,CL\n1,0,1,2\n2,0,1,\n", "doses.csv:3:7", "a value for ID 2"},
        {"time,target,value\n0,ka,1\n", "doses.csv:1:1", "action"},
    };
    (void)state;
    for (size_t i = 0; i < PF_COUNT(bad); i++) {
        stage g;
        read_text(&g, bad[i].text, PF_ERR_CONFIG);
        assert_contains(g.ctx.message, bad[i].place);
        assert_contains(g.ctx.message, bad[i].words);
        stage_close(&g);
    }
}

static void a_reset_may_turn_the_clock_back(void **state)
{
    stage g;
    (void)state;
    read_text(&g, "TIME,EVID,AMT\n0,1,1\n9,0,.\n0,4,1\n3,0,.\n", PF_OK);
    assert_true(g.table.goes_back);
    stage_close(&g);
}

static void a_million_doses_are_enough(void **state)
{
    stage g;
    (void)state;
    read_text(&g, "TIME,AMT,ADDL,II\n0,1,1e12,1e-9\n", PF_OK);
    assert_ok(&g.ctx, pf_record_table_check_end(&g.ctx, &g.table, 1e-4));
    assert_int_equal(pf_record_table_check_end(&g.ctx, &g.table, 1.0), PF_ERR_CONFIG);
    assert_contains(g.ctx.message, "doses.csv:2:1");
    stage_close(&g);
}

static void the_plain_form_need_not_be_in_order(void **state)
{
    stage g;
    (void)state;
    read_text(&g, "time,target,action,value\n2,cen,add,1\n1,ka,set,3\n1,gut,set,5\n", PF_OK);
    assert_int_equal(g.table.row[0].kind, PF_RECORD_PARAM);
    assert_int_equal(g.table.row[1].kind, PF_RECORD_SET);
    assert_int_equal(g.table.row[2].kind, PF_RECORD_ADD);
    stage_close(&g);
}

static void names_of_submodels_ask_inside_them(void **state)
{
    static const char nested[] = "model lung()\n  d' = -d; d = 0; F_d = 0.5; ALAG_d = 1;\nend\n"
                                 "model whole()\n  a: lung(); x' = -x; x = 0;\nend\n";
    static const char *const names[] = {"a.d"};
    stage g;
    (void)state;
    const script s = {.model = nested,
        .records = "TIME,EVID,AMT,CMT\n0,1,8,a.d\n0.5,0,.,.\n1,0,.,.\n2,0,.,.\n",
        .name = names,
        .n_name = 1};
    play(&g, &s);
    assert_close(seen(&g, 1, 0), 0.0, 0, 0);
    assert_close(seen(&g, 2, 0), 4.0, 0, 0);
    assert_close(seen(&g, 3, 0), 4.0 * exp(-1.0), 1e-8, 0);
    stage_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_says_what_nonmem_says),
        cmocka_unit_test(without_evid_the_other_columns_decide),
        cmocka_unit_test(covariates_are_carried_forward_and_back_to_the_first),
        cmocka_unit_test(bad_rows_are_refused_with_place_and_mend),
        cmocka_unit_test(a_reset_may_turn_the_clock_back),
        cmocka_unit_test(a_million_doses_are_enough),
        cmocka_unit_test(the_plain_form_need_not_be_in_order),
        cmocka_unit_test(names_of_submodels_ask_inside_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
