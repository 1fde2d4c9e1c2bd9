// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/write_failure.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace gfs {

std::string write_error_reason(const std::filesystem::path& path, const std::string& fallback) {
    const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file < 0) return std::strerror(errno);
    const std::vector<char> block(1 << 20);
    // A nearly full disk takes a part of the block and refuses the rest.
    std::string reason = fallback;
    for (std::size_t done = 0; done < block.size();) {
        const ssize_t written = ::write(file, block.data() + done, block.size() - done);
        if (written <= 0) {
            reason = std::strerror(errno);
            break;
        }
        done += static_cast<std::size_t>(written);
    }
    if (::fsync(file) != 0 && reason == fallback) reason = std::strerror(errno);
    ::close(file);
    return reason;
}

}  // namespace gfs
