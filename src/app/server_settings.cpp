// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/server_settings.hpp"

#include "base/text.hpp"
#include "freshet/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <variant>

namespace freshet::app {

namespace {

using Path = std::optional<std::filesystem::path>;
using Member = std::variant<std::string ServerSettings::*, std::uint16_t ServerSettings::*, Path ServerSettings::*,
                            bool ServerSettings::*, std::vector<std::string> ServerSettings::*,
                            run::LogFormat ServerSettings::*, std::chrono::days ServerSettings::*>;

struct Key {
    std::string_view name;
    Member member;
};

constexpr Key keys[] = {
    {"address", &ServerSettings::address},
    {"port", &ServerSettings::port},
    {"unix_socket", &ServerSettings::unix_socket},
    {"token_file", &ServerSettings::token_file},
    {"allow_unauthenticated", &ServerSettings::allow_unauthenticated},
    {"hosts", &ServerSettings::hosts},
    {"allow_changes_by_get", &ServerSettings::allow_changes_by_get},
    {"path_prefix", &ServerSettings::path_prefix},
    {"pidfile", &ServerSettings::pidfile},
    {"logdir", &ServerSettings::logdir},
    {"log_format", &ServerSettings::log_format},
    {"history_days", &ServerSettings::history_kept},
};

std::int64_t read_whole(std::string_view text, std::int64_t least, std::int64_t most) {
    const auto value = Codec<std::int64_t>::read(text);
    if (value >= least && value <= most) return value;
    throw ParameterError(fmt::format("'{}' is not between {} and {}", text, least, most));
}

struct Reader {
    ServerSettings& settings;
    std::string_view text;

    void operator()(std::string ServerSettings::*member) const { settings.*member = text; }
    void operator()(bool ServerSettings::*member) const { settings.*member = Codec<bool>::read(text); }
    void operator()(std::uint16_t ServerSettings::*member) const {
        settings.*member = static_cast<std::uint16_t>(read_whole(text, 0, std::numeric_limits<std::uint16_t>::max()));
    }
    void operator()(Path ServerSettings::*member) const {
        if (text.empty()) throw ParameterError("'' is no file");
        settings.*member = text;
    }
    void operator()(std::vector<std::string> ServerSettings::*member) const {
        auto& names = settings.*member;
        names.clear();
        for (const std::string& name : split(std::string(text), ','))
            if (!trimmed(name).empty()) names.push_back(lower(trimmed(name)));
    }
    void operator()(run::LogFormat ServerSettings::*member) const { settings.*member = run::read_log_format(text); }
    void operator()(std::chrono::days ServerSettings::*member) const {
        constexpr std::int64_t a_lifetime = 36500;
        settings.*member = std::chrono::days(read_whole(text, 1, a_lifetime));
    }
};

}  // namespace

void set_server_key(ServerSettings& settings, std::string_view key, std::string_view text) {
    std::string name = lower(key);
    std::ranges::replace(name, '-', '_');
    const auto found = std::ranges::find(keys, name, &Key::name);
    if (found == std::end(keys))
        throw ParameterError(fmt::format("[server] has no key '{}'{}", key, suggestion(name, server_keys())));
    try {
        std::visit(Reader{settings, text}, found->member);
    } catch (const ParameterError& error) {
        throw ParameterError(fmt::format("[server] {}: {}", name, error.what()));
    }
}

std::vector<std::string> server_keys() {
    std::vector<std::string> names;
    for (const Key& key : keys) names.emplace_back(key.name);
    return names;
}

}  // namespace freshet::app
