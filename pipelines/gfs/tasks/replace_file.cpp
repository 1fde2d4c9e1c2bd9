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

void replace_file(const std::filesystem::path& path, std::string_view text) {
    const auto fresh = path.parent_path() / ("." + path.filename().string() + ".new");
    const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    const bool written = file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
    const int error = errno;
    if (file >= 0) close(file);
    if (!written || rename(fresh.c_str(), path.c_str()) != 0)
        throw freshet::Error(fmt::format("replace '{}': {}", path.string(), std::strerror(written ? errno : error)));
}

}  // namespace gfs
