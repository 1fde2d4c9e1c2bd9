// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.hpp"
#include "cli/parameters.hpp"
#include "cli/run_config.hpp"
#include "cli/scheduler_address.hpp"
#include "cli/slurm_config.hpp"
#include "cli/state_reader.hpp"
#include "event/sinks.hpp"
#include "freshet/metrics.hpp"
#include "freshet/text.hpp"
#include "notify/rule.hpp"
#include "observe/trace.hpp"
#include "run/event_delivery.hpp"
#include "run/exit_status.hpp"
#include "run/metrics_file.hpp"
#include "run/run_log.hpp"
#include "run/session.hpp"
#include "run/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ostream>

namespace freshet::cli {

namespace {

/// The remote scheduler of --scheduler or [run] with its token; none: an embedded one. Throws ConfigError for an
/// unreadable token file.
std::optional<run::RemoteOptions> remote_options(const CommandContext& context, const RunConfig& config) {
    auto address = scheduler_address(context, config);
    if (!address) return std::nullopt;
    const auto& types = context.registry.types();
    return run::RemoteOptions{.address = std::move(*address),
                              .retry_budget = config.retry_budget,
                              .emits_events = std::any_of(types.begin(), types.end(),
                                                          [](const TaskType* type) { return type->emits_events; })};
}

/// The traceparent of the environment that the program was started in; empty: none.
std::string traceparent(const CliContext& cli) {
    const auto found = cli.environment.find("TRACEPARENT");
    return found == cli.environment.end() ? "" : found->second;
}

/// The sinks of a run: the program's events file and those of the configuration. Throws ConfigError for a table that no
/// sink type accepts.
std::vector<std::shared_ptr<Sink>> make_sinks(const CommandContext& context, const AnyTask& root,
                                              const std::vector<notify::Rule>& rules) {
    std::vector<std::shared_ptr<Sink>> sinks;
    if (context.program.default_events_file)
        sinks.push_back(std::make_shared<event::FileSink>(context.program.default_events_file(root)));
    std::ranges::move(run::configured_sinks(context.config, context.program.sinks, rules), std::back_inserter(sinks));
    return sinks;
}

ExitStatus run_with_output(const CommandContext& context, const RunConfig& config, const observe::RunIdentity& identity,
                           const std::function<run::SessionResult(Log&, worker::Observer&)>& run) {
    return run::run_with_output({.out = context.cli.out,
                                 .err = context.cli.terminal ? *context.cli.terminal : context.cli.err,
                                 .clock = context.cli.clock,
                                 .terminal_width = context.cli.terminal_width,
                                 .format = config.log_format,
                                 .captures_output = context.cli.owns_standard_streams,
                                 .common_fields = observe::common_fields(identity, context.program.name)},
                                run);
}

/// Returns false if the program's maintenance failed, which is logged: the run is over, and has a summary.
bool call_after_run(const CommandContext& context, const RunConfig& config, const AnyTask& root, Log& log) {
    if (!context.program.after_run) return true;
    FinishedRun end{.root = root, .now = context.cli.clock.now()};
    try {
        end.undelivered = undelivered_events(context, config, root);
    } catch (const Error& error) {
        end.undelivered_error = error.what();
    }
    try {
        for (const std::string& message : context.program.after_run(end))
            log.write({.event = "run.after", .message = message});
        return true;
    } catch (const Error& error) {
        log.write({.level = LogLevel::error,
                   .event = "run.after",
                   .message = fmt::format("maintenance after the run: {}", error.what())});
        return false;
    }
}

/// The status of a run whose maintenance failed, unless a worse one tells already what is wrong.
ExitStatus without_maintenance(ExitStatus status) {
    const bool is_harmless =
        status == ExitStatus::success || status == ExitStatus::not_ready || status == ExitStatus::undelivered;
    return is_harmless ? ExitStatus::scheduling_error : status;
}

/// Writes the file of --metrics-file. What keeps it from being written is logged: monitoring misses it, the run does
/// not.
class MetricsFile {
public:
    MetricsFile(const CommandContext& context, const RunConfig& config, const AnyTask& root,
                const std::optional<std::filesystem::path>& state)
        : context_(context),
          file_(config.metrics_file),
          root_(root),
          state_(state),
          started_(context.cli.clock.now()) {}

