// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/outbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace freshet::store {

namespace {

/// Adds the backlog of one sink in another file.
void add(SinkBacklog& sum, SinkBacklog&& other) {
    if (other.pending > 0)
        sum.oldest_stored = sum.pending > 0 ? std::min(sum.oldest_stored, other.oldest_stored) : other.oldest_stored;
    if (other.next_try) sum.next_try = std::min(sum.next_try.value_or(*other.next_try), *other.next_try);
    if (sum.last_error.empty() || (sum.pending == 0 && other.pending > 0 && !other.last_error.empty()))
        sum.last_error = std::move(other.last_error);
    sum.pending += other.pending;
    sum.dead += other.dead;
}

}  // namespace

std::filesystem::path queue_file(const std::filesystem::path& state, int number) {
    return std::filesystem::path(state).replace_extension(fmt::format(".queue{}.sqlite", number));
}

std::vector<std::filesystem::path> outbox_files(const std::filesystem::path& state) {
    std::vector<std::filesystem::path> files;
    const auto add_existing = [&](const std::filesystem::path& file) {
        std::error_code error;
        if (std::filesystem::exists(file, error)) files.push_back(file);
    };
    add_existing(state);
    for (int number = 1; number <= max_queue_files; ++number) add_existing(queue_file(state, number));
    return files;
}

bool is_disposable(StateFile& outbox_file, const std::function<bool(const std::string& sink)>& is_configured) {
    Outbox outbox(outbox_file);
    if (!outbox.undelivered().empty()) return false;
    return std::ranges::none_of(
        outbox.sinks(), [&](const std::string& sink) { return is_configured(sink) && outbox.was_used_by(sink); });
}

void remove_outbox(StateFile& outbox_file, const std::filesystem::path& path) {
    try {
        outbox_file.database().execute("PRAGMA journal_mode = DELETE");  // without its log, which a new file would take
        std::filesystem::remove(path);
    } catch (const std::exception&) {
        // Somebody reads it: a later run removes it.
    }
}

namespace {

/// Calls `read` with the outbox of each of the files; the state is the first, another one may have been removed.
template <class Read>
void read_each(const std::vector<std::filesystem::path>& files, Read read) {
    for (const auto& file : files) {
        std::error_code error;
        if (file != files.front() && !std::filesystem::exists(file, error) && !error) continue;
        StateFile state = StateFile::open_read_only(file);
        Outbox outbox(state);
        read(outbox);
    }
}

}  // namespace

std::vector<SinkBacklog> sum_by_sink(std::vector<SinkBacklog> backlogs) {
    std::map<std::string, SinkBacklog> by_sink;
    for (SinkBacklog& backlog : backlogs) {
        const auto [sum, is_new] = by_sink.try_emplace(backlog.sink, backlog);
        if (!is_new) add(sum->second, std::move(backlog));
    }
    std::vector<SinkBacklog> all;
    for (auto& [sink, backlog] : by_sink) all.push_back(std::move(backlog));
    return all;
}

std::vector<SinkBacklog> read_backlogs(const std::vector<std::filesystem::path>& files) {
    std::vector<SinkBacklog> all;
    read_each(files, [&](Outbox& outbox) { std::ranges::move(outbox.backlogs(), std::back_inserter(all)); });
    return sum_by_sink(std::move(all));
}

std::vector<UndeliveredEvent> read_undelivered(const std::vector<std::filesystem::path>& files) {
    std::vector<UndeliveredEvent> all;
    read_each(files, [&](Outbox& outbox) { std::ranges::move(outbox.undelivered(), std::back_inserter(all)); });
    return all;
}

}  // namespace freshet::store
