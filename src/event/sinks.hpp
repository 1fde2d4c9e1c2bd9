// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "event/sink_config.hpp"
#include "freshet/event.hpp"
#include "freshet/http.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The sinks that every program has.
namespace freshet::event {

/// The start of the name of a FileSink, before its path.
inline constexpr std::string_view file_sink_prefix = "file ";

/// Appends each event to a file as one line of JSON, on the disk when deliver() returns. Several processes may append
/// to one file; a line torn by a crash is ended before the next one.
class FileSink final : public Sink {
public:
    explicit FileSink(std::filesystem::path path) : path_(std::move(path)) {}

    void deliver(const Event& event) override;
    std::string name() const override;

private:
    std::filesystem::path path_;
};

/// [[sink]] type = "file", path = "/data/events.jsonl"
SinkType file_sink_type();

struct WebhookOptions {
    std::string url;
    http::Headers headers{};  ///< sent along with each event
    /// Further ones, a line "Name: value" each; read for each event.
    std::optional<std::filesystem::path> headers_file{};
    std::optional<std::filesystem::path> token_file{};  ///< its content is sent as bearer token; read for each event
    std::function<Json(const Event&)> body{};           ///< none: a structured CloudEvent
};

/// Posts each event as JSON; any answer of 2xx acknowledges it. 400, 413, 415 and 422 refuse this
/// event; any other answer says that the receiver takes none now, as when it does not know the token.
class WebhookSink final : public Sink {
public:
    WebhookSink(WebhookOptions options, std::unique_ptr<http::Client> client);

    void deliver(const Event& event) override;
    /// Without query and credentials of the URL.
    std::string name() const override { return name_; }

private:
    http::Request request_for(const Event& event) const;

    WebhookOptions options_;
    std::unique_ptr<http::Client> client_;
    std::string name_;
};

/// [[sink]] type = "webhook", url = "https://...", token_file = "/run/secrets/token", headers = { ... },
/// headers_file, ca_file, client_certificate, client_key
SinkType webhook_sink_type();

/// The keys of that table, besides "type".
std::vector<std::string> webhook_keys();
/// Reads those keys. Throws ParameterError.
std::unique_ptr<Sink> make_webhook_sink(const SinkConfig& table, std::function<Json(const Event&)> body);

}  // namespace freshet::event
