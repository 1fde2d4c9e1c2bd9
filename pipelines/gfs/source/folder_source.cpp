// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/folder_source.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace gfs {
namespace {

[[noreturn]] void refuse(std::string_view doing, const std::filesystem::path& file, int error) {
    const auto reason = std::error_code(error, std::generic_category()).message();
    const auto message = fmt::format("{} '{}': {}", doing, file.string(), reason);
    if (error == ENOENT) throw freshet::TransientError(message, freshet::FailureClass::not_yet);
    if (error == EACCES || error == EISDIR) {
        throw freshet::TransientError(message, freshet::FailureClass::permanent);  // another root may have it
    }
    throw freshet::TransientError(message);
}

struct stat facts_from_system(const std::filesystem::path& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) refuse("looking at", file, errno);
    if (S_ISDIR(facts.st_mode)) refuse("looking at", file, EISDIR);
    return facts;
}

/// A disk that is not mounted must not pass for files that are not published yet.
void expect_folder(const std::filesystem::path& root) {
    struct stat facts {};
    if (::stat(root.c_str(), &facts) != 0 && errno == ENOENT)
        throw freshet::TransientError(fmt::format("looking into '{}': there is no such folder; is it mounted?", root.string()));
}

}  // namespace

FileFacts FolderSource::head(const std::string& path) {
    expect_folder(root_);
    const auto facts = facts_from_system(root_ / path);
    const auto since_epoch = std::chrono::seconds(facts.st_mtim.tv_sec) + std::chrono::nanoseconds(facts.st_mtim.tv_nsec);
    return {.length = static_cast<std::uint64_t>(facts.st_size),
            .last_modified = freshet::Time(std::chrono::duration_cast<freshet::Time::duration>(since_epoch)),
            .etag = fmt::format("{:x}-{:x}", facts.st_size, since_epoch.count())};
}

WholeFile FolderSource::get(const std::string& path) {
    const auto facts = head(path);
    return {.bytes = get(path, {0, facts.length}), .facts = facts};
}

std::string FolderSource::get(const std::string& path, ByteRange range) {
    const auto file = root_ / path;
    facts_from_system(file);
    std::ifstream in(file, std::ios::binary);
    if (!in) refuse("opening", file, errno);
    std::string bytes(range.size(), '\0');
    in.seekg(static_cast<std::streamoff>(range.begin));
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (static_cast<std::uint64_t>(in.gcount()) != range.size()) {
        throw freshet::TransientError(fmt::format("reading '{}': it ends before the bytes {}-{} that were asked for",
                                                  file.string(), range.begin, range.end - 1));
    }
    return bytes;
}

}  // namespace gfs
