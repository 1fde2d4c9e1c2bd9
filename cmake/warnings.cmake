# Warnings are for the developers of Freshet, never for those who use it.
add_library(freshet_warnings INTERFACE)
target_compile_options(freshet_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized> # g++ 12 sees it, optimising, in every std::variant that is moved
    -Werror=missing-field-initializers) # a task made without a required parameter
