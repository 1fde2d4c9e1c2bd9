// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/luigid_client.hpp"

#include "freshet/task_policy.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace freshet::worker {

namespace {

using Seconds = std::chrono::duration<double>;

/// Removes what a luigid does not know: it answers 500 to a retry policy with unknown members.
rpc::AddTask without_extensions(rpc::AddTask report) {
    report.lease.reset();
    report.failure.reset();
    report.events.clear();
    report.attempt = {};
    report.name_params.reset();
    if (report.retry_policy_dict) {
        report.retry_policy_dict->attempts.reset();
        report.retry_policy_dict->first_pause.reset();
        report.retry_policy_dict->longest_pause.reset();
    }
    return report;
}

/// Returns the registration that lets the failed task run again.
rpc::AddTask reregistration(const rpc::AddTask& report) {
    rpc::AddTask again = without_extensions(report);
    again.status = rpc::Status::pending;
    again.expl.reset();
    again.new_deps.reset();
    return again;
}

Time time_after(Time now, Seconds pause) { return now + std::chrono::duration_cast<Time::duration>(pause); }

}  // namespace

std::vector<rpc::Response> LuigidAdapter::call(const std::vector<rpc::Request>& requests) {
    std::vector<rpc::Response> responses;
    for (const rpc::Request& request : requests)
        responses.push_back(std::visit(
            [&](const auto& one) -> rpc::Response {
                using One = std::decay_t<decltype(one)>;
                if constexpr (std::is_same_v<One, rpc::HoldsLease>)
                    return rpc::LeaseState{.held = true};
                else if constexpr (std::is_same_v<One, rpc::AddTask> || std::is_same_v<One, rpc::RegisterTasks> ||
                                   std::is_same_v<One, rpc::GetWork>)
                    return handle(one);
                else
                    return forward(one);
            },
            request));
    return responses;
}

rpc::Response LuigidAdapter::forward(const rpc::Request& request) {
    return std::move(parts_.luigid.call({request}).front());
}

rpc::Response LuigidAdapter::handle(const rpc::AddTask& report) {
    if (!report.events.empty()) parts_.store_events(report.events);
    forward(without_extensions(report));
    if (report.status == rpc::Status::failed) return rpc::TaskAdded{.retry = schedule_retry(report)};
    if (report.status == rpc::Status::done) delayed_retries_.erase(report.task_id);
    return rpc::TaskAdded{};
}

rpc::Response LuigidAdapter::handle(const rpc::RegisterTasks& request) {
    rpc::TasksAdded added;
    for (const rpc::AddTask& task : request.tasks) added.answers.push_back(std::get<rpc::TaskAdded>(handle(task)));
    return added;
}

rpc::Response LuigidAdapter::handle(const rpc::GetWork& request) {
    flush_due_retries();
    rpc::GetWork luigi_request = request;
    luigi_request.leases = false;
    luigi_request.families.clear();
    luigi_request.except_families.clear();
    luigi_request.wait = 0;
    return forward(luigi_request);
}

std::optional<Time> LuigidAdapter::schedule_retry(const rpc::AddTask& report) {
    if (!report.failure || report.failure->failure_class == FailureClass::permanent) return std::nullopt;
    const RetryPolicy defaults;
    const rpc::RetryPolicy policy = report.retry_policy_dict.value_or(rpc::RetryPolicy{});
    const Seconds longest(policy.longest_pause.value_or(Seconds(defaults.longest_pause).count()));
    DelayedRetry& retry = delayed_retries_[report.task_id];
    Seconds pause = longest;
    if (report.failure->failure_class == FailureClass::transient) {
        if (++retry.tries >= policy.attempts.value_or(defaults.attempts)) return std::nullopt;
        const Seconds first(policy.first_pause.value_or(Seconds(defaults.first_pause).count()));
        pause =
            std::min(first * std::exp2(static_cast<double>(retry.tries) - 1), longest) * (0.5 + 0.5 * parts_.jitter());
        if (report.failure->retry_after) pause = std::max<Seconds>(pause, *report.failure->retry_after);
    } else if (report.failure->retry_after) {
        pause = *report.failure->retry_after;
    }
    retry.registration = reregistration(report);
    retry.due = time_after(parts_.clock.now(), pause);
    retry.is_pending = true;
    return retry.due;
}

void LuigidAdapter::flush_due_retries() {
    const Time now = parts_.clock.now();
    for (auto& [task, retry] : delayed_retries_) {
        if (!retry.is_pending || retry.due > now) continue;
        forward(retry.registration);
        retry.is_pending = false;
    }
}

}  // namespace freshet::worker
