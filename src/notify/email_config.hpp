// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
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

/// The names of the sections.
inline constexpr std::string_view email_section_names[] = {"email", "smtp"};

/// The keys of one of the sections, of which Luigi knows more.
std::vector<std::string> email_keys(std::string_view section);

/// Parses `text` into the member that a key of one of the sections stands for. Throws ParameterError.
void set_email_key(EmailConfig& config, std::string_view section, std::string_view key, std::string_view text);

/// Reads both sections. Throws ConfigError.
EmailConfig read_email_config(const Config& config);

}  // namespace freshet::notify
