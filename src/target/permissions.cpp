// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/permissions.hpp"

#include "base/files.hpp"

#include <sys/stat.h>
#include <cerrno>
#include <string>

namespace freshet::target {

namespace {

/// Asking by umask(2) would change it for an instant, in which another thread may create a file.
mode_t read_umask() {
    const std::string status = read_file("/proc/self/status");
    constexpr std::string_view label = "Umask:";
    const auto at = status.find(label);
    constexpr mode_t usual = 022;
    return at == std::string::npos ? usual
                                   : static_cast<mode_t>(std::stoul(status.substr(at + label.size()), nullptr, 8));
}

mode_t process_umask() {
    static const mode_t mask = read_umask();
    return mask;
}

void apply_umask_to_one(const std::filesystem::path& path) {
    struct stat status;
    if (::lstat(path.c_str(), &status) != 0) throw_system_error("looking at", path, errno);
    if (S_ISLNK(status.st_mode)) return;
    const mode_t wanted = (S_ISDIR(status.st_mode) ? 0777 : 0666) & ~process_umask();
    if ((status.st_mode & wanted) == wanted) return;
    if (::chmod(path.c_str(), (status.st_mode & 07777) | wanted) != 0)
        throw_system_error("changing the permissions of", path, errno);
}

}  // namespace

void apply_umask(const std::filesystem::path& path) {
    apply_umask_to_one(path);
    if (std::filesystem::is_symlink(path) || !std::filesystem::is_directory(path)) return;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) apply_umask_to_one(entry.path());
}

}  // namespace freshet::target
