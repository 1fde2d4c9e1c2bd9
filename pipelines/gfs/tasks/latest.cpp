// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/latest.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <string>
#include <tuple>

namespace gfs {

namespace {

[[noreturn]] void fail(const std::filesystem::path& link) {
    throw freshet::Error(fmt::format("point '{}' at the new revision: {}", link.string(), std::strerror(errno)));
}

/// "2026-08-21T06/r12" as something that sorts: the cycle's text, then the revision's number.
std::pair<std::string, int> age(const std::filesystem::path& revision) {
    const std::string number = revision.filename().string().substr(1);
    int value = 0;
    std::from_chars(number.data(), number.data() + number.size(), value);
    return {revision.parent_path().string(), value};
}

/// The dataset's folder, open and locked against others who move the pointer.
class LockedFolder {
public:
    explicit LockedFolder(const std::filesystem::path& folder) : fd_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        if (fd_ < 0 || flock(fd_, LOCK_EX) != 0) fail(folder);
    }
    ~LockedFolder() { close(fd_); }
    LockedFolder(const LockedFolder&) = delete;
    LockedFolder& operator=(const LockedFolder&) = delete;

    int get() const { return fd_; }

private:
    int fd_;
};

/// Whoever reads `path` finds the old text or the new one.
void replace_file(const std::filesystem::path& path, std::string_view text) {
    const auto fresh = path.parent_path() / ".latest.map.new";
    const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    const bool written = file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
    if (file >= 0) close(file);
    if (!written || rename(fresh.c_str(), path.c_str()) != 0) fail(path);
}

}  // namespace

void point_latest_at(const std::filesystem::path& folder, const std::filesystem::path& revision, std::string_view mapfile) {
    const LockedFolder lock(folder);
    const auto link = folder / "latest";
    std::error_code none;
    const auto present = std::filesystem::read_symlink(link, none);
    if (!none && age(present) > age(revision)) return;
    if (present != revision) {
        const auto fresh = folder / ".latest.new";
        unlink(fresh.c_str());  // left behind by somebody who died holding the lock
        if (symlink(revision.c_str(), fresh.c_str()) != 0 || rename(fresh.c_str(), link.c_str()) != 0) fail(link);
    }
    replace_file(folder / "latest.map", mapfile);
    if (fsync(lock.get()) != 0) fail(link);
}

}  // namespace gfs
