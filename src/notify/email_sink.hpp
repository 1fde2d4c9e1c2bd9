// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/event.hpp"
#include "net/smtp_client.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace freshet::notify {

/// The sections [email] and [smtp] of the configuration, with Luigi's keys and defaults, and a few more.
struct EmailConfig {
    std::string sender{};                   ///< empty: freshetd@HOST
    std::vector<std::string> recipients{};  ///< of rules that name none
    std::string prefix = "[freshet]";       ///< of each subject
    std::string host = "localhost";
    std::uint16_t port = 0;
    bool ssl = false;     ///< TLS from the first byte
    bool no_tls = false;  ///< never STARTTLS
    std::string username{};
    std::string password{};
    std::optional<std::filesystem::path> password_file{};  ///< instead; read for each mail
    std::optional<std::filesystem::path> ca_file{};
    std::string local_hostname{};
    double timeout = 10;  ///< seconds
};

/// Sends each notification as a mail whose Message-ID is that of the event.
class EmailSink final : public Sink {
public:
    EmailSink(EmailConfig config, std::vector<std::string> recipients);

    void deliver(const Event& event) override;
    std::string name() const override;

private:
    EmailConfig config_;
    std::vector<std::string> recipients_;
};

/// The mail about a notification (RFC 5322 and MIME), UTF-8 in base64.
std::string mail_content(const EmailConfig& config, const std::vector<std::string>& recipients, const Event& event);

/// Returns the server of the configuration, with the password of its file. A login is never sent without TLS unless
/// `no_tls` is set. Throws Error when the file cannot be read.
smtp::Server smtp_server(const EmailConfig& config);

}  // namespace freshet::notify
