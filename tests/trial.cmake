pf_test(trial_allocate pf_trial)
