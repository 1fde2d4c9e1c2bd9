// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/http_target.hpp"

#include "freshet/digest.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <charconv>

namespace freshet {

namespace {

/// That of all targets: they are values, which tasks make anew for each question.
http::Client& client() {
    static const std::unique_ptr<http::Client> client = http::make_client();
    return *client;
}

bool is_absent(const http::Response& response) { return response.status == 404 || response.status == 410; }

bool is_success(const http::Response& response) { return response.status / 100 == 2; }

std::uintmax_t length_of(const http::Response& response) {
    const std::string text = response.header("Content-Length").value_or("");
    std::uintmax_t length = 0;
    std::from_chars(text.data(), text.data() + text.size(), length);
    return length;
}

std::string validator_of(const http::Response& response) {
    for (const char* name : {"ETag", "Last-Modified"})
        if (const auto value = response.header(name)) return fmt::format("{} {}", name, *value);
    return "";
}

}  // namespace

HttpTarget::HttpTarget(std::string url, http::Headers headers) : url_(std::move(url)), headers_(std::move(headers)) {
    if (!url_.starts_with("http://") && !url_.starts_with("https://"))
        throw ParameterError(
            fmt::format("make a target: '{}' is not like https://host/path", http::redacted_url(url_)));
}

std::string HttpTarget::address() const {
    constexpr std::size_t few_digits = 12;
    const std::string whole = url_.substr(0, url_.find('#'));
    const std::size_t query = whole.find('?');
    if (query == whole.npos) return http::redacted_url(whole);
    return fmt::format("{}?{}", http::redacted_url(whole), sha256(whole.substr(query)).substr(0, few_digits));
}

bool HttpTarget::exists() const { return ask("look for").has_value(); }

std::string HttpTarget::read() const {
    http::Response response = client().send(request("GET"));
    if (!is_success(response)) fail("read", response);
    return std::move(response.body);
}

void HttpTarget::download(const std::filesystem::path& file) const {
    const http::Response response = http::download(client(), request("GET"), file);
    if (!is_success(response)) fail("download", response);
}

std::optional<Content> HttpTarget::head() const {
    const auto response = ask("look at");
    if (!response) return std::nullopt;
    return Content{.size = length_of(*response), .validator = validator_of(*response)};
}

http::Request HttpTarget::request(std::string method) const {
    constexpr int max_redirects = 10;
    return {.method = std::move(method), .url = url_, .headers = headers_, .max_redirects = max_redirects};
}

/// nullopt: nothing is there.
std::optional<http::Response> HttpTarget::ask(std::string_view doing) const {
    http::Response response = client().send(request("HEAD"));
    if (is_absent(response)) return std::nullopt;
    if (!is_success(response)) fail(doing, response);
    return response;
}

void HttpTarget::fail(std::string_view doing, const http::Response& response) const {
    if (is_absent(response)) throw Error(fmt::format("{} '{}': it does not exist", doing, address()));
    const std::string message = fmt::format("{} '{}': the server answered {}", doing, address(), response.status);
    if (response.status == 503 || response.status == 429)
        throw TransientError(message, FailureClass::throttled, http::retry_after(response));
    if (response.status >= 500 || response.status == 408)
        throw TransientError(message, FailureClass::transient, http::retry_after(response));
    throw Error(message);
}

}  // namespace freshet
