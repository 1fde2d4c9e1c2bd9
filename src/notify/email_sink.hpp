// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/event.hpp"
#include "net/smtp_client.hpp"
#include "notify/email_config.hpp"

#include <string>
#include <vector>

namespace freshet::notify {

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
