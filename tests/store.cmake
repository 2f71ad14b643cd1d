pf_test(store pf_store)
pf_test(patients_csv pf_store)
pf_test(json pf_base)
