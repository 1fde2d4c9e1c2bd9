// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/route.hpp"
#include "dashboard/cached_copy.hpp"
#include "dashboard/pages.hpp"
#include "dashboard/prometheus.hpp"
#include "dashboard/snapshot.hpp"
#include "freshet/http.hpp"
#include "scheduler/refusals.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace freshet::dashboard {

struct PagesOptions {
    std::string version{};
    std::optional<std::filesystem::path> state_path{};  ///< read for attempts, history and events; none: there are none
    std::function<scheduler::LatencyHistogram()> tick_latency = [] {
        return scheduler::LatencyHistogram{};
    };  ///< of the scheduler's thread
    std::function<scheduler::RejectedRequests()> rejected_requests = [] {
        return scheduler::RejectedRequests{};
    };                                        ///< the same thread's
    std::chrono::milliseconds max_age{1000};  ///< so old may be what the first page and the metrics show
};

/// Answers with pages for people and with metrics. What the scheduler knows is copied on its thread; files are read and
/// text is made on the thread that sends the answer. May be asked from any thread, and never blocks.
class Pages {
public:
    /// `clock` outlives this and what is under way.
    Pages(const Inspect& inspect, const Clock& clock, PagesOptions options);

    /// At "/". The page asks to be loaded again after `refresh`.
    void front(std::optional<std::chrono::seconds> refresh, http::Responder respond);
    /// At "/task/<id>".
    void task(std::string id, http::Responder respond);
    /// At "/metrics".
    void metrics(http::Responder respond);

private:
    PagesOptions options_;
    Inspect inspect_;
    CachedCopy<Snapshot> snapshot_;
    CachedCopy<MetricsSnapshot> metrics_snapshot_;
};

/// "/", "/task/<id>" and "/metrics", for those who may view. `pages` outlives them.
std::vector<api::Route> page_routes(Pages& pages);

}  // namespace freshet::dashboard
