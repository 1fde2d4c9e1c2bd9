// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/file_answer.hpp"

#include "upstream/source.hpp"
#include "upstream/http_date.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>

namespace gfs::simulator {
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

Headers headers_for(const FileInfo& info) {
    Headers headers{{"Accept-Ranges", "bytes"},
                    {"Content-Type", "application/octet-stream"},
                    {"ETag", fmt::format("\"{}\"", info.etag)}};
    if (info.last_modified) headers.emplace_back("Last-Modified", http_date(*info.last_modified));
    return headers;
}

}  // namespace

std::optional<RequestedRange> parse_range(std::string_view range, std::uint64_t size) {
    constexpr std::string_view unit = "bytes=";
    const auto dash = range.find('-');
    if (!range.starts_with(unit) || dash == std::string_view::npos) return std::nullopt;
    const auto first = number(range.substr(unit.size(), dash - unit.size()));
    const auto last = number(range.substr(dash + 1));
    const bool is_open = dash + 1 == range.size();
    if (!first && dash == unit.size() && last)
        return RequestedRange{size - std::min(*last, size), std::min(*last, size)};
    if (!first || (!last && !is_open) || (last && *last < *first)) return std::nullopt;
    if (*first >= size) return RequestedRange{};
    const auto end = last ? std::min(*last, size - 1) + 1 : size;
    return RequestedRange{*first, end - *first};
}

Content Content::from_bytes(std::string bytes, FileInfo info) {
    info.length = bytes.size();
    info.etag += fmt::format("-{:x}", std::hash<std::string>{}(bytes));
    return {.info = std::move(info), .bytes = std::move(bytes)};
}

std::optional<Content> find_content(const std::filesystem::path& file) {
    try {
        return Content{.info = FolderSource(file.parent_path()).head(file.filename()), .file = file};
    } catch (const freshet::Error&) {
        return std::nullopt;
    }
}

Response not_found() { return {.status = 404, .body = "not found\n"}; }

Response content_response(const Content& content, const Request& request) {
    const auto size = content.info.length;
    const auto range = freshet::http::find_header(request.headers, "Range");
    const auto span = range ? parse_range(*range, size) : std::nullopt;
    if (span && span->length == 0)
        return {.status = 416, .headers = {{"Content-Range", fmt::format("bytes */{}", size)}}};
    Response response{.headers = headers_for(content.info)};
    const auto part = span.value_or(RequestedRange{.begin = 0, .length = size});
    if (span) {
        response.status = 206;
        response.headers.emplace_back("Content-Range",
                                      fmt::format("bytes {}-{}/{}", part.begin, part.begin + part.length - 1, size));
    }
    if (content.file.empty()) {
        response.body = content.bytes.substr(part.begin, part.length);
    } else {
        response.file = freshet::http::FileRegion{.path = content.file, .offset = part.begin, .length = part.length};
    }
    return response;
}

}  // namespace gfs::simulator
