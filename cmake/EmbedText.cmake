# cmake -D FROM=docs/openapi.json -D TO=openapi_document.cpp -P EmbedText.cmake
# Writes a .cpp that holds a text file, so that the build needs nothing but CMake.
file(READ "${FROM}" text)
file(WRITE "${TO}"
  "#include \"documents.hpp\"\n\n"
  "namespace confcast::api {\n\n"
  "std::string_view openapi_document() {\n"
  "    static constexpr std::string_view text = R\"openapi(${text})openapi\";\n"
  "    return text;\n"
  "}\n\n"
  "}  // namespace confcast::api\n")
