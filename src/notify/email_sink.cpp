// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/email_sink.hpp"

#include "base/files.hpp"
#include "base/host_name.hpp"
#include "base/printable.hpp"
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace freshet::notify {

namespace {

std::string sender_of(const EmailConfig& config) {
    return config.sender.empty() ? "freshetd@" + host_name() : config.sender;
}

/// The address of "Freshet <freshet@example.org>".
std::string bare_address(std::string_view text) {
    const auto open = text.rfind('<'), close = text.rfind('>');
    if (open == text.npos || close == text.npos || close < open) return std::string(trimmed(text));
    return std::string(trimmed(text.substr(open + 1, close - open - 1)));
}

/// Encodes a header's text (RFC 2047) if it is not ASCII, in words of at most 75 characters.
std::string encoded_header(const std::string& text) {
    constexpr std::size_t max_word = 42;  // bytes of UTF-8, which make 56 characters
    if (std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; })) return text;
    std::string words;
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = std::min(begin + max_word, text.size());
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
        words +=
            fmt::format("{}=?utf-8?B?{}?=", words.empty() ? "" : "\r\n ", base64({text.data() + begin, end - begin}));
        begin = end;
    }
    return words;
}

std::string base64_lines(std::string_view body) {
    constexpr std::size_t line_length = 76;
    const std::string encoded = base64(body);
    std::string lines;
    for (std::size_t begin = 0; begin < encoded.size(); begin += line_length)
        lines += encoded.substr(begin, line_length) + "\r\n";
    return lines;
}

/// RFC 5322's date in UTC.
std::string mail_date(Time time) {
    std::string date = format_http_date(time);
    return date.substr(0, date.rfind(' ')) + " +0000";
}

}  // namespace

std::string mail_content(const EmailConfig& config, const std::vector<std::string>& recipients, const Event& event) {
    const std::string subject =
        printable_line(fmt::format("{} {}", config.prefix, event.data.at("subject").as_string()));
    const std::pair<const char*, std::string> headers[] = {
        {"From", sender_of(config)},
        {"To", joined(recipients, ", ")},
        {"Subject", encoded_header(std::string(trimmed(subject)))},
        {"Date", mail_date(event.time)},
        {"Message-ID", fmt::format("<{}@freshet>", event.id)},
        {"Auto-Submitted", "auto-generated"},
        {"MIME-Version", "1.0"},
        {"Content-Type", "text/plain; charset=utf-8"},
        {"Content-Transfer-Encoding", "base64"},
    };
    std::string content;
    for (const auto& [name, value] : headers) content += fmt::format("{}: {}\r\n", name, value);
    return content + "\r\n" + base64_lines(event.data.at("text").as_string());
}

smtp::Server smtp_server(const EmailConfig& config) {
    smtp::Server server{.host = config.host,
                        .port = config.port,
                        .username = config.username,
                        .password = config.password,
                        .local_hostname = config.local_hostname,
                        .ca_file = config.ca_file,
                        .timeout = std::chrono::milliseconds(static_cast<std::int64_t>(config.timeout * 1000))};
    server.tls = config.username.empty() ? smtp::Tls::if_offered : smtp::Tls::required;
    if (config.no_tls) server.tls = smtp::Tls::none;
    if (config.ssl) server.tls = smtp::Tls::implicit;
    if (config.password_file) server.password = trimmed(read_file(*config.password_file));
    return server;
}

EmailSink::EmailSink(EmailConfig config, std::vector<std::string> recipients)
    : config_(std::move(config)), recipients_(std::move(recipients)) {}

std::string EmailSink::name() const { return "email " + joined(recipients_, ","); }

void EmailSink::deliver(const Event& event) {
    smtp::Mail mail{.sender = bare_address(sender_of(config_)), .content = mail_content(config_, recipients_, event)};
    for (const std::string& recipient : recipients_) mail.recipients.push_back(bare_address(recipient));
    const auto doing = fmt::format("deliver notification '{}' to {}", event.id, name());
    try {
        smtp::send(smtp_server(config_), mail);
    } catch (const TransientError& error) {
        throw TransientError(fmt::format("{}: {}", doing, error.what()));
    } catch (const Error& error) {
        throw Error(fmt::format("{}: {}", doing, error.what()));
    }
}

}  // namespace freshet::notify
