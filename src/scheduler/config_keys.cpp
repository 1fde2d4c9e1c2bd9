// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/config_keys.hpp"

#include "base/text.hpp"
#include "freshet/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <variant>

namespace freshet::scheduler {

namespace {

struct Key {
    std::string_view name;
    std::variant<Seconds Config::*, std::optional<Seconds> Config::*, std::int64_t Config::*, bool Config::*> member;
};

constexpr std::array keys = {
    Key{"retry_delay", &Config::retry_delay},
    Key{"remove_delay", &Config::remove_delay},
    Key{"worker_disconnect_delay", &Config::worker_disconnect_delay},
    Key{"retry_count", &Config::retry_count},
    Key{"disable_window", &Config::disable_window},
    Key{"disable_hard_timeout", &Config::disable_hard_timeout},
    Key{"disable_persist", &Config::disable_persist},
    Key{"max_shown_tasks", &Config::max_shown_tasks},
    Key{"max_graph_nodes", &Config::max_graph_nodes},
    Key{"record_task_history", &Config::record_task_history},
    Key{"prune_on_get_work", &Config::prune_on_get_work},
    Key{"pause_enabled", &Config::pause_enabled},
    Key{"send_messages", &Config::send_messages},
    Key{"stable_done_cooldown_secs", &Config::stable_done_cooldown_secs},
    Key{"attempts", &Config::attempts},
    Key{"first_pause", &Config::first_pause},
    Key{"longest_pause", &Config::longest_pause},
    Key{"pause_limit", &Config::pause_limit},
};

constexpr std::array<std::string_view, 4> foreign_keys = {"state_path", "batch_emails", "metrics_collector",
                                                          "metrics_custom_import"};

std::string spelled(std::string_view key) {
    std::string name = lower(key);
    std::ranges::replace(name, '-', '_');
    return name;
}

struct Setting {
    Config& config;
    std::string_view text;

    void operator()(Seconds Config::*member) const { config.*member = seconds(); }
    void operator()(std::optional<Seconds> Config::*member) const { config.*member = seconds(); }
    void operator()(std::int64_t Config::*member) const { config.*member = Codec<std::int64_t>::read(text); }
    void operator()(bool Config::*member) const { config.*member = Codec<bool>::read(text); }

    Seconds seconds() const {
        const double value = Codec<double>::read(text);
        if (!std::isfinite(value)) throw ParameterError(fmt::format("'{}' is not a number of seconds", text));
        return Seconds(value);
    }
};

}  // namespace

void set_key(Config& config, std::string_view key, std::string_view text) {
    const std::string name = spelled(key);
    const auto found = std::ranges::find(keys, name, &Key::name);
    if (found == keys.end())
        throw ParameterError(fmt::format("[scheduler] has no key '{}'{}", key, suggestion(name, config_keys())));
    try {
        std::visit(Setting{config, text}, found->member);
    } catch (const ParameterError& error) {
        throw ParameterError(fmt::format("[scheduler] {}: {}", name, error.what()));
    }
}

std::vector<std::string> config_keys() {
    std::vector<std::string> names;
    for (const Key& key : keys) names.emplace_back(key.name);
    return names;
}

bool is_foreign_key(std::string_view key) { return std::ranges::count(foreign_keys, spelled(key)) > 0; }

}  // namespace freshet::scheduler
