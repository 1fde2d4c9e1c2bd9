// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/responses.hpp"

#include "inventory/inventory.hpp"
#include "simulator/publish.hpp"
#include "upstream/source.hpp"

#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/text.hpp"

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
    if (info.last_modified) headers.emplace_back("Last-Modified", freshet::format_http_date(*info.last_modified));
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

namespace {

Response status_response(const Fault& fault) {
    Response response{.status = fault.status, .body = fmt::format("simulated status {}\n", fault.status)};
    if (fault.retry_after) response.headers.emplace_back("Retry-After", std::to_string(*fault.retry_after));
    if (fault.status / 100 == 3) response.headers.emplace_back("Location", "/blocked.html");
    return response;
}

Response html_response() {
    return {.headers = {{"Content-Type", "text/html"}},
            .body = "<!DOCTYPE html>\n<html><body>Simulated error page.</body></html>\n"};
}

Response cut(const Fault& fault, Response response) {
    const auto size = response.file ? response.file->length : response.body.size();
    response.fault.cut_after = fault.bytes.value_or(size / 2);
    return response;
}

Response throttled(const Fault& fault, Response response) {
    response.fault.bytes_per_second = fault.rate;
    return response;
}

bool is_range(const std::pair<std::string, std::string>& header) {
    return freshet::equal_ignoring_case(header.first, "Range");
}

Request without_range(Request request) {
    std::erase_if(request.headers, is_range);
    return request;
}

/// Shifts the range of a request by `shift` bytes.
Request shifted_range(const Request& request, std::int64_t shift, std::uint64_t size) {
    const auto range = freshet::http::find_header(request.headers, "Range");
    const auto span = range ? parse_range(*range, size) : std::nullopt;
    if (!span || span->length == 0) return request;
    const auto most = static_cast<std::int64_t>(size - 1);
    const auto begin = std::clamp(static_cast<std::int64_t>(span->begin) + shift, std::int64_t{0}, most);
    auto other = without_range(request);
    other.headers.emplace_back("Range",
                               fmt::format("bytes={}-{}", begin, begin + static_cast<std::int64_t>(span->length) - 1));
    return other;
}

bool is_index(const std::filesystem::path& file) { return file.extension() == ".idx"; }

Inventory read_index(const std::filesystem::path& file) {
    return Inventory::parse(freshet::read_file(file), file.string());
}

/// Keeps the entries of the first `messages` messages.
Inventory first_messages(const Inventory& inventory, int messages) {
    std::vector<Entry> entries;
    std::ranges::copy_if(inventory.entries(), std::back_inserter(entries),
                         [messages](const Entry& entry) { return entry.message <= messages; });
    return Inventory(std::move(entries));
}

std::uint64_t end_of_messages(const std::filesystem::path& grib, int messages) {
    auto index = grib;
    const auto inventory = read_index(index += ".idx");
    const auto after = std::ranges::find(inventory.entries(), messages + 1, &Entry::message);
    return after == inventory.entries().end() ? std::filesystem::file_size(grib) : after->offset;
}

Content truncated(const Fault& fault, Content content) {
    if (fault.messages && is_index(content.file)) {
        return Content::from_bytes(first_messages(read_index(content.file), *fault.messages).text(), content.info);
    }
    const auto end = fault.messages ? end_of_messages(content.file, *fault.messages) : *fault.bytes;
    content.info.length = std::min(content.info.length, end);
    content.info.etag += fmt::format("-{:x}", end);
    return content;
}

Content stale_index(const Fault& fault, const Content& content) {
    constexpr auto a_day = std::chrono::hours(24);
    auto entries = read_index(content.file).entries();
    for (auto& entry : entries) {
        if (entry.offset > 0) entry.offset += static_cast<std::uint64_t>(fault.shift);
    }
    auto info = content.info;
    if (info.last_modified) *info.last_modified -= a_day;
    return Content::from_bytes(Inventory(std::move(entries)).text(), info);
}

Content replaced(const Fault& fault, const std::filesystem::path& folder) {
    auto other = find_content(folder / fault.by);
    if (!other) throw freshet::Error(fmt::format("the replacement '{}' does not exist", (folder / fault.by).string()));
    return std::move(*other);
}

}  // namespace

Response fault_response(const Fault& fault, const Content& content, const Request& request) {
    switch (fault.kind) {
        case FaultKind::absent:
            return not_found();
        case FaultKind::status:
            return status_response(fault);
        case FaultKind::empty:
            return {};
        case FaultKind::html:
            return html_response();
        case FaultKind::cut:
            return cut(fault, content_response(content, request));
        case FaultKind::slow:
            return throttled(fault, content_response(content, request));
        case FaultKind::ignore_range:
            return content_response(content, without_range(request));
        case FaultKind::wrong_range:
            return content_response(content, shifted_range(request, fault.shift, content.info.length));
        case FaultKind::truncated:
        case FaultKind::stale_index:
        case FaultKind::replaced:
            break;  // faults of the content
    }
    return content_response(content, request);
}

Content apply_fault(const Fault& fault, Content content, const std::filesystem::path& folder) {
    switch (fault.kind) {
        case FaultKind::truncated:
            return truncated(fault, std::move(content));
        case FaultKind::stale_index:
            return stale_index(fault, content);
        case FaultKind::replaced:
            return replaced(fault, folder);
        default:
            return content;
    }
}

}  // namespace gfs::simulator
