// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/verify.hpp"
#include "base/printable.hpp"
#include "cli/scheduler_access.hpp"
#include "cli/state_reader.hpp"
#include "freshet/json.hpp"
#include "freshet/text.hpp"
#include "worker/task_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::cli {

namespace {

/// All tasks that the state knows, if the program can make them.
std::vector<AnyTask> known_tasks(const CommandContext& context, store::History& history) {
    constexpr int no_limit = 1'000'000;
    std::vector<AnyTask> tasks;
    for (const TaskType* type : context.registry.types())
        for (const auto& row : history.tasks_of_family(type->family, no_limit))
            if (auto task = task_of(row, context.registry)) tasks.push_back(std::move(*task));
    return tasks;
}

/// The tasks to verify. The first is the named one, if there is one. Throws StoreError when the state does not exist.
std::vector<AnyTask> selected_tasks(const CommandContext& context) {
    StateReader state(context);
    if (context.parsed.operand.empty()) {
        if (context.parsed.has("scheduler"))
            throw ParameterError(
                "verify --scheduler: a TASK is required; without one all that a state knows is compared");
        if (!state.history())
            throw StoreError(fmt::format("verify state '{}': it does not exist", state.path().string()));
        return known_tasks(context, *state.history());
    }
    SchedulerAccess scheduler(context);
    const TaskLookup lookup = state.look_up_task(scheduler);
    if (!lookup.task) throw Error(fmt::format("verify {}: the task belongs to another program", lookup.id));
    return worker::TaskGraph({*lookup.task}).tasks();
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

/// The findings in the order of their kinds.
std::vector<Finding> sorted(std::vector<Finding> findings) {
    const auto rank = [](const Finding& finding) {
        return std::ranges::find(kinds, finding.kind, &KindText::kind) - std::begin(kinds);
    };
    std::ranges::stable_sort(findings, {}, rank);
    return findings;
}

std::string_view label_of(const Finding& finding) {
    return std::ranges::find(kinds, finding.kind, &KindText::kind)->label;
}

bool is_empty(const target::Verification& verification) {
    return verification.published == 0 && verification.findings.empty();
}

/// Returns whether there is something, and nothing is known to be other than it was published.
bool is_success(const target::Verification& verification) {
    return !is_empty(verification) && std::ranges::all_of(verification.findings, [](const Finding& finding) {
        return finding.kind == Finding::Kind::unchecked;
    });
}

/// What was never checked are the last of the findings, and only a few of them are named: they hide no result.
void print(const target::Verification& verification, std::ostream& out) {
    constexpr std::size_t max_unchecked = 3;
    std::size_t unchecked = 0;
    for (const Finding& finding : verification.findings)
        if (finding.kind != Finding::Kind::unchecked || ++unchecked <= max_unchecked)
            out << fmt::format("{}: {}: {}\n", label_of(finding), finding.subject, printable_line(finding.text));
    if (unchecked > max_unchecked)
        out << fmt::format("never checked: {} more, which --json lists\n", unchecked - max_unchecked);
    out << (is_empty(verification) ? "nothing to verify: nothing was published" : summary(verification)) << '\n';
}

Json json_of(const target::Verification& verification) {
    Json::Array findings;
    for (const Finding& finding : verification.findings)
        findings.push_back(
            Json::Object{{"kind", label_of(finding)}, {"subject", finding.subject}, {"text", finding.text}});
    return Json::Object{{"success", is_success(verification)},
                        {"published", verification.published},
                        {"intact", verification.intact},
                        {"absent", verification.absent},
                        {"findings", std::move(findings)}};
}

/// Compares the named task, or all that the state knows.
target::Verification verify_selected(const CommandContext& context) {
    const std::vector<AnyTask> tasks = selected_tasks(context);
    target::Verification verification = target::verify(tasks, context.registry);
    if (!context.parsed.operand.empty() && !tasks.front().complete())
        verification.findings.push_back(
            {Finding::Kind::missing, tasks.front().description(), "the task is not complete"});
    verification.findings = sorted(std::move(verification.findings));
    return verification;
}

}  // namespace

ExitStatus verify_command(const CommandContext& context) {
    const target::Verification verification = verify_selected(context);
    if (context.parsed.has("json"))
        context.cli.out << json_of(verification).pretty();
    else
        print(verification, context.cli.out);
    return is_success(verification) ? ExitStatus::success : ExitStatus::task_failed;
}

}  // namespace freshet::cli
