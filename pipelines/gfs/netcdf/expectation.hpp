// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"

#include <string>
#include <vector>

namespace gfs {

/// How what an inventory promised differs from what a file holds; both in the words of inventories.
struct InventoryDiff {
    std::vector<std::string> missing;     ///< promised and not there
    std::vector<std::string> unexpected;  ///< there and not promised
};

/// Compares an inventory's lines ("TMP:2 m above ground:7 hour fcst") with the messages. Some parameters have had two
/// names in inventories; a message that is not understood may be any line of its time.
InventoryDiff diff_inventory(std::vector<std::string> expected, const std::vector<Message>& messages);

}  // namespace gfs
