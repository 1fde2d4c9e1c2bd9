# freshet_test(NAME LABEL unit SOURCES a.cpp b.cpp [LIBRARIES ...] [PROPERTIES ...]): one program, one CTest test for
# each TEST_CASE. Its names must not hold ';' or '\': discovery would then make tests that cannot fail.
function(freshet_test name)
    cmake_parse_arguments(arg "" "LABEL" "SOURCES;LIBRARIES;PROPERTIES" ${ARGN})
    add_executable(test_${name} ${arg_SOURCES})
    target_link_libraries(test_${name} PRIVATE test_support freshet_warnings ${arg_LIBRARIES})
    set_target_properties(test_${name} PROPERTIES CXX_EXTENSIONS OFF RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    catch_discover_tests(test_${name} TEST_PREFIX "${name}: " EXTRA_ARGS -w NoTests
        PROPERTIES LABELS ${arg_LABEL} TIMEOUT 120 SKIP_RETURN_CODE 77 ${arg_PROPERTIES})
endfunction()
