// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"

#include "base/utf8.hpp"
#include "freshet/digest.hpp"

#include <fmt/format.h>

#include <boost/filesystem.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace freshet {

namespace {

namespace bfs = boost::filesystem;
namespace fs = std::filesystem;

bfs::path to_boost(const fs::path& p) { return p.native(); }

/// Throws for a Boost error code, with errno's text.
void check(const boost::system::error_code& code, std::string_view doing, const fs::path& what) {
    if (code) throw_system_error(doing, what, code.value());
}

/// True for the error of a path where nothing is.
bool is_absence(int error) { return error == ENOENT || error == ENOTDIR; }

/// True when stat(2) or lstat(2) found something, by its result.
bool has_found(int result, const fs::path& path) {
    if (result != 0 && !is_absence(errno)) throw_system_error("look at", path, errno);
    return result == 0;
}

/// open(2), restarted after signals.
int open_restarted(const fs::path& path, int flags, unsigned mode) {
    int fd = -1;
    do fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/// Reads /proc, since umask(2) would change the mask for an instant in which another thread may create a file.
mode_t read_umask() {
    const std::string status = read_file("/proc/self/status");
    constexpr std::string_view label = "Umask:";
    const auto at = status.find(label);
    constexpr mode_t usual = 022;
    return at == std::string::npos ? usual
                                   : static_cast<mode_t>(std::stoul(status.substr(at + label.size()), nullptr, 8));
}

mode_t process_umask() {
    static const mode_t mask = read_umask();
    return mask;
}

/// Returns the type of what is there.
fs::file_type apply_umask_to_one(const fs::path& path) {
    struct stat status;
    if (!has_found(::lstat(path.c_str(), &status), path)) return fs::file_type::not_found;
    if (S_ISLNK(status.st_mode)) return fs::file_type::symlink;
    const auto type = S_ISDIR(status.st_mode) ? fs::file_type::directory : fs::file_type::regular;
    const mode_t wanted = (type == fs::file_type::directory ? 0777 : 0666) & ~process_umask();
    if ((status.st_mode & wanted) != wanted && ::chmod(path.c_str(), (status.st_mode & 07777) | wanted) != 0)
        throw_system_error("change permissions of", path, errno);
    return type;
}

}  // namespace

std::string system_error_text(int error) { return std::generic_category().message(error); }

FileDescriptor open_file(const fs::path& path, int flags, unsigned mode) {
    const int fd = open_restarted(path, flags, mode);
    if (fd < 0) throw_system_error("open", path, errno);
    return FileDescriptor(fd);
}

FileDescriptor open_if_exists(const fs::path& path, int flags, unsigned mode) {
    const int fd = open_restarted(path, flags, mode);
    if (fd < 0 && !is_absence(errno)) throw_system_error("open", path, errno);
    return fd < 0 ? FileDescriptor() : FileDescriptor(fd);
}

bool exists_at(const fs::path& path) {
    struct stat status;
    return has_found(::stat(path.c_str(), &status), path);
}

bool lexists(const fs::path& path) {
    struct stat status;
    return has_found(::lstat(path.c_str(), &status), path);
}

bool is_folder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

std::size_t read_some(const FileDescriptor& file, char* buffer, std::size_t size, const fs::path& path) {
    for (;;) {
        const auto count = ::read(file.get(), buffer, size);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) throw_system_error("read", path, errno);
    }
}

std::string read_to_end(const FileDescriptor& file, const fs::path& path) {
    std::string content;
    std::array<char, 16384> buffer;
    while (const auto size = read_some(file, buffer.data(), buffer.size(), path)) content.append(buffer.data(), size);
    return content;
}

void write_all(const FileDescriptor& file, std::string_view bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const auto count = ::write(file.get(), bytes.data(), bytes.size());
        if (count >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EINTR)
            throw_system_error("write", path, errno);
    }
}

std::vector<fs::path> files_below(const fs::path& folder) {
    std::vector<fs::path> files;
    boost::system::error_code code;
    for (bfs::recursive_directory_iterator at(to_boost(folder), code), end; !code && at != end; at.increment(code)) {
        if (at->symlink_status().type() == bfs::regular_file) {
            files.push_back(fs::path(at->path().native()).lexically_relative(folder));
        }
    }
    check(code, "list", folder);
    std::sort(files.begin(), files.end());
    return files;
}

void sync_file(const FileDescriptor& file, const fs::path& path) {
    if (::fsync(file.get()) != 0) throw_system_error("sync", path, errno);
}

void sync_tree(const fs::path& path) {
    const FileDescriptor file = open_file(path, O_RDONLY);
    struct stat status;
    if (::fstat(file.get(), &status) != 0) throw_system_error("sync", path, errno);
    boost::system::error_code code;
    if (S_ISDIR(status.st_mode)) {
        for (bfs::recursive_directory_iterator at(to_boost(path), code), end; !code && at != end; at.increment(code)) {
            const auto type = at->symlink_status().type();
            if (type == bfs::regular_file || type == bfs::directory_file) sync_path(at->path().native());
        }
    }
    check(code, "sync", path);
    sync_file(file, path);
}

void remove_tree(const fs::path& path) {
    boost::system::error_code code;
    bfs::remove_all(to_boost(path), code);
    check(code, "remove", path);
}

bool is_on_network_filesystem(const fs::path& path) {
    // From statfs(2) and the kernel's magic.h: NFS, SMB, CIFS, SMB2, Lustre, GPFS, Ceph, AFS (two), Coda, BeeGFS,
    // OCFS2, GFS2, OrangeFS. FUSE is not among them: containers without root use it for local disks.
    constexpr std::array<std::uint32_t, 14> network{0x6969,     0x517b,     0xff534d42, 0xfe534d42, 0x0bd00bd0,
                                                    0x47504653, 0x00c36400, 0x5346414f, 0x6b414653, 0x73757245,
                                                    0x19830326, 0x7461636f, 0x01161970, 0x20030528};
    fs::path existing = fs::absolute(path);
    while (!exists_at(existing) && existing.has_relative_path()) existing = existing.parent_path();
    struct statfs status;
    if (::statfs(existing.c_str(), &status) != 0) throw_system_error("look at the filesystem of", existing, errno);
    return std::find(network.begin(), network.end(), static_cast<std::uint32_t>(status.f_type)) != network.end();
}

bool apply_umask(const fs::path& path) {
    const fs::file_type type = apply_umask_to_one(path);
    if (type == fs::file_type::directory)
        for (const auto& entry : fs::recursive_directory_iterator(path)) apply_umask_to_one(entry.path());
    return type != fs::file_type::not_found;
}

SocketPath::SocketPath(std::string_view operation, const fs::path& file) : name_(file.native()) {
    constexpr std::size_t max_length = sizeof(sockaddr_un{}.sun_path) - 1;
    if (name_.size() <= max_length) return;
    folder_ = open_file(file.has_parent_path() ? file.parent_path() : ".", O_PATH | O_DIRECTORY);
    name_ = fmt::format("/proc/self/fd/{}/{}", folder_.get(), file.filename().native());
    if (name_.size() > max_length) throw_system_error(operation, file, ENAMETOOLONG);
}

std::string fitting_name(std::string_view file_name, std::size_t max) {
    if (file_name.size() <= max) return std::string(file_name);
    const std::string digest = sha256(file_name).substr(0, 16);
    const std::size_t kept = whole_characters(file_name, max - digest.size() - 1);
    return fmt::format("{}~{}", file_name.substr(0, kept), digest);
}

}  // namespace freshet
