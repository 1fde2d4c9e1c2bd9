# freshet_test(NAME LABEL unit SOURCES a.cpp b.cpp [LIBRARIES ...] [PROPERTIES ...]): one program, one CTest test for
# each TEST_CASE. Its names must not hold ';' or '\': discovery would then make tests that cannot fail.
function(freshet_test name)
    cmake_parse_arguments(arg "" "LABEL" "SOURCES;LIBRARIES;PROPERTIES" ${ARGN})
    add_executable(test_${name} ${arg_SOURCES})
    target_link_libraries(test_${name} PRIVATE test_support freshet_warnings ${arg_LIBRARIES})
    target_precompile_headers(test_${name} REUSE_FROM test_headers)
    set_target_properties(test_${name} PROPERTIES CXX_EXTENSIONS OFF RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    catch_discover_tests(test_${name} TEST_PREFIX "${name}: " EXTRA_ARGS -w NoTests
        PROPERTIES LABELS ${arg_LABEL} TIMEOUT 120 SKIP_RETURN_CODE 77 ${arg_PROPERTIES})
endfunction()

# test_library(NAME SOURCES a.cpp ... [LIBRARIES ...]): helpers that several test programs share, compiled once.
function(test_library name)
    cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC test_support ${arg_LIBRARIES} PRIVATE freshet_warnings)
    target_precompile_headers(${name} REUSE_FROM test_headers)
    target_compile_features(${name} PRIVATE cxx_std_20)
    set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
endfunction()

# script_test("a sentence" [MEASURES_MEMORY] LABEL unit [TIMEOUT seconds] COMMAND ...): a test that is a program or a
# script. One that measures memory is disabled in builds with a sanitizer, which has most of it. It finds what
# the project builds in FRESHET_BIN, and ends with 77 where the machine lacks something that it needs.
function(script_test name)
    cmake_parse_arguments(arg "MEASURES_MEMORY" "LABEL;TIMEOUT" "COMMAND" ${ARGN})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    add_test(NAME "${name}" WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} COMMAND ${arg_COMMAND})
    set_tests_properties("${name}" PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT} SKIP_RETURN_CODE 77
        ENVIRONMENT "FRESHET_BIN=${PROJECT_BINARY_DIR}/bin;PYTHONDONTWRITEBYTECODE=1")
    if(arg_MEASURES_MEMORY AND CMAKE_CXX_FLAGS MATCHES "-fsanitize")
        set_tests_properties("${name}" PROPERTIES DISABLED TRUE)
    endif()
endfunction()

# test_pipeline(name): name.cpp, a pipeline that a script runs.
function(test_pipeline name)
    add_executable(${name} ${name}.cpp)
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(${name} PRIVATE freshet::freshet freshet_warnings)
    set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
endfunction()

set(with_python ${PROJECT_SOURCE_DIR}/tests/support/with_python)
set(with_kafka ${PROJECT_SOURCE_DIR}/tests/support/with_kafka)
set(with_postgres ${PROJECT_SOURCE_DIR}/tests/support/with_postgres)
set(with_slurm ${PROJECT_SOURCE_DIR}/tests/support/with_slurm)
set(with_s3 ${PROJECT_SOURCE_DIR}/tests/support/with_s3)
