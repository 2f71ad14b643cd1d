# Models of others: the SBML Test Suite and BioModels, where they lie beside the project.
set(PF_SHARED_SBML ${CMAKE_SOURCE_DIR}/../shared/sbml)
if(TARGET perforin)
  add_test(NAME sbml_semantic COMMAND ${CMAKE_SOURCE_DIR}/tests/oracles/sbml/semantic.py $<TARGET_FILE:perforin>
           ${PF_SHARED_SBML}/semantic --known ${CMAKE_SOURCE_DIR}/tests/oracles/sbml/known_failures.csv --least 1160)
  set_tests_properties(sbml_semantic PROPERTIES LABELS sbml TIMEOUT 240 SKIP_RETURN_CODE 77)
  add_test(NAME sbml_biomodels COMMAND ${CMAKE_SOURCE_DIR}/tests/oracles/venv.sh run
           ${CMAKE_SOURCE_DIR}/tests/oracles/sbml/biomodels.py $<TARGET_FILE:perforin> ${PF_SHARED_SBML}/biomodels --least 10)
  set_tests_properties(sbml_biomodels PROPERTIES LABELS sbml TIMEOUT 240 SKIP_RETURN_CODE 77)
endif()
if(TARGET perforin)
  add_test(NAME sbml_stochastic COMMAND ${CMAKE_SOURCE_DIR}/tests/oracles/sbml/stochastic.py $<TARGET_FILE:perforin>
           ${PF_SHARED_SBML}/stochastic --least 67)
  set_tests_properties(sbml_stochastic PROPERTIES LABELS sbml TIMEOUT 540 SKIP_RETURN_CODE 77)
endif()
