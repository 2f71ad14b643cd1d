pf_test(patient_population pf_patient)
pf_test(patient_regimen pf_patient)
pf_test(patient_assess pf_patient)
