// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "convert_command.hpp"
#include "source/roots_command.hpp"
#include "tasks/cycle_tasks.hpp"
#include "tasks/cycle_words.hpp"
#include "tasks/housekeeping.hpp"
#include "tasks/revisions.hpp"
#include "tasks/selection_words.hpp"
#include "tasks/watch_tasks.hpp"

#include "freshet/command_line.hpp"
#ifdef FRESHET_WITH_KAFKA
#include "freshet/kafka.hpp"
#endif

#include <iostream>
#include <string_view>
#include <vector>

namespace {

/// DIR/.freshet/state.sqlite, DIR/events.jsonl: what belongs to a store stays with it.
std::string beside_the_store(const freshet::AnyTask& root, const char* name) {
    return (std::filesystem::path(root.values().at("root")) / name).string();
}

/// Says once what words and files in the parameters stand for.
void resolve(std::string_view family, freshet::Values& values, const freshet::Clock& clock) {
    gfs::resolve_cycle_words(family, values, clock);
    gfs::resolve_selection_file(values);
}

/// `gfs watch ...` is short for `gfs run Watch ...`.
std::vector<const char*> spelt_out(int argc, const char* const* argv) {
    std::vector<const char*> words(argv, argv + argc);
    if (argc < 2 || std::string_view(words[1]) != "watch") return words;
    words[1] = "Watch";
    words.insert(words.begin() + 1, "run");
    return words;
}

}  // namespace

int main(int argc, char** argv) {
    const auto registry = freshet::Registry::of<gfs::IngestCycle, gfs::AnnouncePart, gfs::WriteManifest, gfs::WriteMap,
                                                gfs::ConvertLead, gfs::FetchMessages, gfs::FetchSums, gfs::FetchInventory,
                                                gfs::OpenRevision, gfs::WatchCycle, gfs::Watch, gfs::Contiguous>();
    freshet::Program program{
        .name = "gfs",
        .version = GFS_VERSION,
        .summary = "ingests NOAA's GFS forecasts as CF NetCDF",
        .resolve = resolve,
        .default_state = [](const freshet::AnyTask& root) { return beside_the_store(root, ".freshet/state.sqlite"); },
        .default_events_file = [](const freshet::AnyTask& root) { return beside_the_store(root, "events.jsonl"); },
        .after_run = gfs::keep_house,
        .commands = {gfs::convert_command(), gfs::roots_command()}};
#ifdef FRESHET_WITH_KAFKA
    program.sinks.push_back(freshet::kafka_sink_type());
#endif
    const auto words = spelt_out(argc, argv);
    return freshet::command_line(program, registry, static_cast<int>(words.size()), words.data(), std::cout, std::cerr);
}
