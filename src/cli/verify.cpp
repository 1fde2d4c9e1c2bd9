// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/verify.hpp"
#include "base/printable.hpp"
#include "cli/state_reader.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace freshet::cli {

namespace {

/// The task with all direct and indirect requirements. Not a plan, which stops at the complete tasks.
std::vector<AnyTask> with_requirements(const AnyTask& root) {
    std::vector<AnyTask> tasks{root};
    std::unordered_set<std::string> seen{root.id()};
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        const AnyTask task = tasks[i];
        for (AnyTask& required : task.requirements())
            if (seen.insert(required.id()).second) tasks.push_back(std::move(required));
    }
    return tasks;
}

/// All tasks that the state knows, if the program can make them.
std::vector<AnyTask> known_tasks(const CommandContext& context, store::History& history) {
    constexpr int no_limit = 1'000'000;
    std::vector<AnyTask> tasks;
    for (const TaskType* type : context.registry.types())
        for (const auto& row : history.tasks_of_family(type->family, no_limit))
            if (auto task = task_of(row, context.registry)) tasks.push_back(std::move(*task));
    return tasks;
}

/// The tasks to verify. The first is the named one, if there is one.
std::vector<AnyTask> selected_tasks(const CommandContext& context) {
    StateReader state(context);
    if (context.parsed.operand.empty())
        return state.history() ? known_tasks(context, *state.history()) : std::vector<AnyTask>{};
    const TaskLookup lookup = state.look_up_task();
    if (!lookup.task) throw Error(fmt::format("verify {}: the task belongs to another program", lookup.id));
    return with_requirements(*lookup.task);
}

using target::Finding;

struct KindText {
    Finding::Kind kind;
    std::string_view label;
};
constexpr KindText kinds[] = {{Finding::Kind::missing, "missing"},
                              {Finding::Kind::changed, "changed"},
                              {Finding::Kind::stale, "stale"},
                              {Finding::Kind::unchecked, "never checked"}};

/// "3 of 4 published outputs match their receipts: 1 missing, 2 never checked"
std::string summary(const target::Verification& verification) {
    std::vector<std::string> counts;
    for (const KindText& text : kinds)
        if (const auto count = std::ranges::count(verification.findings, text.kind, &Finding::kind))
            counts.push_back(fmt::format("{} {}", count, text.label));
    if (verification.absent > 0)
        counts.push_back(fmt::format("{} neither there nor with a receipt", verification.absent));
    return fmt::format("{} of {} published outputs match their receipts{}{}", verification.intact,
                       verification.published, counts.empty() ? "" : ": ", joined(counts, ", "));
}

}  // namespace

ExitStatus verify_command(const CommandContext& context) {
    const std::vector<AnyTask> tasks = selected_tasks(context);
    target::Verification verification = target::verify(tasks, context.registry);
    if (!context.parsed.operand.empty() && !tasks.front().complete())
        verification.findings.push_back(
            {Finding::Kind::missing, tasks.front().description(), "the task is not complete"});
    for (const KindText& text : kinds)
        for (const Finding& finding : verification.findings)
            if (finding.kind == text.kind)
                context.cli.out << fmt::format("{}: {}: {}\n", text.label, finding.subject,
                                               printable_line(finding.text));
    context.cli.out << summary(verification) << '\n';
    const bool is_as_published = std::ranges::all_of(
        verification.findings, [](const Finding& finding) { return finding.kind == Finding::Kind::unchecked; });
    return is_as_published ? ExitStatus::success : ExitStatus::task_failed;
}

}  // namespace freshet::cli
