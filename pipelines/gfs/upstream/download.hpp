// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/lead_file.hpp"
#include "upstream/ranges.hpp"

#include "freshet/error.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// Gets each message, whole and checked, in the order of the file; `done` and `total` count bytes.
using MessageSink = std::function<void(std::string_view message, std::uint64_t done, std::uint64_t total)>;

/// What a download was, for receipts and logs.
struct Download {
    std::size_t messages = 0;
    std::uint64_t message_bytes = 0;  ///< bytes of the messages
    std::uint64_t transferred = 0;    ///< bytes of the ranged answers
    std::size_t requests = 0;         ///< ranged ones
};

/// An inventory as it was read, and what is known of the file it stood in.
struct FetchedInventory {
    Inventory inventory;
    FileInfo info;
};

/// An inventory that was read, but is not that of its file.
class WrongInventory : public freshet::TransientError {
public:
    using TransientError::TransientError;
};

/// Reads a file's inventory. Throws WrongInventory when it is damaged, or speaks of another cycle: it is older or newer
/// than its file.
FetchedInventory fetch_inventory(Source& source, const std::string& path, Cycle cycle);

/// Throws WrongInventory unless the inventory's last message ends with the file: else the one or the other is cut off.
void check_end(Source& source, const std::string& path, const Inventory& inventory, const FileInfo& file);

/// The requests that get the messages of the selected entries.
std::vector<RangeRequest> plan_range_requests(const LeadFile& file, const std::vector<Entry>& selected,
                                              const FetchLimits& limits);

/// Fetches the messages of the selected entries of a file. What a source can get wrong is a TransientError; nothing is
/// taken for whole unless every message is, and the file is still the same afterwards.
Download download(Source& source, const LeadFile& file, const std::vector<RangeRequest>& range_requests,
                  const MessageSink& sink);

}  // namespace gfs
