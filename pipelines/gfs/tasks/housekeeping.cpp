// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/housekeeping.hpp"

#include "tasks/cycle_tasks.hpp"
#include "tasks/retention.hpp"

#include <fmt/format.h>

namespace gfs {

namespace {

/// What the task is about, if it is about whole cycles.
std::optional<IngestParameters> ingest_parameters(const freshet::AnyTask& task) {
    const freshet::Values values = task.values();
    if (!values.contains("keep_cycles")) return std::nullopt;
    IngestParameters parameters;
    for (const Parameter& parameter : IngestParameters::parameters)
        if (const auto value = values.find(parameter.name); value != values.end())
            parameter.read(&parameters, value->second);
    return parameters;
}

}  // namespace

std::vector<std::string> apply_retention(const freshet::FinishedRun& end) {
    const auto parameters = ingest_parameters(end.root);
    if (!parameters || parameters->keep_cycles < 1) return {};
    if (end.undelivered_events > 0)
        return {fmt::format("no cycle was removed: {} events are not delivered yet, and may name what would go",
                            end.undelivered_events)};
    return remove_old_cycles(parameters->paths().dataset_folder(), parameters->canonical_leads(),
                             parameters->keep_cycles, end.now);
}

}  // namespace gfs
