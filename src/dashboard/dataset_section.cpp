// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/dataset_section.hpp"

#include "dashboard/components.hpp"
#include "freshet/text.hpp"

namespace freshet::dashboard {

namespace {

Html badge_of(const DatasetMetrics& dataset, Time now) {
    if (!dataset.next_due) return badge(Severity::neutral, "COMPLETE");
    return is_late(dataset, now) ? badge(Severity::warning, "LATE") : badge(Severity::ok, "ON TIME");
}

Html due_cell(const DatasetMetrics& dataset, Time now) {
    if (!dataset.next_due) return Html::markup("not known");
    return Html::of(time_and_age(*dataset.next_due, now), is_late(dataset, now) ? ", and not there yet" : "");
}

}  // namespace

bool is_late(const DatasetMetrics& dataset, Time now) { return dataset.next_due && *dataset.next_due < now; }

Html datasets_section(const std::vector<DatasetMetrics>& datasets, Time now) {
    if (datasets.empty()) return {};
    Table table("datasets", "Datasets",
                {{"State"}, {"Dataset"}, {"Last complete cycle"}, {"Published"}, {"Next expected"}});
    for (std::size_t i = 0; i < datasets.size() && i < max_shown_datasets; ++i) {
        const DatasetMetrics& dataset = datasets[i];
        table.add({badge_of(dataset, now), tag("code", shortened(dataset.dataset, max_text_length)),
                   time_and_age(dataset.cycle, now), time_and_age(dataset.published, now), due_cell(dataset, now)});
    }
    return section("datasets", Html::markup("Datasets"),
                   Html::of(table.html(), and_more(max_shown_datasets, datasets.size(), "datasets")));
}

}  // namespace freshet::dashboard
