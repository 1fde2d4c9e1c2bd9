// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/download.hpp"

#include "grib/sections.hpp"
#include "upstream/message_checks.hpp"

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

Inventory parse_inventory(std::string_view text, const std::string& address) {
    try {
        return Inventory::parse(text, address);
    } catch (const freshet::TransientError& error) {
        throw WrongInventory(error.what());
    }
}

}  // namespace

FetchedInventory fetch_inventory(Source& source, const std::string& path, Cycle cycle) {
    const auto address = source.address(path);
    const auto file = source.get(path);
    auto inventory = parse_inventory(file.bytes, address);
    const auto expected = fmt::format("{:%Y%m%d%H}", cycle);
    if (const auto* const other = find_other_cycle(inventory, expected)) {
        throw WrongInventory(
            fmt::format("the inventory '{}' is of another cycle: message {} has the reference time {} instead of {}",
                        address, other->message, other->reference_time, expected));
    }
    return {.inventory = std::move(inventory), .info = file.info};
}

void check_end(Source& source, const std::string& path, const Inventory& inventory, const FileInfo& file) {
    const auto last = inventory.last_offset();
    const auto reject = [&](const std::string& reason) {
        throw WrongInventory(fmt::format("the inventory of '{}' is not that of its {} bytes: {}", source.address(path),
                                         file.length, reason));
    };
    if (last + section_0_size > file.length) reject(fmt::format("its last message begins at byte {}", last));
    const auto length = stated_length(octets_of(source.get(path, {last, last + section_0_size})));
    if (!length) reject(fmt::format("no message begins at byte {}", last));
    if (last + *length != file.length) reject(fmt::format("its last message ends at byte {}", last + *length));
}

std::vector<RangeRequest> plan_range_requests(const LeadFile& file, const std::vector<Entry>& selected,
                                              const FetchLimits& limits) {
    return merge_ranges(message_ranges(file.inventory, selected, file.info.length, file.path), limits);
}

Download download(Source& source, const LeadFile& file, const std::vector<RangeRequest>& range_requests,
                  const MessageSink& sink) {
    const auto address = source.address(file.path);
    Download result{.transferred = total_bytes(range_requests), .requests = range_requests.size()};
    for (const auto& range_request : range_requests) {
        result.messages += range_request.messages.size();
        for (const auto& message : range_request.messages) result.message_bytes += message.size();
    }
    std::uint64_t done = 0;
    for (const auto& range_request : range_requests) {
        const auto response_body = source.get(file.path, range_request.bytes);
        for (const auto message : checked_messages(range_request, response_body, address)) {
            done += message.size();
            sink(message, done, result.message_bytes);
        }
    }
    check_unchanged(file.info, source.head(file.path), address);
    return result;
}

}  // namespace gfs
