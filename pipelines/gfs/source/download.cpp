// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/download.hpp"

#include "source/messages.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace gfs {
namespace {

constexpr std::uint64_t section_0_size = 16;

/// Entries whose reference time is another cycle's.
const Entry* find_other_cycle(const Inventory& inventory, const std::string& expected) {
    const auto& entries = inventory.entries();
    const auto found = std::ranges::find_if(
        entries, [&expected](const Entry& entry) { return !entry.reference_time.starts_with(expected); });
    return found == entries.end() ? nullptr : &*found;
}

Inventory parsed(std::string_view text, const std::string& address) {
    try {
        return Inventory::parse(text, address);
    } catch (const freshet::TransientError& error) {
        throw WrongInventory(error.what());
    }
}

}  // namespace

ReadInventory fetch_inventory(Source& source, const std::string& path, Cycle cycle) {
    const auto address = source.address(path);
    const auto file = source.get(path);
    auto inventory = parsed(file.bytes, address);
    const auto expected = fmt::format("{:%Y%m%d%H}", cycle);
    if (const auto* const other = find_other_cycle(inventory, expected)) {
        throw WrongInventory(
            fmt::format("the inventory '{}' is of another cycle: message {} has the reference time {} instead of {}",
                        address, other->message, other->reference_time, expected));
    }
    return {.inventory = std::move(inventory), .facts = file.facts};
}

void check_end(Source& source, const std::string& path, const Inventory& inventory, const FileFacts& file) {
    const auto last = inventory.last_offset();
    const auto refuse = [&](const std::string& why) {
        throw WrongInventory(fmt::format("the inventory of '{}' is not that of its {} bytes: {}", source.address(path),
                                         file.length, why));
    };
    if (last + section_0_size > file.length) refuse(fmt::format("its last message begins at byte {}", last));
    const auto length = stated_length(source.get(path, {last, last + section_0_size}));
    if (!length) refuse(fmt::format("no message begins at byte {}", last));
    if (last + *length != file.length) refuse(fmt::format("its last message ends at byte {}", last + *length));
}

std::vector<Fetch> planned_fetches(const LeadFile& file, const std::vector<Entry>& wanted, const FetchLimits& limits) {
    return merged_fetches(message_ranges(file.inventory, wanted, file.facts.length, file.path), limits);
}

Download download(Source& source, const LeadFile& file, const std::vector<Fetch>& fetches, const MessageSink& sink) {
    const auto address = source.address(file.path);
    Download result{.transferred = total_bytes(fetches), .requests = fetches.size()};
    for (const auto& fetch : fetches) {
        result.messages += fetch.messages.size();
        for (const auto& message : fetch.messages) result.wanted += message.size();
    }
    std::uint64_t done = 0;
    for (const auto& fetch : fetches) {
        const auto answer = source.get(file.path, fetch.bytes);
        for (const auto message : checked_messages(fetch, answer, address)) {
            done += message.size();
            sink(message, done, result.wanted);
        }
    }
    check_unchanged(file.facts, source.head(file.path), address);
    return result;
}

}  // namespace gfs
