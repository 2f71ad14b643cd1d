# report: the page's document
pf_test(page pf_report)
pf_test(page_columns pf_report)
pf_test(page_size pf_report)
if(TARGET perforin)
  foreach(study crs-rescue axicel-what-if)
    add_test(NAME script_page_${study} COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/scripts/page.py
             $<TARGET_FILE:perforin> ${CMAKE_SOURCE_DIR}/studies/${study}.yaml)
    set_tests_properties(script_page_${study} PROPERTIES TIMEOUT 120 LABELS cli)
  endforeach()
endif()
