// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/api/method_rules.hpp"

#include <algorithm>
#include <array>

namespace freshet::scheduler {

namespace {

constexpr Roles everybody = Role::view | Role::work;  // operate includes view

constexpr std::array rules = {
    // What workers say.
    MethodRule{"add_task", Role::work, Effect::changes},
    MethodRule{"register_tasks", Role::work, Effect::changes},
    MethodRule{"add_task_batcher", Role::work, Effect::changes},
    MethodRule{"add_worker", Role::work, Effect::changes},
    MethodRule{"get_work", Role::work, Effect::changes},
    MethodRule{"ping", Role::work, Effect::changes, Audited::no},  // each second, and nothing that anybody looks for
    MethodRule{"renew_lease", Role::work, Effect::changes},
    MethodRule{"holds_lease", Role::work, Effect::reads},
    MethodRule{"announce_scheduling_failure", Role::work, Effect::changes},
    MethodRule{"set_task_status_message", Role::work, Effect::changes},
    MethodRule{"set_task_progress_percentage", Role::work, Effect::changes},
    MethodRule{"decrease_running_task_resources", Role::work, Effect::changes},
    MethodRule{"add_scheduler_message_response", Role::work, Effect::changes},
    MethodRule{"report_task_statistics", Role::work, Effect::changes},

    // What people change.
    MethodRule{"disable_worker", Role::operate, Effect::changes},
    MethodRule{"set_worker_processes", Role::operate, Effect::changes},
    MethodRule{"send_scheduler_message", Role::operate, Effect::changes},
    MethodRule{"get_scheduler_message_response", Role::operate, Effect::changes},  // reading it takes it away
    MethodRule{"update_resources", Role::operate, Effect::changes},
    MethodRule{"update_resource", Role::operate, Effect::changes},
    MethodRule{"prune", Role::operate, Effect::changes},
    MethodRule{"pause", Role::operate, Effect::changes},
    MethodRule{"unpause", Role::operate, Effect::changes},
    MethodRule{"forgive_failures", Role::operate, Effect::changes},
    MethodRule{"mark_as_done", Role::operate, Effect::changes},
    MethodRule{"re_enable_task", Role::operate, Effect::changes},

    // What anybody with a token asks.
    MethodRule{"hello", everybody, Effect::reads},
    MethodRule{"count_pending", everybody, Effect::reads},
    MethodRule{"get_running_task_resources", everybody, Effect::reads},
    MethodRule{"is_paused", everybody, Effect::reads},
    MethodRule{"is_pause_enabled", everybody, Effect::reads},
    MethodRule{"has_task_history", everybody, Effect::reads},

    // What people look at.
    MethodRule{"graph", Role::view, Effect::reads},
    MethodRule{"resource_list", Role::view, Effect::reads},
    MethodRule{"get_task_status_message", Role::view, Effect::reads},
    MethodRule{"get_task_progress_percentage", Role::view, Effect::reads},
    MethodRule{"fetch_error", Role::view, Effect::reads},
    MethodRule{"task_list", Role::view, Effect::reads},
    MethodRule{"task_search", Role::view, Effect::reads},
    MethodRule{"dep_graph", Role::view, Effect::reads},
    MethodRule{"inverse_dep_graph", Role::view, Effect::reads},
    MethodRule{"worker_list", Role::view, Effect::reads},
};

}  // namespace

MethodRule rule_of(std::string_view method) {
    const auto found = std::ranges::find(rules, method, &MethodRule::method);
    return found == rules.end() ? MethodRule{method, Role::operate, Effect::changes} : *found;
}

bool has_rule(std::string_view method) { return std::ranges::find(rules, method, &MethodRule::method) != rules.end(); }

}  // namespace freshet::scheduler
