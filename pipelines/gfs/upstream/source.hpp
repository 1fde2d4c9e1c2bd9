// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/error.hpp"
#include "freshet/http.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gfs {

/// The bytes from `begin` up to, not including, `end`.
struct ByteRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    std::uint64_t size() const { return end - begin; }
    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// The version of a file as its mirror reports it. While it compares equal, the content is the same.
struct FileInfo {
    std::uint64_t length = 0;
    std::optional<freshet::Time> last_modified{};
    std::string etag{};

    friend bool operator==(const FileInfo&, const FileInfo&) = default;
};

/// The whole content of a file.
struct WholeFile {
    std::string bytes;
    FileInfo info;
};

/// A mirror was not asked, by our own rules. Not recorded against its health.
class SkippedMirror : public freshet::TransientError {
public:
    using TransientError::TransientError;
};

/// Read access to one mirror. Paths are relative to it. A missing file is a TransientError of class not_ready; every
/// error names the full address. Thread-safe.
class Source {
public:
    virtual ~Source() = default;
    virtual FileInfo head(const std::string& path) = 0;
    virtual WholeFile get(const std::string& path) = 0;
    /// Returns exactly these bytes of the file.
    virtual std::string get(const std::string& path, ByteRange range) = 0;
    /// The full address of a file, for messages.
    virtual std::string address(const std::string& path) const = 0;
    /// Reserves a number of consecutive requests, so that a rate limit rejects a download before its first request
    /// rather than in the middle. Does nothing where there is no limit.
    virtual void reserve(std::size_t requests) { static_cast<void>(requests); }
};

/// Files in a local folder with the directory layout of the public mirrors.
class FolderSource final : public Source {
public:
    explicit FolderSource(std::filesystem::path root) : root_(std::move(root)) {}

    FileInfo head(const std::string& path) override;
    WholeFile get(const std::string& path) override;
    std::string get(const std::string& path, ByteRange range) override;
    std::string address(const std::string& path) const override { return (root_ / path).string(); }

private:
    std::filesystem::path root_;
};

/// Opens a URL (http:// or https://), else a folder. The client must outlive the source.
std::unique_ptr<Source> make_source(std::string_view url_or_folder, freshet::http::Client& client);

}  // namespace gfs
