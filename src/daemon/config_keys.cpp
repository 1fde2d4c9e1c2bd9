// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/config_keys.hpp"

#include "freshet/codec.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <variant>

namespace freshet::daemon {

namespace {

using Path = std::optional<std::filesystem::path>;
using Member = std::variant<std::string ServerConfig::*, std::uint16_t ServerConfig::*, Path ServerConfig::*,
                            bool ServerConfig::*, std::vector<std::string> ServerConfig::*,
                            run::LogFormat ServerConfig::*, std::chrono::days ServerConfig::*>;

struct Key {
    std::string_view name;
    Member member;
};

constexpr Key keys[] = {
    {"address", &ServerConfig::address},
    {"port", &ServerConfig::port},
    {"unix_socket", &ServerConfig::unix_socket},
    {"token_file", &ServerConfig::token_file},
    {"allow_unauthenticated", &ServerConfig::allow_unauthenticated},
    {"hosts", &ServerConfig::hosts},
    {"allow_changes_by_get", &ServerConfig::allow_changes_by_get},
    {"path_prefix", &ServerConfig::path_prefix},
    {"pidfile", &ServerConfig::pidfile},
    {"logdir", &ServerConfig::logdir},
    {"log_format", &ServerConfig::log_format},
    {"history_days", &ServerConfig::history_retention},
};

std::int64_t read_integer(std::string_view text, std::int64_t min, std::int64_t max) {
    const auto value = Codec<std::int64_t>::read(text);
    if (value >= min && value <= max) return value;
    throw ParameterError(fmt::format("'{}' is not between {} and {}", text, min, max));
}

struct Reader {
    ServerConfig& config;
    std::string_view text;

    void operator()(std::string ServerConfig::*member) const { config.*member = text; }
    void operator()(bool ServerConfig::*member) const { config.*member = Codec<bool>::read(text); }
    void operator()(std::uint16_t ServerConfig::*member) const {
        config.*member = static_cast<std::uint16_t>(read_integer(text, 0, std::numeric_limits<std::uint16_t>::max()));
    }
    void operator()(Path ServerConfig::*member) const {
        if (text.empty()) throw ParameterError("'' is no file");
        config.*member = text;
    }
    void operator()(std::vector<std::string> ServerConfig::*member) const {
        auto& names = config.*member;
        names.clear();
        for (const std::string& name : split(std::string(text), ','))
            if (!trimmed(name).empty()) names.push_back(lower(trimmed(name)));
    }
    void operator()(run::LogFormat ServerConfig::*member) const { config.*member = run::read_log_format(text); }
    void operator()(std::chrono::days ServerConfig::*member) const {
        constexpr std::int64_t max_days = 36500;
        config.*member = std::chrono::days(read_integer(text, 1, max_days));
    }
};

}  // namespace

void set_server_key(ServerConfig& config, std::string_view key, std::string_view text) {
    std::string name = lower(key);
    std::ranges::replace(name, '-', '_');
    const auto found = std::ranges::find(keys, name, &Key::name);
    if (found == std::end(keys))
        throw ParameterError(fmt::format("[server] has no key '{}'{}", key, suggestion(name, server_keys())));
    try {
        std::visit(Reader{config, text}, found->member);
    } catch (const ParameterError& error) {
        throw ParameterError(fmt::format("[server] {}: {}", name, error.what()));
    }
}

std::vector<std::string> server_keys() {
    std::vector<std::string> names;
    for (const Key& key : keys) names.emplace_back(key.name);
    return names;
}

}  // namespace freshet::daemon
