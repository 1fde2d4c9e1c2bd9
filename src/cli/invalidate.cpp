// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/parameters.hpp"
#include "cli/state_reader.hpp"
#include "run/event_delivery.hpp"
#include "run/task_selection.hpp"
#include "store/state_file.hpp"
#include "worker/invalidation.hpp"

#include <fmt/format.h>

#include <optional>
#include <ostream>

namespace freshet::cli {

namespace {

using worker::PublishedOutput;

std::vector<PublishedOutput> named_outputs(const CommandContext& context, const AnyTask& root) {
    const run::Rerun rerun{.task = context.parsed.option("task").value_or(root.id()),
                           .downstream = context.parsed.has("downstream")};
    return worker::published_outputs(run::tasks_to_rerun({root}, rerun, "task"));
}

/// Holds the state, if there is one, against the runs that use it. Throws store::LockedError while one does.
std::optional<store::StateFile> hold_state(const CommandContext& context, const AnyTask& root) {
    const auto state = state_path(context, root_for_program(context.registry, root));
    if (!std::filesystem::exists(state)) return std::nullopt;
    return run::open_when_free(state, command_text(context), context.cli.clock);
}

}  // namespace

ExitStatus invalidate_command(const CommandContext& context) {
    const AnyTask root = named_task(context);
    const bool is_dry = context.parsed.has("dry-run");
    const auto state = is_dry ? std::nullopt : hold_state(context, root);
    const std::vector<PublishedOutput> outputs = named_outputs(context, root);
    std::ostream& out = context.cli.out;
    const Time now = context.cli.clock.now();
    for (const PublishedOutput& published : outputs)
        out << fmt::format("{}: {}\n", published.task.description(),
                           is_dry ? fmt::format("'{}' would be moved aside", published.output.address())
                                  : worker::invalidate(published, now));
    if (outputs.empty()) out << "nothing to move: no output is there\n";
    return ExitStatus::success;
}

}  // namespace freshet::cli
