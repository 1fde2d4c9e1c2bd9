// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "mirror/files.hpp"

#include "freshet/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace gfs::mirror {
namespace {

[[noreturn]] void refuse(std::string_view doing, const std::filesystem::path& path) {
    const auto reason = std::error_code(errno, std::generic_category()).message();
    throw freshet::Error(fmt::format("{} '{}' failed: {}", doing, path.string(), reason));
}

void set_modified(const std::filesystem::path& path, freshet::Time modified) {
    const timespec instant{.tv_sec = freshet::Time::clock::to_time_t(modified), .tv_nsec = 0};
    const timespec times[] = {instant, instant};
    if (::utimensat(AT_FDCWD, path.c_str(), times, 0) != 0) refuse("setting the time of", path);
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) refuse("opening", path);
    std::string content(std::filesystem::file_size(path), '\0');
    if (!in.read(content.data(), static_cast<std::streamsize>(content.size()))) refuse("reading", path);
    return content;
}

void write_file(const std::filesystem::path& path, std::string_view content, std::optional<freshet::Time> modified) {
    std::error_code error;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
    auto beside = path;
    beside += fmt::format(".{}.part", ::getpid());
    std::ofstream out(beside, std::ios::binary);
    if (!out.write(content.data(), static_cast<std::streamsize>(content.size())).flush()) refuse("writing", path);
    out.close();
    if (modified) set_modified(beside, *modified);
    if (::rename(beside.c_str(), path.c_str()) != 0) refuse("renaming to", path);
}

}  // namespace gfs::mirror
