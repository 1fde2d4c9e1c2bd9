# freshet_component(NAME SOURCES file... [LIBRARIES library...]): a library of its own, freshet::NAME with the header
# freshet/NAME.hpp, so that a program that does not ask for it does not load what it needs. cmake/install.cmake has a list
# of them.
function(freshet_component name)
    cmake_parse_arguments(PARSE_ARGV 1 component "" "" "SOURCES;LIBRARIES")
    set(library freshet_${name})
    add_library(${library} ${component_SOURCES})
    add_library(freshet::${name} ALIAS ${library})
    set_target_properties(${library} PROPERTIES
        EXPORT_NAME ${name} CXX_EXTENSIONS OFF VERIFY_INTERFACE_HEADER_SETS ON POSITION_INDEPENDENT_CODE ON
        VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR} DEFINE_SYMBOL "")
    target_include_directories(${library} PRIVATE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${library}
        PUBLIC freshet
        PRIVATE ${component_LIBRARIES} fmt::fmt $<BUILD_INTERFACE:freshet_warnings>)
    target_sources(${library} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES
        ${PROJECT_SOURCE_DIR}/include/freshet/${name}.hpp)
endfunction()
