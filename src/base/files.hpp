// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace freshet {

/// A descriptor that closes itself.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int fd) : fd_(fd) {}
    FileDescriptor(FileDescriptor&& other) noexcept;
    FileDescriptor& operator=(FileDescriptor&& other) noexcept;
    ~FileDescriptor();

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    int release();

private:
    int fd_ = -1;
};

// Each throws Error, naming what was being done to which path and the system's reason.
std::string read_file(const std::filesystem::path& path);
/// Creates missing parents, writes beside `path`, syncs, renames into place, syncs the folder: whole or absent.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);
void create_folders(const std::filesystem::path& path);
/// fsync of a file, or of a folder with everything in it.
void sync_tree(const std::filesystem::path& path);
/// fsync of one file or folder, so that what was renamed in a folder stays renamed.
void sync_path(const std::filesystem::path& path);
/// True when `path` lies on a filesystem shared over a network (NFS, SMB, Lustre, ...), where SQLite's WAL corrupts.
bool is_on_network_filesystem(const std::filesystem::path& path);
/// Removes a file or a folder with everything in it; nothing there is fine.
void remove_all(const std::filesystem::path& path);
/// The text of errno, like "No space left on device".
std::string system_error_text(int error);

}  // namespace freshet
