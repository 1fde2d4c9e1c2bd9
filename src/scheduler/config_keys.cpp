// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/config_keys.hpp"

#include "freshet/codec.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
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

struct Replacement {
    std::string_view name;
    std::string_view sentence;
};

constexpr std::string_view own_state =
    "freshetd cannot read luigid's pickle, and keeps its state where --state-path says";
constexpr std::string_view own_history = "freshetd keeps the history in its own state";
constexpr std::string_view own_metrics = "freshetd has its metrics at /metrics";
constexpr std::string_view own_log = "what freshetd logs is set by --logdir and --log-format";
constexpr std::string_view no_mail = "freshetd sends no mail: /metrics and the page tell of failures";
constexpr std::array<Replacement, 4> replaced_keys = {{{"state_path", own_state},
                                                       {"batch_emails", no_mail},
                                                       {"metrics_collector", own_metrics},
                                                       {"metrics_custom_import", own_metrics}}};
constexpr std::array<Replacement, 8> replaced_sections = {{{"task_history", own_history},
                                                           {"batch_email", no_mail},
                                                           {"email", no_mail},
                                                           {"smtp", no_mail},
                                                           {"sendgrid", no_mail},
                                                           {"prometheus", own_metrics},
                                                           {"datadog", own_metrics},
                                                           {"logging", own_log}}};

std::optional<std::string_view> replacement_for(std::string_view name, std::span<const Replacement> replacements) {
    const auto found = std::ranges::find(replacements, name, &Replacement::name);
    return found == replacements.end() ? std::nullopt : std::optional(found->sentence);
}

std::string normalized_key(std::string_view key) {
    std::string name = lower(key);
    std::ranges::replace(name, '-', '_');
    return name;
}

struct SetMember {
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
    const std::string name = normalized_key(key);
    const auto found = std::ranges::find(keys, name, &Key::name);
    if (found == keys.end())
        throw ParameterError(fmt::format("[scheduler] has no key '{}'{}", key, suggestion(name, config_keys())));
    try {
        std::visit(SetMember{config, text}, found->member);
    } catch (const ParameterError& error) {
        throw ParameterError(fmt::format("[scheduler] {}: {}", name, error.what()));
    }
}

std::vector<std::string> config_keys() {
    std::vector<std::string> names;
    for (const Key& key : keys) names.emplace_back(key.name);
    return names;
}

std::optional<std::string_view> replacement_of_key(std::string_view key) {
    return replacement_for(normalized_key(key), replaced_keys);
}

std::optional<std::string_view> replacement_of_section(std::string_view section) {
    return replacement_for(section, replaced_sections);
}

}  // namespace freshet::scheduler
