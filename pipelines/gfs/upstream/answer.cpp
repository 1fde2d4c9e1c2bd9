// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/answer.hpp"

#include "upstream/http_date.hpp"

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

/// What is known of the servers that GFS comes from. The first row that holds the status counts.
struct StatusRule {
    int first;
    int last;
    FailureClass failure_class;
    std::string_view description;
};

constexpr StatusRule status_rules[] = {
    {404, 404, FailureClass::not_ready, "it is not there yet"},
    {302, 302, FailureClass::throttled, "the server turns away clients that ask too much"},
    {429, 429, FailureClass::throttled, "the server asks for fewer requests"},
    {301, 308, FailureClass::permanent, "it has moved away, and redirections are not followed"},
    {401, 401, FailureClass::permanent, "this client is not let in"},
    {410, 410, FailureClass::permanent, "it is gone for good"},
    {403, 403, FailureClass::permanent, "it is too old to be kept there, or this client is blocked"},
    {408, 408, FailureClass::transient, "the server gave up waiting"},
    {416, 416, FailureClass::transient, "the file is shorter than its inventory says"},
    {200, 206, FailureClass::transient, "it is not the answer to what was asked"},
    {500, 599, FailureClass::transient, "the server failed"},
    {0, 999, FailureClass::permanent, "this is no answer that a source gives"},
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

void check_status(const Request& request, const Response& response, int wanted) {
    if (response.status == wanted) return;
    const auto& rule = rule_for(response.status);
    const auto message = fmt::format("{}, {}", subject(request, response), rule.description);
    const auto wait = retry_after(response);
    const bool has_retry_after = wait && rule.failure_class == FailureClass::transient;
    throw freshet::TransientError(message, has_retry_after ? FailureClass::throttled : rule.failure_class, wait);
}

std::optional<std::uint64_t> number(std::string_view digits) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

bool is_html(std::string_view body) {
    const auto start = body.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos || body[start] != '<') return false;
    const auto head = body.substr(start, 9);
    return head.starts_with("<!DOCTYPE") || head.starts_with("<!doctype") || head.starts_with("<html") ||
           head.starts_with("<HTML");
}

}  // namespace

FailureClass failure_class_of(int status) { return rule_for(status).failure_class; }

FileInfo file_info(const Request& request, const Response& response) {
    check_status(request, response, 200);
    const auto length = number(response.header("Content-Length").value_or(""));
    if (!length) reject_body(request, response, "the server does not tell the length of the file");
    if (*length == 0) reject_body(request, response, "the file is empty");
    // A page that asks for patience may come with status 200 in place of a file of any size.
    if (response.header("Content-Type").value_or("").starts_with("text/html")) {
        reject_body(request, response, "it is a web page");
    }
    return {.length = *length,
            .last_modified = time_from_http_date(response.header("Last-Modified").value_or("")),
            .etag = response.header("ETag").value_or("")};
}

WholeFile whole_body(const Request& request, Response response) {
    check_status(request, response, 200);
    if (response.body.empty()) reject_body(request, response, "the body is empty");
    if (is_html(response.body)) reject_body(request, response, "the body is a web page");
    const auto length = number(response.header("Content-Length").value_or(""));
    if (length && *length != response.body.size()) {
        reject_body(request, response, fmt::format("only {} of {} bytes arrived", response.body.size(), *length));
    }
    FileInfo info{.length = response.body.size(),
                  .last_modified = time_from_http_date(response.header("Last-Modified").value_or("")),
                  .etag = response.header("ETag").value_or("")};
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
