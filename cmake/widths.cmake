# pf_widths(TARGET FILE): compile a lane kernel once for each width and add it to TARGET.
function(pf_widths target file)
  set(kinds 1)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    list(APPEND kinds 1f 4 8)
    target_compile_definitions(${target} PRIVATE PF_X86)
  endif()
  set(flags_1)
  set(flags_1f -mavx2 -mfma)
  set(flags_4 -mavx2 -mfma)
  set(flags_8 -mavx512f -mavx512dq -mavx512vl -mfma -mprefer-vector-width=512)
  foreach(kind ${kinds})
    string(REPLACE "f" "" width ${kind})
    add_library(${target}_${kind} OBJECT ${file})
    target_link_libraries(${target}_${kind} PRIVATE pf_flags)
    # -fno-trapping-math: no floating-point traps are used, and selects may become blends.
    target_compile_options(${target}_${kind} PRIVATE -O3 -fno-trapping-math ${flags_${kind}})
    # No link-time optimisation here: these flags must not meet other files'. A source's own
    # options come last, behind those of pf_flags.
    set_property(SOURCE ${file} PROPERTY COMPILE_OPTIONS -fno-lto)
    target_compile_definitions(${target}_${kind} PRIVATE PF_W=${width} PF_LANE_SUFFIX=${kind})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_${kind}>)
  endforeach()
endfunction()
