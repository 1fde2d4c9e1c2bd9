// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/file.hpp"

#include "base/atomic_rename.hpp"
#include "base/files.hpp"
#include "freshet/digest.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>

namespace freshet {

namespace {

namespace fs = std::filesystem;

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

void seek_to_start(const FileDescriptor& file, const fs::path& path) {
    if (::lseek(file.get(), 0, SEEK_SET) != 0) throw_system_error("seek in", path, errno);
}

/// False when the path leads elsewhere or nowhere: the previous holder of the lock may have removed the file.
bool is_at(const FileDescriptor& file, const fs::path& path) {
    struct stat locked, there;
    if (::fstat(file.get(), &locked) != 0) throw_system_error("lock", path, errno);
    return ::stat(path.c_str(), &there) == 0 && locked.st_dev == there.st_dev && locked.st_ino == there.st_ino;
}

/// False when `operation` must not block and another holds the lock.
bool lock(const FileDescriptor& file, int operation, const fs::path& path) {
    while (::flock(file.get(), operation) != 0) {
        if (errno == EWOULDBLOCK) return false;
        if (errno != EINTR) throw_system_error("lock", path, errno);
    }
    return true;
}

/// Opens and locks a file or folder; nullopt when `operation` must not block and another holds the lock.
std::optional<FileDescriptor> open_locked(const fs::path& path, int operation) {
    FileDescriptor file = open_if_exists(path, O_RDONLY | O_DIRECTORY);
    const int flags = file ? O_RDONLY | O_DIRECTORY : O_RDWR | O_CREAT;
    if (!file) file = open_file(path, flags);
    while (lock(file, operation, path)) {
        if (is_at(file, path)) return file;
        file = open_file(path, flags);
    }
    return std::nullopt;
}

bool has_torn_last_line(const FileDescriptor& file, ::off_t size, const fs::path& path) {
    if (size == 0) return false;
    char last = '\0';
    if (::pread(file.get(), &last, 1, size - 1) != 1) throw_system_error("read", path, errno);
    return last != '\n';
}

}  // namespace

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);  // the other one closes ours
    return *this;
}

FileDescriptor::~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
}

int FileDescriptor::release() { return std::exchange(fd_, -1); }

void throw_system_error(std::string_view operation, const fs::path& path, int error) {
    const std::string message = fmt::format("{} '{}': {}", operation, path.string(), system_error_text(error));
    if (error == ENOSPC || error == EDQUOT) throw DiskFullError(message);
    throw Error(message);
}

std::string read_file(const fs::path& path) { return read_to_end(open_file(path, O_RDONLY), path); }

void write_file_atomically(const fs::path& path, std::string_view content) {
    create_folders(folder_of(path));
    PendingFile file(path);
    file.append(content);
    file.commit();
}

void append_line(const fs::path& path, std::string_view line) {
    const FileDescriptor file = *open_locked(path, LOCK_EX);
    const auto size = ::lseek(file.get(), 0, SEEK_END);
    if (size < 0) throw_system_error("seek in", path, errno);
    try {
        write_all(file, fmt::format("{}{}\n", has_torn_last_line(file, size, path) ? "\n" : "", line), path);
        sync_file(file, path);
    } catch (const Error&) {
        // Where even this fails, the next call ends the torn line.
        static_cast<void>(::ftruncate(file.get(), size) == 0);
        throw;
    }
    if (size == 0) sync_path(folder_of(path));
}

void create_folders(const fs::path& path) {
    if (is_folder(path)) return;
    create_folders(folder_of(path));
    if (::mkdir(path.c_str(), 0777) != 0 && !(errno == EEXIST && is_folder(path)))
        throw_system_error("create folder", path, errno);
    sync_path(folder_of(path));
}

void sync_path(const fs::path& path) { sync_file(open_file(path, O_RDONLY), path); }

PendingFile::PendingFile(fs::path target, unsigned mode) : target_(std::move(target)) {
    constexpr std::size_t added = 14;  // the dots, the random digits and the suffix
    temporary_ =
        folder_of(target_) /
        fmt::format(".{}.{}.tmp", fitting_name(target_.filename().native(), NAME_MAX - added), uuid4().substr(0, 8));
    file_ = open_file(temporary_, O_RDWR | O_CREAT | O_EXCL, mode);
}

PendingFile::~PendingFile() {
    if (!is_committed_) ::unlink(temporary_.c_str());
}

void PendingFile::append(std::string_view bytes) { write_all(file_, bytes, temporary_); }

void PendingFile::set_modification_time(Time time) {
    const auto since_epoch = time.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    const timespec instant{.tv_sec = seconds.count(),
                           .tv_nsec = std::chrono::nanoseconds(since_epoch - seconds).count()};
    const timespec times[] = {instant, instant};
    if (::futimens(file_.get(), times) != 0) throw_system_error("set modification time of", temporary_, errno);
}

void PendingFile::commit(Existing existing) {
    sync_file(file_, temporary_);
    if (existing == Existing::replace) {
        if (::rename(temporary_.c_str(), target_.c_str()) != 0) throw_system_error("rename to", target_, errno);
    } else if (rename_noreplace(temporary_, target_) == RenameResult::exists) {
        throw_system_error("rename to", target_, EEXIST);
    }
    is_committed_ = true;
    sync_path(folder_of(target_));
}

FileLock FileLock::acquire(const fs::path& path) { return FileLock(*open_locked(path, LOCK_EX), path); }

std::optional<FileLock> FileLock::try_acquire(const fs::path& path) {
    auto file = open_locked(path, LOCK_EX | LOCK_NB);
    return file ? std::optional(FileLock(*std::move(file), path)) : std::nullopt;
}

void FileLock::sync() const { sync_file(file_, path_); }

std::string FileLock::read() const {
    seek_to_start(file_, path_);
    return read_to_end(file_, path_);
}

void FileLock::write(std::string_view content) {
    if (::ftruncate(file_.get(), 0) != 0) throw_system_error("write", path_, errno);
    seek_to_start(file_, path_);
    write_all(file_, content, path_);
}

}  // namespace freshet
