// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/store_status.hpp"

#include "tasks/dataset_folder.hpp"
#include "upstream/mirrors.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace gfs {

namespace {

namespace files = std::filesystem;
using std::chrono::seconds;

std::string text_of(Cycle cycle) { return freshet::Codec<Cycle>::write(cycle); }

/// Formats a duration to the minute: "45 min", "7 h 12 min", "3 d 4 h".
std::string duration_text(seconds duration) {
    const auto total = duration.count() / 60;
    const auto days = total / 1440, hours = total / 60 % 24, minutes = total % 60;
    if (days > 0) return fmt::format("{} d {} h", days, hours);
    return hours > 0 ? fmt::format("{} h {} min", hours, minutes) : fmt::format("{} min", minutes);
}

std::string leads_text(const std::vector<int>& leads, const std::string& product) {
    return Leads::from_hours(leads, find_product(product)).text();
}

/// Formats at most five cycles, with the leads that are missing.
std::string cycles_text(const std::vector<IncompleteCycle>& cycles, const DatasetStatus& dataset) {
    constexpr std::size_t most = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(most, cycles.size()); ++i) {
        const auto& [cycle, missing] = cycles[i];
        text += (i == 0 ? "" : ", ") + text_of(cycle);
        if (missing.size() < dataset.leads.size())
            text += missing.empty() ? " (all leads are there, but not announced)"
                                    : fmt::format(" (lacks leads {})", leads_text(missing, dataset.product));
    }
    return cycles.size() > most ? fmt::format("{} and {} more", text, cycles.size() - most) : text;
}

template <class T>
Severity severity_from(T value, T warning, T critical) {
    return value >= critical ? Severity::critical : value >= warning ? Severity::warning : Severity::ok;
}

class StoreExamination {
public:
    StoreExamination(const StatusRequest& request, freshet::Time now) : request_(request), now_(now) {}

    StoreStatus result() {
        examine("store", [&] { examine_datasets(); });
        examine("events", [&] { examine_events(); });
        examine("mirrors", [&] { examine_mirrors(); });
        examine("disk", [&] { examine_disk(); });
        std::ranges::stable_sort(status_.findings, std::greater<>{}, &StatusFinding::severity);
        return std::move(status_);
    }

private:
    void add(Severity severity, std::string subject, std::string text) {
        status_.findings.push_back({severity, std::move(subject), std::move(text)});
    }

    void examine(const std::string& subject, const std::function<void()>& examination) try {
        examination();
    } catch (const files::filesystem_error& error) {
        add(Severity::unknown, subject,
            fmt::format("'{}' cannot be read: {}", error.path1().string(), error.code().message()));
    } catch (const freshet::Error& error) {
        add(Severity::unknown, subject, error.what());
    }

    void examine_datasets() {
        const auto names = request_.datasets.empty() ? datasets_of(request_.root) : request_.datasets;
        if (names.empty()) add(Severity::unknown, "store", fmt::format("'{}' has no dataset", request_.root.string()));
        for (const std::string& name : names)
            examine(name, [&] {
                status_.datasets.push_back(examine_dataset(request_.root / name, request_.expected, now_));
                judge(status_.datasets.back());
            });
    }

    void judge(const DatasetStatus& dataset) {
        judge_newest(dataset);
        const auto& limits = request_.thresholds;
        if (!dataset.gaps.empty()) {
            const auto count = static_cast<std::int64_t>(dataset.gaps.size());
            add(severity_from(count, std::int64_t{1}, limits.gaps_critical), dataset.name,
                fmt::format("{} of the cycles since {} {} incomplete: {}", count, text_of(*dataset.since),
                            count == 1 ? "is" : "are", cycles_text(dataset.gaps, dataset)));
        }
        if (!dataset.upcoming.empty())
            add(Severity::ok, dataset.name, "in progress: " + cycles_text(dataset.upcoming, dataset));
        for (const std::string& damage : dataset.damage) add(Severity::critical, dataset.name, damage);
        add_performance(dataset);
    }

    void judge_newest(const DatasetStatus& dataset) {
        const auto& limits = request_.thresholds;
        const std::string newest = dataset.newest
                                       ? fmt::format("the newest complete cycle is {}, {} old",
                                                     text_of(dataset.newest->cycle), duration_text(age_of(dataset)))
                                       : "no cycle is complete";
        if (dataset.overdue.empty())
            return add(dataset.newest ? Severity::ok : Severity::unknown, dataset.name,
                       newest + (dataset.newest ? "" : ", and none is due"));
        const auto severity = std::max(severity_from(dataset.late, limits.late_warning, limits.late_critical),
                                       dataset.newest ? Severity::ok : Severity::unknown);
        const std::string late =
            fmt::format("{}; {} late: {}", newest, duration_text(dataset.late), cycles_text(dataset.overdue, dataset));
        add(severity, dataset.name, late);
    }

    seconds age_of(const DatasetStatus& dataset) const {
        return std::chrono::floor<seconds>(now_ - dataset.newest->cycle);
    }

