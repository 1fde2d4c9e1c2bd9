// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/http_source.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace gfs {
namespace {

using freshet::FailureClass;
using freshet::http::Request;
using freshet::http::Response;

/// The meaning of a range of statuses at the servers of GFS. The first row that holds the status counts.
struct StatusRule {
    int first;
    int last;
    FailureClass failure_class;
    std::string_view description;
};

constexpr StatusRule status_rules[] = {
    {404, 404, FailureClass::not_ready, "not published yet"},
    {302, 302, FailureClass::throttled, "redirected for sending too many requests"},
    {429, 429, FailureClass::throttled, "too many requests"},
    {301, 308, FailureClass::permanent, "moved; redirects are not followed"},
    {401, 401, FailureClass::permanent, "authentication required"},
    {410, 410, FailureClass::permanent, "permanently removed"},
    {403, 403, FailureClass::permanent, "no longer kept there, or this client is blocked"},
    {408, 408, FailureClass::transient, "request timeout"},
    {416, 416, FailureClass::transient, "the file is shorter than its inventory says"},
    {200, 206, FailureClass::transient, "unexpected for this request"},
    {500, 599, FailureClass::transient, "server error"},
    {0, 999, FailureClass::permanent, "unexpected status"},
};

const StatusRule& rule_for(int status) {
    return *std::ranges::find_if(status_rules,
                                 [status](const StatusRule& row) { return status >= row.first && status <= row.last; });
}

std::string subject(const Request& request, const Response& response) {
    const auto range = freshet::http::find_header(request.headers, "Range");
    return fmt::format("{} {}{}{}: status {}", request.method, request.url, range ? " " : "", range.value_or(""),
                       response.status);
}

[[noreturn]] void reject_body(const Request& request, const Response& response, std::string_view reason) {
    throw freshet::TransientError(fmt::format("{}, but {}", subject(request, response), reason));
}

void check_status(const Request& request, const Response& response, int expected) {
    if (response.status == expected) return;
    const auto& rule = rule_for(response.status);
    const auto message = fmt::format("{}, {}", subject(request, response), rule.description);
    const auto wait = retry_after(response);
    const bool has_retry_after = wait && rule.failure_class == FailureClass::transient;
    throw freshet::TransientError(message, has_retry_after ? FailureClass::throttled : rule.failure_class, wait);
}

std::optional<std::uint64_t> content_length(const Response& response) {
    const auto digits = response.header("Content-Length").value_or("");
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

FileInfo info_with_length(const Response& response, std::uint64_t length) {
    return {.length = length,
            .last_modified = freshet::parse_http_date(response.header("Last-Modified").value_or("")),
            .etag = response.header("ETag").value_or("")};
}

bool is_html(std::string_view body) {
    const auto start = body.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos || body[start] != '<') return false;
    const auto head = body.substr(start, 9);
    return head.starts_with("<!DOCTYPE") || head.starts_with("<!doctype") || head.starts_with("<html") ||
           head.starts_with("<HTML");
}

}  // namespace

HttpSource::HttpSource(std::string base_url, freshet::http::Client& client)
    : base_url_(std::move(base_url)), client_(client) {
    if (!base_url_.ends_with('/')) base_url_ += '/';
}

FileInfo HttpSource::head(const std::string& path) {
    const Request request{.method = "HEAD", .url = address(path)};
    return file_info(request, client_.send(request));
}

WholeFile HttpSource::get(const std::string& path) {
    const Request request{.url = address(path)};
    return whole_body(request, client_.send(request));
}

std::string HttpSource::get(const std::string& path, ByteRange range) {
    const Request request{.url = address(path),
                          .headers = {{"Range", fmt::format("bytes={}-{}", range.begin, range.end - 1)}}};
    return partial_body(request, client_.send(request), range);
}

FailureClass failure_class_of(int status) { return rule_for(status).failure_class; }

FileInfo file_info(const Request& request, const Response& response) {
    check_status(request, response, 200);
    const auto length = content_length(response);
    if (!length) reject_body(request, response, "the Content-Length is missing");
    if (*length == 0) reject_body(request, response, "the file is empty");
    // An overloaded server may send an HTML page with status 200 in place of any file.
    if (response.header("Content-Type").value_or("").starts_with("text/html")) {
        reject_body(request, response, "it is a web page");
    }
    return info_with_length(response, *length);
}

WholeFile whole_body(const Request& request, Response response) {
    check_status(request, response, 200);
    if (response.body.empty()) reject_body(request, response, "the body is empty");
    if (is_html(response.body)) reject_body(request, response, "the body is a web page");
    const auto length = content_length(response);
    if (length && *length != response.body.size()) {
        reject_body(request, response, fmt::format("only {} of {} bytes arrived", response.body.size(), *length));
    }
    FileInfo info = info_with_length(response, response.body.size());
    return {.bytes = std::move(response.body), .info = std::move(info)};
}

std::string partial_body(const Request& request, Response response, ByteRange range) {
    if (response.status == 200) {
        reject_body(request, response,
                    is_html(response.body)  ? "the body is a web page"
                    : response.body.empty() ? "the body is empty"
                                            : "the server ignored the range");
    }
    check_status(request, response, 206);
    const auto content_range = response.header("Content-Range").value_or("");
    if (!content_range.starts_with(fmt::format("bytes {}-{}/", range.begin, range.end - 1))) {
        reject_body(request, response, fmt::format("the server sent another range: '{}'", content_range));
    }
    if (response.body.empty()) reject_body(request, response, "the body is empty");
    if (is_html(response.body)) reject_body(request, response, "the body is a web page");
    if (response.body.size() != range.size()) {
        reject_body(request, response, fmt::format("only {} of {} bytes arrived", response.body.size(), range.size()));
    }
    return std::move(response.body);
}

}  // namespace gfs
