// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/download.hpp"

#include "source/messages.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace gfs {
namespace {

std::uint64_t size_of(const std::vector<ByteRange>& ranges) {
    return std::accumulate(ranges.begin(), ranges.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const ByteRange& range) { return sum + range.size(); });
}

}  // namespace

Inventory fetch_inventory(Source& source, const std::string& path, Cycle cycle) {
    const auto address = source.address(path);
    auto inventory = Inventory::parse(source.get(path).bytes, address);
    const auto expected = fmt::format("{:%Y%m%d%H}", cycle);
    const auto other = std::ranges::find_if(
        inventory.entries(), [&expected](const Entry& entry) { return !entry.reference_time.starts_with(expected); });
    if (other == inventory.entries().end()) return inventory;
    throw freshet::TransientError(
        fmt::format("the inventory '{}' is of another cycle: message {} has the reference time {} instead of {}", address,
                    other->message, other->reference_time, expected));
}

Download download(Source& source, const std::string& path, const Inventory& inventory,
                  const std::vector<Entry>& wanted, const FetchLimits& limits, const MessageSink& sink) {
    const auto address = source.address(path);
    Download result{.file = source.head(path)};
    const auto messages = message_ranges(inventory, wanted, result.file.length, address);
    const auto fetches = merged_fetches(messages, limits);
    result.wanted = size_of(messages);
    std::uint64_t done = 0;
    for (const auto& fetch : fetches) {
        const auto answer = source.get(path, fetch.bytes);
        for (const auto message : checked_messages(fetch, answer, address)) {
            done += message.size();
            sink(message, done, result.wanted);
        }
    }
    check_unchanged(result.file, source.head(path), address);
    result.messages = messages.size();
    result.transferred = total_bytes(fetches);
    result.requests = fetches.size();
    return result;
}

}  // namespace gfs
