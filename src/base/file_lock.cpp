// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/file_lock.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

namespace freshet {

namespace {

/// Whether that is what the path leads to: who held the lock before may have removed the file.
bool is_at(const FileDescriptor& file, const std::filesystem::path& path) {
    struct stat locked, there;
    if (::fstat(file.get(), &locked) != 0) throw_system_error("locking", path, errno);
    return ::stat(path.c_str(), &there) == 0 && locked.st_dev == there.st_dev && locked.st_ino == there.st_ino;
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

/// What is at the path, locked; nothing when `operation` must not wait and somebody else holds it.
std::optional<FileDescriptor> locked(const std::filesystem::path& path, int operation) {
    const int flags = is_folder(path) ? O_RDONLY | O_DIRECTORY : O_RDWR | O_CREAT;
    for (;;) {
        FileDescriptor file = open_file(path, flags);
        if (!lock(file, operation, path)) return std::nullopt;
        if (is_at(file, path)) return file;
    }
}

}  // namespace

FileLock FileLock::acquire(const std::filesystem::path& path) { return FileLock(*locked(path, LOCK_EX)); }

std::optional<FileLock> FileLock::try_acquire(const std::filesystem::path& path) {
    auto file = locked(path, LOCK_EX | LOCK_NB);
    return file ? std::optional(FileLock(*std::move(file))) : std::nullopt;
}

void FileLock::write_holder(const std::string& text) {
    if (::ftruncate(file_.get(), 0) != 0 || ::lseek(file_.get(), 0, SEEK_SET) != 0) {
        throw Error(fmt::format("writing the owner of a lock: {}", system_error_text(errno)));
    }
    write_all(file_, text, "the owner of a lock");
}

}  // namespace freshet
