pf_test(solve pf_solve)
pf_test(act18 pf_solve pf_input)
pf_test(core_reference pf_solve pf_input)
pf_test(published pf_solve pf_input)
pf_test(native pf_solve pf_input)
pf_test(published_kimmel pf_solve pf_input)
pf_test(solve_events pf_solve)
pf_test(published_figures pf_solve pf_input)
# The published models by libRoadRunner; skipped without the environment of `make oracles`.
add_test(NAME published_roadrunner
         COMMAND ${CMAKE_SOURCE_DIR}/tests/oracles/venv.sh run ${CMAKE_SOURCE_DIR}/tests/oracles/published_roadrunner.py)
set_tests_properties(published_roadrunner PROPERTIES SKIP_RETURN_CODE 77)
pf_test(solve_jump pf_solve)
pf_test(solve_fixpoint pf_solve)
