// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/answer.hpp"

#include "source/http_date.hpp"

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
struct Meaning {
    int first;
    int last;
    FailureClass failure_class;
    std::string_view words;
};

constexpr Meaning meanings[] = {
    {404, 404, FailureClass::not_yet, "it is not there yet"},
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

const Meaning& meaning_of(int status) {
    return *std::ranges::find_if(meanings,
                                 [status](const Meaning& row) { return status >= row.first && status <= row.last; });
}

std::string subject(const Request& request, const Response& response) {
    const auto range = freshet::http::find_header(request.headers, "Range");
    return fmt::format("{} {}{}{}: status {}", request.method, request.url, range ? " " : "", range.value_or(""),
                       response.status);
}

[[noreturn]] void refuse_body(const Request& request, const Response& response, std::string_view why) {
    throw freshet::TransientError(fmt::format("{}, but {}", subject(request, response), why));
}

void expect_status(const Request& request, const Response& response, int wanted) {
    if (response.status == wanted) return;
    const auto& meaning = meaning_of(response.status);
    const auto message = fmt::format("{}, {}", subject(request, response), meaning.words);
    const auto pause = retry_after(response);
    const bool is_told_to_wait = pause && meaning.failure_class == FailureClass::transient;
    throw freshet::TransientError(message, is_told_to_wait ? FailureClass::throttled : meaning.failure_class, pause);
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

FailureClass failure_class_of(int status) { return meaning_of(status).failure_class; }

FileFacts facts_of(const Request& request, const Response& response) {
    expect_status(request, response, 200);
    const auto length = number(response.header("Content-Length").value_or(""));
    if (!length) refuse_body(request, response, "the server does not tell the length of the file");
    if (*length == 0) refuse_body(request, response, "the file is empty");
    // A page that asks for patience may come with status 200 in place of a file of any size.
    if (response.header("Content-Type").value_or("").starts_with("text/html")) {
        refuse_body(request, response, "it is a web page");
    }
    return {.length = *length,
            .last_modified = time_from_http_date(response.header("Last-Modified").value_or("")),
            .etag = response.header("ETag").value_or("")};
}

WholeFile whole_body(const Request& request, Response response) {
    expect_status(request, response, 200);
    if (response.body.empty()) refuse_body(request, response, "the body is empty");
    if (is_html(response.body)) refuse_body(request, response, "the body is a web page");
    const auto length = number(response.header("Content-Length").value_or(""));
    if (length && *length != response.body.size()) {
        refuse_body(request, response, fmt::format("only {} of {} bytes arrived", response.body.size(), *length));
    }
    FileFacts facts{.length = response.body.size(),
                    .last_modified = time_from_http_date(response.header("Last-Modified").value_or("")),
                    .etag = response.header("ETag").value_or("")};
    return {.bytes = std::move(response.body), .facts = std::move(facts)};
}

std::string partial_body(const Request& request, Response response, ByteRange range) {
    if (response.status == 200) {
        refuse_body(request, response,
                    is_html(response.body)  ? "the body is a web page"
                    : response.body.empty() ? "the body is empty"
                                            : "the server ignored the range");
    }
    expect_status(request, response, 206);
    const auto told = response.header("Content-Range").value_or("");
    if (!told.starts_with(fmt::format("bytes {}-{}/", range.begin, range.end - 1))) {
        refuse_body(request, response, fmt::format("the server sent another range: '{}'", told));
    }
    if (response.body.empty()) refuse_body(request, response, "the body is empty");
    if (is_html(response.body)) refuse_body(request, response, "the body is a web page");
    if (response.body.size() != range.size()) {
        refuse_body(request, response, fmt::format("only {} of {} bytes arrived", response.body.size(), range.size()));
    }
    return std::move(response.body);
}

}  // namespace gfs
