include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/freshet)
configure_package_config_file(cmake/freshetConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/freshetConfig.cmake
    INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/freshetConfigVersion.cmake COMPATIBILITY SameMinorVersion)

# An installed archive has no debug information, which is the larger part of it: who debugs Freshet has its build.
function(install_library library export)
    install(TARGETS ${library} EXPORT ${export} FILE_SET HEADERS)
    if(NOT BUILD_SHARED_LIBS AND CMAKE_STRIP)
        install(CODE "execute_process(COMMAND_ERROR_IS_FATAL ANY COMMAND \"${CMAKE_STRIP}\" --strip-debug
            \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/$<TARGET_FILE_NAME:${library}>\")")
    endif()
endfunction()

install_library(freshet freshetTargets)
install(EXPORT freshetTargets NAMESPACE freshet:: DESTINATION ${package_dir})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/freshetConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/freshetConfigVersion.cmake
    DESTINATION ${package_dir})

# Asked for as find_package(freshet COMPONENTS kafka s3 sql formats testing).
foreach(component Kafka S3 Sql Formats Testing)
    string(TOLOWER freshet_${component} library)
    if(TARGET ${library})
        install_library(${library} freshet${component}Targets)
        install(EXPORT freshet${component}Targets NAMESPACE freshet:: DESTINATION ${package_dir})
    endif()
endforeach()

# For builds without CMake: pkg-config --cflags --libs freshet freshet-s3. What a static library uses are shared ones, so
# these are no private requirements, and --static is not needed; a shared one has them itself.
set(pkg_config_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pc_prefix /${pkg_config_dir} /)
string(REGEX REPLACE "/+$" "" pc_prefix "${pc_prefix}")

# install_pkg_config(NAME "description" LIBRARY flag [REQUIRES modules...] [USES modules...] [USES_LIBS flags...])
function(install_pkg_config pc_name pc_description)
    cmake_parse_arguments(arg "" "LIBRARY" "REQUIRES;USES;USES_LIBS" ${ARGN})
    if(BUILD_SHARED_LIBS)
        set(pc_requires ${arg_REQUIRES})
        set(pc_libs ${arg_LIBRARY})
    else()
        set(pc_requires ${arg_REQUIRES} ${arg_USES})
        set(pc_libs ${arg_LIBRARY} ${arg_USES_LIBS})
    endif()
    list(JOIN pc_requires ", " pc_requires)
    list(JOIN pc_libs " " pc_libs)
    configure_file(${PROJECT_SOURCE_DIR}/cmake/freshet.pc.in ${CMAKE_CURRENT_BINARY_DIR}/${pc_name}.pc @ONLY)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${pc_name}.pc DESTINATION ${pkg_config_dir})
endfunction()

install_pkg_config(freshet "${PROJECT_DESCRIPTION}" LIBRARY -lfreshet USES_LIBS -lboost_filesystem -pthread
    USES fmt sqlite3 libcurl zlib libcrypto tomlplusplus)
install_pkg_config(freshet-s3 "Freshet's targets in S3" LIBRARY -lfreshet_s3 REQUIRES freshet)
install_pkg_config(freshet-testing "Freshet's library for tests of pipelines" LIBRARY -lfreshet_testing
    REQUIRES freshet)
if(TARGET freshet_kafka)
    install_pkg_config(freshet-kafka "Freshet's sink for Kafka" LIBRARY -lfreshet_kafka REQUIRES freshet USES rdkafka)
endif()
if(TARGET freshet_sql)
    install_pkg_config(freshet-sql "Freshet's targets in PostgreSQL" LIBRARY -lfreshet_sql
        REQUIRES freshet USES libpqxx libpq)
endif()
if(TARGET freshet_formats)
    install_pkg_config(freshet-formats "Freshet's compressed targets" LIBRARY -lfreshet_formats
        REQUIRES freshet USES libzstd zlib)
endif()

# For the authors of pipelines: the guide, the examples, and how to deploy one of them.
install(FILES ${PROJECT_SOURCE_DIR}/include/freshet/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR}
    RENAME authors_guide.md)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING
    PATTERN *.cpp PATTERN *.service PATTERN *.timer PATTERN *.toml)

# The GFS pipeline, and how to operate it: the account is made from its sysusers file.
if(TARGET gfs)
    install(TARGETS gfs)
    install_completions(gfs gfs)
    set(gfs_deploy ${PROJECT_SOURCE_DIR}/pipelines/gfs/deploy)
    install(FILES ${gfs_deploy}/gfs.sysusers.conf DESTINATION lib/sysusers.d RENAME gfs.conf)
    install(FILES ${gfs_deploy}/config.toml ${gfs_deploy}/fcrontab DESTINATION ${CMAKE_INSTALL_DOCDIR}/gfs)
endif()

# The scheduler's daemon with its unit, and the operator's tool.
if(TARGET freshetd)
    install(TARGETS freshetd freshet_tool)
    install_man_page(freshet 1)
    install_man_page(freshetd 8)
    install_completions(freshet_tool freshet)
    set(deploy ${PROJECT_SOURCE_DIR}/src/daemon/deploy)
    configure_file(${deploy}/freshetd.service.in ${CMAKE_CURRENT_BINARY_DIR}/freshetd.service @ONLY)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/freshetd.service DESTINATION lib/systemd/system)
    install(FILES ${deploy}/freshet.sysusers.conf DESTINATION lib/sysusers.d RENAME freshet.conf)
    install(FILES ${deploy}/config.toml ${deploy}/freshetd.logrotate DESTINATION ${CMAKE_INSTALL_DOCDIR})
    install(PROGRAMS ${deploy}/slurm_worker DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()
