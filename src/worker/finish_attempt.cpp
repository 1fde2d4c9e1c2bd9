// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/finish_attempt.hpp"

#include "base/files.hpp"
#include "base/time.hpp"
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

/// Addresses and digests of the outputs, for readers that cannot see their folder.
Json outputs_of(const AttemptResult& result) {
    Json outputs = Json::array();
    for (const target::StagedOutput& staged : result.staged) {
        try {
            const auto receipt = target::read_receipt(staged.target);
            if (!receipt) continue;
            outputs.push_back(Json::Object{{"address", staged.target.string()},
                                           {"size", receipt->content.size},
                                           {"sha256", receipt->content.sha256}});
        } catch (const Error&) {
            // The output counts; `verify` reports what is wrong with its receipt.
        }
    }
    for (const StagedTarget& staged : result.staged_targets)
        if (staged.is_published && staged.content)
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

AttemptReport failure_report(const WorkerContext& context, const RunningAttempt& running, const Failure& failure,
                             std::chrono::milliseconds took) {
    rpc::AddTask request = report(context.plan[running.node].task, rpc::Status::failed, context.options.id);
    request.lease = running.lease;
    request.failure = rpc::Failure{.failure_class = failure.failure_class, .retry_after = failure.retry_after};
    request.expl = Json(failure.message).text();
    return {.node = running.node,
            .request = std::move(request),
            .end = {.status = FinishedAttempt::Status::failed,
                    .attempt = running.number,
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
    if (!finished.report) return finished;
    finished.report->request.lease = running.lease;
    finished.report->request.attempt = attempt_details(*finished.report, running, result);
    return finished;
}

AttemptFinisher::Finished AttemptFinisher::finish_done(const RunningAttempt& running, AttemptResult& result,
                                                       bool holds_lease) {
    const AnyTask& task = context_.plan[running.node].task;
    TargetAttempt attempt{.token = result.token, .lease = static_cast<std::int64_t>(running.fencing_token)};
    std::optional<Failure> failure;
    try {
        if (!holds_lease) {
            const std::string unfinished = abandon_outputs(task, result, attempt);
            target::discard(result.staged);
            if (!task.complete()) return discard(running, result, unfinished);
            set_events(task, result, PublishResult::superseded);
        } else {
            const PublishResult published = publish_outputs(task, result, attempt);
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
        return {.report = failure_report(context_, running, *failure, duration_of(result))};
    }
    warn_if_unstaged(task, result);
    rpc::AddTask request = report(task, rpc::Status::done, context_.options.id);
    request.expl = "null";
    request.events = std::move(result.events);
    return {
        .report = AttemptReport{
            .node = running.node,
            .request = std::move(request),
            .end = {.status = FinishedAttempt::Status::done, .attempt = running.number, .took = duration_of(result)}}};
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
    context_.observer.ended(context_.plan[running.node].task, end);
    context_.states[running.node].last = end;
    context_.states.set_may_be_work(true);
    return {};
}

AttemptFinisher::Finished AttemptFinisher::finish_waiting(const RunningAttempt& running, const AttemptResult& result) {
    const AnyTask task = context_.plan[running.node].task;
    const std::size_t first_new = context_.plan.size();
    std::vector<std::size_t> required;
    try {
        required = context_.plan.add(result.missing);
        context_.plan.add_requirements(running.node, required);
        context_.states.hold(running.node);
    } catch (const Error& error) {  // PlanError or ConfigError
        return {.report = failure_report(context_, running, {.message = error.what()}, duration_of(result))};
    }
    rpc::AddTask request = report(task, rpc::Status::pending, context_.options.id);
    request.new_deps.emplace();
    for (const std::size_t node : required) request.new_deps->push_back(context_.plan[node].task.id());
    --context_.states[running.node].attempts;  // finding out requirements is no try
    FinishedAttempt end{
        .status = FinishedAttempt::Status::waiting, .attempt = running.number, .took = duration_of(result)};
    end.message = fmt::format("needs {}{}", result.missing.front().description(),
                              result.missing.size() > 1 ? fmt::format(" and {} more", result.missing.size() - 1) : "");
    return {.report = AttemptReport{.node = running.node, .request = std::move(request), .end = std::move(end)},
            .first_new_node = first_new};
}

AttemptFinisher::Finished AttemptFinisher::finish_failed(const RunningAttempt& running, const AttemptResult& result,
                                                         bool is_aborted) const {
    Finished finished;
    Failure failure = result.failure;
    if (result.disk_full) {
        finished.disk_full = failure.message;
        failure.failure_class = FailureClass::throttled;
        failure.retry_after = context_.options.full_disk_pause;
    } else if (is_aborted) {
        failure = {.failure_class = FailureClass::not_ready, .message = "aborted: the run was stopped"};
        failure.retry_after = std::chrono::seconds(0);
    }
    finished.report = failure_report(context_, running, failure, duration_of(result));
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
        details["outputs"] = outputs_of(result);
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
