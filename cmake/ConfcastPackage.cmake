# `cpack` in a release build: three Debian packages. They are for the distribution that they are built on: what they need
# is read from the binaries.
set(packaging "${PROJECT_SOURCE_DIR}/app/confcastd/packaging")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME confcast)
set(CPACK_PACKAGE_VENDOR confcast)
set(CPACK_PACKAGE_CONTACT "confcast maintainers <maintainers@users.noreply.github.com>")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/StripArchives.cmake)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_COMPONENTS_ALL server cli dev)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
    WORLD_EXECUTE)

set(CPACK_DEBIAN_SERVER_PACKAGE_NAME confcastd)
set(CPACK_DEBIAN_SERVER_PACKAGE_SECTION net)
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS "adduser, init-system-helpers (>= 1.52)")
set(CPACK_DEBIAN_SERVER_PACKAGE_RECOMMENDS confcast)
set(CPACK_DEBIAN_SERVER_PACKAGE_SUGGESTS "etcd-server, prometheus")
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA
    "${packaging}/debian/conffiles;${packaging}/debian/postinst;${packaging}/debian/prerm;${packaging}/debian/postrm")
set(CPACK_COMPONENT_SERVER_DESCRIPTION "configuration server that pushes each change to every program
 Settings are written over REST and reach whoever listens over WebSocket,
 Server-Sent Events, lines of JSON or long polls, in order and without a gap.
 They live in an etcd cluster or in an embedded store.")

set(CPACK_DEBIAN_CLI_PACKAGE_NAME confcast)
set(CPACK_DEBIAN_CLI_PACKAGE_SECTION net)
set(CPACK_COMPONENT_CLI_DESCRIPTION "command line of the confcast configuration server
 Reads, writes, watches, compares, imports and exports settings, renders
 templates from them, and measures and verifies a server.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libconfcast-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
    "libboost1.81-dev, libboost-json1.81-dev, libboost-url1.81-dev, libsqlite3-dev, libssl-dev, libspdlog-dev, prometheus-cpp-dev")
set(CPACK_COMPONENT_DEV_DESCRIPTION "C++ client library of the confcast configuration server
 Calls, and watches that survive restarts of the server, as coroutines of
 Boost.Asio; with the embedded store and the feed for programs that bring
 their own server. Static libraries, headers and a CMake package.")

# What only a package of the system has, at the system's own paths, whatever the prefix.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
install(FILES ${packaging}/confcastd.service ${packaging}/confcastd@.service ${packaging}/confcastd.socket
  DESTINATION /lib/systemd/system COMPONENT server EXCLUDE_FROM_ALL)
install(FILES ${PROJECT_BINARY_DIR}/app/confcastd/confcastd.toml DESTINATION /etc/confcast COMPONENT server EXCLUDE_FROM_ALL)
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/packages/changelog.Debian" CONTENT
"confcast (@PROJECT_VERSION@-1) bookworm; urgency=medium

  * What changed is in CHANGELOG.md.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
" @ONLY)
execute_process(COMMAND gzip -9nf "${PROJECT_BINARY_DIR}/packages/changelog.Debian")
foreach(component_and_package server:confcastd cli:confcast dev:libconfcast-dev)
  string(REPLACE ":" ";" pair ${component_and_package})
  list(GET pair 0 component)
  list(GET pair 1 package)
  install(FILES ${packaging}/debian/copyright ${PROJECT_BINARY_DIR}/packages/changelog.Debian.gz
    DESTINATION /usr/share/doc/${package} COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()
include(CPack)
