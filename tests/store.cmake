pf_test(store pf_store)
pf_test(patients_csv pf_store)
pf_test(json pf_base)
pf_test(snapshot pf_store)
# What other programs see in snapshots; VTK takes part where its Python package is installed.
if(TARGET test_snapshot)
  add_test(NAME snapshot_vtk COMMAND ${CMAKE_SOURCE_DIR}/tests/oracles/snapshot_vtk.py $<TARGET_FILE:test_snapshot>)
endif()
