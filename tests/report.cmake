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
  # In Chromium, pictures are left in build/page/screenshots; and what viewer/ gives must be the committed src/report/page.html. They say so when a program is missing.
  add_test(NAME script_page_browser COMMAND ${CMAKE_SOURCE_DIR}/tests/scripts/page_browser.sh $<TARGET_FILE:perforin>)
  add_test(NAME script_page_template COMMAND ${CMAKE_SOURCE_DIR}/tools/page.sh check)
  set_tests_properties(script_page_browser script_page_template PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 1500 LABELS page)
  set_tests_properties(script_page_browser PROPERTIES PROCESSORS 2)
endif()
