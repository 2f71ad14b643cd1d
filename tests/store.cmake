pf_test(store pf_store)
pf_test(json pf_base)
