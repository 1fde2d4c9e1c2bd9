// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/state_path.hpp"
#include "run/remote_options.hpp"
#include "run/session.hpp"
#include "run/sinks.hpp"
#include "run/telltale.hpp"

#include "observe/trace.hpp"

namespace freshet::run {

namespace {

void call_after_run(const CommandContext& context, const AnyTask& root, const SessionResult& result, Log& log) {
    if (!context.program.after_run) return;
    const FinishedRun end{
        .root = root, .undelivered_events = result.undelivered_events, .now = context.cli.clock.now()};
    for (const std::string& sentence : context.program.after_run(end))
        log.write({.event = "run.after", .message = sentence});
}

}  // namespace

ExitStatus run_command(const CommandContext& context) {
    const AnyTask root = named_task(context);
    const RunConfig config = read_run_config(context.parsed, context.config, context.cli.clock.now());
    const auto identity = observe::new_run(traceparent(context.cli));
    auto scheduler = remote_options(context, config);
    const bool keeps_state = !scheduler || scheduler->emits_events;
    const SessionOptions options{.program = context.program.name,
                                 .version = context.program.version,
                                 .command = command_text(context),
                                 .run_id = identity.run_id,
                                 .traceparent = observe::traceparent(identity.trace),
                                 .first_task = root.id(),
                                 .workers = config.workers,
                                 .scheduler = std::move(scheduler),
                                 .state = keeps_state ? std::optional(state_path(context, root)) : std::nullopt,
                                 .sinks = make_sinks(context, root),
                                 .wait_until = config.wait_until,
                                 .longest_pause = config.longest_pause,
                                 .handles_signals = true};
    const ExitStatus status = run_with_output(
        context.cli, config.log_format, observe::common_fields(identity, context.program.name),
        [&](Log& log, worker::Observer& observer) {
            SessionResult result = run_session(context.registry, {root}, options, {context.cli.clock, log, observer});
            call_after_run(context, root, result, log);
            return result;
        });
    return status == ExitStatus::not_ready && config.tempfail_ok ? ExitStatus::complete : status;
}

}  // namespace freshet::run
