# Run by CTest: see CMakeLists.txt.
function(step what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${what} failed (${status}):\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${WORK_DIR}")
step("cmake --install" ${CMAKE_COMMAND} --install "${BINARY_DIR}" --prefix "${WORK_DIR}/prefix")

set(flags "")
if(SANITIZE)
  set(flags "-fsanitize=${SANITIZE}")
endif()
step("configuring the consumer" ${CMAKE_COMMAND} -S "${CONSUMER_DIR}" -B "${WORK_DIR}/build" -G "${GENERATOR}"
  "-DCMAKE_PREFIX_PATH=${WORK_DIR}/prefix" "-DCMAKE_CXX_COMPILER=${CXX}" "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}"
  "-DCMAKE_CXX_FLAGS=${flags}" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON)
step("building the consumer" ${CMAKE_COMMAND} --build "${WORK_DIR}/build")

# Our warnings are ours: a consumer must not be made to live with them.
file(READ "${WORK_DIR}/build/compile_commands.json" commands)
if(commands MATCHES "-Werror")
  message(FATAL_ERROR "confcast's warning flags leak into a consumer's build:\n${commands}")
endif()

step("running the consumer" timeout 60 "${WORK_DIR}/build/consumer" "${WORK_DIR}/store")
if(NOT output MATCHES "greeting = hello at revision 2")
  message(FATAL_ERROR "the consumer said something else:\n${output}")
endif()
step("the installed server" "${WORK_DIR}/prefix/bin/confcastd" --help)

step("the README's program against the installed server" "${CMAKE_CURRENT_LIST_DIR}/getting_started_test"
  "${WORK_DIR}/prefix/bin/confcastd" "${WORK_DIR}/build/getting_started" "${WORK_DIR}/getting_started")
