// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace freshet {

/// An exclusive flock on a file (or folder), held until destruction; the system releases it when the holder dies.
class FileLock {
public:
    /// Waits until the lock is free. Creates the file when missing.
    static FileLock acquire(const std::filesystem::path& path);
    /// nullopt when somebody else holds it.
    static std::optional<FileLock> try_acquire(const std::filesystem::path& path);

    /// Replaces the content of the locked file: who holds it, for those who find it taken.
    void write_holder(const std::string& text);

private:
    explicit FileLock(FileDescriptor file) : file_(std::move(file)) {}
    FileDescriptor file_;
};

}  // namespace freshet
