// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/cache_files.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace gfs {
namespace {

/// An open file with an exclusive lock. The lock belongs to the open file description, so it excludes threads as well
/// as processes.
class OpenLockedFile {
public:
    explicit OpenLockedFile(const std::filesystem::path& path) : path_(path) {
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
    ~OpenLockedFile() { ::close(fd_); }
    OpenLockedFile(const OpenLockedFile&) = delete;
    OpenLockedFile& operator=(const OpenLockedFile&) = delete;

    std::string read() const {
        std::string content(4096, '\0');
        std::size_t size = 0;
        for (;;) {
            const auto received = ::pread(fd_, content.data() + size, content.size() - size, static_cast<off_t>(size));
            if (received < 0 && errno != EINTR) fail("read");
            if (received == 0) break;
            if (received > 0) size += static_cast<std::size_t>(received);
            if (size == content.size()) content.resize(2 * size);
        }
        content.resize(size);
        return content;
    }

    void write(std::string_view content) const {
        for (std::size_t done = 0; done < content.size();) {
            const auto written = ::pwrite(fd_, content.data() + done, content.size() - done, static_cast<off_t>(done));
            if (written < 0 && errno != EINTR) fail("write");
            if (written > 0) done += static_cast<std::size_t>(written);
        }
        if (::ftruncate(fd_, static_cast<off_t>(content.size())) != 0) fail("write");
    }

private:
    [[noreturn]] void fail(const char* action) const {
        throw freshet::Error(fmt::format("{} '{}': {}", action, path_.string(), std::strerror(errno)));
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

std::filesystem::path CachePaths::requests(std::string host) const {
    std::ranges::replace(host, ':', '_');
    return folder / ("requests." + host);
}

void LockedFile::update(const std::function<void(std::string&)>& update) const {
    const OpenLockedFile file(path_);
    const auto before = file.read();
    auto content = before;
    update(content);
    if (content != before) file.write(content);
}

void LockedFile::update_json(const std::function<void(freshet::Json&)>& update_object) const {
    update([&update_object](std::string& content) {
        auto object = object_from(content);
        const auto before = object;
        update_object(object);
        if (object != before) content = object.text();
    });
}

}  // namespace gfs
