// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/ranges.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace gfs {
namespace {

struct Gap {
    std::uint64_t size;
    std::size_t after;  ///< index of the message before it
};

/// The gaps worth fetching: the smallest first, until they add up to the limit.
std::set<std::size_t> bridged_gaps(const std::vector<ByteRange>& messages, std::uint64_t waste_limit) {
    std::vector<Gap> gaps;
    for (std::size_t i = 0; i + 1 < messages.size(); ++i) gaps.push_back({messages[i + 1].begin - messages[i].end, i});
    std::ranges::stable_sort(gaps, {}, &Gap::size);
    std::set<std::size_t> bridged;
    std::uint64_t waste = 0;
    for (const auto& gap : gaps) {
        waste += gap.size;
        if (waste > waste_limit) break;
        bridged.insert(gap.after);
    }
    return bridged;
}

}  // namespace

std::vector<ByteRange> message_ranges(const Inventory& inventory, const std::vector<Entry>& wanted,
                                      std::uint64_t length, std::string_view file) {
    if (inventory.last_offset() >= length) {
        throw freshet::TransientError(
            fmt::format("the inventory of '{}' speaks of a message at byte {}, but the file has only {} bytes", file,
                        inventory.last_offset(), length));
    }
    std::map<std::uint64_t, std::uint64_t> ends;
    for (const auto& entry : wanted) ends[entry.offset] = inventory.end_of(entry.offset).value_or(length);
    std::vector<ByteRange> ranges;
    for (const auto& [begin, end] : ends) ranges.push_back({begin, end});
    return ranges;
}

std::vector<Fetch> merged_fetches(const std::vector<ByteRange>& messages, const FetchLimits& limits) {
    const auto bridged = bridged_gaps(messages, limits.waste);
    std::vector<Fetch> fetches;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const bool joins = i > 0 && bridged.contains(i - 1) &&
                           messages[i].end - fetches.back().bytes.begin <= limits.request;
        if (!joins) fetches.push_back({messages[i], {}});
        fetches.back().bytes.end = messages[i].end;
        fetches.back().messages.push_back(messages[i]);
    }
    return fetches;
}

std::uint64_t total_bytes(const std::vector<Fetch>& fetches) {
    return std::accumulate(fetches.begin(), fetches.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const Fetch& fetch) { return sum + fetch.bytes.size(); });
}

}  // namespace gfs
