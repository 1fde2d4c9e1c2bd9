// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/prometheus.hpp"

#include "base/time.hpp"
#include "freshet/codec.hpp"
#include "freshet/error.hpp"
#include "freshet/json.hpp"

namespace freshet::dashboard {

namespace {

constexpr std::size_t max_datasets = 1000;

double number_at(const Json& data, std::string_view name) {
    const Json* value = data.find(name);
    return value && value->is_number() ? value->as_number() : 0;
}

DatasetMetrics metrics_from(const Json& document) {
    const Json& data = document.at("data");
    DatasetMetrics metrics{.dataset = data.at("dataset").as_string(),
                           .cycle = Codec<DateHour>::read(data.at("cycle").as_string()),
                           .published = time_from_rfc3339(document.at("time").as_string()),
                           .bytes = number_at(data, "bytes")};
    if (const Json* due = data.find("next_due")) metrics.next_due = time_from_rfc3339(due->as_string());
    if (const Json* checks = data.find("checks"))
        metrics.checks_warned = static_cast<double>(checks->at("warned").as_array().size());
    return metrics;
}

}  // namespace

std::vector<DatasetMetrics> read_dataset_metrics(store::StateFile& state) {
    std::vector<DatasetMetrics> all;
    constexpr std::string_view type = "dev.freshet.dataset.cycle.completed.v1";
    for (const std::string& document : store::Outbox(state).newest_of_datasets(type, max_datasets)) {
        try {
            all.push_back(metrics_from(Json::parse(document)));
        } catch (const Error&) {
            continue;  // the event of a program that gives the members of this type another form
        }
    }
    return all;
}

void write_datasets(MetricsWriter& out, const std::vector<DatasetMetrics>& datasets) {
    const auto write = [&](std::string_view name, std::string_view help, auto value) {
        out.family(name, "gauge", help);
        for (const DatasetMetrics& dataset : datasets) value(dataset, MetricLabels{{"dataset", dataset.dataset}});
    };
    write("freshet_dataset_last_complete_cycle_timestamp_seconds", "Nominal time of the newest complete cycle.",
          [&](const auto& dataset, const auto& labels) { out.sample(labels, dataset.cycle); });
    write("freshet_dataset_published_timestamp_seconds", "Time when it was published.",
          [&](const auto& dataset, const auto& labels) { out.sample(labels, dataset.published); });
    write("freshet_dataset_next_due_timestamp_seconds", "Time by which upstream usually has the cycle after it.",
          [&](const auto& dataset, const auto& labels) {
              if (dataset.next_due) out.sample(labels, *dataset.next_due);
          });
    write("freshet_dataset_bytes", "Size of the newest complete cycle.",
          [&](const auto& dataset, const auto& labels) { out.sample(labels, dataset.bytes); });
    write("freshet_dataset_checks_warned", "Findings of the data checks in it.",
          [&](const auto& dataset, const auto& labels) { out.sample(labels, dataset.checks_warned); });
}

}  // namespace freshet::dashboard
