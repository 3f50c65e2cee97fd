#include "disk_record.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace confcast::test {

namespace fs = std::filesystem;

DiskRecord::DiskRecord(const fs::path& directory) {
    for (const auto& entry : fs::directory_iterator(directory)) {
        std::ifstream file(entry.path(), std::ios::binary);
        before_[entry.path().filename()] = std::string(std::istreambuf_iterator<char>(file), {});
    }
}

void DiskRecord::add(Kind kind, std::string_view path, std::int64_t at, std::string_view bytes) {
    const std::lock_guard guard(mutex_);
    operations_.push_back({kind, fs::path(path).filename(), at, std::string(bytes)});
}

void DiskRecord::on_write(std::string_view path, std::int64_t at, std::string_view bytes) {
    add(Kind::write, path, at, bytes);
}
void DiskRecord::on_truncate(std::string_view path, std::int64_t size) { add(Kind::truncate, path, size); }
void DiskRecord::on_sync(std::string_view path) { add(Kind::sync, path, 0); }
void DiskRecord::on_remove(std::string_view path) { add(Kind::remove, path, 0); }
void DiskRecord::acknowledge(std::int64_t revision) { add(Kind::acknowledge, "", revision); }

std::int64_t DiskRecord::acknowledged(std::size_t n) const {
    std::int64_t newest = 0;
    for (std::size_t i = 0; i < n; ++i)
        if (operations_[i].kind == Kind::acknowledge) newest = std::max(newest, operations_[i].at);
    return newest;
}

/// `most`: so many bytes of a write.
void DiskRecord::redo(const Operation& operation, Files& files, std::size_t most) {
    switch (operation.kind) {
        case Kind::write: {
            auto& content = files[operation.file];
            const auto at = static_cast<std::size_t>(operation.at);
            const auto bytes = operation.bytes.substr(0, most);
            if (content.size() < at + bytes.size()) content.resize(at + bytes.size());
            content.replace(at, bytes.size(), bytes);
            break;
        }
        case Kind::truncate:
            files[operation.file].resize(static_cast<std::size_t>(operation.at));
            break;
        case Kind::remove:
            files.erase(operation.file);
            break;
        case Kind::sync:
        case Kind::acknowledge:
            break;
    }
}

DiskRecord::Files DiskRecord::killed(std::size_t n, bool torn) const {
    Files files = before_;
    for (std::size_t i = 0; i < n; ++i) redo(operations_[i], files, SIZE_MAX);
    if (torn && n < operations_.size() && operations_[n].kind == Kind::write)
        redo(operations_[n], files, operations_[n].bytes.size() / 2);
    return files;
}

DiskRecord::Files DiskRecord::without_power(std::size_t n, std::mt19937& random) const {
    std::map<std::string, std::size_t> synced;
    for (std::size_t i = 0; i < n; ++i)
        if (operations_[i].kind == Kind::sync) synced[operations_[i].file] = i;
    Files files = before_;
    for (std::size_t i = 0; i < n; ++i) {
        const auto& operation = operations_[i];
        const auto last = synced.find(operation.file);
        const bool safe = operation.kind == Kind::remove || (last != synced.end() && i < last->second);
        const auto luck = safe ? 0 : random() % 3;
        if (luck == 0) redo(operation, files, SIZE_MAX);
        if (luck == 1 && operation.kind == Kind::write) redo(operation, files, operation.bytes.size() / 2);
    }
    return files;
}

void DiskRecord::restore(const Files& files, const fs::path& directory) {
    fs::remove_all(directory);
    fs::create_directory(directory);
    for (const auto& [name, content] : files) std::ofstream(directory / name, std::ios::binary) << content;
}

}  // namespace confcast::test
