// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace gfs::mirror {

/// Bytes of a file as a Range header asks for them.
struct Span {
    std::uint64_t begin = 0;
    std::uint64_t length = 0;

    friend bool operator==(const Span&, const Span&) = default;
};

/// What "bytes=0-99", "bytes=100-" or "bytes=-5" means for a file of `size` bytes: nothing when it is not one range
/// (it is then ignored, as RFC 9110 has it), length 0 when it lies outside of the file.
std::optional<Span> span_of(std::string_view range, std::uint64_t size);

/// The answer to GET or HEAD of one file: 200, 206, 404 or 416, with ETag and Last-Modified.
freshet::http::Response file_answer(const freshet::http::Request& request, const std::filesystem::path& file);

}  // namespace gfs::mirror
