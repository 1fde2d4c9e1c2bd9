// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/source.hpp"

#include "upstream/http_source.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace gfs {
namespace {

[[noreturn]] void fail(std::string_view action, const std::filesystem::path& file, int error) {
    const auto reason = std::error_code(error, std::generic_category()).message();
    const auto message = fmt::format("{} '{}': {}", action, file.string(), reason);
    if (error == ENOENT) throw freshet::TransientError(message, freshet::FailureClass::not_ready);
    if (error == EACCES || error == EISDIR) {
        throw freshet::TransientError(message, freshet::FailureClass::permanent);  // another mirror may have it
    }
    throw freshet::TransientError(message);
}

struct stat stat_file(const std::filesystem::path& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) fail("stat", file, errno);
    if (S_ISDIR(info.st_mode)) fail("stat", file, EISDIR);
    return info;
}

/// Throws when the folder is missing: an unmounted disk must not pass for files that are not published yet.
void check_folder_exists(const std::filesystem::path& root) {
    struct stat info {};
    if (::stat(root.c_str(), &info) != 0 && errno == ENOENT)
        throw freshet::TransientError(fmt::format("open '{}': no such folder; is it mounted?", root.string()));
}

}  // namespace

FileInfo FolderSource::head(const std::string& path) {
    check_folder_exists(root_);
    const auto info = stat_file(root_ / path);
    const auto since_epoch = std::chrono::seconds(info.st_mtim.tv_sec) + std::chrono::nanoseconds(info.st_mtim.tv_nsec);
    return {.length = static_cast<std::uint64_t>(info.st_size),
            .last_modified = freshet::Time(std::chrono::duration_cast<freshet::Time::duration>(since_epoch)),
            .etag = fmt::format("{:x}-{:x}", info.st_size, since_epoch.count())};
}

WholeFile FolderSource::get(const std::string& path) {
    const auto info = head(path);
    return {.bytes = get(path, {0, info.length}), .info = info};
}

std::string FolderSource::get(const std::string& path, ByteRange range) {
    const auto file = root_ / path;
    stat_file(file);
    std::ifstream in(file, std::ios::binary);
    if (!in) fail("open", file, errno);
    std::string bytes(range.size(), '\0');
    in.seekg(static_cast<std::streamoff>(range.begin));
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (static_cast<std::uint64_t>(in.gcount()) != range.size()) {
        throw freshet::TransientError(fmt::format("read '{}': the file ends before the requested bytes {}-{}",
                                                  file.string(), range.begin, range.end - 1));
    }
    return bytes;
}

std::unique_ptr<Source> make_source(std::string_view url_or_folder, freshet::http::Client& client) {
    if (url_or_folder.starts_with("http://") || url_or_folder.starts_with("https://")) {
        return std::make_unique<HttpSource>(std::string(url_or_folder), client);
    }
    return std::make_unique<FolderSource>(std::string(url_or_folder));
}

}  // namespace gfs
