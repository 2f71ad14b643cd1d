pf_test(store pf_store)
pf_test(growing pf_store)
pf_test(patients_csv pf_store)
pf_test(json pf_base)
pf_test(snapshot pf_store)
# What other programs see in snapshots; VTK takes part where its Python package is installed.
if(TARGET test_snapshot)
  add_test(NAME snapshot_vtk
           COMMAND ${CMAKE_SOURCE_DIR}/tests/oracles/venv.sh any ${CMAKE_SOURCE_DIR}/tests/oracles/snapshot_vtk.py $<TARGET_FILE:test_snapshot>)
  add_test(NAME snapshot_h5ad
           COMMAND ${CMAKE_SOURCE_DIR}/tests/oracles/venv.sh any ${CMAKE_SOURCE_DIR}/tests/oracles/snapshot_h5ad.py $<TARGET_FILE:test_snapshot>)
  set_tests_properties(snapshot_h5ad PROPERTIES SKIP_RETURN_CODE 77)
endif()
