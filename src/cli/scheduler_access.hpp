// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "freshet/http.hpp"
#include "freshet/json.hpp"
#include "rpc/requests.hpp"
#include "scheduler/state_machine.hpp"
#include "worker/rpc_client.hpp"

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>

namespace freshet::cli {

/// The scheduler that a command asks and changes: one in another process, or the one of a state file. In this order:
/// --state, --scheduler or its configuration, the configured state; else a pipeline's own state, and for a program
/// without tasks the freshetd of this machine.
class SchedulerAccess {
public:
    /// Throws ParameterError for both --state and --scheduler.
    explicit SchedulerAccess(const CommandContext& context);
    ~SchedulerAccess();
    SchedulerAccess(const SchedulerAccess&) = delete;
    SchedulerAccess& operator=(const SchedulerAccess&) = delete;

    bool is_remote() const { return rpc_.has_value(); }
    /// The state file; "" for a scheduler in another process.
    const std::filesystem::path& state() const { return state_; }
    /// For messages: "scheduler 'http://host:8082'" or "state '/data/state.sqlite'".
    std::string name() const;

    /// Asks a query. A state is read as it is now, beside the run that works on it. Throws worker::UnavailableError
    /// when the scheduler cannot be reached or refuses, StoreError when there is no such state.
    Json query(const rpc::Request& request);
    /// Explains the task, as scheduler::answer() does; null where the scheduler cannot tell.
    Json explain(const std::string& task_id);
    /// True when the scheduler has an extension of freshetd, as that of a state does.
    bool has_extension(std::string_view name) const;
    /// Asks a freshetd for a view in JSON, by its path below /api/v1. Throws as query().
    Json view(const std::string& path) const;
    /// The same; nullopt where there is none.
    std::optional<Json> find_view(const std::string& path) const;
    /// False where there is none, or the token may not see it.
    bool has_view(const std::string& path) const;
    /// Makes a change and returns the scheduler's answer to it. On a state the run that works on it makes the change;
    /// without one it is made here, under the state's lock. Throws as query(), and store::LockedError when somebody
    /// holds the state who does not share it.
    Json change(const rpc::Request& request);

    /// The scheduler of a state, as it is now; not for one in another process. Throws StoreError.
    scheduler::StateMachine& machine();

private:
    Json change_state(const rpc::Request& request);
    /// Asks for a view; returns the response of status 200, or one of those that are accepted besides.
    http::Response get_view(const std::string& path, std::initializer_list<int> accepted) const;

    const CommandContext& context_;
    std::unique_ptr<http::Client> client_;
    std::optional<worker::RpcClient> rpc_;
    std::filesystem::path state_;
    std::optional<scheduler::StateMachine> machine_;
};

/// The operator in the history of a state: the account that runs this program.
std::string operator_name();

}  // namespace freshet::cli
