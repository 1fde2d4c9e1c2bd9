// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/ranges.hpp"

#include "freshet/clock.hpp"
#include "freshet/http.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gfs {

/// What can be known about a file without reading it. While it stays equal, so does the file.
struct FileInfo {
    std::uint64_t length = 0;
    std::optional<freshet::Time> last_modified{};
    std::string etag{};

    friend bool operator==(const FileInfo&, const FileInfo&) = default;
};

/// A file read whole.
struct WholeFile {
    std::string bytes;
    FileInfo info;
};

/// A mirror of the public layout. Paths are relative to it. What is not there is a TransientError of class not_ready;
/// every error names the whole address. Safe to use from many threads at once.
class Source {
public:
    virtual ~Source() = default;
    virtual FileInfo head(const std::string& path) = 0;
    virtual WholeFile get(const std::string& path) = 0;
    /// Exactly these bytes of the file.
    virtual std::string get(const std::string& path, ByteRange range) = 0;
    /// The whole address of a file, for messages.
    virtual std::string address(const std::string& path) const = 0;
    /// So many requests will follow one another: whoever rations them refuses now rather than in the middle.
    virtual void reserve(std::size_t requests) { static_cast<void>(requests); }
};

/// A URL (http:// or https://) or else a folder. The client must outlive the source.
std::unique_ptr<Source> make_source(std::string_view url_or_folder, freshet::http::Client& client);

}  // namespace gfs
