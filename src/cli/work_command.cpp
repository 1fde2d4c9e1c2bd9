// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "run/remote_options.hpp"
#include "run/session.hpp"
#include "run/telltale.hpp"

#include "observe/trace.hpp"

namespace freshet::run {

namespace {

std::vector<std::string> served_families(const CommandContext& context, const RunConfig& config) {
    for (const std::string& family : config.families)
        if (context.registry.find(family).kind == TaskKind::external)  // find() refuses what is no task
            throw ParameterError("work: '" + family +
                                 "' is made by somebody else: this program has nothing to run for it");
    if (!config.families.empty()) return config.families;
    std::vector<std::string> families;
    for (const TaskType* type : context.registry.types())
        if (type->kind != TaskKind::external) families.emplace_back(type->family);
    return families;
}

}  // namespace

ExitStatus work_command(const CommandContext& context) {
    const RunConfig config = read_run_config(context.parsed, context.config, context.cli.clock.now());
    auto scheduler = remote_options(context, config);
    if (!scheduler) throw ParameterError("work: for which scheduler? --scheduler URL says it");
    scheduler->families = served_families(context, config);
    scheduler->idle_timeout = config.idle_timeout;
    const auto identity = observe::new_run(traceparent(context.cli));
    const SessionOptions options{.program = context.program.name,
                                 .version = context.program.version,
                                 .command = command_text(context),
                                 .run_id = identity.run_id,
                                 .traceparent = observe::traceparent(identity.trace),
                                 .workers = config.workers,
                                 .scheduler = std::move(scheduler),
                                 .handles_signals = true};
    return run_with_output(context.cli, config.log_format, observe::common_fields(identity, context.program.name),
                           [&](Log& log, worker::Observer& observer) {
                               return run_session(context.registry, {}, options, {context.cli.clock, log, observer});
                           });
}

}  // namespace freshet::run
