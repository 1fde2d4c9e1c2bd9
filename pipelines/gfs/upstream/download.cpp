// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/download.hpp"

#include "grib/sections.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace gfs {
namespace {

struct Gap {
    std::uint64_t size;
    std::size_t after;  ///< index of the message before it
};

/// Returns the gaps to transfer along: the smallest first, until they add up to the limit.
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

void check_unchanged(const FileInfo& before, const FileInfo& after, std::string_view address) {
    if (before == after) return;
    throw freshet::TransientError(fmt::format("'{}' changed while it was downloaded: {} bytes before, {} after, {}",
                                              address, before.length, after.length,
                                              before.etag == after.etag ? "the same ETag" : "another ETag"));
}

}  // namespace

std::vector<ByteRange> message_ranges(const Inventory& inventory, const std::vector<Entry>& selected,
                                      std::uint64_t length, std::string_view file) {
    if (inventory.last_offset() >= length) {
        throw freshet::TransientError(
            fmt::format("the inventory of '{}' has a message at byte {}, but the file has only {} bytes", file,
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
    std::vector<RangeRequest> requests;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const bool joins =
            i > 0 && bridged.contains(i - 1) && messages[i].end - requests.back().bytes.begin <= limits.request;
        if (!joins) requests.push_back({messages[i], {}});
        requests.back().bytes.end = messages[i].end;
        requests.back().messages.push_back(messages[i]);
    }
    return requests;
}

DownloadPlan plan_download(const ForecastFile& file, std::vector<Entry> selected, const FetchLimits& limits) {
    DownloadPlan plan{.entries = std::move(selected)};
    const auto messages = message_ranges(file.inventory, plan.entries, file.info.length, file.path);
    plan.requests = merge_ranges(messages, limits);
    plan.messages = messages.size();
    for (const auto& message : messages) plan.message_bytes += message.size();
    for (const auto& request : plan.requests) plan.transferred_bytes += request.bytes.size();
    return plan;
}

void download(Source& source, const ForecastFile& file, const DownloadPlan& plan, const MessageSink& sink) {
    const auto address = source.address(file.path);
    std::uint64_t done = 0;
    for (const auto& request : plan.requests) {
        const std::string body = source.get(file.path, request.bytes);
        const auto bytes_of = [&](const ByteRange& message) {
            return std::string_view(body).substr(message.begin - request.bytes.begin, message.size());
        };
        std::vector<std::string_view> whole;  // all are checked before the first is passed on
        for (const auto& message : request.messages)
            whole.push_back(whole_message(bytes_of(message), message.begin, address));
        for (std::size_t i = 0; i < whole.size(); ++i) {
            done += request.messages[i].size();
            sink(whole[i], done, plan.message_bytes);
        }
    }
    check_unchanged(file.info, source.head(file.path), address);
}

}  // namespace gfs
