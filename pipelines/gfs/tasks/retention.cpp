// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/retention.hpp"

#include "cycle.hpp"
#include "tasks/cycle_tasks.hpp"

#include "freshet/file.hpp"
#include "freshet/json.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <ranges>
#include <utility>

namespace gfs {

namespace {

namespace files = std::filesystem;

/// Age from which an incomplete cycle counts as abandoned.
constexpr std::chrono::hours abandoned_after{24};
/// Age from which an undelivered event no longer keeps the cycle that it names.
constexpr std::chrono::days longest_wait{7};

/// The state of a cycle's folder.
struct StoredCycle {
    Cycle cycle;
    files::path folder;
    bool is_complete = false;  ///< for the requested leads
    bool has_event = false;    ///< complete for these or other leads
    files::file_time_type last_write{};
    std::int64_t files = 0;
    std::int64_t bytes = 0;
};

StoredCycle scan_cycle_folder(const files::path& folder, Cycle cycle, std::string_view leads) {
    const std::string announcement = fmt::format(".{}.event.json", leads);
    StoredCycle stored{.cycle = cycle, .folder = folder, .last_write = files::last_write_time(folder)};
    for (const auto& entry : files::recursive_directory_iterator(folder)) {
        if (entry.is_symlink()) continue;  // to one of these files, or to one that is gone
        stored.last_write = std::max(stored.last_write, entry.last_write_time());
        if (!entry.is_regular_file()) continue;
        ++stored.files;
        stored.bytes += static_cast<std::int64_t>(entry.file_size());
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".event.json")) stored.has_event = true;
        if (name.ends_with(announcement)) stored.is_complete = true;
    }
    return stored;
}

/// Returns the cycles of a dataset, newest first.
std::vector<StoredCycle> stored_cycles(const files::path& dataset, std::string_view leads) {
    std::vector<StoredCycle> found;
    for (const auto& [cycle, folder] : cycle_folders(dataset) | std::views::reverse)
        found.push_back(scan_cycle_folder(folder, cycle, leads));
    return found;
}

bool is_abandoned(const StoredCycle& stored, freshet::Time now) {
    return std::chrono::file_clock::to_sys(stored.last_write) < now - abandoned_after;
}

/// Returns the cycles to remove.
std::vector<StoredCycle> removable_cycles(const files::path& dataset, std::string_view leads, int keep,
                                          freshet::Time now) {
    std::error_code none;
    const std::string latest = files::read_symlink(dataset / "latest", none).parent_path().string();
    std::vector<StoredCycle> removable;
    int complete = 0;
    for (const StoredCycle& stored : stored_cycles(dataset, leads)) {
        const bool is_old = complete >= keep;
        if (stored.is_complete) ++complete;
        if (!is_old || stored.folder.filename() == latest) continue;
        if (stored.has_event || is_abandoned(stored, now)) removable.push_back(stored);
    }
    return removable;
}

/// The undelivered event that was stored last, by the cycle that it names.
using EventsOfCycles = std::map<std::string, const freshet::UndeliveredEvent*>;

EventsOfCycles events_of_cycles(const std::vector<freshet::UndeliveredEvent>& undelivered, const std::string& dataset) {
    EventsOfCycles events;
    for (const freshet::UndeliveredEvent& waiting : undelivered) {
        const freshet::Json& data = waiting.event.data;
        if (!data.is_object() || !data.find("cycle") || !data.find("dataset")) continue;
        if (data.at("dataset") != freshet::Json(dataset)) continue;
        const freshet::UndeliveredEvent*& last = events[data.at("cycle").as_string()];
        if (last == nullptr || last->stored < waiting.stored) last = &waiting;
    }
    return events;
}

std::string describe(const freshet::UndeliveredEvent& waiting) {
    return fmt::format("event '{}', which {} lacks since {}", waiting.event.id, waiting.sink,
                       freshet::format_utc(waiting.stored));
}

/// Takes out the cycles for which an event waits that is not too old; returns a message that names them, if any.
std::optional<std::string> spare_named_cycles(std::vector<StoredCycle>& removable, const EventsOfCycles& events,
                                              freshet::Time now) {
    std::vector<std::string> spared;
    std::erase_if(removable, [&](const StoredCycle& stored) {
        const std::string cycle = stored.folder.filename().string();
        const auto found = events.find(cycle);
        const bool is_named = found != events.end() && found->second->stored > now - longest_wait;
        if (is_named) spared.push_back(fmt::format("{} ({})", cycle, describe(*found->second)));
        return is_named;
    });
    if (spared.empty()) return std::nullopt;
    return fmt::format("kept {} old cycle{} for undelivered events, at most {} days: {}", spared.size(),
                       spared.size() == 1 ? "" : "s", longest_wait.count(), fmt::join(spared, ", "));
}

/// Removed cycles are renamed into this folder before their files are deleted, so that each disappears in one step.
files::path trash_folder(const files::path& dataset) { return dataset / ".removed"; }

}  // namespace

std::optional<IngestParameters> ingest_parameters(const freshet::AnyTask& task) {
    const freshet::Values values = task.values();
    if (!values.contains("keep_cycles")) return std::nullopt;
    return parameters_from<IngestParameters>(values);
}

std::vector<std::string> remove_old_cycles(const files::path& dataset, std::string_view leads, int keep,
                                           freshet::Time now,
                                           const std::vector<freshet::UndeliveredEvent>& undelivered) {
    if (keep < 1 || !files::is_directory(dataset)) return {};
    const auto lock = freshet::FileLock::acquire(dataset);
    files::remove_all(trash_folder(dataset));  // left by a run that was killed
    std::vector<std::string> messages;
    const EventsOfCycles events = events_of_cycles(undelivered, dataset.filename().string());
    auto removable = removable_cycles(dataset, leads, keep, now);
    if (auto spared = spare_named_cycles(removable, events, now)) messages.push_back(std::move(*spared));
    for (const StoredCycle& stored : removable) {
        const std::string cycle = stored.folder.filename().string();
        std::string why = stored.has_event
                              ? fmt::format("{} newer cycles are complete", keep)
                              : fmt::format("not complete, untouched for {} h, and {} newer cycles are complete",
                                            abandoned_after.count(), keep);
        if (const auto waiting = events.find(cycle); waiting != events.end())
            why += fmt::format(", despite {}", describe(*waiting->second));
        files::create_directory(trash_folder(dataset));
        const freshet::Json record = freshet::Json::Object{{"time", freshet::format_utc(now)},
                                                           {"cycle", cycle},
                                                           {"files", stored.files},
                                                           {"bytes", stored.bytes},
                                                           {"why", why}};
        freshet::append_line(dataset / "removed.jsonl", record.text());
        files::rename(stored.folder, trash_folder(dataset) / cycle);
        freshet::sync_path(dataset);
        messages.push_back(fmt::format("removed cycle {} of {}: {} files, {} bytes; {}", cycle,
                                       dataset.filename().string(), stored.files, stored.bytes, why));
    }
    files::remove_all(trash_folder(dataset));
    return messages;
}

std::vector<std::string> apply_retention(const freshet::FinishedRun& end) {
    const auto parameters = ingest_parameters(end.root);
    if (!parameters || parameters->keep_cycles < 1) return {};
    if (!end.undelivered_error.empty())
        return {fmt::format("no cycle removed, for which an event might wait: {}", end.undelivered_error)};
    return remove_old_cycles(parameters->paths().dataset_folder(), parameters->canonical_leads(),
                             parameters->keep_cycles, end.now, end.undelivered);
}

}  // namespace gfs
