// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/method_rules.hpp"

#include <algorithm>
#include <array>

namespace freshet::scheduler {

namespace {

constexpr Roles everybody = Role::view | Role::work;  // operate includes view

constexpr std::array permission_table = {
    // What workers say.
    MethodPermissions{"add_task", Role::work, Effect::changes},
    MethodPermissions{"register_tasks", Role::work, Effect::changes},
    MethodPermissions{"add_task_batcher", Role::work, Effect::changes},
    MethodPermissions{"add_worker", Role::work, Effect::changes},
    MethodPermissions{"get_work", Role::work, Effect::changes},
    MethodPermissions{"ping", Role::work, Effect::changes,
                      Audited::no},  // each second, and nothing that anybody looks for
    MethodPermissions{"renew_lease", Role::work, Effect::changes},
    MethodPermissions{"holds_lease", Role::work, Effect::reads},
    MethodPermissions{"announce_scheduling_failure", Role::work, Effect::changes},
    MethodPermissions{"set_task_status_message", Role::work, Effect::changes},
    MethodPermissions{"set_task_progress_percentage", Role::work, Effect::changes},
    MethodPermissions{"decrease_running_task_resources", Role::work, Effect::changes},
    MethodPermissions{"add_scheduler_message_response", Role::work, Effect::changes},
    MethodPermissions{"report_task_statistics", Role::work, Effect::changes},

    // What people change.
    MethodPermissions{"disable_worker", Role::operate, Effect::changes},
    MethodPermissions{"set_worker_processes", Role::operate, Effect::changes},
    MethodPermissions{"send_scheduler_message", Role::operate, Effect::changes},
    MethodPermissions{"get_scheduler_message_response", Role::operate, Effect::changes},  // reading it takes it away
    MethodPermissions{"update_resources", Role::operate, Effect::changes},
    MethodPermissions{"update_resource", Role::operate, Effect::changes},
    MethodPermissions{"prune", Role::operate, Effect::changes},
    MethodPermissions{"pause", Role::operate, Effect::changes},
    MethodPermissions{"unpause", Role::operate, Effect::changes},
    MethodPermissions{"forgive_failures", Role::operate, Effect::changes},
    MethodPermissions{"mark_as_done", Role::operate, Effect::changes},
    MethodPermissions{"re_enable_task", Role::operate, Effect::changes},

    // What anybody with a token asks.
    MethodPermissions{"hello", everybody, Effect::reads},
    MethodPermissions{"count_pending", everybody, Effect::reads},
    MethodPermissions{"get_running_task_resources", everybody, Effect::reads},
    MethodPermissions{"is_paused", everybody, Effect::reads},
    MethodPermissions{"is_pause_enabled", everybody, Effect::reads},
    MethodPermissions{"has_task_history", everybody, Effect::reads},

    // What people look at.
    MethodPermissions{"graph", Role::view, Effect::reads},
    MethodPermissions{"resource_list", Role::view, Effect::reads},
    MethodPermissions{"get_task_status_message", Role::view, Effect::reads},
    MethodPermissions{"get_task_progress_percentage", Role::view, Effect::reads},
    MethodPermissions{"fetch_error", Role::view, Effect::reads},
    MethodPermissions{"task_list", Role::view, Effect::reads},
    MethodPermissions{"task_search", Role::view, Effect::reads},
    MethodPermissions{"dep_graph", Role::view, Effect::reads},
    MethodPermissions{"inverse_dep_graph", Role::view, Effect::reads},
    MethodPermissions{"worker_list", Role::view, Effect::reads},
};

}  // namespace

MethodPermissions permissions_of(std::string_view method) {
    const auto found = std::ranges::find(permission_table, method, &MethodPermissions::method);
    return found == permission_table.end() ? MethodPermissions{method, Role::operate, Effect::changes} : *found;
}

bool has_permissions(std::string_view method) {
    return std::ranges::find(permission_table, method, &MethodPermissions::method) != permission_table.end();
}

}  // namespace freshet::scheduler
