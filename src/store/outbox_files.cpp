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
    for (const auto& file : files) {
        StateFile state = StateFile::open_read_only(file);
        std::ranges::move(Outbox(state).backlogs(), std::back_inserter(all));
    }
    return sum_by_sink(std::move(all));
}

std::vector<UndeliveredEvent> read_undelivered(const std::vector<std::filesystem::path>& files) {
    std::vector<UndeliveredEvent> all;
    for (const auto& file : files) {
        StateFile state = StateFile::open_read_only(file);
        std::ranges::move(Outbox(state).undelivered(), std::back_inserter(all));
    }
    return all;
}

}  // namespace freshet::store
