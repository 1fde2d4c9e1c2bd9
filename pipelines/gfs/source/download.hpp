// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source/selection.hpp"
#include "source/source.hpp"

#include "cycle.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace gfs {

/// Gets each message, whole and checked, in the order of the file; `done` and `total` count bytes.
using MessageSink = std::function<void(std::string_view message, std::uint64_t done, std::uint64_t total)>;

/// What a download was, for receipts and logs.
struct Download {
    FileFacts file;
    std::size_t messages = 0;
    std::uint64_t wanted = 0;       ///< bytes of the messages
    std::uint64_t transferred = 0;  ///< bytes of the ranged answers
    std::size_t requests = 0;       ///< ranged ones
};

/// Reads a file's inventory. Throws TransientError when it speaks of another cycle: it is older or newer than its file.
Inventory fetch_inventory(Source& source, const std::string& path, Cycle cycle);

/// Fetches the messages of the wanted entries of a file. What a source can get wrong is a TransientError; nothing is
/// taken for whole unless every message is, and the file was the same before and after.
Download download(Source& source, const std::string& path, const Inventory& inventory,
                  const std::vector<Entry>& wanted, const FetchLimits& limits, const MessageSink& sink);

}  // namespace gfs
