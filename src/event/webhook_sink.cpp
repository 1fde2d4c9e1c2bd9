// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/sinks.hpp"

#include "base/files.hpp"
#include "event/sink_config.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"
#include "net/tls_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace freshet::event {

namespace {

/// The first line of an answer, which often says what the receiver did not like.
std::string first_line(std::string_view body) {
    constexpr std::size_t enough = 200;
    const auto line = trimmed(body.substr(0, body.find('\n'))).substr(0, enough);
    return line.empty() ? std::string{} : fmt::format(" '{}'", line);
}

/// The message of an HTTP client, in which each address, also one that was redirected to, is shown without its path.
std::string with_shown_addresses(std::string_view message) {
    std::string text;
    for (auto scheme = message.find("'http"); scheme != message.npos; scheme = message.find("'http")) {
        const auto begin = scheme + 1;
        const auto end = std::min(message.find('\'', begin), message.size());
        text.append(message.substr(0, begin)).append(shown_address(std::string(message.substr(begin, end - begin))));
        message.remove_prefix(end);
    }
    return text.append(message);
}

/// Returns whether the status is about the content of the request: bad request, too large, of a media type or a meaning
/// that the receiver does not take.
bool refuses_event(int status) {
    constexpr int rejections[] = {400, 413, 415, 422};
    return std::ranges::find(rejections, status) != std::end(rejections);
}

/// Adds the headers of a file. Throws Error for a line that is none, without showing it.
void read_headers(const std::filesystem::path& path, http::Headers& headers) {
    int number = 0;
    for (const auto& text : split(read_file(path), '\n')) {
        ++number;
        const auto line = trimmed(text);
        if (line.empty() || line.starts_with('#')) continue;
        const auto colon = line.find(':');
        if (colon == line.npos || colon == 0)
            throw Error(fmt::format("read headers '{}': line {} is not 'Name: value'", path.string(), number));
        headers.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    }
}

}  // namespace

WebhookSink::WebhookSink(WebhookOptions options, std::unique_ptr<http::Client> client)
    : options_(std::move(options)), client_(std::move(client)), name_("webhook " + http::redacted_url(options_.url)) {}

http::Request WebhookSink::request_for(const Event& event) const {
    http::Request request{.method = "POST", .url = options_.url, .headers = options_.headers};
    const std::string_view type = options_.body ? "application/json" : "application/cloudevents+json; charset=utf-8";
    request.headers.emplace_back("Content-Type", type);
    if (options_.headers_file) read_headers(*options_.headers_file, request.headers);
    if (options_.token_file) {
        request.headers.emplace_back("Authorization",
                                     fmt::format("Bearer {}", trimmed(read_file(*options_.token_file))));
    }
    request.body = (options_.body ? options_.body(event) : to_json(event)).text();
    return request;
}

void WebhookSink::deliver(const Event& event) {
    const auto doing = fmt::format("deliver event '{}' to webhook {}", event.id, shown_address(options_.url));
    http::Response response;
    try {
        response = client_->send(request_for(event));
    } catch (const Error& error) {
        throw TransientError(fmt::format("{}: {}", doing, with_shown_addresses(error.what())));
    }
    if (response.status / 100 == 2) return;
    const auto message = fmt::format("{}: answered {}{}", doing, response.status, first_line(response.body));
    if (refuses_event(response.status)) throw Error(message);
    const auto wait = http::retry_after(response);
    const bool throttled = wait || response.status == 429;
    throw TransientError(message, throttled ? FailureClass::throttled : FailureClass::transient, wait);
}

std::vector<std::string> webhook_keys() {
    return {"url", "token_file", "headers", "headers_file", "ca_file", "client_certificate", "client_key"};
}

std::unique_ptr<Sink> make_webhook_sink(const SinkConfig& table, std::function<Json(const Event&)> body) {
    WebhookOptions options{.url = table.required_text("url"), .body = std::move(body)};
    const bool http = options.url.starts_with("http://") || options.url.starts_with("https://");
    if (!http) table.reject("the key 'url' is not an http:// or https:// address");
    for (const auto& [name, value] : table.texts("headers")) options.headers.emplace_back(name, value);
    if (const auto file = table.text("token_file")) options.token_file = *file;
    if (const auto file = table.text("headers_file")) options.headers_file = *file;
    http::TlsFiles tls{.authorities = table.text("ca_file"),
                       .certificate = table.text("client_certificate"),
                       .key = table.text("client_key")};
    if (tls.key && !tls.certificate)
        table.reject("the key 'client_certificate' is missing, to which client_key belongs");
    return std::make_unique<WebhookSink>(std::move(options), http::make_client(std::move(tls)));
}

SinkType webhook_sink_type() {
    return {.type = "webhook", .make = [](const Json& table) {
                return make_webhook_sink({table, "webhook", webhook_keys()}, {});
            }};
}

}  // namespace freshet::event
