// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/source.hpp"

#include "freshet/http.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gfs::simulator {

/// Bytes of a file as a Range header asks for them.
struct RequestedRange {
    std::uint64_t begin = 0;
    std::uint64_t length = 0;

    friend bool operator==(const RequestedRange&, const RequestedRange&) = default;
};

/// What "bytes=0-99", "bytes=100-" or "bytes=-5" means for a file of `size` bytes: nothing when it is not one range
/// (it is then ignored, as RFC 9110 has it), length 0 when it lies outside of the file.
std::optional<RequestedRange> parse_range(std::string_view range, std::uint64_t size);

/// What a request is answered from: a file, or bytes where there is none.
struct Content {
    FileInfo info;
    std::filesystem::path file{};
    std::string bytes{};

    /// As if they were a file with these facts, but for the length and the ETag, which follow from the bytes.
    static Content from_bytes(std::string bytes, FileInfo info);
};

/// Nothing where there is no such file.
std::optional<Content> find_content(const std::filesystem::path& file);

/// The answer to a request for what is not there.
freshet::http::Response not_found();

/// The answer to GET or HEAD: 200, 206 or 416, with ETag and Last-Modified.
freshet::http::Response content_response(const Content& content, const freshet::http::Request& request);

}  // namespace gfs::simulator
