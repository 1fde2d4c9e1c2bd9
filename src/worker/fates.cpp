// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/worker.hpp"

#include <fmt/format.h>

namespace freshet::worker {

namespace {

Fate fate_of_failure(const AttemptEnd& end) {
    return end.failure_class == FailureClass::not_yet ? Fate::not_yet : Fate::failed;
}

/// Why `node` kept others from starting, from what is known of it.
std::string obstacle(const AnyTask& task, Fate fate, const std::string& message) {
    switch (fate) {
        case Fate::failed: return fmt::format("{} failed: {}", task.description(), message);
        case Fate::not_yet: return fmt::format("{} is not there yet: {}", task.description(), message);
        case Fate::elsewhere: return fmt::format("{}: {}", task.description(), message);
        case Fate::missing: return fmt::format("{} is missing", task.description());
        case Fate::unknown: return fmt::format("{} could not be looked at: {}", task.description(), message);
        default: return message;
    }
}

}  // namespace

std::vector<TaskReport> Worker::reports() const {
    std::vector<TaskReport> reports;
    for (std::size_t node = 0; node < plan_.size(); ++node) {
        const Node& known = plan_[node];
        const Standing standing = node < standings_.size() ? standings_[node] : Standing{};
        TaskReport report{.task = known.task, .fate = Fate::not_started, .attempts = standing.attempts};
        if (standing.is_done) {
            report.fate = standing.is_made_elsewhere ? Fate::was_complete : Fate::ran;
        } else if (const auto other = elsewhere_.find(node); other != elsewhere_.end()) {
            report.fate = Fate::elsewhere;
            report.message = fmt::format("worker '{}' runs it", other->second);
        } else if (known.is_complete) {
            report.fate = Fate::was_complete;
        } else if (!known.error.empty()) {
            report.fate = Fate::unknown;
            report.message = known.error;
        } else if (standing.last && standing.last->how == AttemptEnd::How::failed) {
            report.fate = fate_of_failure(*standing.last);
            report.message = standing.last->message;
        } else if (known.task.type().kind == Kind::external) {
            report.fate = Fate::missing;
        }
        reports.push_back(std::move(report));
    }
    // What did not start says which of its requirements, at the end of the chain, was in the way.
    for (const std::size_t node : requirements_first(plan_.graph())) {
        if (reports[node].fate != Fate::not_started) continue;
        for (const std::size_t required : plan_[node].requirements) {
            const TaskReport& in_the_way = reports[required];
            if (in_the_way.fate == Fate::ran || in_the_way.fate == Fate::was_complete) continue;
            reports[node].message = obstacle(in_the_way.task, in_the_way.fate, in_the_way.message);
            break;
        }
    }
    return reports;
}

}  // namespace freshet::worker
