// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/commands.hpp"
#include "run/remote_options.hpp"
#include "run/session.hpp"
#include "run/sinks.hpp"
#include "run/state_place.hpp"
#include "run/telltale.hpp"

#include "observe/trace.hpp"

namespace freshet::run {

namespace {

void keep_house(const Call& call, const AnyTask& root, const SessionResult& result, Log& log) {
    if (!call.program.after_run) return;
    const RunEnd end{.root = root, .undelivered_events = result.undelivered_events, .now = call.world.clock.now()};
    for (const std::string& sentence : call.program.after_run(end)) log.write({.event = "run.after", .message = sentence});
}

}  // namespace

Status run_command(const Call& call) {
    const AnyTask root = named_task(call);
    const RunSettings settings = read_run_settings(call.invocation, call.settings, call.world.clock.now());
    const auto identity = observe::new_run(trace_parent(call.world));
    auto scheduler = remote_options(call, settings);
    const bool keeps_state = !scheduler || scheduler->announces;
    const SessionOptions options{.program = call.program.name,
                                 .version = call.program.version,
                                 .command = command_of(call),
                                 .run_id = identity.run_id,
                                 .traceparent = observe::traceparent(identity.trace),
                                 .first_task = root.id(),
                                 .workers = settings.workers,
                                 .scheduler = std::move(scheduler),
                                 .state = keeps_state ? std::optional(state_place(call, root)) : std::nullopt,
                                 .sinks = make_sinks(call, root),
                                 .wait_until = settings.wait_until,
                                 .longest_pause = settings.longest_pause,
                                 .handles_signals = true};
    const Status status = tell_of_run(call.world, settings.log_format, observe::common_fields(identity, call.program.name),
                                      [&](Log& log, worker::Observer& watch) {
                                          SessionResult result = run_session(call.registry, {root}, options, {call.world.clock, log, watch});
                                          keep_house(call, root, result, log);
                                          return result;
                                      });
    return status == Status::not_there_yet && settings.tempfail_ok ? Status::complete : status;
}

}  // namespace freshet::run