    void write(const run::SessionResult& result, Log& log) const {
        if (!file_) return;
        const bool is_complete = run::exit_status_if_delivered(result) == ExitStatus::success;
        write({.status = run::exit_status_of(result), .is_complete = is_complete}, run::summary_fields(result), log);
    }
    void write(const std::exception& error, Log& log) const {
        if (!file_) return;
        write({.status = run::exit_status_of(error), .is_complete = false}, {}, log);
    }

private:
    void write(run::JobMetrics job, Json::Object fields, Log& log) const {
        std::erase_if(fields, [](const Json::Member& field) {
            return field.first == "tasks" || field.first == "undelivered_events" || field.first == "dur_ms";
        });
        try {
            job.labels = labels();
            job.started = started_;
            job.ended = context_.cli.clock.now();
            job.tasks = std::move(fields);
            job.state = state_;
            job.add_own = [&](MetricsWriter& out) { add_own(log, out); };
            if (const std::string problem = run::write_metrics_file(*file_, job); !problem.empty())
                log.write({.level = LogLevel::warning,
                           .event = "run.metrics",
                           .message = fmt::format("metrics of events are left out: {}", problem)});
        } catch (const std::exception& error) {
            log.write({.level = LogLevel::error,
                       .event = "run.metrics",
                       .message = fmt::format("metrics are not written: {}", error.what())});
        }
    }

    std::vector<std::pair<std::string, std::string>> labels() const {
        std::vector<std::pair<std::string, std::string>> labels{{"pipeline", context_.program.name},
                                                                {"task", std::string(root_.type().family)}};
        if (context_.program.job_labels)
            for (const auto& [name, value] : context_.program.job_labels(root_)) labels.emplace_back(name, value);
        return labels;
    }

    void add_own(Log& log, MetricsWriter& out) const {
        if (!context_.program.add_metrics) return;
        try {
            context_.program.add_metrics({.root = root_, .now = context_.cli.clock.now()}, out);
        } catch (const Error& error) {
            log.write(
                {.level = LogLevel::warning,
                 .event = "run.metrics",
                 .message = fmt::format("metrics of {} are incomplete: {}", context_.program.name, error.what())});
        }
    }

