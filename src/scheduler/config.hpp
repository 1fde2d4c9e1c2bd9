// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "rpc/requests.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::scheduler {

using Seconds = std::chrono::duration<double>;

/// Returns `time + duration`, or `never` where that would overflow.
Time saturating_add(Time time, Seconds duration);

/// Sections [scheduler] and [resources] of the configuration: Luigi's keys and defaults, then Freshet's.
struct Config {
    Seconds retry_delay{900};              ///< pause after a failure; negative: no retry
    Seconds remove_delay{600};             ///< a task without stakeholders is removed after this
    Seconds worker_disconnect_delay{60};   ///< a worker silent for longer loses its leases
    std::int64_t retry_count = 999999999;  ///< failures within the window that disable a task
    Seconds disable_window{3600};
    Seconds disable_hard_timeout{999999999};  ///< a failure this long after the first one disables
    Seconds disable_persist{86400};           ///< a disabled task is tried again after this
    std::int64_t max_shown_tasks = 100000;
    std::int64_t max_graph_nodes = 100000;
    bool record_task_history = true;
    bool prune_on_get_work = false;
    bool pause_enabled = true;
    bool send_messages = true;
    Seconds stable_done_cooldown_secs{10};  ///< ignore PENDING for a task done less than this ago

    // Failures of a known class.
    std::int64_t attempts = 5;             ///< attempts of a transient failure in one run
    Seconds first_pause{1};                ///< before the second attempt, doubled for each further one
    Seconds longest_pause{60};             ///< also of "not yet" and "throttled" without a given delay
    std::optional<Seconds> pause_limit{};  ///< upper bound of every pause but a server's Retry-After

    bool records_runs = false;  ///< keeps workers' runs in the history; no key: tests of the wire do not

    bool holds_failed_tasks = false;  ///< does not remove them before they are acknowledged; no key: luigid does
    bool drops_ended_workers = true;  ///< at the end of their run; no key: the owner of a state ends with its worker

    rpc::Resources resources{};     ///< limits; 1 for a resource without one
    std::set<std::string> rates{};  ///< resources whose limit is per minute
};

/// Parses `text` as the value of a key of section [scheduler]; '-' in the key is '_'. Throws ParameterError naming the
/// key when it is unknown or the text is not a valid value.
void set_key(Config& config, std::string_view key, std::string_view text);

/// Parses `text` as the value of a key of section [resources]: "4" is a limit of running tasks, "120/minute" a rate
/// limit. Throws ParameterError naming the resource.
void set_resource(Config& config, const std::string& resource, std::string_view text);

/// The names of all keys of section [scheduler].
std::vector<std::string> config_keys();

/// The replacement, as a sentence, of a luigid key of [scheduler], or of a section, for state, history, e-mail, metrics
/// or logging; nullopt for any other.
std::optional<std::string_view> replacement_of_key(std::string_view key);
std::optional<std::string_view> replacement_of_section(std::string_view section);

}  // namespace freshet::scheduler
