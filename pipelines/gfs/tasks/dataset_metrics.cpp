// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/dataset_status.hpp"
#include "tasks/retention.hpp"

#include <algorithm>
#include <filesystem>

namespace gfs {

namespace {

std::size_t count_missing(const DatasetStatus& status) {
    for (const auto* list : {&status.gaps, &status.overdue, &status.upcoming}) {
        const auto found = std::ranges::find(*list, *status.newest_data, &IncompleteCycle::cycle);
        if (found != list->end()) return found->missing.size();
    }
    return 0;
}

void write_newest(const CompleteCycle& newest, freshet::Time next_due, freshet::MetricsWriter& out) {
    out.family("freshet_dataset_last_complete_cycle_timestamp_seconds", "gauge",
               "Nominal time of the newest complete cycle.");
    out.sample({}, freshet::Time(newest.cycle));
    out.family("freshet_dataset_published_timestamp_seconds", "gauge", "Time when it was published.");
    out.sample({}, newest.published);
    out.family("freshet_dataset_next_due_timestamp_seconds", "gauge",
               "Time by which upstream usually has the cycle after it.");
    out.sample({}, next_due);
    out.family("freshet_dataset_bytes", "gauge", "Size of the newest complete cycle.");
    out.sample({}, static_cast<double>(newest.bytes));
    out.family("freshet_dataset_messages", "gauge", "GRIB messages that it was made of.");
    out.sample({}, static_cast<double>(newest.messages));
    out.family("freshet_dataset_checks_warned", "gauge", "Findings of the data checks in it.");
    out.sample({}, static_cast<double>(newest.warnings));
}

}  // namespace

void write_metrics(const DatasetStatus& status, freshet::MetricsWriter& out) {
    if (status.newest) write_newest(*status.newest, status.next_due, out);
    if (status.newest_data) {
        const std::size_t missing = count_missing(status);
        out.family("freshet_data_last_point_timestamp_seconds", "gauge",
                   "Nominal time of the newest cycle of which there is data.");
        out.sample({}, freshet::Time(*status.newest_data));
        out.family("freshet_dataset_leads_present", "gauge", "Expected leads of that cycle that are there.");
        out.sample({}, static_cast<double>(status.leads.size() - missing));
    }
    out.family("freshet_dataset_leads_expected", "gauge", "Leads expected of each cycle.");
    out.sample({}, static_cast<double>(status.leads.size()));
    out.family("freshet_dataset_gaps", "gauge", "Incomplete cycles before the newest complete one.");
    out.sample({}, static_cast<double>(status.gaps.size()));
    out.family("freshet_dataset_damaged", "gauge", "Files that a manifest or a link names and that are gone.");
    out.sample({}, static_cast<double>(status.damage.size()));
}

freshet::Values job_labels(const freshet::AnyTask& root) {
    if (const auto parameters = ingest_parameters(root)) return {{"dataset", parameters->paths().dataset()}};
    return {};
}

void add_metrics(const freshet::FinishedRun& end, freshet::MetricsWriter& out) {
    const auto parameters = ingest_parameters(end.root);
    if (!parameters) return;
    const auto folder = parameters->paths().dataset_folder();
    if (!std::filesystem::exists(folder)) return;  // nothing was ever downloaded
    const ExpectedCycles expected{
        .since = requested_since(end.root), .product = parameters->product, .leads = parameters->leads};
    write_metrics(examine_dataset(folder, expected, end.now), out);
}

}  // namespace gfs
