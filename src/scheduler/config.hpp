// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "rpc/task_requests.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::scheduler {

using Seconds = std::chrono::duration<double>;

/// `time` plus a duration of any length, without overflow.
Time saturating_add(Time time, Seconds duration);

/// The sections [scheduler] and [resources] of the configuration: Luigi's keys and defaults, then ours.
struct Config {
    Seconds retry_delay{900};              ///< pause after a failure; negative: never tried again
    Seconds remove_delay{600};             ///< a task that no worker cares for any more is forgotten after this
    Seconds worker_disconnect_delay{60};   ///< a worker silent for longer is gone, and its leases with it
    std::int64_t retry_count = 999999999;  ///< failures within the window that disable a task
    Seconds disable_window{3600};
    Seconds disable_hard_timeout{999999999};  ///< a failure this long after the first one disables
    Seconds disable_persist{86400};           ///< after this a disabled task gets another chance
    std::int64_t max_shown_tasks = 100000;
    std::int64_t max_graph_nodes = 100000;
    bool record_task_history = true;
    bool prune_on_get_work = false;
    bool pause_enabled = true;
    bool send_messages = true;
    Seconds stable_done_cooldown_secs{10};  ///< PENDING does not count for a task done less than this ago

    // For failures of a known class.
    std::int64_t attempts = 5;             ///< tries of a transient failure in one run
    Seconds first_pause{1};                ///< before its second try, doubled for each further one
    Seconds longest_pause{60};             ///< also for "not yet there" and "throttled" where nobody said how long
    std::optional<Seconds> pause_limit{};  ///< no pause is longer, whatever a task says; what a server asks for is

    rpc::Resources resources{};     ///< limits; a resource without one has 1
    std::set<std::string> rates{};  ///< the resources of which the limit is what may be handed out in a minute
};

/// Sets what the key of the section [scheduler] stands for; '-' in it is '_'. Throws ParameterError, naming the key,
/// when there is no such key or the text is not a value of it.
void set_key(Config& config, std::string_view key, std::string_view text);

/// All such keys.
std::vector<std::string> config_keys();

/// What there is here in place of a key of [scheduler], or of a section, by which luigid is told of its state, history,
/// e-mail, metrics or log; nullopt: it is none of these.
std::optional<std::string_view> replacement_of_key(std::string_view key);
std::optional<std::string_view> replacement_of_section(std::string_view section);

}  // namespace freshet::scheduler
