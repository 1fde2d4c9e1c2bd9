// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/commands.hpp"
#include "run/remote_options.hpp"
#include "run/session.hpp"
#include "run/telltale.hpp"

#include "observe/trace.hpp"

namespace freshet::run {

namespace {

std::vector<std::string> served_families(const Call& call, const RunSettings& settings) {
    for (const std::string& family : settings.families)
        if (call.registry.find(family).kind == Kind::external)  // find() refuses what is no task
            throw ParameterError("work: '" + family + "' is made by somebody else: this program has nothing to run for it");
    if (!settings.families.empty()) return settings.families;
    std::vector<std::string> families;
    for (const TaskType* type : call.registry.types())
        if (type->kind != Kind::external) families.emplace_back(type->family);
    return families;
}

}  // namespace

Status work_command(const Call& call) {
    const RunSettings settings = read_run_settings(call.invocation, call.settings, call.world.clock.now());
    auto scheduler = remote_options(call, settings);
    if (!scheduler) throw ParameterError("work: for which scheduler? --scheduler URL says it");
    scheduler->families = served_families(call, settings);
    scheduler->serves = settings.idle;
    const auto identity = observe::new_run(trace_parent(call.world));
    const SessionOptions options{.program = call.program.name,
                                 .version = call.program.version,
                                 .command = command_of(call),
                                 .run_id = identity.run_id,
                                 .traceparent = observe::traceparent(identity.trace),
                                 .workers = settings.workers,
                                 .scheduler = std::move(scheduler),
                                 .handles_signals = true};
    return tell_of_run(call.world, settings.log_format, observe::common_fields(identity, call.program.name),
                       [&](Log& log, worker::Observer& watch) {
                           return run_session(call.registry, {}, options, {call.world.clock, log, watch});
                       });
}

}  // namespace freshet::run
