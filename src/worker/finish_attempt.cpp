// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/finish_attempt.hpp"

#include "base/files.hpp"
#include "base/time.hpp"
#include "target/publish.hpp"
#include "target/receipt.hpp"
#include "target/staging.hpp"
#include "worker/registration.hpp"
#include "worker/scheduler_protocol.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace freshet::worker {

namespace {

std::chrono::milliseconds duration_of(const AttemptResult& result) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(result.ended - result.started);
}

/// Addresses and digests of the outputs, for readers that cannot see their folder; of a task of a batch, those that it
/// declares.
Json outputs_of(const AnyTask& task, bool is_in_batch, const AttemptResult& result) {
    Json outputs = Json::array();
    const std::vector<AnyTarget> declared = is_in_batch ? task.outputs() : std::vector<AnyTarget>{};
    const auto is_own = [&](const std::string& address) {
        return !is_in_batch || std::ranges::count(declared, address, &AnyTarget::address) > 0;
    };
    for (const target::StagedOutput& staged : result.staged) {
        if (!is_own(staged.target.string())) continue;
        try {
            const auto content = target::read_recorded_content(staged.target);
            if (!content) continue;
            outputs.push_back(Json::Object{
                {"address", staged.target.string()}, {"size", content->size}, {"sha256", content->sha256}});
        } catch (const Error&) {
            // The output counts; `verify` reports what is wrong with its receipt.
        }
    }
    for (const StagedTarget& staged : result.staged_targets)
        if (staged.is_published && staged.content && is_own(staged.address))
            outputs.push_back(Json::Object{
                {"address", staged.address}, {"size", staged.content->size}, {"sha256", staged.content->sha256}});
    return outputs;
}

bool has_staged(const AttemptResult& result) { return !result.staged.empty() || !result.staged_targets.empty(); }

/// Returns why the task is not complete after the publication, or "".
std::string why_incomplete(const AnyTask& task, const AttemptResult& result, PublishResult published) {
    if (published == PublishResult::superseded)
        return task.complete() ? "" : "another one is in the place of its output, but the task is not complete";
    if (task.type().kind != TaskKind::task || has_staged(result) || !task.type().has_own_completeness) return {};
    return task.complete() ? "" : "run() returned, but the task is not complete";
}

/// True when run() has written no output, because another attempt had made them all.
bool has_found_outputs(const AnyTask& task, const AttemptResult& result) {
    if (task.type().has_own_completeness) return false;  // it may have run for something else
    const std::vector<AnyTarget> outputs = task.outputs();
    return !outputs.empty() && std::ranges::all_of(outputs, [&](const AnyTarget& output) {
        return !has_staged(result, output) && target::receipt_of(output).has_value();
    });
}

/// Replaces the events by those of another attempt if that has completed the task: its outputs are the published ones.
void set_events(const AnyTask& task, AttemptResult& result, PublishResult published) {
    if (!task.type().emits_events) return;
    const bool is_superseded = published == PublishResult::superseded && has_staged(result);
    if (is_superseded || has_found_outputs(task, result)) result.events = receipt_events(task);
}

}  // namespace

AttemptReport failure_report(const WorkerContext& context, std::size_t node, rpc::LeaseToken lease,
                             const Failure& failure, std::chrono::milliseconds took) {
    rpc::AddTask request = report(context.plan[node].task, rpc::Status::failed, context.options.id);
    request.lease = lease;
    request.failure = rpc::Failure{.failure_class = failure.failure_class, .retry_after = failure.retry_after};
    request.expl = Json(failure.message).text();
    return {.node = node,
            .request = std::move(request),
            .end = {.status = FinishedAttempt::Status::failed,
                    .attempt = context.states[node].last_attempt,
                    .took = took,
                    .message = failure.message,
                    .failure_class = failure.failure_class}};
}

AttemptFinisher::Finished AttemptFinisher::finish(const RunningAttempt& running, AttemptResult result, bool holds_lease,
                                                  bool is_aborted) {
    Finished finished;
    switch (result.status) {
        case AttemptStatus::done:
            finished = finish_done(running, result, holds_lease);
            break;
        case AttemptStatus::waiting:
            finished = finish_waiting(running, result);
            break;
        case AttemptStatus::failed:
            finished = finish_failed(running, result, is_aborted);
            break;
    }
    for (AttemptReport& report : finished.reports) {
        report.request.lease = running.lease;
        report.request.attempt = attempt_details(report, running, result);
    }
    end_batch(running, finished.reports);
    return finished;
}

