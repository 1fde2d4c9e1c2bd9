// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/replace_file.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace gfs {

namespace {

/// False, with errno set, when not all of it can be written: a disk that fills up takes a part first.
bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const auto size = write(file, text.data(), text.size());
        if (size < 0 && errno != EINTR) return false;
        if (size > 0) text.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}

}  // namespace

void atomic_write(const std::filesystem::path& path, std::string_view text) {
    const auto temporary = path.parent_path() / ("." + path.filename().string() + ".new");
    const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    const bool written = file >= 0 && write_all(file, text) && fsync(file) == 0;
    const int error = errno;
    if (file >= 0) close(file);
    if (!written || rename(temporary.c_str(), path.c_str()) != 0)
        throw freshet::Error(fmt::format("replace '{}': {}", path.string(), std::strerror(written ? errno : error)));
}

}  // namespace gfs
