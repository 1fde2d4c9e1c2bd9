// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/task.hpp"
#include "worker/plan.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace freshet::run {

/// How far a run has got: what the live line shows and the log counts.
class Progress {
public:
    using Instant = std::chrono::steady_clock::time_point;

    struct Running {
        std::string id;
        std::string description;
        double fraction = 0;
        std::string status{};  ///< what the task says it is doing
    };

    /// Counts what the plan wants run; may be told again when the plan has grown.
    void add_plan(const worker::Plan& plan);
    void start(const AnyTask& task, Instant now);
    void advance(const AnyTask& task, double fraction);
    void set_status(const AnyTask& task, std::string_view status);
    /// The attempt is over; `is_done`: and with it the task.
    void end(const AnyTask& task, bool is_done);

    std::size_t total() const { return to_run_.size(); }
    std::size_t done() const { return done_.size(); }
    const std::vector<Running>& running() const { return running_; }
    /// Tasks a minute, counting the running ones by their fractions; nullopt until that means something.
    std::optional<double> rate(Instant now) const;
    /// How long the rest takes at that rate.
    std::optional<std::chrono::seconds> time_left(Instant now) const;

private:
    double work_done() const;
    Running* find(const AnyTask& task);

    std::unordered_set<std::string> to_run_;  // by id
    std::unordered_set<std::string> done_;    // of those
    std::vector<Running> running_;
    std::optional<Instant> first_start_;
};

}  // namespace freshet::run
