// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "tasks/store_status.hpp"
#include "upstream/cache_files.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <ostream>

namespace gfs {

namespace {

using std::chrono::seconds;

/// Reads a threshold that is a count or a duration.
template <class T>
T threshold(const freshet::CommandCall& call, std::string_view name, T fallback) {
    const T value = call.option<T>(name).value_or(fallback);
    if (value < T{}) throw freshet::ParameterError(fmt::format("--{}: '{}' is negative", name, *call.option(name)));
    return value;
}

StatusThresholds thresholds_of(const freshet::CommandCall& call) {
    const StatusThresholds defaults;
    return {.late_warning = threshold(call, "late-warning", defaults.late_warning),
            .late_critical = threshold(call, "late-critical", defaults.late_critical),
            .gaps_critical = threshold(call, "gaps-critical", defaults.gaps_critical),
            .events_warning = threshold(call, "events-warning", defaults.events_warning),
            .events_critical = threshold(call, "events-critical", defaults.events_critical),
            .disk_warning = threshold(call, "disk-warning", defaults.disk_warning),
            .disk_critical = threshold(call, "disk-critical", defaults.disk_critical)};
}

StatusRequest request_of(const freshet::CommandCall& call) {
    StatusRequest request{.root = call.option("root").value_or("data"),
                          .expected = {.since = call.option<Cycle>("since"), .leads = call.option<Leads>("leads")},
                          .mirror_records = {},
                          .thresholds = thresholds_of(call)};
    for (const std::string& name : freshet::split_trimmed(call.option("dataset").value_or(""), ','))
        if (!name.empty()) request.datasets.push_back(name);
    if (const auto state = call.option("state")) request.state = *state;
    request.mirror_records =
        CachePaths{call.option("source-memory").value_or((request.root / ".freshet").string())}.mirror_health();
    return request;
}

int run(const freshet::CommandCall& call) {
    const auto now = call.clock.now();
    const StoreStatus status = examine_store(request_of(call), now);
    call.out << (call.has("json") ? json_of(status, now).pretty() : nagios_text(status));
    return nagios_exit_status(status.severity());
}

}  // namespace

freshet::ProgramCommand status_command() {
    return {
        .name = "status",
        .help = "tell Nagios how the datasets of a store are: exit 0 ok, 1 warning, 2 critical, 3 unknown",
        .options = {{.name = "root",
                     .placeholder = "DIR",
                     .help = "folder of the store (default: data)",
                     .is_parameter = true},
                    {"dataset", "A,B", "examine these datasets only (default: all in the store)"},
                    {"since", "CYCLE", "first cycle that has to be complete (default: the first that runs asked for)"},
                    {"leads", "LEADS", "leads of each cycle (default: those that runs asked for in a day)"},
                    {"state", "FILE", "state with the undelivered events (default: that of the store)"},
                    {.name = "source-memory",
                     .placeholder = "DIR",
                     .help = "folder of the records of mirrors, if not in the store",
                     .is_parameter = true},
                    {"late-warning", "TIME",
                     "warn when a cycle that upstream usually has is later than this (default: 1h)"},
                    {"late-critical", "TIME", "critical from here (default: 7h: the next cycle is late, too)"},
                    {"gaps-critical", "N", "critical from N incomplete older cycles; one is a warning (default: 4)"},
                    {"events-warning", "TIME", "warn when an event waits longer for its delivery (default: 1h)"},
                    {"events-critical", "TIME", "critical from here (default: 6h)"},
                    {"disk-warning", "N", "warn when there is room for fewer than N cycles (default: 4)"},
                    {"disk-critical", "N", "critical below N cycles (default: 1)"},
                    {"json", "", "write one JSON document"}},
        .run = run};
}

}  // namespace gfs
