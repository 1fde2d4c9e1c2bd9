// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/shared_file.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gfs {
namespace {

/// The file, open and locked. The lock belongs to this opening of it, so it holds off threads as well as processes.
class LockedFile {
public:
    explicit LockedFile(const std::filesystem::path& path) : path_(path) {
        std::error_code ignored;  // open() will tell
        std::filesystem::create_directories(path.parent_path(), ignored);
        fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (fd_ < 0) fail("open");
        while (::flock(fd_, LOCK_EX) != 0) {
            if (errno == EINTR) continue;
            const int error = errno;
            ::close(fd_);
            errno = error;
            fail("lock");
        }
    }
    ~LockedFile() { ::close(fd_); }
    LockedFile(const LockedFile&) = delete;
    LockedFile& operator=(const LockedFile&) = delete;

    std::string read() const {
        std::string content(4096, '\0');
        std::size_t size = 0;
        for (;;) {
            const auto got = ::pread(fd_, content.data() + size, content.size() - size, static_cast<off_t>(size));
            if (got < 0 && errno != EINTR) fail("read");
            if (got == 0) break;
            if (got > 0) size += static_cast<std::size_t>(got);
            if (size == content.size()) content.resize(2 * size);
        }
        content.resize(size);
        return content;
    }

    void write(std::string_view content) const {
        for (std::size_t done = 0; done < content.size();) {
            const auto put = ::pwrite(fd_, content.data() + done, content.size() - done, static_cast<off_t>(done));
            if (put < 0 && errno != EINTR) fail("write");
            if (put > 0) done += static_cast<std::size_t>(put);
        }
        if (::ftruncate(fd_, static_cast<off_t>(content.size())) != 0) fail("write");
    }

private:
    [[noreturn]] void fail(const char* doing) const {
        throw freshet::Error(fmt::format("{} '{}': {}", doing, path_.string(), std::strerror(errno)));
    }

    const std::filesystem::path& path_;
    int fd_ = -1;
};

freshet::Json object_from(const std::string& content) {
    try {
        auto json = content.empty() ? freshet::Json::object() : freshet::Json::parse(content);
        return json.is_object() ? json : freshet::Json::object();
    } catch (const freshet::Error&) {
        return freshet::Json::object();  // torn by a crash
    }
}

}  // namespace

void SharedFile::edit(const std::function<void(std::string&)>& edit) const {
    const LockedFile file(path_);
    const auto before = file.read();
    auto content = before;
    edit(content);
    if (content != before) file.write(content);
}

void SharedFile::edit_json(const std::function<void(freshet::Json&)>& edit_object) const {
    edit([&edit_object](std::string& content) {
        auto object = object_from(content);
        const auto before = object;
        edit_object(object);
        if (object != before) content = object.text();
    });
}

}  // namespace gfs
