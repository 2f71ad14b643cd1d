# The command as a whole, from outside.
set(PF_CLI_STUDY ${CMAKE_SOURCE_DIR}/tests/data/good/design.yaml)
function(pf_script name timeout)
  add_test(NAME script_${name} COMMAND ${CMAKE_SOURCE_DIR}/tests/scripts/${name}.sh
           $<TARGET_FILE:perforin> ${PF_CLI_STUDY} ${ARGN} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(script_${name} PROPERTIES TIMEOUT ${timeout} LABELS cli)
endfunction()
add_test(NAME public_header COMMAND ${CMAKE_SOURCE_DIR}/tests/scripts/public_header.sh)
set_tests_properties(public_header PROPERTIES SKIP_RETURN_CODE 77)
add_test(NAME systems_table COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/check_systems.py ${CMAKE_SOURCE_DIR})
pf_test(systems pf_api)
pf_test(validate pf_api)
pf_test(compare pf_api)
pf_test(run_stop pf_api)
pf_test(watch pf_api)
pf_test(simulate pf_api)
pf_test(check_units pf_api)
if(TARGET perforin)
  # docs/reference/cli.md is what the command says of itself.
  add_test(NAME cli_reference COMMAND sh -c
           "$<TARGET_FILE:perforin> help --markdown | diff -u docs/reference/cli.md -"
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  add_test(NAME cli_convert COMMAND sh -ec
           "p=$<TARGET_FILE:perforin>; d=$(mktemp -d); $p model convert models/core.ant -o $d/a.xml; $p model convert $d/a.xml -o $d/b.ant; $p model convert $d/b.ant --to sbml > $d/c.xml; test -s $d/c.xml; ! $p model convert $d/b.ant --to cellml; ! $p model convert $d/b.ant -o $d/x.y; rm -r $d"
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  # Every population by itself; products read their patients.
  add_test(NAME cli_populations COMMAND sh -c "$<TARGET_FILE:perforin> check evidence/populations/*.yaml"
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  # The control arms name every parameter that the populations set.
  add_test(NAME cli_controls COMMAND sh -c "$<TARGET_FILE:perforin> check studies/controls/*.yaml"
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  add_test(NAME script_base_inputs COMMAND ${CMAKE_SOURCE_DIR}/tests/scripts/base_inputs.sh $<TARGET_FILE:perforin>)
  set_tests_properties(script_base_inputs PROPERTIES TIMEOUT 60 LABELS cli)
  add_test(NAME script_tissue_study COMMAND ${CMAKE_SOURCE_DIR}/tests/scripts/tissue_study.sh $<TARGET_FILE:perforin>)
  set_tests_properties(script_tissue_study PROPERTIES TIMEOUT 60 LABELS cli)
  add_test(NAME script_stop_each COMMAND ${CMAKE_SOURCE_DIR}/tests/scripts/stop_each.sh $<TARGET_FILE:perforin>)
  set_tests_properties(script_stop_each PROPERTIES TIMEOUT 120 LABELS cli)
  pf_script(same_bits 240 --replicates 12)
  add_test(NAME script_simulate_stop COMMAND ${CMAKE_SOURCE_DIR}/tests/scripts/simulate_stop.sh $<TARGET_FILE:perforin>)
  set_tests_properties(script_simulate_stop PROPERTIES TIMEOUT 60 LABELS cli)
  add_test(NAME script_simulate_bits COMMAND ${CMAKE_SOURCE_DIR}/tests/scripts/simulate_bits.sh $<TARGET_FILE:perforin>)
  set_tests_properties(script_simulate_bits PROPERTIES TIMEOUT 120 LABELS cli)
  add_test(NAME script_lot_kill COMMAND ${CMAKE_SOURCE_DIR}/tests/scripts/lot_kill.sh $<TARGET_FILE:perforin>)
  set_tests_properties(script_lot_kill PROPERTIES TIMEOUT 120 LABELS cli)
  foreach(study nsclc-pembro-nk axicel-what-if adjuvant-141)
    add_test(NAME script_rescore_${study} COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/scripts/rescore.py
             $<TARGET_FILE:perforin> ${CMAKE_SOURCE_DIR}/studies/${study}.yaml)
    set_tests_properties(script_rescore_${study} PROPERTIES TIMEOUT 120 LABELS cli)
  endforeach()
  pf_script(kill_resume 240 20 --replicates 100)
  pf_script(bad_disk 240)
  set(PF_CLI_TISSUE ${CMAKE_SOURCE_DIR}/tests/data/tissue/short.yaml)
  add_test(NAME script_tissue_kill COMMAND ${CMAKE_SOURCE_DIR}/tests/scripts/tissue_kill.sh
           $<TARGET_FILE:perforin> ${PF_CLI_TISSUE} 20)
  add_test(NAME script_tissue_stop COMMAND ${CMAKE_SOURCE_DIR}/tests/scripts/tissue_stop.sh $<TARGET_FILE:perforin> ${PF_CLI_TISSUE})
  if(NOT PF_SANITIZE) # whose libraries want to be the first
    add_library(pf_fault MODULE ${CMAKE_SOURCE_DIR}/tests/faults/fault.c)
    target_link_libraries(pf_fault PRIVATE pf_flags)
    add_test(NAME script_tissue_faults COMMAND ${CMAKE_SOURCE_DIR}/tests/scripts/tissue_faults.sh $<TARGET_FILE:perforin> $<TARGET_FILE:pf_fault> 7)
    set_tests_properties(script_tissue_faults PROPERTIES TIMEOUT 240 LABELS cli)
  endif()
  set_tests_properties(script_tissue_kill script_tissue_stop PROPERTIES TIMEOUT 240 LABELS cli)
  pf_script(report 120)
  pf_script(null_product 240)
  add_test(NAME script_changed COMMAND ${CMAKE_SOURCE_DIR}/tests/scripts/changed.sh $<TARGET_FILE:perforin>
           studies/nsclc-controls.yaml --replicates 10 WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(script_changed PROPERTIES TIMEOUT 240 LABELS cli)
  pf_script(show 240 --replicates 400)
  add_test(NAME script_watch COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/scripts/watch.py $<TARGET_FILE:perforin>
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(script_watch PROPERTIES TIMEOUT 240 LABELS cli)
  pf_script(compare 120 --replicates 30)
endif()
