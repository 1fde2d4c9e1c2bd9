// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/locked_folder.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gfs {

namespace {

[[noreturn]] void fail(const char* what, const std::filesystem::path& folder) {
    throw freshet::Error(fmt::format("{} '{}': {}", what, folder.string(), std::strerror(errno)));
}

}  // namespace

DirectoryLock::DirectoryLock(const std::filesystem::path& folder)
    : path_(folder), fd_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (fd_ < 0) fail("open folder", folder);
    if (flock(fd_, LOCK_EX) == 0) return;
    close(fd_);
    fail("lock folder", folder);
}

DirectoryLock::~DirectoryLock() { close(fd_); }

void DirectoryLock::sync() const {
    if (fsync(fd_) != 0) fail("sync folder", path_);
}

}  // namespace gfs
