# Compiler rules and the three functions every room uses: confcast_library, confcast_test, confcast_bench.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR
    "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles C++20 coroutines. Install clang-19 (scripts/packages.txt) "
    "or set CMAKE_CXX_COMPILER to clang 19 or g++ 13 and newer.")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Debug CACHE STRING "Build type" FORCE)
endif()

find_program(CONFCAST_CCACHE ccache)
if(CONFCAST_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CONFCAST_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${CONFCAST_CCACHE}")
endif()
find_program(CONFCAST_LLD NAMES ld.lld-19 ld.lld)
if(CONFCAST_LLD)
  add_link_options("$<$<OR:$<LINK_LANG_AND_ID:CXX,Clang>,$<LINK_LANG_AND_ID:C,Clang>>:--ld-path=${CONFCAST_LLD}>")
endif()

set(CONFCAST_SANITIZE "" CACHE STRING "address, undefined, address,undefined or thread")
if(CONFCAST_SANITIZE)
  add_compile_options(-fsanitize=${CONFCAST_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CONFCAST_SANITIZE})
endif()

add_library(confcast_warnings INTERFACE)
target_compile_options(confcast_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Werror)

# confcast_library(NAME room SOURCES … DEPENDS … PRIVATE_DEPENDS …)
# Makes the static library confcast_<room> (alias confcast::<room>). Its public headers are all of
# include/confcast/<room>/*.hpp: a room sees only the include directories of what it links, and every public header
# must compile alone (target all_verify_interface_header_sets).
function(confcast_library)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  set(target confcast_${arg_NAME})
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/include/*.hpp")
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src")
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:confcast_warnings> ${arg_PRIVATE_DEPENDS})
    set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS include FILES ${headers})
  target_link_libraries(${target} ${scope} ${arg_DEPENDS})
  target_compile_features(${target} ${scope} cxx_std_20)
  add_library(confcast::${arg_NAME} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${arg_NAME})
  set_property(GLOBAL APPEND PROPERTY CONFCAST_LIBRARIES ${target})
endfunction()

# confcast_test(NAME room SOURCES … DEPENDS …): one GoogleTest binary test_<room>, run as one CTest entry whose
# results also go to <build>/test-results/<name>.json (scripts/test adds those up).
function(confcast_test)
  cmake_parse_arguments(arg "" "NAME;TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  set(target test_${arg_NAME})
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE confcast_warnings ${arg_DEPENDS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${arg_NAME}
    COMMAND ${target} --gtest_output=json:${PROJECT_BINARY_DIR}/test-results/${arg_NAME}.json)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  set_tests_properties(${arg_NAME} PROPERTIES TIMEOUT ${arg_TIMEOUT})
endfunction()

# confcast_bench(NAME what SOURCES … DEPENDS …): one Google Benchmark binary bench_<what>.
function(confcast_bench)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;DEPENDS" ${ARGN})
  add_executable(bench_${arg_NAME} ${arg_SOURCES})
  target_link_libraries(bench_${arg_NAME} PRIVATE confcast_warnings ${arg_DEPENDS} benchmark::benchmark_main)
endfunction()