/// A combined task ends after its members, which a scheduler would end with it, each as the others.
void AttemptFinisher::end_batch(const RunningAttempt& running, std::vector<AttemptReport>& reports) const {
    if (reports.empty()) return;
    const auto own = std::ranges::find_if(
        reports, [&](const AttemptReport& one) { return context_.plan[one.node].task == running.task; });
    if (own != reports.end()) {
        std::rotate(own, std::next(own), reports.end());
        return;
    }
    const auto unfinished =
        std::ranges::find_if(reports, [](const AttemptReport& one) { return one.request.status != rpc::Status::done; });
    const bool is_done = unfinished == reports.end();
    rpc::AddTask end = report(running.task, is_done ? rpc::Status::done : rpc::Status::failed, context_.options.id);
    end.lease = running.lease;
    end.expl = is_done ? "null" : Json(unfinished->end.message).text();
    reports.back().end_of_batch = std::move(end);
}

AttemptFinisher::Finished AttemptFinisher::finish_done(const RunningAttempt& running, AttemptResult& result,
                                                       bool holds_lease) {
    const AnyTask& task = running.task;
    TargetAttempt attempt{.token = result.token, .lease = static_cast<std::int64_t>(running.fencing_token)};
    std::optional<Failure> failure;
    try {
        if (!holds_lease) {
            const std::string unfinished = abandon_outputs(task, result, attempt);
            target::discard(result.staged);
            if (!is_complete(running)) return discard(running, result, unfinished);
            set_events(task, result, PublishResult::superseded);
        } else {
            if (running.if_exists == IfExists::replace) retire_replaced(task, result);
            const PublishResult published = publish_outputs(task, result, attempt, running.if_exists);
            if (const std::string reason = why_incomplete(task, result, published); !reason.empty())
                failure = Failure{.message = reason};
            else
                set_events(task, result, published);
        }
    } catch (const DiskFullError& error) {
        result.disk_full = true;
        result.failure = {.failure_class = FailureClass::transient, .message = error.what()};
        abandon_outputs(task, result, attempt, result.failure);
        return finish_failed(running, result, false);
    } catch (...) {
        failure = caught_failure().failure;
    }
    if (failure) {
        abandon_outputs(task, result, attempt, *failure);
        return failures(running, result, *failure);
    }
    warn_if_unstaged(task, result);
    Finished finished;
    for (const std::size_t node : running.nodes) finished.reports.push_back(done_report(running, node, result));
    const auto first_done = std::ranges::find_if(
        finished.reports, [](const AttemptReport& one) { return one.request.status == rpc::Status::done; });
    if (first_done != finished.reports.end()) first_done->request.events = std::move(result.events);
    return finished;
}

bool AttemptFinisher::is_complete(const RunningAttempt& running) const {
    if (running.if_exists == IfExists::keep) return running.task.complete();
    return std::ranges::all_of(running.nodes,
                               [this](std::size_t node) { return is_complete_now(context_.plan[node]); });
}

/// Moves the stale outputs aside that the staged ones replace.
void AttemptFinisher::retire_replaced(const AnyTask& task, const AttemptResult& result) const {
    for (const target::StagedOutput& staged : result.staged) {
        if (staged.is_in_place()) continue;
        if (const auto aside = target::retire(staged.target))
            context_.observer.logged(
                task, fmt::format("'{}' was moved to '{}'", staged.target.string(), aside->string()), false);
    }
}

/// A member of a batch is done when it is complete itself.
AttemptReport AttemptFinisher::done_report(const RunningAttempt& running, std::size_t node,
                                           const AttemptResult& result) const {
    const AnyTask& task = context_.plan[node].task;
    try {
        if (running.nodes.size() > 1 && !is_complete_now(context_.plan[node]))
            throw Error(fmt::format("run() of {} returned, but this task is not complete", running.task.description()));
    } catch (...) {
        return failure_report(context_, node, running.lease, caught_failure().failure, duration_of(result));
    }
    rpc::AddTask request = report(task, rpc::Status::done, context_.options.id);
    request.expl = "null";
    return {.node = node,
            .request = std::move(request),
            .end = {.status = FinishedAttempt::Status::done,
                    .attempt = context_.states[node].last_attempt,
                    .took = duration_of(result)}};
}

/// The attempt's failure is that of each of its tasks.
AttemptFinisher::Finished AttemptFinisher::failures(const RunningAttempt& running, const AttemptResult& result,
                                                    const Failure& failure) const {
    Finished finished;
    for (const std::size_t node : running.nodes)
        finished.reports.push_back(failure_report(context_, node, running.lease, failure, duration_of(result)));
    return finished;
}

/// Warns once for each family.
void AttemptFinisher::warn_if_unstaged(const AnyTask& task, const AttemptResult& result) {
    const auto found = std::ranges::find_if(result.staged, &target::StagedOutput::is_in_place);
    if (found == result.staged.end() || !warned_families_.insert(task.type().family).second) return;
    context_.observer.logged(
        task,
        fmt::format("{} wrote '{}' in place, where others see a part of it: create it with LocalTarget::create() or "
                    "write(), or pass its path to run_subprocess()",
                    task.type().family, found->target.string()),
        true);
}

