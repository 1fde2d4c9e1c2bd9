// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/lost_inputs.hpp"

#include "store/database.hpp"
#include "worker/registration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace freshet::worker {

std::optional<AttemptReport> LostInputs::check(std::size_t node, rpc::LeaseToken lease) {
    try {
        return report_missing(node, lease);
    } catch (const StoreError&) {
        throw;
    } catch (const DiskFullError&) {
        throw;
    } catch (const std::exception& error) {  // of a requirement's complete(), or of a plan that has become impossible
        return failure_report(context_, node, lease,
                              {.failure_class = FailureClass::transient, .message = error.what()});
    }
}

std::optional<AttemptReport> LostInputs::report_missing(std::size_t node, rpc::LeaseToken lease) {
    const Missing missing = reregister_missing(node);
    if (missing.nodes.empty()) return std::nullopt;
    context_.states.hold(node);

    TaskState& state = context_.states[node];
    const bool was_known = std::exchange(state.requirements_reported, true);
    const std::string first = context_.plan[missing.nodes.front()].task.id();
    rpc::AddTask request = report(context_.plan[node].task, rpc::Status::pending, context_.options.id);
    request.lease = lease;
    request.new_deps.emplace();
    for (const std::size_t required : missing.nodes) request.new_deps->push_back(context_.plan[required].task.id());
    FinishedAttempt end{.status = FinishedAttempt::Status::waiting, .attempt = state.last_attempt, .message = first};
    if (was_known) end.message = fmt::format("the output of {} is gone", first);
    if (was_known && missing.any_new && !had_lost_input_.insert(node).second) {
        end.message += " again";  // it is removed repeatedly, or cannot be seen here
        end.status = FinishedAttempt::Status::failed;
        end.failure_class = FailureClass::transient;
        request.failure = rpc::Failure{.failure_class = FailureClass::transient};
    } else if (!missing.all_accepted) {
        end.message = fmt::format("the output of {}, which was just done, is missing", first);
        request.failure =
            rpc::Failure{.failure_class = FailureClass::not_ready, .retry_after = longest_cooldown(missing.nodes)};
    }
    if (request.failure) {
        request.status = rpc::Status::failed;
        request.expl = Json(end.message).text();
    }
    return AttemptReport{.node = node, .request = std::move(request), .end = std::move(end)};
}

LostInputs::Missing LostInputs::reregister_missing(std::size_t node) {
    Missing missing;
    // A scheduler that knew the task only by name has not waited for its requirements.
    const bool may_lack = context_.plan[node].task.type().requirement_rule == RequirementRule::all_finished &&
                          context_.states[node].requirements_reported;
    const auto requirements = context_.plan[node].requirements;
    for (const std::size_t required : requirements) {
        const AnyTask& task = context_.plan[required].task;
        if (task.type().kind == TaskKind::wrapper) continue;
        if (may_lack && !context_.plan[required].is_complete && !context_.states[required].is_done) continue;
        if (is_complete_now(context_.plan[required])) {
            context_.states.mark_done_elsewhere(required);
            continue;
        }
        missing.nodes.push_back(required);
        const Reregistration outcome = reconciler_.reregister(required);
        missing.all_accepted &= outcome == Reregistration::accepted;
        missing.any_new |= outcome != Reregistration::still_cooling_down;
    }
    return missing;
}

std::chrono::seconds LostInputs::longest_cooldown(const std::vector<std::size_t>& nodes) const {
    std::chrono::seconds longest{1};
    const auto& cooldowns = context_.states.cooldowns();
    for (const std::size_t node : nodes)
        if (const auto found = cooldowns.find(node); found != cooldowns.end())
            longest = std::max(longest, std::chrono::ceil<std::chrono::seconds>(found->second - context_.clock.now()));
    return longest;
}

}  // namespace freshet::worker