    void add_performance(const DatasetStatus& dataset) {
        const auto& limits = request_.thresholds;
        if (dataset.newest)
            status_.performance.push_back(
                {.name = dataset.name + "_age", .value = age_of(dataset).count(), .unit = "s"});
        status_.performance.push_back({.name = dataset.name + "_late",
                                       .value = dataset.late.count(),
                                       .unit = "s",
                                       .warning = fmt::format("{}", limits.late_warning.count()),
                                       .critical = fmt::format("{}", limits.late_critical.count())});
        status_.performance.push_back({.name = dataset.name + "_gaps",
                                       .value = static_cast<std::int64_t>(dataset.gaps.size()),
                                       .warning = "0",
                                       .critical = fmt::format("{}", limits.gaps_critical - 1)});
        status_.performance.push_back({.name = dataset.name + "_damaged",
                                       .value = static_cast<std::int64_t>(dataset.damage.size()),
                                       .critical = "0"});
    }

    void examine_events() {
        const files::path state = request_.state.value_or(request_.root / ".freshet/state.sqlite");
        if (request_.state && !files::exists(state))
            throw freshet::Error(fmt::format("the state '{}' does not exist", state.string()));
        status_.events = freshet::read_backlogs(state);
        const auto& limits = request_.thresholds;
        std::int64_t pending = 0, dead = 0;
        seconds oldest{0};
        for (const auto& backlog : status_.events) {
            if (backlog.dead > 0)
                add(Severity::critical, "events",
                    fmt::format("'{}' has refused {} for good (see 'gfs events list'): {}", backlog.sink, backlog.dead,
                                backlog.last_error));
            dead += backlog.dead;
            if (backlog.pending == 0) continue;
            const auto age = std::chrono::floor<seconds>(now_ - backlog.oldest_stored);
            pending += backlog.pending;
            oldest = std::max(oldest, age);
            add(severity_from(age, limits.events_warning, limits.events_critical), "events",
                fmt::format("{} for '{}', the oldest for {}{}{}", backlog.pending, backlog.sink, duration_text(age),
                            backlog.last_error.empty() ? "" : ": ", backlog.last_error));
        }
        if (pending == 0 && dead == 0)
            add(Severity::ok, "events",
                files::exists(state) ? "all are delivered" : fmt::format("there is no state '{}'", state.string()));
        status_.performance.push_back({.name = "events_pending", .value = pending});
        status_.performance.push_back({.name = "events_dead", .value = dead, .critical = "0"});
        status_.performance.push_back({.name = "events_oldest",
                                       .value = oldest.count(),
                                       .unit = "s",
                                       .warning = fmt::format("{}", limits.events_warning.count()),
                                       .critical = fmt::format("{}", limits.events_critical.count())});
    }

    /// Only when no mirror is healthy is there a warning: a failing one is what the others are for.
    void examine_mirrors() {
        status_.mirrors = recorded_mirrors(request_.mirror_records, now_);
        std::int64_t healthy = 0;
        std::vector<std::string> states;
        for (const auto& [address, health] : status_.mirrors) {
            healthy += health.is_healthy(now_) ? 1 : 0;
            states.push_back(mirror_at(address).name + " " + health.state_text(now_));
        }
        const bool is_cut_off = healthy == 0 && !states.empty();
        add(is_cut_off ? Severity::warning : Severity::ok, "mirrors",
            (is_cut_off       ? "none is healthy: "
             : states.empty() ? "no records"
                              : "") +
                freshet::joined(states, "; "));
        status_.performance.push_back(
            {.name = "mirrors_unhealthy", .value = static_cast<std::int64_t>(states.size()) - healthy});
    }

    void examine_disk() {
        status_.disk = files::space(request_.root);
        const auto available = static_cast<std::int64_t>(status_.disk.available);
        std::int64_t cycle = 0;
        for (const auto& dataset : status_.datasets) cycle += dataset.newest ? dataset.newest->bytes : 0;
        const auto& limits = request_.thresholds;
        const bool is_measured = cycle > 0;
        if (!is_measured) cycle = limits.cycle_bytes;
        const std::int64_t room = available / cycle;
        const auto range = [cycle](std::int64_t cycles) {
            return fmt::format("{:.0f}:", static_cast<double>(cycle) * static_cast<double>(cycles));
        };
        add(room < limits.disk_critical  ? Severity::critical
            : room < limits.disk_warning ? Severity::warning
                                         : Severity::ok,
            "disk",
            freshet::readable_bytes(static_cast<double>(available)) + " are free" +
                (is_measured ? fmt::format(", room for {} cycles", room) : ""));
        status_.performance.push_back({.name = "disk_free",
                                       .value = available,
                                       .unit = "B",
                                       .warning = range(limits.disk_warning),
                                       .critical = range(limits.disk_critical)});
    }

    const StatusRequest& request_;
    freshet::Time now_;
    StoreStatus status_;
};

}  // namespace

Severity StoreStatus::severity() const {
    const auto worst = std::ranges::max_element(findings, {}, &StatusFinding::severity);
    return worst == findings.end() ? Severity::unknown : worst->severity;
}

StoreStatus examine_store(const StatusRequest& request, freshet::Time now) {
    return StoreExamination(request, now).result();
}

}  // namespace gfs
