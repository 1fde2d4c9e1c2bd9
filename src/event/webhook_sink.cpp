// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/webhook_sink.hpp"

#include "base/files.hpp"
#include "event/sink_config.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

namespace freshet::event {

namespace {

/// The first line of an answer, which often says what the receiver did not like.
std::string first_line(std::string_view body) {
    constexpr std::size_t enough = 200;
    const auto line = trimmed(body.substr(0, body.find('\n'))).substr(0, enough);
    return line.empty() ? std::string{} : fmt::format(" '{}'", line);
}

std::unique_ptr<Sink> make_webhook_sink(const Json& json) {
    const SinkConfig table{json, "webhook", {"url", "token_file", "headers"}};
    WebhookOptions options{.url = table.required_text("url")};
    const bool http = options.url.starts_with("http://") || options.url.starts_with("https://");
    if (!http) table.reject("the key 'url' is not an http:// or https:// address");
    for (const auto& [name, value] : table.texts("headers")) options.headers.emplace_back(name, value);
    if (const auto file = table.text("token_file")) options.token_file = *file;
    return std::make_unique<WebhookSink>(std::move(options), http::make_client());
}

}  // namespace

WebhookSink::WebhookSink(WebhookOptions options, std::unique_ptr<http::Client> client)
    : options_(std::move(options)), client_(std::move(client)), name_("webhook " + http::redacted_url(options_.url)) {}

http::Request WebhookSink::request_for(const Event& event) const {
    http::Request request{.method = "POST", .url = options_.url, .headers = options_.headers};
    request.headers.emplace_back("Content-Type", "application/cloudevents+json; charset=utf-8");
    if (options_.token_file) {
        request.headers.emplace_back("Authorization",
                                     fmt::format("Bearer {}", trimmed(read_file(*options_.token_file))));
    }
    request.body = to_json(event).text();
    return request;
}

void WebhookSink::deliver(const Event& event) {
    const auto doing = fmt::format("deliver event '{}' to {}", event.id, name_);
    http::Response response;
    try {
        response = client_->send(request_for(event));
    } catch (const Error& error) {
        throw TransientError(fmt::format("{}: {}", doing, error.what()));
    }
    if (response.status / 100 == 2) return;
    const auto wait = http::retry_after(response);
    const bool throttled = wait || response.status == 429;
    throw TransientError(fmt::format("{}: answered {}{}", doing, response.status, first_line(response.body)),
                         throttled ? FailureClass::throttled : FailureClass::transient, wait);
}

SinkType webhook_sink_type() { return {.type = "webhook", .make = make_webhook_sink}; }

}  // namespace freshet::event
