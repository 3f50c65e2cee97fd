# install() and the package that find_package(confcast) loads.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY CONFCAST_LIBRARIES)
install(TARGETS ${libraries} EXPORT confcastTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS confcastd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(EXPORT confcastTargets NAMESPACE confcast:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/confcast)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/confcastConfig.cmake.in
  ${PROJECT_BINARY_DIR}/confcastConfig.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/confcast)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/confcastConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/confcastConfig.cmake ${PROJECT_BINARY_DIR}/confcastConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/confcast)
