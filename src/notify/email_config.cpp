// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/email_config.hpp"

#include "base/config_section.hpp"
#include "freshet/codec.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

namespace freshet::notify {

namespace {

double read_timeout(std::string_view text) {
    constexpr double max_seconds = 600;
    const double seconds = Codec<double>::read(text);
    if (seconds > 0 && seconds <= max_seconds) return seconds;
    throw ParameterError(fmt::format("'{}' is not a number of seconds up to {}", text, max_seconds));
}

std::vector<std::string> read_addresses(std::string_view text) {
    std::vector<std::string> addresses = split_trimmed(text, ',');
    std::erase(addresses, "");
    return addresses;
}

constexpr ConfigKey<EmailConfig> email_keys[] = {
    config_key<&EmailConfig::sender>("sender"),
    config_key<&EmailConfig::recipients, read_addresses>("receiver"),
    config_key<&EmailConfig::prefix>("prefix"),
};
constexpr ConfigSection<EmailConfig> email_section{"email", email_keys};

constexpr ConfigKey<EmailConfig> smtp_keys[] = {
    config_key<&EmailConfig::host>("host"),
    config_key<&EmailConfig::port, read_port>("port"),
    config_key<&EmailConfig::ssl>("ssl"),
    config_key<&EmailConfig::no_tls>("no_tls"),
    config_key<&EmailConfig::username>("username"),
    config_key<&EmailConfig::password>("password"),
    config_key<&EmailConfig::password_file, read_path>("password_file"),
    config_key<&EmailConfig::ca_file, read_path>("ca_file"),
    config_key<&EmailConfig::local_hostname>("local_hostname"),
    config_key<&EmailConfig::timeout, read_timeout>("timeout"),
};
constexpr ConfigSection<EmailConfig> smtp_section{"smtp", smtp_keys};

const ConfigSection<EmailConfig>& section_of(std::string_view name) {
    return normalized_key(name) == email_section.name ? email_section : smtp_section;
}

}  // namespace

std::vector<std::string> email_keys(std::string_view section) { return section_of(section).key_names(); }

void set_email_key(EmailConfig& config, std::string_view section, std::string_view key, std::string_view text) {
    section_of(section).set(config, key, text);
}

EmailConfig read_email_config(const Config& config) {
    EmailConfig email;
    for (const std::string_view section : email_section_names)
        for (const std::string& key : config.keys(section)) {
            const auto value = config.find(section, key);
            try {
                set_email_key(email, section, key, value->text);
            } catch (const ParameterError& error) {
                throw ConfigError(fmt::format("{}: {}", value->origin, error.what()));
            }
        }
    return email;
}

}  // namespace freshet::notify
