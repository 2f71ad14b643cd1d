pf_test(solve pf_solve)
pf_test(act18 pf_solve pf_input)
pf_test(core_reference pf_solve pf_input)
pf_test(published pf_solve pf_input)
