// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "mirror/file_answer.hpp"

#include "source/folder_source.hpp"
#include "source/http_date.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace gfs::mirror {
namespace {

using freshet::http::Headers;
using freshet::http::Request;
using freshet::http::Response;

std::optional<std::uint64_t> number(std::string_view digits) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

Headers headers_for(const FileFacts& facts) {
    Headers headers{{"Accept-Ranges", "bytes"},
                    {"Content-Type", "application/octet-stream"},
                    {"ETag", fmt::format("\"{}\"", facts.etag)}};
    if (facts.last_modified) headers.emplace_back("Last-Modified", http_date(*facts.last_modified));
    return headers;
}

}  // namespace

std::optional<Span> span_of(std::string_view range, std::uint64_t size) {
    constexpr std::string_view unit = "bytes=";
    const auto dash = range.find('-');
    if (!range.starts_with(unit) || dash == std::string_view::npos) return std::nullopt;
    const auto first = number(range.substr(unit.size(), dash - unit.size()));
    const auto last = number(range.substr(dash + 1));
    const bool is_open = dash + 1 == range.size();
    if (!first && dash == unit.size() && last) return Span{size - std::min(*last, size), std::min(*last, size)};
    if (!first || (!last && !is_open) || (last && *last < *first)) return std::nullopt;
    if (*first >= size) return Span{};
    const auto end = last ? std::min(*last, size - 1) + 1 : size;
    return Span{*first, end - *first};
}

Response file_answer(const Request& request, const std::filesystem::path& file) {
    FileFacts facts;
    try {
        facts = FolderSource(file.parent_path()).head(file.filename());
    } catch (const freshet::Error&) {
        return {.status = 404, .body = "not found\n"};
    }
    auto headers = headers_for(facts);
    const auto range = freshet::http::find_header(request.headers, "Range");
    const auto span = range ? span_of(*range, facts.length) : std::nullopt;
    if (!span) {
        return {.headers = headers, .file = freshet::http::FileRegion{.path = file, .length = facts.length}};
    }
    if (span->length == 0) {
        return {.status = 416, .headers = {{"Content-Range", fmt::format("bytes */{}", facts.length)}}};
    }
    headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", span->begin, span->begin + span->length - 1,
                                                      facts.length));
    return {.status = 206,
            .headers = headers,
            .file = freshet::http::FileRegion{.path = file, .offset = span->begin, .length = span->length}};
}

}  // namespace gfs::mirror
