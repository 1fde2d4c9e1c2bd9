// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/event.hpp"
#include "freshet/http.hpp"

#include <filesystem>
#include <optional>

namespace freshet::event {

struct WebhookOptions {
    std::string url;
    http::Headers headers{};                            ///< sent along with each event
    std::optional<std::filesystem::path> token_file{};  ///< its content is sent as bearer token; read for each event
};

/// Posts each event as a structured CloudEvent; any answer of 2xx acknowledges it. Whatever else is answered, the event
/// is worth a repeat: a receiver's mistake must not lose it.
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

/// [[sink]] type = "webhook", url = "https://...", token_file = "/run/secrets/token", headers = { ... }
SinkType webhook_sink_type();

}  // namespace freshet::event
