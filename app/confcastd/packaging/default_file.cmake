# The configuration that the package installs: the server's own default file, with the paths of a service.
# cmake -D SERVER=… -D OUTPUT=… -P default_file.cmake
execute_process(COMMAND "${SERVER}" config default OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
foreach(change
    "listen = \"127.0.0.1:8080\"|listen = \"127.0.0.1:8080\""
    "store = \"sqlite:./data\"|store = \"sqlite:/var/lib/confcast\"")
  string(REPLACE "|" ";" change "${change}")
  list(GET change 0 from)
  list(GET change 1 to)
  string(FIND "${text}" "\n#${from}\n" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "confcastd config default has no line #${from}")
  endif()
  string(REPLACE "\n#${from}\n" "\n${to}\n" text "${text}")
endforeach()
file(WRITE "${OUTPUT}" "${text}")