    const CommandContext& context_;
    std::optional<std::filesystem::path> file_;
    const AnyTask& root_;
    std::optional<std::filesystem::path> state_;
    Time started_;
};

Concurrency concurrency_of(const CommandContext& context, const RunConfig& config) {
    return config.workers ? Concurrency{.attempts = *config.workers} : context.program.concurrency;
}

std::vector<std::string> served_families(const CommandContext& context, const RunConfig& config) {
    for (const std::string& family : config.families)
        if (context.registry.find(family).kind == TaskKind::external)  // find() throws for an unknown family
            throw ParameterError(fmt::format("work: family '{}' is external: there is nothing to run", family));
    if (!config.families.empty()) return config.families;
    std::vector<std::string> families;
    for (const TaskType* type : context.registry.types())
        if (type->kind != TaskKind::external) families.emplace_back(type->family);
    return families;
}

}  // namespace

namespace {

ExitStatus run_root(const CommandContext& context, const AnyTask& root, std::optional<run::Backfill> backfill) {
    const RunConfig config = read_run_config(context.parsed, context.config, context.cli.clock.now());
    const AnyTask known_root = root_for_program(context.registry, root);
    const auto identity = observe::new_run(traceparent(context.cli));
    const auto limits = read_limits(context.config);
    const Concurrency concurrency = concurrency_of(context, config);
    auto scheduler = remote_options(context, config);
    const auto rules = notify::read_rules(context.config);
    const bool keeps_state = !scheduler || scheduler->emits_events;
    const run::SessionOptions options{
        .program = context.program.name,
        .version = context.program.version,
        .command = command_text(context),
        .run_id = identity.run_id,
        .traceparent = observe::traceparent(identity.trace),
        .first_task = root.id(),
        .workers = concurrency.attempts,
        .engine = config.engine,
        .slurm = read_slurm(context.config),
        .family_limits = concurrency.limits,
        .scheduler = std::move(scheduler),
        .limits = limits.resources,
        .rates = limits.rates,
        .state = keeps_state ? std::optional(state_path(context, known_root)) : std::nullopt,
        .is_exclusive = config.is_exclusive,
        .sinks = make_sinks(context, known_root, rules),
        .notifications = rules,
        .wait_until = config.wait_until,
        .longest_pause = config.longest_pause,
        .default_timeout = config.default_timeout,
        .max_tasks = config.max_tasks,
        .fail_fast = config.fail_fast,
        .selection = read_selection(context.parsed, context.registry),
        .handles_signals = true,
        .backfill = std::move(backfill),
        .observer = context.program.observer};
    const MetricsFile metrics(context, config, known_root, options.state);
    ExitStatus if_delivered = ExitStatus::success;
    bool is_maintained = true;
    ExitStatus status = run_with_output(context, config, identity, [&](Log& log, worker::Observer& observer) {
        try {
            run::SessionResult result =
                run::run_session(context.registry, {root}, options, {context.cli.clock, log, observer});
            is_maintained = call_after_run(context, config, known_root, log);
            metrics.write(result, log);
            if_delivered = run::exit_status_if_delivered(result);
            return result;
        } catch (const std::exception& error) {
            metrics.write(error, log);
            throw;
        }
    });
    if (!is_maintained) return without_maintenance(status);
    if (status == ExitStatus::undelivered && config.undelivered_ok) status = if_delivered;
    return status == ExitStatus::not_ready && config.tempfail_ok ? ExitStatus::success : status;
}

}  // namespace

ExitStatus run_command(const CommandContext& context) { return run_root(context, named_task(context), std::nullopt); }

ExitStatus backfill_command(const CommandContext& context) {
    const AnyTask root = backfill_task(context);
    return run_root(context, root,
                    run::Backfill{.resource = fmt::format("backfill.{}", context.parsed.type->family),
                                  .max_running = read_max_running(context.parsed)});
}

ExitStatus work_command(const CommandContext& context) {
    const RunConfig config = read_run_config(context.parsed, context.config, context.cli.clock.now());
    auto scheduler = remote_options(context, config);
    if (!scheduler) throw ParameterError("work: --scheduler URL is required");
    scheduler->families = served_families(context, config);
    scheduler->idle_timeout = config.idle_timeout;
    const Concurrency concurrency = concurrency_of(context, config);
    if (concurrency.attempts == 0) throw ParameterError("work: with --workers 0 it would run nothing");
    const auto identity = observe::new_run(traceparent(context.cli));
    const run::SessionOptions options{.program = context.program.name,
                                      .version = context.program.version,
                                      .command = command_text(context),
                                      .run_id = identity.run_id,
                                      .traceparent = observe::traceparent(identity.trace),
                                      .workers = concurrency.attempts,
                                      .engine = config.engine,
                                      .slurm = read_slurm(context.config),
                                      .family_limits = concurrency.limits,
                                      .scheduler = std::move(scheduler),
                                      .default_timeout = config.default_timeout,
                                      .handles_signals = true,
                                      .observer = context.program.observer};
    return run_with_output(context, config, identity, [&](Log& log, worker::Observer& observer) {
        return run::run_session(context.registry, {}, options, {context.cli.clock, log, observer});
    });
}

}  // namespace freshet::cli
