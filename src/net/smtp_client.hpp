// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace freshet::smtp {

enum class Tls {
    if_offered,  ///< STARTTLS, if the server has it
    required,    ///< STARTTLS
    implicit,    ///< from the first byte: smtps
    none,
};

/// A server that takes mail. With TLS its certificate must be valid for `host`.
struct Server {
    std::string host = "localhost";
    std::uint16_t port = 0;  ///< 0: 465 for implicit TLS, else 25
    Tls tls = Tls::if_offered;
    std::string username{};  ///< empty: no login
    std::string password{};
    std::string local_hostname{};                    ///< said in EHLO; empty: this host's name
    std::optional<std::filesystem::path> ca_file{};  ///< of the server's certificate; none: the system's
    std::chrono::milliseconds timeout{10'000};
};

struct Mail {
    std::string sender{};
    std::vector<std::string> recipients{};
    std::string content{};  ///< headers and body, with CRLF
};

/// Returns when the server has accepted the mail for at least one recipient. Throws Error when it refuses this mail for
/// good (5xx), TransientError for all else: a server that is away or knows the login not yet.
void send(const Server& server, const Mail& mail);

}  // namespace freshet::smtp
