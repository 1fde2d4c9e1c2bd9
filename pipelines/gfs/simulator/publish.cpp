// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/publish.hpp"

#include "grib/scan.hpp"
#include "inventory/product_layout.hpp"
#include "inventory/wgrib2_names.hpp"

#include "freshet/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gfs::simulator {
namespace {

[[noreturn]] void throw_system_error(std::string_view operation, const std::filesystem::path& path) {
    const auto reason = std::error_code(errno, std::generic_category()).message();
    throw freshet::Error(fmt::format("{} '{}' failed: {}", operation, path.string(), reason));
}

void set_modification_time(const std::filesystem::path& path, freshet::Time modified) {
    const timespec instant{.tv_sec = freshet::Time::clock::to_time_t(modified), .tv_nsec = 0};
    const timespec times[] = {instant, instant};
    if (::utimensat(AT_FDCWD, path.c_str(), times, 0) != 0) throw_system_error("setting the time of", path);
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw_system_error("opening", path);
    std::string content(std::filesystem::file_size(path), '\0');
    if (!in.read(content.data(), static_cast<std::streamsize>(content.size()))) throw_system_error("reading", path);
    return content;
}

StagedFile::StagedFile(std::filesystem::path path) : path_(std::move(path)), temporary_(path_) {
    std::error_code error;
    if (path_.has_parent_path()) std::filesystem::create_directories(path_.parent_path(), error);
    temporary_ += fmt::format(".{}.part", ::getpid());
    out_.open(temporary_, std::ios::binary);
}

StagedFile::~StagedFile() { ::unlink(temporary_.c_str()); }

void StagedFile::append(std::string_view bytes) {
    if (!out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) throw_system_error("writing", path_);
}

void StagedFile::commit(std::optional<freshet::Time> modified) {
    if (!out_.flush()) throw_system_error("writing", path_);
    out_.close();
    if (modified) set_modification_time(temporary_, *modified);
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) throw_system_error("renaming to", path_);
}

void write_file(const std::filesystem::path& path, std::string_view content, std::optional<freshet::Time> modified) {
    StagedFile file(path);
    file.append(content);
    file.commit(modified);
}

freshet::Time publication_time(const FileKey& key) {
    // The first file appears three and a half hours after the analysis, f384 an hour and three quarters later.
    return key.cycle + std::chrono::minutes(210) + key.lead * std::chrono::seconds(16) +
           (key.revision - 1) * std::chrono::hours(1);
}

void publish_file(const std::filesystem::path& folder, const FileKey& key, std::string_view grib) {
    const auto path = grib_path(key);
    const auto inventory = inventory_of(scan(grib, path));
    write_file(folder / path, grib, publication_time(key));
    write_file(folder / index_path(key), inventory.text(), publication_time(key));
}

void add_file(const std::filesystem::path& folder, const FileKey& key, const std::filesystem::path& file) {
    const auto grib = read_file(file);
    scan(grib, file.string());  // errors name the given file, not the published one
    publish_file(folder, key, grib);
}

}  // namespace gfs::simulator
