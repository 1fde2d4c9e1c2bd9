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
install(TARGETS freshet_s3 EXPORT freshetS3Targets FILE_SET HEADERS)
install(EXPORT freshetS3Targets NAMESPACE freshet:: DESTINATION ${package_dir})
if(TARGET freshet_kafka)
    install(TARGETS freshet_kafka EXPORT freshetKafkaTargets FILE_SET HEADERS)
    install(EXPORT freshetKafkaTargets NAMESPACE freshet:: DESTINATION ${package_dir})
endif()
if(TARGET freshet_sql)
    install(TARGETS freshet_sql EXPORT freshetSqlTargets FILE_SET HEADERS)
    install(EXPORT freshetSqlTargets NAMESPACE freshet:: DESTINATION ${package_dir})
endif()
if(TARGET freshet_formats)
    install(TARGETS freshet_formats EXPORT freshetFormatsTargets FILE_SET HEADERS)
    install(EXPORT freshetFormatsTargets NAMESPACE freshet:: DESTINATION ${package_dir})
endif()
install(TARGETS freshet_testing EXPORT freshetTestingTargets FILE_SET HEADERS)
install(EXPORT freshetTestingTargets NAMESPACE freshet:: DESTINATION ${package_dir})

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