AttemptFinisher::Finished AttemptFinisher::discard(const RunningAttempt& running, const AttemptResult& result,
                                                   const std::string& unfinished) const {
    const FinishedAttempt end{
        .status = FinishedAttempt::Status::lost,
        .attempt = running.number,
        .took = duration_of(result),
        .message = "lease lost: its outputs were discarded" + (unfinished.empty() ? "" : "; " + unfinished)};
    if (running.nodes.size() > 1)  // those whose lease it still holds are run again
        return failures(running, result, {.failure_class = FailureClass::transient, .message = end.message});
    context_.observer.ended(running.task, end);
    context_.states[running.nodes.front()].last = end;
    context_.states.set_may_be_work(true);
    return {};
}

AttemptFinisher::Finished AttemptFinisher::finish_waiting(const RunningAttempt& running, const AttemptResult& result) {
    Finished finished{.first_new_node = context_.plan.size()};
    std::vector<std::string> ids;
    try {
        const std::vector<std::size_t> required = context_.plan.add(result.missing);
        for (const std::size_t node : running.nodes) {
            context_.plan.add_requirements(node, required);
            context_.states.hold(node);
        }
        for (const std::size_t node : required) ids.push_back(context_.plan[node].task.id());
    } catch (const Error& error) {  // PlanError or ConfigError
        return failures(running, result, {.message = error.what()});
    }
    FinishedAttempt end{.status = FinishedAttempt::Status::waiting, .took = duration_of(result)};
    end.message = fmt::format("needs {}{}", result.missing.front().description(),
                              result.missing.size() > 1 ? fmt::format(" and {} more", result.missing.size() - 1) : "");
    for (const std::size_t node : running.nodes) {
        rpc::AddTask request = report(context_.plan[node].task, rpc::Status::pending, context_.options.id);
        request.new_deps = ids;
        end.attempt = context_.states[node].last_attempt;
        --context_.states[node].attempts;  // finding out requirements is no try
        finished.reports.push_back({.node = node, .request = std::move(request), .end = end});
    }
    return finished;
}

AttemptFinisher::Finished AttemptFinisher::finish_failed(const RunningAttempt& running, const AttemptResult& result,
                                                         bool is_aborted) const {
    Failure failure = result.failure;
    if (result.disk_full) {
        failure.failure_class = FailureClass::throttled;
        failure.retry_after = context_.options.full_disk_pause;
    } else if (is_aborted) {
        failure = {.failure_class = FailureClass::not_ready, .message = "aborted: the run was stopped"};
        failure.retry_after = std::chrono::seconds(0);
    }
    Finished finished = failures(running, result, failure);
    if (!result.disk_full) return finished;
    finished.disk_full = result.failure.message;
    for (AttemptReport& report : finished.reports) report.request.failure->is_disk_full = true;
    return finished;
}

/// Facts for the scheduler's history of the attempt.
Json AttemptFinisher::attempt_details(const AttemptReport& report, const RunningAttempt& running,
                                      const AttemptResult& result) const {
    Json details = Json::object();
    details["run_id"] = context_.options.run_id;
    details["started"] = epoch_seconds(result.started);
    details["ended"] = epoch_seconds(result.ended);
    if (!context_.protocol.is_shared()) return details;
    if (report.end.status == FinishedAttempt::Status::done && has_staged(result))
        details["outputs"] = outputs_of(context_.plan[report.node].task, running.nodes.size() > 1, result);
    if (running.log_tail.empty()) return details;
    Json& tail = details["log"] = Json::array();
    for (const std::string& line : running.log_tail) tail.push_back(line);
    return details;
}

void AttemptFinisher::on_reported(AttemptReport report, const rpc::Response& response) {
    TaskStates& states = context_.states;
    FinishedAttempt& end = report.end;
    const auto* added = std::get_if<rpc::TaskAdded>(&response);
    bool will_be_retried = false;
    states.set_may_be_work(true);
    if (added && !added->refused.empty()) {
        end.status = FinishedAttempt::Status::lost;
        end.message = added->refused;
    } else if (report.found_complete) {
        states.mark_done_elsewhere(report.node);
    } else if (end.status == FinishedAttempt::Status::done) {
        states.mark_done(report.node);
    } else if (end.status == FinishedAttempt::Status::failed && added && added->retry) {
        end.retry_at = added->retry;
        states.schedule_retry(report.node, {.at = *added->retry, .reason = *end.failure_class});
        will_be_retried = context_.options.waits_for_retry(*added->retry, *end.failure_class);
    }
    TaskState& state = states[report.node];
    state.has_failed_permanently = end.status == FinishedAttempt::Status::failed && !will_be_retried;
    state.last = end;
    if (!report.found_complete) context_.observer.ended(context_.plan[report.node].task, end);
}

}  // namespace freshet::worker
