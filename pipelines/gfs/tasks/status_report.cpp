// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/store_status.hpp"

#include "upstream/mirrors.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {

namespace {

using freshet::Json;

struct SeverityText {
    int exit_status;
    std::string_view label;
};

/// By severity.
constexpr SeverityText severity_texts[] = {{0, "OK"}, {1, "WARNING"}, {3, "UNKNOWN"}, {2, "CRITICAL"}};

std::string_view label_of(Severity severity) { return severity_texts[static_cast<int>(severity)].label; }

/// Nagios takes what follows a bar for performance data.
std::string without_bars(std::string text) {
    std::ranges::replace(text, '|', '/');
    std::ranges::replace(text, '\n', ' ');
    return text;
}

/// The findings of the worst severity, or of the datasets if all is well.
std::string headline(const StoreStatus& status) {
    std::vector<std::string> parts;
    for (const StatusFinding& finding : status.findings) {
        const bool is_of_dataset =
            std::ranges::find(status.datasets, finding.subject, &DatasetStatus::name) != status.datasets.end();
        if (finding.severity != Severity::ok || (status.severity() == Severity::ok && is_of_dataset))
            parts.push_back(finding.subject + ": " + finding.text);
    }
    constexpr std::size_t most_bytes = 600;  // Nagios shows a line of it, and cuts what is longer than a few kilobytes
    return freshet::shortened(freshet::joined(parts, "; "), most_bytes);
}

Json json_of(const std::vector<IncompleteCycle>& cycles, const DatasetStatus& dataset) {
    Json::Array rows;
    for (const auto& [cycle, missing] : cycles)
        rows.push_back(Json::Object{{"cycle", freshet::Codec<Cycle>::write(cycle)},
                                    {"leads_present", dataset.leads.size() - missing.size()},
                                    {"missing", Leads::from_hours(missing, find_product(dataset.product)).text()}});
    return rows;
}

Json text_or_null(const std::optional<Cycle>& cycle) {
    return cycle ? Json(freshet::Codec<Cycle>::write(*cycle)) : Json();
}

Json json_of(const DatasetStatus& dataset, freshet::Time now) {
    Json json = Json::Object{{"name", dataset.name},
                             {"product", dataset.product},
                             {"leads", Leads::from_hours(dataset.leads, find_product(dataset.product)).text()},
                             {"since", text_or_null(dataset.since)},
                             {"available_upstream", text_or_null(dataset.available)},
                             {"newest_data", text_or_null(dataset.newest_data)},
                             {"newest_complete", nullptr},
                             {"late_seconds", dataset.late.count()},
                             {"overdue", json_of(dataset.overdue, dataset)},
                             {"gaps", json_of(dataset.gaps, dataset)},
                             {"in_progress", json_of(dataset.upcoming, dataset)},
                             {"damage", Json::Array(dataset.damage.begin(), dataset.damage.end())}};
    if (const auto& newest = dataset.newest)
        json["newest_complete"] =
            Json::Object{{"cycle", text_or_null(newest->cycle)},
                         {"revision", newest->revision},
                         {"age_seconds", std::chrono::floor<std::chrono::seconds>(now - newest->cycle).count()},
                         {"published", freshet::format_utc(newest->published)},
                         {"bytes", newest->bytes},
                         {"messages", newest->messages},
                         {"checks_warned", newest->warnings}};
    return json;
}

Json json_of(const freshet::SinkBacklog& backlog) {
    return Json::Object{{"sink", backlog.sink},
                        {"pending", backlog.pending},
                        {"dead", backlog.dead},
                        {"oldest", backlog.pending > 0 ? Json(freshet::format_utc(backlog.oldest_stored)) : Json()},
                        {"last_error", backlog.last_error}};
}

template <class Rows, class ToJson>
Json::Array array_of(const Rows& rows, ToJson to_json) {
    Json::Array array;
    for (const auto& row : rows) array.push_back(to_json(row));
    return array;
}

}  // namespace

int nagios_exit_status(Severity severity) { return severity_texts[static_cast<int>(severity)].exit_status; }

std::string nagios_text(const StoreStatus& status) {
    std::string text = fmt::format("GFS {} - {} |", label_of(status.severity()), without_bars(headline(status)));
    for (const PerformanceValue& value : status.performance)
        text += fmt::format(" {}={}{};{};{};{}", value.name, value.value, value.unit, value.warning, value.critical,
                            value.unit == "s" && value.name.ends_with("_age") ? "" : "0");
    for (const StatusFinding& finding : status.findings)
        text += fmt::format("\n{}: {}: {}", label_of(finding.severity), finding.subject, without_bars(finding.text));
    return text + "\n";
}

Json json_of(const StoreStatus& status, freshet::Time now) {
    return Json::Object{
        {"status", freshet::lower(label_of(status.severity()))},
        {"exit_status", nagios_exit_status(status.severity())},
        {"time", freshet::format_utc(now)},
        {"datasets", array_of(status.datasets, [&](const DatasetStatus& dataset) { return json_of(dataset, now); })},
        {"events", array_of(status.events, [](const auto& backlog) { return json_of(backlog); })},
        {"mirrors", array_of(status.mirrors,
                             [&](const auto& mirror) {
                                 return Json::Object{{"name", mirror_at(mirror.first).name},
                                                     {"address", mirror.first},
                                                     {"healthy", mirror.second.is_healthy(now)},
                                                     {"state", mirror.second.state_text(now)}};
                             })},
        {"disk", Json::Object{{"available_bytes", static_cast<std::int64_t>(status.disk.available)},
                              {"capacity_bytes", static_cast<std::int64_t>(status.disk.capacity)}}},
        {"findings", array_of(status.findings, [](const StatusFinding& finding) {
             return Json::Object{{"severity", freshet::lower(label_of(finding.severity))},
                                 {"subject", finding.subject},
                                 {"text", finding.text}};
         })}};
}

}  // namespace gfs
