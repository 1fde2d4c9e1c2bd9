// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/plan.hpp"
#include "base/printable.hpp"
#include "cli/command_line.hpp"
#include "cli/parameters.hpp"
#include "cli/run_config.hpp"
#include "cli/task_history.hpp"
#include "freshet/json.hpp"
#include "run/session.hpp"
#include "worker/staleness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::cli {

namespace {

std::string_view verb_of(const worker::Node& node) {
    if (node.exclusion != worker::Exclusion::none) return "leaves out";
    if (!node.error.empty()) return "cannot plan";
    if (node.task.type().kind == TaskKind::external) return "waits for";
    return node.task.type().kind == TaskKind::wrapper ? "completes" : "runs";
}

/// Why a task of a plan would not run, although all that it requires is complete.
struct BlockReason {
    std::string_view action{};
    std::string reason{};  ///< empty: it would run
};

/// A task that its retry policy has disabled, as the state of earlier runs says.
BlockReason disabled_by_scheduler(const AnyTask& task, StateReader& state, Time now) {
    const auto row = state.history() ? state.history()->task(task.id()) : std::nullopt;
    if (!row || row->status != rpc::text(rpc::Status::disabled)) return {};
    const TaskHistory task_history = load_task_history(task.id(), state, now);
    if (!task_history.is_disabled || !task_history.has_failed()) return {};
    return {"is disabled", task_history.describe_last()};
}

/// The block reasons of the tasks of the plan, of an embedded scheduler: those of another one are not known here.
std::vector<BlockReason> block_reasons_of(const worker::Plan& plan, const CommandContext& context) {
    std::vector<BlockReason> blocks(plan.size());
    if (find_option("scheduler", context.parsed, context.config)) return blocks;
    const scheduler::Config limits = read_limits(context.config);
    StateReader state(context);
    for (std::size_t i = 0; i < plan.size(); ++i) {
        if (!run::would_run(plan[i])) continue;
        blocks[i] = {"can never run", describe_shortage(plan[i].task, limits)};
        if (blocks[i].reason.empty()) blocks[i] = disabled_by_scheduler(plan[i].task, state, context.cli.clock.now());
    }
    return blocks;
}

/// An incomplete task of a plan.
struct PlannedTask {
    const worker::Node& node;
    BlockReason block;
};

/// A plan as the command shows it.
struct PlanReport {
    std::size_t tasks = 0, complete = 0, to_run = 0;
    ExitStatus status = ExitStatus::success;  ///< otherwise, not all requirements could be determined
    std::vector<PlannedTask> planned{};       ///< in the order in which they would run
    std::vector<worker::StaleTask> stale{};
};

/// Counts the complete tasks that run again among those that would run. The plan may end above them.
void count_reruns(const worker::Plan& plan, PlanReport& report) {
    for (const worker::StaleTask& stale : report.stale) {
        if (!stale.will_rerun) continue;
        ++report.to_run;
        if (plan.found_complete(stale.task))
            --report.complete;
        else
            ++report.tasks;
    }
}

PlanReport report_on(const worker::Plan& plan, const AnyTask& root, const CommandContext& context) {
    const std::vector<BlockReason> blocks = block_reasons_of(plan, context);
    PlanReport report{.tasks = plan.size(), .stale = worker::find_stale({root}, &plan)};
    for (std::size_t i = 0; i < plan.size(); ++i) {
        if (plan[i].is_complete) ++report.complete;
        if (run::would_run(plan[i]) && blocks[i].reason.empty()) ++report.to_run;
        if (plan[i].exclusion != worker::Exclusion::none)
            report.status = std::max(report.status, ExitStatus::not_run);
        else if (!plan[i].error.empty() && report.status != ExitStatus::scheduling_error)
            report.status = plan[i].may_recover ? ExitStatus::not_ready : ExitStatus::scheduling_error;
    }
    for (const std::size_t i : topological_order(plan.graph()))
        if (!plan[i].is_complete) report.planned.push_back({plan[i], blocks[i]});
    count_reruns(plan, report);
    return report;
}

void print(const PlanReport& report, std::ostream& out) {
    out << fmt::format("{} of {} tasks would run, {} are complete{}\n", report.to_run, report.tasks, report.complete,
                       report.to_run > 0 ? ", in this order:" : "");
    for (const auto& [node, block] : report.planned)
        out << (block.reason.empty() ? fmt::format("  {} {}: {}\n", verb_of(node), node.task.description(),
                                                   printable_line(run::reason_of(node)))
                                     : fmt::format("  {} {}\n", node.task.description(), printable_line(block.reason)));
    for (const worker::StaleTask& stale : report.stale)
        out << fmt::format("  {} {}: {}\n",
                           stale.will_rerun ? "runs again" : "is stale, but complete:", stale.task.description(),
                           stale.reason);
}

Json json_of(const PlanReport& report) {
    Json::Array planned, stale;
    for (const auto& [node, block] : report.planned)
        planned.push_back(Json::Object{{"task_id", node.task.id()},
                                       {"task", node.task.description()},
                                       {"action", block.reason.empty() ? verb_of(node) : block.action},
                                       {"reason", block.reason.empty() ? run::reason_of(node) : block.reason}});
    for (const worker::StaleTask& task : report.stale)
        stale.push_back(Json::Object{{"task_id", task.task.id()},
                                     {"task", task.task.description()},
                                     {"runs_again", task.will_rerun},
                                     {"reason", task.reason}});
    return Json::Object{{"tasks", report.tasks},
                        {"complete", report.complete},
                        {"to_run", report.to_run},
                        {"planned", std::move(planned)},
                        {"stale", std::move(stale)}};
}

}  // namespace

ExitStatus plan_command(const CommandContext& context) {
    const AnyTask root = named_task(context);
    const worker::Plan plan = worker::make_plan({root});
    const PlanReport report = report_on(plan, root, context);
    if (context.parsed.has("json"))
        context.cli.out << json_of(report).pretty();
    else
        print(report, context.cli.out);
    return report.status;
}

}  // namespace freshet::cli
