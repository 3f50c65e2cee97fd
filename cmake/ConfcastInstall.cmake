# install(), the package that find_package(confcast) loads, and what `cpack` makes of it: confcastd, confcast and
# libconfcast-dev.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY CONFCAST_LIBRARIES)
install(TARGETS ${libraries} EXPORT confcastTargets COMPONENT dev
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)
install(EXPORT confcastTargets NAMESPACE confcast:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/confcast COMPONENT dev)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/confcastConfig.cmake.in
  ${PROJECT_BINARY_DIR}/confcastConfig.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/confcast)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/confcastConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/confcastConfig.cmake ${PROJECT_BINARY_DIR}/confcastConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/confcast COMPONENT dev)

set(made_by_the_tool "${PROJECT_BINARY_DIR}/app/confcast")
install(TARGETS confcast RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT cli)
if(TARGET verify)
  install(TARGETS verify RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/confcast COMPONENT cli)
endif()
install(FILES ${made_by_the_tool}/confcast.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT cli)
install(FILES ${made_by_the_tool}/confcast.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  RENAME confcast COMPONENT cli)
install(FILES ${made_by_the_tool}/_confcast DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT cli)
install(FILES ${made_by_the_tool}/confcast.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT cli)

set(made_by_the_server "${PROJECT_BINARY_DIR}/app/confcastd")
install(TARGETS confcastd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT server)
install(FILES ${made_by_the_server}/confcastd.8.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man8 COMPONENT server)
install(FILES ${PROJECT_SOURCE_DIR}/docs/configuration.md ${PROJECT_SOURCE_DIR}/docs/security.md
    ${PROJECT_SOURCE_DIR}/docs/operations.md ${PROJECT_SOURCE_DIR}/docs/metrics.md
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/confcastd COMPONENT server)

include(ConfcastPackage)
