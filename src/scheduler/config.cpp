// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/config.hpp"

#include "base/config_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace freshet::scheduler {

namespace {

Seconds read_seconds(std::string_view text) {
    const double value = Codec<double>::read(text);
    if (!std::isfinite(value)) throw ParameterError(fmt::format("'{}' is not a number of seconds", text));
    return Seconds(value);
}

constexpr ConfigKey<Config> keys[] = {
    config_key<&Config::retry_delay, read_seconds>("retry_delay"),
    config_key<&Config::remove_delay, read_seconds>("remove_delay"),
    config_key<&Config::worker_disconnect_delay, read_seconds>("worker_disconnect_delay"),
    config_key<&Config::retry_count>("retry_count"),
    config_key<&Config::disable_window, read_seconds>("disable_window"),
    config_key<&Config::disable_hard_timeout, read_seconds>("disable_hard_timeout"),
    config_key<&Config::disable_persist, read_seconds>("disable_persist"),
    config_key<&Config::max_shown_tasks>("max_shown_tasks"),
    config_key<&Config::max_graph_nodes>("max_graph_nodes"),
    config_key<&Config::record_task_history>("record_task_history"),
    config_key<&Config::prune_on_get_work>("prune_on_get_work"),
    config_key<&Config::pause_enabled>("pause_enabled"),
    config_key<&Config::send_messages>("send_messages"),
    config_key<&Config::stable_done_cooldown_secs, read_seconds>("stable_done_cooldown_secs"),
    config_key<&Config::attempts>("attempts"),
    config_key<&Config::first_pause, read_seconds>("first_pause"),
    config_key<&Config::longest_pause, read_seconds>("longest_pause"),
    config_key<&Config::pause_limit, read_seconds>("pause_limit"),
};
constexpr ConfigSection<Config> section{"scheduler", keys};

struct Replacement {
    std::string_view name;
    std::string_view sentence;
};

constexpr std::string_view own_state =
    "freshetd cannot read luigid's pickle; it keeps its state in the file given by --state-path";
constexpr std::string_view own_history = "freshetd keeps the task history in its state file";
constexpr std::string_view own_metrics = "freshetd serves its metrics at /metrics";
constexpr std::string_view own_log = "freshetd logs as set by --logdir and --log-format";
constexpr std::string_view own_mail =
    "freshetd sends the mails that [[notification]] tables of its own configuration describe";
constexpr std::array<Replacement, 4> replaced_keys = {{{"state_path", own_state},
                                                       {"batch_emails", own_mail},
                                                       {"metrics_collector", own_metrics},
                                                       {"metrics_custom_import", own_metrics}}};
constexpr std::array<Replacement, 6> replaced_sections = {{{"task_history", own_history},
                                                           {"batch_email", own_mail},
                                                           {"sendgrid", own_mail},
                                                           {"prometheus", own_metrics},
                                                           {"datadog", own_metrics},
                                                           {"logging", own_log}}};

std::optional<std::string_view> replacement_for(std::string_view name, std::span<const Replacement> replacements) {
    const auto found = std::ranges::find(replacements, name, &Replacement::name);
    return found == replacements.end() ? std::nullopt : std::optional(found->sentence);
}

}  // namespace

Time saturating_add(Time time, Seconds duration) {
    if (duration >= Time::max() - time) return Time::max();
    return time + std::chrono::duration_cast<Time::duration>(duration);
}

void set_key(Config& config, std::string_view key, std::string_view text) { section.set(config, key, text); }

void set_resource(Config& config, const std::string& resource, std::string_view text) {
    constexpr std::string_view per_minute = "/minute";
    const bool is_rate = text.ends_with(per_minute);
    try {
        const auto limit = Codec<std::int64_t>::read(text.substr(0, text.size() - (is_rate ? per_minute.size() : 0)));
        if (limit < 0) throw ParameterError(fmt::format("'{}' is below 0", text));
        config.resources[resource] = limit;
        if (is_rate)
            config.rates.insert(resource);
        else
            config.rates.erase(resource);
    } catch (const ParameterError& error) {
        reject_value("resources", resource, error);
    }
}

std::vector<std::string> config_keys() { return section.key_names(); }

std::optional<std::string_view> replacement_of_key(std::string_view key) {
    return replacement_for(normalized_key(key), replaced_keys);
}

std::optional<std::string_view> replacement_of_section(std::string_view section) {
    return replacement_for(section, replaced_sections);
}

}  // namespace freshet::scheduler
