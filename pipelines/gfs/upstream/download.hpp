// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/inventory.hpp"
#include "upstream/forecast_file.hpp"
#include "upstream/source.hpp"

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace gfs {

/// One ranged request and the messages in its response; the bytes between them are discarded.
struct RangeRequest {
    ByteRange bytes;
    std::vector<ByteRange> messages;

    friend bool operator==(const RangeRequest&, const RangeRequest&) = default;
};

/// Limits of the ranged requests of one download.
struct FetchLimits {
    std::uint64_t waste = 1'000'000;     ///< total bytes that may be transferred and discarded
    std::uint64_t request = 64'000'000;  ///< bytes of one request, held in memory; one message may exceed it
};

/// The messages to download from one version of a file, and the requests that transfer them.
struct DownloadPlan {
    std::vector<Entry> entries;  ///< the selected fields
    std::vector<RangeRequest> requests{};
    std::size_t messages = 0;
    std::uint64_t message_bytes = 0;      ///< bytes of the messages
    std::uint64_t transferred_bytes = 0;  ///< bytes of the responses
};

/// Returns the positions of the entries' messages in a file of `length` bytes, each message once, ascending. Throws
/// TransientError, naming `file`, when the inventory points past its end.
std::vector<ByteRange> message_ranges(const Inventory& inventory, const std::vector<Entry>& selected,
                                      std::uint64_t length, std::string_view file);

/// Merges adjacent messages into one request each, then those with the smallest gaps as the limits allow.
std::vector<RangeRequest> merge_ranges(const std::vector<ByteRange>& messages, const FetchLimits& limits);

/// Plans the download of the selected entries of a file.
DownloadPlan plan_download(const ForecastFile& file, std::vector<Entry> selected, const FetchLimits& limits);

/// Receives each message, whole and checked, in the order of the file; `done` and `total` count bytes.
using MessageSink = std::function<void(std::string_view message, std::uint64_t done, std::uint64_t total)>;

/// Downloads the planned messages and passes them to the sink. Throws TransientError unless every message is whole
/// (DamagedMessage) and the file is still the same version afterwards.
void download(Source& source, const ForecastFile& file, const DownloadPlan& plan, const MessageSink& sink);

}  // namespace gfs
