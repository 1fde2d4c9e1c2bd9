// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "netcdf/job_threads.hpp"
#include "tasks/cycle_tasks.hpp"
#include "tasks/dataset_status.hpp"
#include "tasks/resolve_parameters.hpp"
#include "tasks/retention.hpp"
#include "tasks/revisions.hpp"
#include "tasks/watch.hpp"

#include "freshet/command_line.hpp"
#ifdef FRESHET_WITH_KAFKA
#include "freshet/kafka.hpp"
#endif

#include <algorithm>
#include <iostream>
#include <thread>

namespace {

/// Returns the default path of a store's state or events file, inside the store.
std::string path_in_root(const freshet::AnyTask& root, const char* name) {
    return (std::filesystem::path(root.values().at("root")) / name).string();
}

std::vector<std::string> maintain(const freshet::FinishedRun& end) {
    auto messages = gfs::apply_retention(end);
    gfs::record_request(end);
    return messages;
}

/// Returns downloads beside conversions: the link and the cores shall both be busy. A second download fills the link
/// while the first begins or ends, and inventories are there before it asks for them; a second conversion fills the
/// cores while the first reads, checks or syncs its file. On many cores one conversion cannot use them all.
freshet::Concurrency concurrency() {
    constexpr int inventories = 1, downloads = 2;
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    const int conversions = std::max(std::min(cores, 2), cores / static_cast<int>(gfs::max_conversion_threads / 2));
    return {.attempts = inventories + downloads + conversions,
            .limits = {{.families = {"FetchInventory"}, .attempts = inventories},
                       {.families = {"FetchMessages", "FetchSums"}, .attempts = downloads},
                       {.families = {"ConvertLead"}, .attempts = conversions}}};
}

}  // namespace

int main(int argc, char** argv) {
    const auto registry =
        freshet::Registry::of<gfs::IngestCycle, gfs::AnnouncePart, gfs::WriteManifest, gfs::WriteCycleFile,
                              gfs::WriteMap, gfs::ConvertLead, gfs::FetchMessages, gfs::FetchSums, gfs::FetchInventory,
                              gfs::OpenRevision, gfs::WatchCycle, gfs::Watch, gfs::Contiguous>();
    freshet::Program program{
        .name = "gfs",
        .version = GFS_VERSION,
        .summary = "ingests NOAA's GFS forecasts as CF NetCDF",
        .concurrency = concurrency(),
        .resolve_parameters = gfs::resolve_parameters,
        .default_state = [](const freshet::AnyTask& root) { return path_in_root(root, ".freshet/state.sqlite"); },
        .default_events_file = [](const freshet::AnyTask& root) { return path_in_root(root, "events.jsonl"); },
        .after_run = maintain,
        .job_labels = gfs::job_labels,
        .add_metrics = gfs::add_metrics,
        .commands = {gfs::convert_command(),
                     gfs::mirrors_command(),
                     gfs::status_command(),
                     {.name = "watch",
                      .help =
                          "compare complete cycles with upstream and make new revisions of replaced files (run Watch)",
                      .task = "Watch"}}};
#ifdef FRESHET_WITH_KAFKA
    program.sinks.push_back(freshet::kafka_sink_type());
#endif
    return freshet::command_line(program, registry, argc, argv, std::cout, std::cerr);
}
