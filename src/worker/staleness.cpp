// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/staleness.hpp"

#include "base/files.hpp"
#include "task/graph.hpp"
#include "task/range_scope.hpp"
#include "worker/attempt.hpp"
#include "worker/task_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace freshet::worker {

namespace {

/// False for what is neither a file nor an output that `find` knows.
bool is_missing(const target::Input& input, const target::FindTarget& find) {
    const AnyTarget* target = input.modified ? nullptr : find(input.address);
    if (target && !target->path()) return !target->exists();
    return input.address.starts_with('/') && !exists_at(input.address);
}

bool reruns(Staleness staleness) { return staleness == Staleness::rerun || staleness == Staleness::rerun_downstream; }

/// All tasks below some roots, and how their staleness spreads.
class Closure {
public:
    /// The plan reports the errors of requirements().
    Closure(const std::vector<AnyTask>& roots, const Plan* plan, target::DigestCache& digests)
        : plan_(plan),
          digests_(digests),
          all_(roots, RequirementErrors::ignored),
          tasks_(all_.tasks()),
          marks_(tasks_.size()) {}

    std::vector<StaleTask> find_stale() {
        Graph graph(tasks_.size());
        for (std::size_t task = 0; task < tasks_.size(); ++task)
            for (const std::size_t requirement : all_.requirements()[task]) graph.add_edge(task, requirement);
        std::vector<StaleTask> stale;
        if (!find_cycle(graph).empty()) return stale;
        for (const std::size_t node : topological_order(graph))
            if (auto found = check(node, all_.requirements()[node])) stale.push_back(std::move(*found));
        return stale;
    }

private:
    /// The staleness that a task passes on to those that require it.
    struct Mark {
        std::optional<std::size_t> rerun{};  ///< the task that runs again: itself, or below a wrapper
        bool spreads = false;                ///< whatever their own policy
        bool is_downstream = false;          ///< of a class that spreads, whose last rerun may not have come this far
    };

    std::optional<StaleTask> check(std::size_t node, const std::vector<std::size_t>& required) {
        const TaskType& type = tasks_[node].type();
        Mark& mark = marks_[node];
        for (const std::size_t requirement : required) {
            if (!mark.rerun || marks_[requirement].spreads) mark.rerun = marks_[requirement].rerun;
            mark.spreads = mark.spreads || marks_[requirement].spreads;
            mark.is_downstream = mark.is_downstream || marks_[requirement].is_downstream;
        }
        if (type.kind == TaskKind::wrapper) return std::nullopt;
        const bool spreads = type.staleness == Staleness::rerun_downstream;
        const Mark below = std::exchange(mark, {.is_downstream = mark.is_downstream || spreads});
        if (type.kind == TaskKind::external || !is_complete(node)) return std::nullopt;
        const bool may_be_retired = can_be_retired(tasks_[node]);
        const bool follows = (below.spreads || reruns(type.staleness)) && may_be_retired;
        std::string reason;
        if (below.rerun && follows)
            reason = fmt::format("it requires {}, which runs again", tasks_[*below.rerun].description());
        else if (type.staleness != Staleness::ignore || below.is_downstream)
            reason = known_staleness(tasks_[node]);
        if (reason.empty()) return std::nullopt;
        const bool will_rerun = follows || (below.is_downstream && may_be_retired);
        if (will_rerun) mark = {node, below.spreads || spreads, mark.is_downstream};
        return StaleTask{tasks_[node], std::move(reason), will_rerun};
    }

    std::string known_staleness(const AnyTask& task) {
        try {
            return staleness_reason(task, digests_);
        } catch (...) {
            if (caught_failure().failure.failure_class == FailureClass::permanent) throw;
            return {};  // its server does not answer, as the plan finds, too
        }
    }

    bool is_complete(std::size_t node) const {
        if (const auto found = plan_ ? plan_->found_complete(tasks_[node]) : std::nullopt) return *found;
        try {
            return tasks_[node].complete();
        } catch (const std::exception&) {
            return false;  // the plan reports it
        }
    }

    const Plan* plan_;
    target::DigestCache& digests_;
    TaskGraph all_;
    const std::vector<AnyTask>& tasks_;
    std::vector<Mark> marks_;
};

}  // namespace

std::string staleness_reason(const AnyTask& task, target::DigestCache& digests) {
    const target::FindTarget find = target::find_among([&] { return task.requirements(); });
    for (const AnyTarget& output : task.outputs()) {
        const auto receipt = target::receipt_of(output);
        if (!receipt) continue;
        if (auto reasons =
                target::stale_inputs(output.address(), *receipt, target::Reading::if_modified, digests, find);
            !reasons.empty())
            return std::move(reasons.front());
        if (!task.type().is_manifest) continue;
        for (const target::Input& input : receipt->provenance.inputs)
            if (is_missing(input, find))
                return fmt::format("'{}' lists '{}', which is missing", output.address(), input.address);
    }
    return {};
}

std::vector<StaleTask> find_stale(const std::vector<AnyTask>& roots, const Plan* plan) {
    target::DigestCache digests;
    const detail::RangeScope::RunsAgain runs_again = [&](const AnyTask& member) {
        return std::ranges::any_of(Closure({member}, plan, digests).find_stale(), &StaleTask::will_rerun);
    };
    const detail::RangeScope scope(runs_again);
    return Closure(roots, plan, digests).find_stale();
}

bool has_rerun_policy(const Registry& registry) {
    return std::ranges::any_of(registry.types(), [](const TaskType* type) { return reruns(type->staleness); });
}

std::vector<std::string> receipts_of_files(const AnyTask& task) {
    if (task.type().has_own_completeness || task.type().bulk_complete) return {};
    std::vector<std::string> receipts;
    for (const AnyTarget& output : task.outputs()) {
        const auto receipt = output.path() ? output.receipt() : std::nullopt;
        if (!receipt) return {};
        receipts.push_back(receipt->text());
    }
    return receipts;
}

std::string retire(const AnyTask& task) {
    std::string clause;
    for (const AnyTarget& output : task.outputs())
        if (const std::string aside = output.retire(); !aside.empty())
            clause += fmt::format("{}'{}' was moved to '{}'", clause.empty() ? "" : "; ", output.address(), aside);
    return clause;
}

bool can_be_retired(const AnyTask& task) {
    const auto outputs = task.outputs();
    return std::ranges::any_of(outputs, &AnyTarget::can_be_retired);
}

}  // namespace freshet::worker
