// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/registration.hpp"
#include "worker/worker.hpp"

#include "base/files.hpp"
#include "base/time.hpp"
#include "target/publish.hpp"
#include "target/receipt.hpp"
#include "target/stale_temporaries.hpp"

#include <fmt/format.h>

namespace freshet::worker {

namespace {

std::chrono::milliseconds duration_of(const AttemptResult& result) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(result.ended - result.started);
}

/// What the scheduler's history keeps of an attempt.
Json attempt_details(const AttemptResult& result, const WorkerOptions& options) {
    Json details = Json::object();
    details["run_id"] = options.run_id;
    details["started"] = epoch_seconds(result.started);
    details["ended"] = epoch_seconds(result.ended);
    return details;
}

/// What was made, for those who do not see the folder that it is in.
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
            // The output is what counts; `verify` tells what is wrong with its receipt.
        }
    }
    return outputs;
}

Json log_tail_json(const std::deque<std::string>& lines) {
    Json tail = Json::array();
    for (const std::string& line : lines) tail.push_back(line);
    return tail;
}

}  // namespace

void Worker::finish_attempts() {
    auto results = std::exchange(results_, {});
    if (results.empty()) return;
    const auto held = check_leases(results);
    for (std::size_t i = 0; i < results.size(); ++i) {
        AttemptResult& result = results[i];
        const auto found = running_.find(result.token);
        if (found == running_.end()) continue;
        const RunningAttempt running = found->second;
        running_.erase(found);
        switch (result.status) {
            case AttemptStatus::done:
                finish_done(running, result, held[i]);
                break;
            case AttemptStatus::waiting:
                finish_waiting(running, result);
                break;
            case AttemptStatus::failed:
                finish_failed(running, result);
                break;
        }
        if (unsent_reports_.empty() || unsent_reports_.back().node != running.node) continue;
        unsent_reports_.back().request.lease = running.lease;
        Json& details = unsent_reports_.back().request.attempt = attempt_details(result, options_);
        if (!options_.shared_scheduler) continue;
        if (unsent_reports_.back().end.status == FinishedAttempt::Status::done && !result.staged.empty())
            details["outputs"] = outputs_of(result);
        if (!running.log_tail.empty()) details["log"] = log_tail_json(running.log_tail);
    }
}

std::vector<bool> Worker::check_leases(const std::vector<AttemptResult>& results) {
    std::vector<rpc::Request> requests;
    for (const AttemptResult& result : results) {
        const auto running = running_.find(result.token);
        if (running == running_.end()) continue;
        requests.emplace_back(rpc::HoldsLease{
            .worker = options_.id, .task_id = plan_[running->second.node].task.id(), .lease = running->second.lease});
    }
    const auto responses = call(requests);
    std::vector<bool> held;
    std::size_t next = 0;
    for (const AttemptResult& result : results)
        held.push_back(running_.contains(result.token) && std::get<rpc::LeaseState>(responses[next++]).held);
    return held;
}

void Worker::finish_done(const RunningAttempt& running, AttemptResult& result, bool holds_lease) {
    const AnyTask& task = plan_[running.node].task;
    FinishedAttempt end{
        .status = FinishedAttempt::Status::done, .attempt = running.number, .took = duration_of(result)};
    try {
        if (!holds_lease) {
            for (const auto& output : result.staged) target::remove_temporaries(output.target, result.token);
            if (!task.complete()) return discard(running, std::move(end));
        } else if (target::publish(result.staged) == target::PublishResult::superseded) {
            if (!task.complete())
                return report_failure(
                    running, {.message = "something else is in the place of its output, and it is not complete"},
                    duration_of(result));
        } else if (task.type().kind == TaskKind::task && result.staged.empty() && task.type().has_own_completeness &&
                   !task.complete()) {
            return report_failure(running, {.message = "it ran, but is not complete"}, duration_of(result));
        }
    } catch (const DiskFullError& error) {
        result.status = AttemptStatus::failed;
        result.disk_full = true;
        result.failure = {.failure_class = FailureClass::transient, .message = error.what()};
        return finish_failed(running, result);
    } catch (const Error& error) {
        return report_failure(running, {.failure_class = error.failure_class(), .message = error.what()},
                              duration_of(result));
    } catch (const std::exception& error) {  // of the task's own complete()
        return report_failure(running, {.message = error.what()}, duration_of(result));
    }
    rpc::AddTask request = report(task, rpc::Status::done, options_.id);
    request.expl = "null";
    request.events = std::move(result.events);
    unsent_reports_.push_back({running.node, std::move(request), std::move(end)});
}

