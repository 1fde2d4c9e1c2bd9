// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"
#include "scheduler/page/metrics.hpp"
#include "scheduler/page/shared.hpp"
#include "scheduler/page/snapshot.hpp"
#include "scheduler/refusals.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace freshet::scheduler::page {

struct PagesOptions {
    std::string version{};
    std::optional<std::filesystem::path> state_path{};  ///< read for attempts, history and events; none: there are none
    std::function<LoopTimes()> loop_times = [] { return LoopTimes{}; };  ///< of the scheduler's thread
    std::function<Refusals()> refusals = [] { return Refusals{}; };      ///< the same thread's
    std::chrono::milliseconds lasts{1000};  ///< so old may be what the first page and the metrics show
};

/// Answers with pages for people and with metrics. What the scheduler knows is copied on its thread; files are read and
/// text is made on the thread that sends the answer. May be asked from any thread, and never blocks.
class Pages {
public:
    /// `clock` outlives this and what is under way.
    Pages(const Look& look, const Clock& clock, PagesOptions options);

    /// At "/". The page asks to be loaded again after `refresh`.
    void front(std::optional<std::chrono::seconds> refresh, http::Answer answer);
    /// At "/task/<id>".
    void task(std::string id, http::Answer answer);
    /// At "/metrics".
    void metrics(http::Answer answer);

private:
    PagesOptions options_;
    Look look_;
    Shared<Snapshot> snapshot_;
    Shared<Figures> figures_;
};

}  // namespace freshet::scheduler::page
