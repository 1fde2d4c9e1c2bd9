// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace gfs {

/// A folder, open and locked against others who lock it, until destruction. Throws Error.
class LockedFolder {
public:
    explicit LockedFolder(const std::filesystem::path& folder);
    ~LockedFolder();
    LockedFolder(const LockedFolder&) = delete;
    LockedFolder& operator=(const LockedFolder&) = delete;

    /// What was renamed in the folder is on the disk. Throws Error.
    void sync() const;

private:
    std::filesystem::path path_;
    int fd_;
};

}  // namespace gfs
