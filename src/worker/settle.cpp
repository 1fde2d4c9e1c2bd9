// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/registration.hpp"
#include "worker/worker.hpp"

#include "base/files.hpp"
#include "base/time.hpp"
#include "target/leftovers.hpp"
#include "target/publish.hpp"
#include "target/receipt.hpp"

#include <fmt/format.h>

namespace freshet::worker {

namespace {

std::chrono::milliseconds took(const AttemptResult& result) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(result.ended - result.started);
}

/// What the scheduler's history keeps of an attempt.
Json facts(const AttemptResult& result, const WorkerOptions& options) {
    Json facts = Json::object();
    facts["run_id"] = options.run_id;
    facts["started"] = epoch_seconds(result.started);
    facts["ended"] = epoch_seconds(result.ended);
    return facts;
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

Json last_words_of(const std::deque<std::string>& lines) {
    Json words = Json::array();
    for (const std::string& line : lines) words.push_back(line);
    return words;
}

}  // namespace

void Worker::settle() {
    auto results = std::exchange(results_, {});
    if (results.empty()) return;
    const auto held = leases_held(results);
    for (std::size_t i = 0; i < results.size(); ++i) {
        AttemptResult& result = results[i];
        const auto found = running_.find(result.token);
        if (found == running_.end()) continue;
        const Running running = found->second;
        running_.erase(found);
        switch (result.ending) {
            case Ending::done: settle_done(running, result, held[i]); break;
            case Ending::waiting: settle_waiting(running, result); break;
            case Ending::failed: settle_failed(running, result); break;
        }
        if (unsent_.empty() || unsent_.back().node != running.node) continue;
        unsent_.back().request.lease = running.lease;
        Json& told = unsent_.back().request.attempt = facts(result, options_);
        if (!options_.sharing) continue;
        if (unsent_.back().end.how == AttemptEnd::How::done && !result.staged.empty()) told["outputs"] = outputs_of(result);
        if (!running.last_words.empty()) told["log"] = last_words_of(running.last_words);
    }
}

std::vector<bool> Worker::leases_held(const std::vector<AttemptResult>& results) {
    std::vector<wire::Request> questions;
    for (const AttemptResult& result : results) {
        const auto running = running_.find(result.token);
        if (running == running_.end()) continue;
        questions.emplace_back(wire::HoldsLease{
            .worker = options_.id, .task_id = plan_[running->second.node].task.id(), .lease = running->second.lease});
    }
    const auto answers = call(questions);
    std::vector<bool> held;
    std::size_t next = 0;
    for (const AttemptResult& result : results)
        held.push_back(running_.contains(result.token) && std::get<wire::LeaseState>(answers[next++]).held);
    return held;
}

void Worker::settle_done(const Running& running, AttemptResult& result, bool holds_lease) {
    const AnyTask& task = plan_[running.node].task;
    AttemptEnd end{.how = AttemptEnd::How::done, .attempt = running.number, .took = took(result)};
    try {
        if (!holds_lease) {
            for (const auto& output : result.staged) target::remove_remains(output.target, result.token);
            if (!task.complete()) return lose(running, std::move(end));
        } else if (target::publish(result.staged) == target::Published::lost) {
            if (!task.complete())
                return report_failure(running, {.message = "something else is in the place of its output, and it is not complete"},
                                      took(result));
        } else if (task.type().kind == Kind::task && result.staged.empty() && task.type().has_own_completeness && !task.complete()) {
            return report_failure(running, {.message = "it ran, but is not complete"}, took(result));
        }
    } catch (const DiskFullError& error) {
        result.ending = Ending::failed;
        result.disk_full = true;
        result.failure = {.failure_class = FailureClass::transient, .message = error.what()};
        return settle_failed(running, result);
    } catch (const Error& error) {
        return report_failure(running, {.failure_class = error.failure_class(), .message = error.what()}, took(result));
    } catch (const std::exception& error) {  // of the task's own complete()
        return report_failure(running, {.message = error.what()}, took(result));
    }
    wire::AddTask request = report(task, wire::Status::done, options_.id);
    request.expl = "null";
    request.events = std::move(result.events);
    unsent_.push_back({running.node, std::move(request), std::move(end)});
}

void Worker::lose(const Running& running, AttemptEnd end) {
    end.how = AttemptEnd::How::lost;
    end.message = "it lost its lease, so what it made was thrown away";
    parts_.observer.ended(plan_[running.node].task, end);
    standings_[running.node].last = std::move(end);
    may_be_work_ = true;
    next_round_ = {};
}

void Worker::settle_waiting(const Running& running, const AttemptResult& result) {
    const AnyTask task = plan_[running.node].task;
    const std::size_t first_new = plan_.size();
    std::vector<std::size_t> required;
    try {
        required = plan_.add(result.missing);
        plan_.add_requirements(running.node, required);
    } catch (const PlanError& error) {
        standings_.resize(plan_.size());
        return report_failure(running, {.message = error.what()}, took(result));
    }
    register_from(first_new);
    wire::AddTask request = report(task, wire::Status::pending, options_.id);
    request.new_deps.emplace();
    for (const std::size_t node : required) request.new_deps->push_back(plan_[node].task.id());
    --standings_[running.node].attempts;  // to find out what it needs is no try
    AttemptEnd end{.how = AttemptEnd::How::waiting, .attempt = running.number, .took = took(result)};
    end.message = fmt::format("needs {}{}", result.missing.front().description(),
                              result.missing.size() > 1 ? fmt::format(" and {} more", result.missing.size() - 1) : "");
    unsent_.push_back({running.node, std::move(request), std::move(end)});
}

void Worker::settle_failed(const Running& running, const AttemptResult& result) {
    Failure failure = result.failure;
    if (result.disk_full) {
        pause_for_full_disk(failure.message);
        failure.failure_class = FailureClass::throttled;
        failure.retry_after = options_.full_disk_pause;
    } else if (stops_noticed_ >= 2) {
        failure = {.failure_class = FailureClass::not_yet, .message = "given back: the run was stopped"};
        failure.retry_after = std::chrono::seconds(0);
    }
    report_failure(running, failure, took(result));
}

void Worker::report_failure(const Running& running, const Failure& failure, std::chrono::milliseconds duration) {
    wire::AddTask request = report(plan_[running.node].task, wire::Status::failed, options_.id);
    request.failure = wire::Failure{.failure_class = failure.failure_class, .retry_after = failure.retry_after};
    request.expl = Json(failure.message).text();
    unsent_.push_back({running.node, std::move(request),
                       {.how = AttemptEnd::How::failed,
                        .attempt = running.number,
                        .took = duration,
                        .message = failure.message,
                        .failure_class = failure.failure_class}});
}

void Worker::acknowledge(Report report, const wire::Response& answer) {
    const AnyTask& task = plan_[report.node].task;
    Standing& standing = standings_[report.node];
    const auto* added = std::get_if<wire::TaskAdded>(&answer);
    may_be_work_ = true;
    last_busy_ = parts_.clock.now();
    if (added && !added->refused.empty()) {
        report.end.how = AttemptEnd::How::lost;
        report.end.message = added->refused;
    } else if (report.end.how == AttemptEnd::How::done) {
        standing.is_done = true;
    } else if (report.end.how == AttemptEnd::How::failed && added && added->retry) {
        report.end.retry_at = added->retry;
        retries_[report.node] = {.at = *added->retry, .why = *report.end.failure_class};
    }
    standing.is_given_up = report.end.how == AttemptEnd::How::failed &&
                           !(report.end.retry_at && waits_for({*report.end.retry_at, *report.end.failure_class}));
    standing.last = report.end;
    if (!standing.is_made_elsewhere) parts_.observer.ended(task, report.end);
}

}  // namespace freshet::worker
