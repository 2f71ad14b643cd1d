pf_test(input_yaml pf_input)
pf_test(input_quantity pf_input)
