// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace gfs {

/// A folder, open and locked against others who lock it, until destruction. Throws Error.
class DirectoryLock {
public:
    explicit DirectoryLock(const std::filesystem::path& folder);
    ~DirectoryLock();
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;

    /// What was renamed in the folder is on the disk. Throws Error.
    void sync() const;

private:
    std::filesystem::path path_;
    int fd_;
};

}  // namespace gfs
