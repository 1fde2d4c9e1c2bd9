// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "run/planned.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace freshet::run {

namespace {

std::string_view verb_of(const worker::Node& node) {
    if (!node.error.empty()) return "cannot plan";
    if (node.task.type().kind == TaskKind::external) return "waits for";
    return node.task.type().kind == TaskKind::wrapper ? "completes" : "runs";
}

}  // namespace

ExitStatus plan_command(const CommandContext& context) {
    const worker::Plan plan = worker::make_plan({named_task(context)});
    std::size_t complete = 0, to_run = 0;
    bool is_whole = true;
    for (std::size_t i = 0; i < plan.size(); ++i) {
        if (plan[i].is_complete) ++complete;
        if (would_run(plan[i])) ++to_run;
        is_whole = is_whole && plan[i].error.empty();
    }
    std::ostream& out = context.cli.out;
    out << fmt::format("{} of {} tasks would run, {} are complete{}\n", to_run, plan.size(), complete,
                       to_run > 0 ? ", in this order:" : "");
    for (const std::size_t i : topological_order(plan.graph()))
        if (!plan[i].is_complete)
            out << fmt::format("  {} {}: {}\n", verb_of(plan[i]), plan[i].task.description(), reason_of(plan[i]));
    return is_whole ? ExitStatus::complete : ExitStatus::scheduling_error;
}

}  // namespace freshet::run
