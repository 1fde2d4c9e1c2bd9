// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "convert_command.hpp"
#include "tasks/cycle_tasks.hpp"
#include "tasks/housekeeping.hpp"
#include "tasks/impossible_values.hpp"
#include "tasks/resolve_parameters.hpp"
#include "tasks/revisions.hpp"
#include "tasks/selection_words.hpp"
#include "tasks/watch_tasks.hpp"
#include "upstream/mirrors_command.hpp"

#include "freshet/command_line.hpp"
#ifdef FRESHET_WITH_KAFKA
#include "freshet/kafka.hpp"
#endif

#include <iostream>

namespace {

/// DIR/.freshet/state.sqlite, DIR/events.jsonl: what belongs to a store stays with it.
std::string path_in_root(const freshet::AnyTask& root, const char* name) {
    return (std::filesystem::path(root.values().at("root")) / name).string();
}

/// Says once what words and files in the parameters stand for, and refuses what can never be.
void resolve(std::string_view family, freshet::Values& values, const freshet::Clock& clock) {
    gfs::resolve_cycle_alias(family, values, clock);
    gfs::resolve_selection_file(values);
    gfs::validate_parameters(family, values);
}

}  // namespace

int main(int argc, char** argv) {
    const auto registry =
        freshet::Registry::of<gfs::IngestCycle, gfs::AnnouncePart, gfs::WriteManifest, gfs::WriteMap, gfs::ConvertLead,
                              gfs::FetchMessages, gfs::FetchSums, gfs::FetchInventory, gfs::OpenRevision,
                              gfs::WatchCycle, gfs::Watch, gfs::Contiguous>();
    freshet::Program program{
        .name = "gfs",
        .version = GFS_VERSION,
        .summary = "ingests NOAA's GFS forecasts as CF NetCDF",
        .resolve_parameters = resolve,
        .default_state = [](const freshet::AnyTask& root) { return path_in_root(root, ".freshet/state.sqlite"); },
        .default_events_file = [](const freshet::AnyTask& root) { return path_in_root(root, "events.jsonl"); },
        .after_run = gfs::apply_retention,
        .commands = {gfs::convert_command(),
                     gfs::mirrors_command(),
                     {.name = "watch",
                      .help = "make new revisions of what upstream replaced (run Watch)",
                      .task = "Watch"}}};
#ifdef FRESHET_WITH_KAFKA
    program.sinks.push_back(freshet::kafka_sink_type());
#endif
    return freshet::command_line(program, registry, argc, argv, std::cout, std::cerr);
}
