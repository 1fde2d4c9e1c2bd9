// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/inventory.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace gfs {

/// The bytes from `begin` up to, not including, `end`.
struct ByteRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    std::uint64_t size() const { return end - begin; }
    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// One ranged request and the messages that its answer holds; what lies between them is thrown away.
struct RangeRequest {
    ByteRange bytes;
    std::vector<ByteRange> messages;

    friend bool operator==(const RangeRequest&, const RangeRequest&) = default;
};

/// Where the messages of these entries lie in a file of `length` bytes: each message once, ascending.
/// Throws TransientError, naming `file`, when the inventory points past its end: one of the two is older.
std::vector<ByteRange> message_ranges(const Inventory& inventory, const std::vector<Entry>& selected,
                                      std::uint64_t length, std::string_view file);

struct FetchLimits {
    std::uint64_t waste = 1'000'000;     ///< bytes that may be fetched in vain, in all
    std::uint64_t request = 64'000'000;  ///< bytes of one request, which is held in memory, unless one message has more
};

/// Adjacent messages in one request each, then the nearest of the rest joined, as the limits allow.
std::vector<RangeRequest> merge_ranges(const std::vector<ByteRange>& messages, const FetchLimits& limits);

/// How many bytes will be transferred.
std::uint64_t total_bytes(const std::vector<RangeRequest>& range_requests);

}  // namespace gfs
