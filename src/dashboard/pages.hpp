// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/route.hpp"
#include "base/disk.hpp"
#include "dashboard/cached_copy.hpp"
#include "dashboard/front_page.hpp"
#include "dashboard/log_page.hpp"
#include "dashboard/prometheus.hpp"
#include "dashboard/snapshot.hpp"
#include "dashboard/task_list_page.hpp"
#include "dashboard/views.hpp"
#include "freshet/http.hpp"
#include "scheduler/scheduler_loop.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace freshet::dashboard {

struct PagesOptions {
    std::string version{};
    std::optional<std::filesystem::path> state_path{};  ///< source of attempts, history and backlogs; none: omitted
    const store::AttemptLogStore* logs = nullptr;       ///< of attempts; null: none
    std::uintmax_t min_free = default_min_free;         ///< bytes on the disk of the state; with less it is nearly full
    std::string commands{};  ///< options of freshet's commands, which change what no viewer may; empty: none
    std::optional<std::vector<std::string>> configured_sinks{};  ///< none: all that have events
    std::function<scheduler::LatencyHistogram()> tick_latency = [] {
        return scheduler::LatencyHistogram{};
    };  ///< scheduler loop's; thread-safe
    std::function<scheduler::RejectedRequests()> rejected_requests = [] {
        return scheduler::RejectedRequests{};
    };  ///< scheduler loop's; thread-safe
    std::function<scheduler::RejectedRequests()> refused_changes = [] {
        return scheduler::RejectedRequests{};
    };  ///< for lack of an audit log; thread-safe
    std::function<scheduler::Stalls()> stalls = [] { return scheduler::Stalls{}; };  ///< scheduler loop's; thread-safe
    std::chrono::milliseconds max_age{1000};  ///< maximum age of the front page and the metrics
    /// Executes a sliced query for a viewer, unless the viewer disconnects; the scheduler loop's. Thread-safe.
    std::function<void(scheduler::QueryFactory, scheduler::OnQueryDone, scheduler::IsConnected)> query = [](auto&&...) {
    };
};

/// The content of the front page besides the snapshot, for the alerts of the pages, the API and `freshet status`.
FrontPageOptions front_page_options(const PagesOptions& options);

/// Serves the pages and the metrics. State is copied on the scheduler's thread; files are read and text is rendered on
/// the thread that sends the response. Thread-safe; never blocks.
class Pages {
public:
    /// `clock` outlives this and pending requests.
    Pages(const Inspect& inspect, const Clock& clock, PagesOptions options);

    /// Serves "/", with automatic reload every `refresh`. During a stall the last copy of the state is shown.
    void front(Format format, std::optional<std::chrono::seconds> refresh, bool may_operate, http::Responder respond);
    /// Serves "/tasks".
    void task_list(Format format, const TaskFilter& filter, http::Responder respond,
                   scheduler::IsConnected is_connected);
    /// Serves "/task/<id>", with the actions that a viewer may take who may change tasks.
    void task(Format format, std::string id, bool may_operate, http::Responder respond);
    /// Serves "/task/<id>/log".
    void log(Format format, const std::string& id, const LogQuery& query, const http::Responder& respond) const;
    /// Serves "/runs", those that began before a time.
    void run_list(Format format, std::optional<Time> before, const http::Responder& respond) const;
    /// Serves "/run/<id>".
    void run(Format format, const std::string& id, const http::Responder& respond) const;
    /// Renders the refusal of a form on a page.
    http::Response error(int status, const std::string& reason) const;
    /// Serves "/metrics".
    void metrics(http::Responder respond);
    /// Serves "/undelivered".
    void undelivered(const http::Responder& respond) const;
    /// The time for which the scheduler has answered nobody; zero without a stall.
    std::chrono::seconds stalled_for() const { return options_.stalls().present; }

    // For the views that have files of their own.
    const PagesOptions& options() const { return options_; }
    Time now() const { return clock_.now(); }
    /// Calls `visitor` on the scheduler's thread.
    void inspect(std::function<void(const scheduler::StateMachine&, Time)> visitor) const {
        inspect_(std::move(visitor));
    }

private:
    template <class T>
    void get(CachedCopy<T>& copy, const http::Responder& respond,
             std::function<http::Response(const T&, const scheduler::Stalls&)> make) const;

    PagesOptions options_;
    const Clock& clock_;
    Inspect inspect_;
    CachedCopy<Snapshot> snapshot_;
    CachedCopy<MetricsSnapshot> metrics_snapshot_;
};

/// Returns the routes "/", "/tasks", "/task/<id>", "/task/<id>/log", "/runs", "/run/<id>", "/metrics" and
/// "/undelivered", for the role view, and those of the views as JSON. `pages` outlives them.
std::vector<api::Route> page_routes(Pages& pages);

}  // namespace freshet::dashboard
