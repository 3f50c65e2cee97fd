# CONFCAST_PRECOMPILED: the system's headers that many files include are parsed once and not once a file, which is most of
# what a small file takes to compile. Only the sanitizers' presets ask for it: dev and release do without, so that every
# file is seen to include what it uses.
#
# Not by target_precompile_headers: what that makes names the build directory, so that it is another in every clone, and
# ccache finds nothing of what another clone compiled. Here a header of Boost is what is compiled, all others are named by
# -include, and no time is noted: the same headers and flags make the same bytes anywhere. ccache hashes these bytes like
# any header's, so that it is never told to trust what it has not read. (It also preprocesses, where clang includes the
# header that was compiled once more: it must exist, and in the same place for every clone.) The compile goes without ccache.
option(CONFCAST_PRECOMPILED "Precompile the system's headers (clang only)" OFF)
if(NOT CONFCAST_PRECOMPILED)
  return()
endif()
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "CONFCAST_PRECOMPILED needs clang, and this is ${CMAKE_CXX_COMPILER_ID}.")
endif()

# clang refuses a precompiled header that was made with other flags than the file has. gRPC's targets alone ask for this one.
add_compile_options(-pthread)

# There are two, for libraries and for tests (which are position independent in another way, and have GoogleTest). Who
# does not link confcast::base has none: Asio's header wants what is compiled there.
set(precompiled "${PROJECT_BINARY_DIR}/precompiled")
set(has_asio "$<IN_LIST:BOOST_ASIO_SEPARATE_COMPILATION,$<TARGET_PROPERTY:COMPILE_DEFINITIONS>>")
set(is_program "$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>")
set(is_test "$<BOOL:$<TARGET_PROPERTY:CONFCAST_TEST>>")  # set by confcast_test; other programs are a file or two
get_directory_property(common COMPILE_OPTIONS)
# One expression for both: CMake answers for COMPILE_DEFINITIONS once in a target's options, and then with nothing.
string(CONCAT option "$<$<AND:$<COMPILE_LANGUAGE:CXX>,$<OR:$<NOT:${is_program}>,${is_test}>,${has_asio}>:"
  "SHELL:-include-pch ${precompiled}/$<IF:${is_program},test,library>.pch>")
add_compile_options("${option}")

# Headers of the system alone, and none whose use wants a library besides what confcast::base links.
set(headers_of_library
  algorithm array atomic charconv chrono condition_variable deque filesystem fstream functional list map memory mutex
  optional random set span sstream stdexcept string string_view thread unordered_map utility variant vector
  boost/asio/awaitable.hpp boost/asio/bind_cancellation_slot.hpp boost/asio/cancellation_signal.hpp
  boost/asio/co_spawn.hpp boost/asio/detached.hpp boost/asio/experimental/awaitable_operators.hpp
  boost/asio/io_context.hpp boost/asio/ip/tcp.hpp boost/asio/post.hpp boost/asio/read.hpp boost/asio/steady_timer.hpp
  boost/asio/strand.hpp boost/asio/use_awaitable.hpp boost/asio/write.hpp boost/beast/core/flat_buffer.hpp
  boost/json.hpp)
set(headers_of_test gmock/gmock.h gtest/gtest.h ${headers_of_library})

# confcast_precompile(kind USES target… FLAGS …): the header for targets of that kind, with the definitions and options
# that these get from what they link.
function(confcast_precompile kind)
  cmake_parse_arguments(arg "" "" "USES;FLAGS" ${ARGN})
  set(uses "")
  foreach(target ${arg_USES})
    set(interface "$<TARGET_PROPERTY:${target},INTERFACE_COMPILE_DEFINITIONS>")
    list(APPEND uses "$<$<BOOL:${interface}>:-D$<JOIN:${interface},$<SEMICOLON>-D>>"
      "$<TARGET_PROPERTY:${target},INTERFACE_COMPILE_OPTIONS>")
  endforeach()
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}")
  set(includes ${headers_of_${kind}})
  list(TRANSFORM includes PREPEND "-include;")
  set(made "${precompiled}/${kind}.pch")
  add_custom_command(OUTPUT "${made}" DEPFILE "${made}.d" WORKING_DIRECTORY /
    COMMAND ${CMAKE_CXX_COMPILER} ${uses} ${flags} ${common} ${CMAKE_CXX20_STANDARD_COMPILE_OPTION} ${arg_FLAGS}
      -fpch-instantiate-templates -Xclang -fno-pch-timestamp -MD -MF "${made}.d" -MT "${made}"
      ${includes} -x c++-header -o "${made}" "${Boost_INCLUDE_DIRS}/boost/version.hpp"
    COMMENT "Precompiling the system's headers: ${kind}" COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(confcast_precompiled_${kind} DEPENDS "${made}")
  # Who has one links confcast_base, and is compiled after what that waits for.
  add_dependencies(confcast_base confcast_precompiled_${kind})
endfunction()

function(confcast_precompile_all)
  file(MAKE_DIRECTORY "${precompiled}")
  confcast_precompile(library USES confcast_json FLAGS ${CMAKE_CXX_COMPILE_OPTIONS_PIC})
  if(CONFCAST_BUILD_TESTS)
    confcast_precompile(test USES confcast_json GTest::gmock
      FLAGS ${CMAKE_CXX_COMPILE_OPTIONS_PIE} ${CONFCAST_TEST_FLAGS})
  endif()
endfunction()
cmake_language(DEFER CALL confcast_precompile_all)  # once the targets are there
