# One static library for each folder of src/, so that a call against the layering does not link.
add_library(pf_flags INTERFACE)
target_include_directories(pf_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/include)
target_compile_definitions(pf_flags INTERFACE _GNU_SOURCE)
target_compile_options(pf_flags INTERFACE
  -ffp-contract=off -fno-math-errno -fvisibility=hidden -fPIC
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
  -Wvla -Wcast-qual -Wpointer-arith -Wwrite-strings
  $<$<BOOL:${PF_WERROR}>:-Werror>
  $<$<BOOL:${PF_LTO}>:-flto=auto>)
target_link_options(pf_flags INTERFACE $<$<BOOL:${PF_LTO}>:-flto=auto>)
if(PF_SANITIZE)
  target_compile_options(pf_flags INTERFACE -fsanitize=${PF_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  target_link_options(pf_flags INTERFACE -fsanitize=${PF_SANITIZE})
endif()
if(PF_FUZZ)
  target_compile_options(pf_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined)
  target_link_options(pf_flags INTERFACE -fsanitize=address,undefined)
endif()

# pf_layer(NAME SOURCES ... NEEDS layers and libraries ...)
function(pf_layer name)
  cmake_parse_arguments(L "" "" "SOURCES;NEEDS" ${ARGN})
  add_library(pf_${name} STATIC ${L_SOURCES})
  target_link_libraries(pf_${name} PUBLIC ${L_NEEDS} PRIVATE pf_flags)
endfunction()

# pf_test(NAME layer ...): tests/unit/NAME.c, linked with those layers, run by CTest.
function(pf_test name)
  foreach(layer ${ARGN})
    if(layer MATCHES "^pf_" AND NOT TARGET ${layer})
      return() # left out by PF_LAYERS
    endif()
  endforeach()
  add_executable(test_${name} ${CMAKE_SOURCE_DIR}/tests/unit/${name}.c)
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(test_${name} PRIVATE PF_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data"
                             PF_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(test_${name} PRIVATE ${ARGN} ${PF_CMOCKA} m pf_flags)
  add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endfunction()
