// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/faults.hpp"
#include "upstream/source.hpp"

#include "freshet/http.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gfs::simulator {

/// The bytes of a file that a Range header requests.
struct RequestedRange {
    std::uint64_t begin = 0;
    std::uint64_t length = 0;

    friend bool operator==(const RequestedRange&, const RequestedRange&) = default;
};

/// Parses "bytes=0-99", "bytes=100-" or "bytes=-5" for a file of `size` bytes: nothing when it is not a single range
/// (RFC 9110 ignores such headers), length 0 when it lies outside of the file.
std::optional<RequestedRange> parse_range(std::string_view range, std::uint64_t size);

/// The content of a response: a file, or bytes.
struct Content {
    FileInfo info;
    std::filesystem::path file{};
    std::string bytes{};

    /// Presents bytes as a file with this metadata; length and ETag are derived from the bytes.
    static Content from_bytes(std::string bytes, FileInfo info);
};

/// Opens a file as content; nothing where it does not exist.
std::optional<Content> find_content(const std::filesystem::path& file);

/// The response 404.
freshet::http::Response not_found();

/// The response to GET or HEAD: 200, 206 or 416, with ETag and Last-Modified.
freshet::http::Response content_response(const Content& content, const freshet::http::Request& request);

/// The response to a request that a fault applies to.
freshet::http::Response fault_response(const Fault& fault, const Content& content,
                                       const freshet::http::Request& request);

/// Applies a fault to the content: truncates it, changes its version, or replaces it by another file of `folder`; other
/// kinds leave it unchanged. Throws freshet::Error where the fault needs an inventory or a file that is absent.
Content apply_fault(const Fault& fault, Content content, const std::filesystem::path& folder);

}  // namespace gfs::simulator
