// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/file_lock.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <cerrno>

namespace freshet {

namespace {

FileDescriptor open_for_lock(const std::filesystem::path& path) {
    if (is_folder(path)) return open_file(path, O_RDONLY | O_DIRECTORY);
    return open_file(path, O_RDWR | O_CREAT);
}

/// False when `operation` must not wait and somebody else holds the lock.
bool lock(const FileDescriptor& file, int operation, const std::filesystem::path& path) {
    while (::flock(file.get(), operation) != 0) {
        if (errno == EWOULDBLOCK) return false;
        if (errno != EINTR) {
            throw Error(fmt::format("locking '{}': {}", path.string(), system_error_text(errno)));
        }
    }
    return true;
}

}  // namespace

FileLock FileLock::wait(const std::filesystem::path& path) {
    FileDescriptor file = open_for_lock(path);
    lock(file, LOCK_EX, path);
    return FileLock(std::move(file));
}

std::optional<FileLock> FileLock::try_take(const std::filesystem::path& path) {
    FileDescriptor file = open_for_lock(path);
    if (!lock(file, LOCK_EX | LOCK_NB, path)) return std::nullopt;
    return FileLock(std::move(file));
}

void FileLock::write_owner(const std::string& text) {
    if (::ftruncate(file_.get(), 0) != 0 || ::lseek(file_.get(), 0, SEEK_SET) != 0) {
        throw Error(fmt::format("writing the owner of a lock: {}", system_error_text(errno)));
    }
    write_all(file_, text, "the owner of a lock");
}

}  // namespace freshet
