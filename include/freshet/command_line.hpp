// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/build.hpp"
#include "freshet/clock.hpp"
#include "freshet/codec.hpp"
#include "freshet/error.hpp"
#include "freshet/event.hpp"
#include "freshet/registry.hpp"

#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

struct Program;
class MetricsWriter;

/// An option of a command that a program has of its own.
struct CommandOption {
    std::string name;           ///< as after the dashes
    std::string placeholder{};  ///< stands for its value in the help; empty: it has none
    std::string help{};         ///< one line
    bool is_required = false;   ///< the command is refused without it
    /// A parameter of tasks: when it is not given, the configuration's section [DEFAULT] counts.
    bool is_parameter = false;
};

/// The arguments and output streams of a command. They fit its declaration: the number of operands is right, required
/// options are there, and none is unknown.
struct CommandCall {
    std::vector<std::string> operands;                          ///< arguments other than options, in order
    std::map<std::string, std::string, std::less<>> options{};  ///< by name; "" for those without value
    const Program& program;                                     ///< whose command it is
    const Clock& clock;                                         ///< the source of time
    std::ostream& out;                                          ///< for results
    std::ostream& err;                                          ///< for errors

    /// True when the option is given.
    bool has(std::string_view option) const { return options.contains(option); }
    /// The option's text; nullopt when it is not given.
    std::optional<std::string> option(std::string_view name) const;
    /// The option's value as Codec<T> reads it. Throws ParameterError "--name: reason".
    template <class T>
    std::optional<T> option(std::string_view name) const;
};

/// A command that a program has besides those of every pipeline: for work that is no task, `gfs convert FILE`, or as a
/// short word for a task that is often run, `gfs watch`.
struct ProgramCommand {
    std::string name;                      ///< none of the built-in commands'
    std::string operands{};                ///< "FOLDER FILE"; "[FILE]": optional; as the last, "FILE...": at least one
    std::string help{};                    ///< one line
    std::vector<CommandOption> options{};  ///< --help is there for every command
    /// Returns the exit status. A ParameterError that it throws ends the program with 64, another Error with 30; their
    /// messages are printed after the program's name, that of a ParameterError also after the command's. Called before
    /// the library starts a thread, so it may fork.
    std::function<int(const CommandCall&)> run{};
    std::string task{};  ///< stands for `run TASK`: what follows it are that task's options, and `run` is not asked
};

/// An event that a sink does not have.
struct UndeliveredEvent {
    Event event;           ///< as it was emitted
    std::string sink;      ///< Sink::name()
    Time stored{};         ///< since then it waits
    bool is_dead = false;  ///< the sink has refused it too often: it is not tried again
};

/// A run that is over, for what a program does afterwards.
struct FinishedRun {
    const AnyTask& root;                          ///< the task that was run
    std::vector<UndeliveredEvent> undelivered{};  ///< of all runs on this state, and of the scheduler of --scheduler
    std::string undelivered_error{};              ///< the reason why some of them could not be read; empty: none
    Time now;                                     ///< the end of the run
};

/// The description of a pipeline's program.
struct Program {
    std::string name;               ///< for messages, its configuration and its state
    std::string version;            ///< stands in receipts and in the state
    std::string summary{};          ///< one line for --help
    std::vector<SinkType> sinks{};  ///< beyond the built-in ones: kafka_sink_type()
    /// Default concurrency of `run` and `work` without --workers. A luigid ignores its limits.
    Concurrency concurrency{};
    /// Turns words like "latest" among a root's parameters into values, once, before the task is made; none: nothing.
    std::function<void(std::string_view family, Values& values, const Clock& clock)> resolve_parameters{};
    /// Where the state is unless --state says otherwise; none: $XDG_STATE_HOME/freshet/NAME.sqlite.
    std::function<std::string(const AnyTask& root)> default_state{};
    /// The file that announced events are appended to besides the configured sinks; none: no such file.
    std::function<std::string(const AnyTask& root)> default_events_file{};
    /// Maintenance after each run, whatever became of it; returns sentences for the log. An Error that it throws is
    /// logged, and the run exits with 35 if nothing else is wrong.
    std::function<std::vector<std::string>(const FinishedRun& end)> after_run{};
    /// Labels of a job's metrics that tell it from other runs of the same task: "dataset"; none: no further labels.
    std::function<Values(const AnyTask& root)> job_labels{};
    /// Adds metrics of the program's own to the file of --metrics-file; an Error that it throws is logged.
    std::function<void(const FinishedRun& end, MetricsWriter& out)> add_metrics{};
    std::vector<ProgramCommand> commands{};  ///< beside the built-in ones
    /// Receives what happens in `run`, `backfill` and `work`; none: nobody.
    std::shared_ptr<RunObserver> observer{};
};

/// The command line of a pipeline's binary: run, backfill, work, plan, tree, why, verify, list, history, deliver,
/// events, page, config, completion, help. With Registry::of<>(), a program without tasks, only help and the program's
/// own commands. Returns the exit status: 0 complete, else the greatest of Luigi's codes that applies (see --help).
int command_line(const Program& program, const Registry& registry, int argc, const char* const* argv, std::ostream& out,
                 std::ostream& err);

/// The same on the standard streams.
int command_line(const Program& program, const Registry& registry, int argc, const char* const* argv);

/// The same with these classes of tasks: the whole main() of most programs.
template <class... T>
int command_line(const Program& program, int argc, const char* const* argv) {
    return command_line(program, Registry::of<T...>(), argc, argv);
}

template <class T>
std::optional<T> CommandCall::option(std::string_view name) const {
    const auto text = option(name);
    if (!text) return std::nullopt;
    try {
        return Codec<T>::read(*text);
    } catch (const ParameterError& error) {
        throw ParameterError("--" + std::string(name) + ": " + error.what());
    }
}

}  // namespace freshet
