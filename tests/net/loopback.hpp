// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace freshet::test {

/// A server on a free port of loopback and a client to talk to it.
struct Loopback {
    explicit Loopback(http::Handler handler, http::ServerOptions options = {}) : server(options, std::move(handler)) {}

    std::string url(std::string_view path = "/") const {
        return fmt::format("http://127.0.0.1:{}{}", server.port(), path);
    }
    http::Response get(std::string_view path = "/") const { return client->send({.url = url(path)}); }

    http::Server server;
    std::unique_ptr<http::Client> client = http::make_client();
};

/// The message of the exception of type E that `action` throws, or what happened instead.
template <typename E>
std::string message_of(const auto& action) {
    try {
        action();
    } catch (const E& error) {
        return error.what();
    }
    return "nothing was thrown";
}

}  // namespace freshet::test