void Worker::discard(const RunningAttempt& running, FinishedAttempt end) {
    end.status = FinishedAttempt::Status::lost;
    end.message = "it lost its lease, so what it made was thrown away";
    parts_.observer.ended(plan_[running.node].task, end);
    task_states_[running.node].last = std::move(end);
    may_be_work_ = true;
    next_reconcile_ = {};
}

void Worker::finish_waiting(const RunningAttempt& running, const AttemptResult& result) {
    const AnyTask task = plan_[running.node].task;
    const std::size_t first_new = plan_.size();
    std::vector<std::size_t> required;
    try {
        required = plan_.add(result.missing);
        plan_.add_requirements(running.node, required);
    } catch (const PlanError& error) {
        task_states_.resize(plan_.size());
        return report_failure(running, {.message = error.what()}, duration_of(result));
    }
    register_from(first_new);
    rpc::AddTask request = report(task, rpc::Status::pending, options_.id);
    request.new_deps.emplace();
    for (const std::size_t node : required) request.new_deps->push_back(plan_[node].task.id());
    --task_states_[running.node].attempts;  // to find out what it needs is no try
    FinishedAttempt end{
        .status = FinishedAttempt::Status::waiting, .attempt = running.number, .took = duration_of(result)};
    end.message = fmt::format("needs {}{}", result.missing.front().description(),
                              result.missing.size() > 1 ? fmt::format(" and {} more", result.missing.size() - 1) : "");
    unsent_reports_.push_back({running.node, std::move(request), std::move(end)});
}

void Worker::finish_failed(const RunningAttempt& running, const AttemptResult& result) {
    Failure failure = result.failure;
    if (result.disk_full) {
        pause_for_full_disk(failure.message);
        failure.failure_class = FailureClass::throttled;
        failure.retry_after = options_.full_disk_pause;
    } else if (stop_requests_seen_ >= 2) {
        failure = {.failure_class = FailureClass::not_ready, .message = "given back: the run was stopped"};
        failure.retry_after = std::chrono::seconds(0);
    }
    report_failure(running, failure, duration_of(result));
}

void Worker::report_failure(const RunningAttempt& running, const Failure& failure, std::chrono::milliseconds duration) {
    rpc::AddTask request = report(plan_[running.node].task, rpc::Status::failed, options_.id);
    request.failure = rpc::Failure{.failure_class = failure.failure_class, .retry_after = failure.retry_after};
    request.expl = Json(failure.message).text();
    unsent_reports_.push_back({running.node,
                               std::move(request),
                               {.status = FinishedAttempt::Status::failed,
                                .attempt = running.number,
                                .took = duration,
                                .message = failure.message,
                                .failure_class = failure.failure_class}});
}

void Worker::on_reported(Report report, const rpc::Response& response) {
    const AnyTask& task = plan_[report.node].task;
    TaskState& task_state = task_states_[report.node];
    const auto* added = std::get_if<rpc::TaskAdded>(&response);
    may_be_work_ = true;
    last_busy_ = parts_.clock.now();
    if (added && !added->refused.empty()) {
        report.end.status = FinishedAttempt::Status::lost;
        report.end.message = added->refused;
    } else if (report.end.status == FinishedAttempt::Status::done) {
        task_state.is_done = true;
    } else if (report.end.status == FinishedAttempt::Status::failed && added && added->retry) {
        report.end.retry_at = added->retry;
        retries_[report.node] = {.at = *added->retry, .reason = *report.end.failure_class};
    }
    task_state.has_failed_permanently =
        report.end.status == FinishedAttempt::Status::failed &&
        !(report.end.retry_at && waits_for({*report.end.retry_at, *report.end.failure_class}));
    task_state.last = report.end;
    if (!task_state.is_done_elsewhere) parts_.observer.ended(task, report.end);
}

}  // namespace freshet::worker
