// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Read by monitoring: metrics of Prometheus, and the events that a state has not delivered.
namespace freshet {

/// Labels of a sample, in the order in which they are written. Any text may be a value, names follow Prometheus.
using MetricLabels = std::vector<std::pair<std::string_view, std::string_view>>;

/// Writer of the Prometheus text format. Families do not mix: the samples of one follow it, before the next.
class MetricsWriter {
public:
    /// Every sample gets the labels `common` before its own; what they refer to must outlive the writer.
    explicit MetricsWriter(MetricLabels common = {}) : common_(std::move(common)) {}

    /// Begins a metric family; `type` is counter, gauge or histogram.
    void family(std::string_view name, std::string_view type, std::string_view help);
    /// Adds a sample to the current family; `suffix` names the parts of a histogram.
    void sample(const MetricLabels& labels, double value, std::string_view suffix = "");
    /// Adds a sample in seconds since 1970.
    void sample(const MetricLabels& labels, Time time);

    /// The whole text.
    const std::string& text() const { return text_; }

private:
    MetricLabels common_;
    std::string name_;
    std::string text_;
};

/// The events that wait for one sink.
struct SinkBacklog {
    std::string sink;                ///< its name, without a password
    std::int64_t pending = 0;        ///< events that are tried again
    std::int64_t dead = 0;           ///< events that it has refused too often: not tried again unless resent
    Time oldest_stored{};            ///< when the oldest pending one was stored; no meaning without any
    std::optional<Time> next_try{};  ///< next due time of events not blocked by others; nullopt: nothing is pending
    std::string last_error = {};     ///< of a pending event, else of a dead one; empty: none was tried, or none failed
    bool is_configured = true;       ///< false: not in the configuration of the reader, if that knows one

    /// The number of events that the sink does not have.
    std::int64_t undelivered() const { return pending + dead; }
};

/// Reads what waits for each sink of a state, in its outbox and in those of runs whose scheduler was elsewhere, beside
/// whoever writes them. Sinks without anything are there, too. Returns none where there is no state. Throws StoreError.
std::vector<SinkBacklog> read_backlogs(const std::filesystem::path& state);

}  // namespace freshet
