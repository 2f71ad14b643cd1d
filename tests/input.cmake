pf_test(input_yaml pf_input)
pf_test(input_quantity pf_input)
pf_test(input_field pf_input)
# Our trees against PyYAML's, file by file; skipped where PyYAML is missing.
find_package(Python3 QUIET COMPONENTS Interpreter)
if(Python3_FOUND)
  add_executable(yaml_tree ${CMAKE_SOURCE_DIR}/tests/oracles/yaml_tree.c)
  target_link_libraries(yaml_tree PRIVATE pf_input pf_base m pf_flags)
  file(GLOB_RECURSE PF_GOOD_YAML CONFIGURE_DEPENDS
       ${CMAKE_SOURCE_DIR}/tests/data/good/*.yaml ${CMAKE_SOURCE_DIR}/studies/*.yaml
       ${CMAKE_SOURCE_DIR}/products/*.yaml ${CMAKE_SOURCE_DIR}/evidence/*.yaml)
  add_test(NAME input_yaml_oracle COMMAND ${Python3_EXECUTABLE}
           ${CMAKE_SOURCE_DIR}/tests/oracles/yaml_tree.py $<TARGET_FILE:yaml_tree> ${PF_GOOD_YAML})
  set_tests_properties(input_yaml_oracle PROPERTIES SKIP_RETURN_CODE 77)
else()
  message(STATUS "Python 3 is missing: the YAML reader is not compared with PyYAML")
endif()
