// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "inventory/leads.hpp"
#include "inventory/product_layout.hpp"

#include "freshet/clock.hpp"
#include "freshet/command_line.hpp"
#include "freshet/metrics.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gfs {

/// The cycles and leads that a dataset should have.
struct ExpectedCycles {
    std::optional<Cycle> since{};  ///< the first one; none: that of the record of requests, or the oldest complete one
    std::string product{};         ///< of which they are leads; empty: that of the newest manifest
    std::optional<Leads> leads{};  ///< of each; none: those of the record of requests, or of the newest announced cycle
};

/// The requests of runs for a dataset, as recorded in its folder.
struct RequestedCycles {
    static constexpr std::size_t remembered = 4;  ///< cycles: a day

    std::map<Cycle, std::vector<int>> leads{};  ///< requested of the newest cycles by all runs together
    std::optional<Cycle> since{};               ///< the first cycle that a run has to make complete

    /// Returns the leads of most of these cycles, the larger selection of two as frequent ones: a single run with
    /// others changes nothing, new ones count within a day. Empty without a record.
    std::vector<int> usual_leads() const;
};

/// Reads the record of requests; empty in a store of a version that wrote none. Throws Error.
RequestedCycles requested_cycles(const std::filesystem::path& dataset_folder, const Product& product);

/// Returns the first cycle that a task makes complete and keeps; `since` for a task that has no first cycle.
std::optional<Cycle> requested_since(const freshet::AnyTask& root, std::optional<Cycle> since = {});

/// Records the request of a run for its dataset, whatever became of the run. Watch requests no cycle. Throws Error.
void record_request(const freshet::FinishedRun& end);

/// A cycle without an event for the expected leads.
struct IncompleteCycle {
    Cycle cycle;
    std::vector<int> missing;  ///< expected leads without a file

    friend bool operator==(const IncompleteCycle&, const IncompleteCycle&) = default;
};

/// A cycle that was announced for the expected leads, in its newest revision of that kind.
struct CompleteCycle {
    Cycle cycle;
    int revision = 1;
    freshet::Time published{};  ///< when its event was written
    std::int64_t bytes = 0;     ///< of the files that the manifest lists
    std::int64_t messages = 0;  ///< of GRIB, that its leads were made of; 0: not recorded
    std::int64_t warnings = 0;  ///< findings of the data checks
};

/// A dataset in a store compared with what upstream can have, as found in its folder alone.
struct DatasetStatus {
    std::string name;
    std::string product;
    std::vector<int> leads{};  ///< expected of each cycle; empty: unknown
    std::optional<CompleteCycle> newest{};
    std::optional<Cycle> newest_data{};       ///< the newest cycle with a lead
    std::optional<Cycle> since{};             ///< the first expected cycle
    freshet::Time next_due{};                 ///< when upstream usually has the next complete cycle after the newest
    Cycle available{};                        ///< the newest cycle that upstream usually has complete by now
    std::chrono::seconds late{0};             ///< since upstream usually has the first of `overdue`
    std::vector<IncompleteCycle> overdue{};   ///< after the newest complete one, up to `available`
    std::vector<IncompleteCycle> gaps{};      ///< before the newest complete one, without those that were removed
    std::vector<IncompleteCycle> upcoming{};  ///< begun, though upstream need not be complete yet
    std::vector<std::string> damage{};        ///< sentences: files that a manifest or a link names and that are gone
};

/// Examines the folder of a dataset, which other processes may change meanwhile. Reads every manifest and looks for
/// every file in it, but reads none of them. Throws Error when the folder or a manifest cannot be read.
DatasetStatus examine_dataset(const std::filesystem::path& folder, const ExpectedCycles& expected, freshet::Time now);

/// Returns the instant by which upstream usually has the same file of the next cycle.
freshet::Time next_cycle_due(FileKey last_file);

/// Writes the status as metrics.
void write_metrics(const DatasetStatus& status, freshet::MetricsWriter& out);

/// Returns the label by which the metrics of a run differ from those of other datasets, for a task that ingests cycles.
freshet::Values job_labels(const freshet::AnyTask& root);

/// Writes the metrics of the dataset that a run has worked on.
void add_metrics(const freshet::FinishedRun& end, freshet::MetricsWriter& out);

}  // namespace gfs
