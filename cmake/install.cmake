include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/freshet)
configure_package_config_file(cmake/freshetConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/freshetConfig.cmake
    INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/freshetConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS freshet EXPORT freshetTargets FILE_SET HEADERS)
install(EXPORT freshetTargets NAMESPACE freshet:: DESTINATION ${package_dir})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/freshetConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/freshetConfigVersion.cmake
    DESTINATION ${package_dir})

# Asked for as find_package(freshet COMPONENTS kafka s3 sql formats testing).
foreach(component Kafka S3 Sql Formats Testing)
    string(TOLOWER freshet_${component} library)
    if(TARGET ${library})
        install(TARGETS ${library} EXPORT freshet${component}Targets FILE_SET HEADERS)
        install(EXPORT freshet${component}Targets NAMESPACE freshet:: DESTINATION ${package_dir})
    endif()
endforeach()

# For builds without CMake: pkg-config --cflags --libs freshet freshet-s3. The libraries are static and those that they
# use are shared ones, so these are no private requirements, and --static is not needed.
set(pkg_config_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pc_prefix /${pkg_config_dir} /)
string(REGEX REPLACE "/+$" "" pc_prefix "${pc_prefix}")

# install_pkg_config(NAME "description" REQUIRES modules... LIBS flags...)
function(install_pkg_config pc_name pc_description)
    cmake_parse_arguments(arg "" "" "REQUIRES;LIBS" ${ARGN})
    list(JOIN arg_REQUIRES ", " pc_requires)
    list(JOIN arg_LIBS " " pc_libs)
    configure_file(${PROJECT_SOURCE_DIR}/cmake/freshet.pc.in ${CMAKE_CURRENT_BINARY_DIR}/${pc_name}.pc @ONLY)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${pc_name}.pc DESTINATION ${pkg_config_dir})
endfunction()

install_pkg_config(freshet "${PROJECT_DESCRIPTION}" LIBS -lfreshet -lboost_filesystem -pthread
    REQUIRES fmt sqlite3 libcurl zlib libcrypto tomlplusplus)
install_pkg_config(freshet-s3 "Freshet's targets in S3" LIBS -lfreshet_s3 REQUIRES freshet)
install_pkg_config(freshet-testing "Freshet's library for tests of pipelines" LIBS -lfreshet_testing REQUIRES freshet)
if(TARGET freshet_kafka)
    install_pkg_config(freshet-kafka "Freshet's sink for Kafka" LIBS -lfreshet_kafka REQUIRES freshet rdkafka)
endif()
if(TARGET freshet_sql)
    install_pkg_config(freshet-sql "Freshet's targets in PostgreSQL" LIBS -lfreshet_sql REQUIRES freshet libpqxx libpq)
endif()
if(TARGET freshet_formats)
    install_pkg_config(freshet-formats "Freshet's compressed targets" LIBS -lfreshet_formats
        REQUIRES freshet libzstd zlib)
endif()

# The GFS pipeline, and how to operate it: the account is made from its sysusers file.
if(TARGET gfs)
    install(TARGETS gfs)
    set(gfs_deploy ${PROJECT_SOURCE_DIR}/pipelines/gfs/deploy)
    install(FILES ${gfs_deploy}/gfs.sysusers.conf DESTINATION lib/sysusers.d RENAME gfs.conf)
    install(FILES ${gfs_deploy}/config.toml ${gfs_deploy}/fcrontab DESTINATION ${CMAKE_INSTALL_DOCDIR}/gfs)
endif()

# The scheduler's daemon with its unit, and the operator's tool.
if(TARGET freshetd)
    install(TARGETS freshetd freshet_tool)
    set(deploy ${PROJECT_SOURCE_DIR}/src/daemon/deploy)
    configure_file(${deploy}/freshetd.service.in ${CMAKE_CURRENT_BINARY_DIR}/freshetd.service @ONLY)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/freshetd.service DESTINATION lib/systemd/system)
    install(FILES ${deploy}/freshet.sysusers.conf DESTINATION lib/sysusers.d RENAME freshet.conf)
    install(FILES ${deploy}/config.toml ${deploy}/freshetd.logrotate DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()
