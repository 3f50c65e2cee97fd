// Files as the tests look at them.
#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace confcast::cli::templates {

inline void write(const std::filesystem::path& path, const std::string& text) { std::ofstream(path) << text; }
inline std::string read(const std::filesystem::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}
inline struct stat about(const std::filesystem::path& path) {
    struct stat out{};
    ::stat(path.c_str(), &out);
    return out;
}
inline mode_t mode(const std::filesystem::path& path) { return about(path).st_mode & 07777; }
inline bool same_file(const struct stat& a, const struct stat& b) {
    return a.st_ino == b.st_ino && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}
/// Names, ascending.
inline std::vector<std::string> names_in(const std::filesystem::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
}

}  // namespace confcast::cli::templates
