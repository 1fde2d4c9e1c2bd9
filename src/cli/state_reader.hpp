// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "store/history.hpp"
#include "store/state_file.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::cli {

class SchedulerAccess;

/// The file `name` in $XDG_STATE_HOME/freshet or its default. Throws ConfigError, which names `option`, when neither
/// XDG_STATE_HOME nor HOME is set.
std::filesystem::path xdg_state_path(const Environment& environment, const std::string& name, std::string_view option);

/// The path of the state: --state or [run] state, else the program's default for `root`, else
/// $XDG_STATE_HOME/freshet/PROGRAM.sqlite. Throws ConfigError when there is no default.
std::filesystem::path state_path(const CommandContext& context, const std::optional<AnyTask>& root);

/// The state whose outboxes a command is about. Throws StoreError for a --state that does not exist: a mistyped name
/// would look like a state without events.
std::filesystem::path outbox_state(const CommandContext& context);

/// A root for state_path() when the command line names no complete task: of the operand's family, else of the first
/// family of which a task can be made, with the configured values and the examples of required parameters.
std::optional<AnyTask> example_root(const CommandContext& context);

/// A task of the command line and its row in the state.
struct TaskLookup {
    std::string id;
    std::optional<AnyTask> task{};  ///< none: of another program, or with a secret
    std::optional<store::TaskRow> row{};
    std::string known_name{};  ///< the scheduler's; "" if it was not asked

    /// The description for people.
    std::string name() const { return task ? task->description() : known_name.empty() ? id : known_name; }
};

/// The state of a command that only reads it. It may not exist yet.
class StateReader {
public:
    explicit StateReader(const CommandContext& context);
    StateReader(const StateReader&) = delete;
    StateReader& operator=(const StateReader&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// Null when the state does not exist.
    store::History* history() { return history_ ? &*history_ : nullptr; }
    store::StateFile* file() { return state_ ? &*state_ : nullptr; }

    /// Returns true when a process works on the state: what it says is so now.
    bool is_in_use() const { return is_in_use_; }
    /// Returns true when this program wrote the state last, or would be the first: its configuration applies to it.
    bool is_own();
    /// Returns true for a run that has not ended, but whose process has died.
    bool is_lost(const store::RunRow& run) const { return !run.ended && !is_in_use_; }
    /// Returns true for an attempt that has not ended, but ran in the process of such a run.
    bool is_lost(const store::AttemptRow& attempt);

    /// Finds the task of the command line by family and parameters, or by its id or the unique beginning of one, in the
    /// state or at the scheduler. Throws ParameterError for an unknown id, or one that several tasks have.
    TaskLookup look_up_task(SchedulerAccess& scheduler);

private:
    bool has_recorded(const std::string& task_id);

    const CommandContext& context_;
    std::filesystem::path path_;
    bool is_in_use_;
    std::optional<store::StateFile> state_;
    std::optional<store::History> history_;
};

/// The status of an attempt whose process died before anybody recorded its end.
inline constexpr std::string_view lost_status = "LOST";

/// The task of a row of the state, if the program has its family.
std::optional<AnyTask> task_of(const store::TaskRow& row, const Registry& registry);

}  // namespace freshet::cli
