# install() and the package that find_package(confcast) loads.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY CONFCAST_LIBRARIES)
install(TARGETS ${libraries} EXPORT confcastTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS confcastd confcast RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(TARGET verify)
  install(TARGETS verify RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/confcast)
endif()
set(made_by_the_tool "${PROJECT_BINARY_DIR}/app/confcast")
install(FILES ${made_by_the_tool}/confcast.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${made_by_the_tool}/confcast.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME confcast)
install(FILES ${made_by_the_tool}/_confcast DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${made_by_the_tool}/confcast.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(EXPORT confcastTargets NAMESPACE confcast:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/confcast)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/confcastConfig.cmake.in
  ${PROJECT_BINARY_DIR}/confcastConfig.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/confcast)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/confcastConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/confcastConfig.cmake ${PROJECT_BINARY_DIR}/confcastConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/confcast)
