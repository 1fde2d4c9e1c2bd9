// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/luigi_dialect.hpp"

#include "freshet/policy.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace freshet::worker {

namespace {

using Seconds = std::chrono::duration<double>;

/// A luigid answers 500 to a retry policy with members that it does not know, and keeps no facts about attempts.
wire::AddTask plain(wire::AddTask report) {
    report.lease.reset();
    report.failure.reset();
    report.events.clear();
    report.attempt = {};
    if (report.retry_policy_dict) {
        report.retry_policy_dict->attempts.reset();
        report.retry_policy_dict->first_pause.reset();
        report.retry_policy_dict->longest_pause.reset();
    }
    return report;
}

/// What says that the task may run again.
wire::AddTask registration_of(const wire::AddTask& report) {
    wire::AddTask again = plain(report);
    again.status = wire::Status::pending;
    again.expl.reset();
    again.new_deps.reset();
    return again;
}

Time later(Time now, Seconds pause) { return now + std::chrono::duration_cast<Time::duration>(pause); }

}  // namespace

std::vector<wire::Response> LuigiDialect::call(const std::vector<wire::Request>& requests) {
    std::vector<wire::Response> responses;
    for (const wire::Request& request : requests)
        responses.push_back(std::visit(
            [&](const auto& one) -> wire::Response {
                using One = std::decay_t<decltype(one)>;
                if constexpr (std::is_same_v<One, wire::HoldsLease>)
                    return wire::LeaseState{.held = true};
                else if constexpr (std::is_same_v<One, wire::AddTask> || std::is_same_v<One, wire::RegisterTasks> ||
                                   std::is_same_v<One, wire::GetWork>)
                    return answer(one);
                else
                    return tell(one);
            },
            request));
    return responses;
}

wire::Response LuigiDialect::tell(const wire::Request& request) {
    return std::move(parts_.luigid.call({request}).front());
}

wire::Response LuigiDialect::answer(const wire::AddTask& report) {
    if (!report.events.empty()) parts_.keep_events(report.events);
    tell(plain(report));
    if (report.status == wire::Status::failed) return wire::TaskAdded{.retry = promise_retry(report)};
    if (report.status == wire::Status::done) promises_.erase(report.task_id);
    return wire::TaskAdded{};
}

wire::Response LuigiDialect::answer(const wire::RegisterTasks& request) {
    wire::TasksAdded added;
    for (const wire::AddTask& task : request.tasks) added.answers.push_back(std::get<wire::TaskAdded>(answer(task)));
    return added;
}

wire::Response LuigiDialect::answer(const wire::GetWork& question) {
    keep_promises();
    wire::GetWork plain_question = question;
    plain_question.leases = false;
    plain_question.families.clear();
    plain_question.wait = 0;
    return tell(plain_question);
}

std::optional<Time> LuigiDialect::promise_retry(const wire::AddTask& report) {
    if (!report.failure || report.failure->failure_class == FailureClass::permanent) return std::nullopt;
    const RetryPolicy usual;
    const wire::RetryPolicy policy = report.retry_policy_dict.value_or(wire::RetryPolicy{});
    const Seconds longest(policy.longest_pause.value_or(Seconds(usual.longest_pause).count()));
    Promise& promise = promises_[report.task_id];
    Seconds pause = longest;
    if (report.failure->failure_class == FailureClass::transient) {
        if (++promise.tries >= policy.attempts.value_or(usual.attempts)) return std::nullopt;
        const Seconds first(policy.first_pause.value_or(Seconds(usual.first_pause).count()));
        pause = std::min(first * std::exp2(static_cast<double>(promise.tries) - 1), longest) * (0.5 + 0.5 * parts_.chance());
        if (report.failure->retry_after) pause = std::max<Seconds>(pause, *report.failure->retry_after);
    } else if (report.failure->retry_after) {
        pause = *report.failure->retry_after;
    }
    promise.registration = registration_of(report);
    promise.due = later(parts_.clock.now(), pause);
    promise.is_open = true;
    return promise.due;
}

void LuigiDialect::keep_promises() {
    const Time now = parts_.clock.now();
    for (auto& [task, promise] : promises_) {
        if (!promise.is_open || promise.due > now) continue;
        tell(promise.registration);
        promise.is_open = false;
    }
}

}  // namespace freshet::worker
