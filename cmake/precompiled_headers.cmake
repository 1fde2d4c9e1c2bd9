# The headers that nearly every file parses, parsed once: nine tenths of a small file's compile time is std and fmt.
# A precompiled header serves only files compiled with the same code generation options, so there are three: one for
# the library (position independent), one for the programs, one for the tests (with Catch2, tests/CMakeLists.txt).
set(standard_headers
    <algorithm> <array> <atomic> <charconv> <chrono> <cmath> <condition_variable> <cstdint> <cstring> <deque>
    <filesystem> <functional> <map> <memory> <mutex> <optional> <ostream> <set> <span> <string> <string_view> <thread>
    <tuple> <unordered_map> <utility> <variant> <vector> <fmt/format.h> <fmt/chrono.h> <fmt/ranges.h>)

file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/precompiled.cpp CONTENT "")
add_library(program_headers OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
target_compile_features(program_headers PRIVATE cxx_std_20)
set_target_properties(program_headers PROPERTIES CXX_EXTENSIONS OFF)
target_link_libraries(program_headers PRIVATE fmt::fmt freshet_warnings)
target_precompile_headers(program_headers PRIVATE ${standard_headers})
