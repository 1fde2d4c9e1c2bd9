// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/ranges.hpp"

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

std::vector<ByteRange> message_ranges(const Inventory& inventory, const std::vector<Entry>& selected,
                                      std::uint64_t length, std::string_view file) {
    if (inventory.last_offset() >= length) {
        throw freshet::TransientError(
            fmt::format("the inventory of '{}' speaks of a message at byte {}, but the file has only {} bytes", file,
                        inventory.last_offset(), length));
    }
    std::map<std::uint64_t, std::uint64_t> ends;
    for (const auto& entry : selected) ends[entry.offset] = inventory.end_of(entry.offset).value_or(length);
    std::vector<ByteRange> ranges;
    for (const auto& [begin, end] : ends) ranges.push_back({begin, end});
    return ranges;
}

std::vector<RangeRequest> merge_ranges(const std::vector<ByteRange>& messages, const FetchLimits& limits) {
    const auto bridged = bridged_gaps(messages, limits.waste);
    std::vector<RangeRequest> range_requests;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const bool joins =
            i > 0 && bridged.contains(i - 1) && messages[i].end - range_requests.back().bytes.begin <= limits.request;
        if (!joins) range_requests.push_back({messages[i], {}});
        range_requests.back().bytes.end = messages[i].end;
        range_requests.back().messages.push_back(messages[i]);
    }
    return range_requests;
}

std::uint64_t total_bytes(const std::vector<RangeRequest>& range_requests) {
    return std::accumulate(
        range_requests.begin(), range_requests.end(), std::uint64_t{0},
        [](std::uint64_t sum, const RangeRequest& range_request) { return sum + range_request.bytes.size(); });
}

}  // namespace gfs
