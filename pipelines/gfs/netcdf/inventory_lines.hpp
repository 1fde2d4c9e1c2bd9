// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/cf_table.hpp"
#include "grib/message.hpp"

#include <string>
#include <vector>

namespace gfs {

/// Formats a message as NCEP's inventories name it: "TMP:2 m above ground:7 hour fcst".
std::string inventory_line(const Message& message, const CfTable& table);
/// Formats the message's whole line of such an inventory: "1:0:d=2022031518:TMP:2 m above ground:7 hour fcst:".
std::string index_line(const Message& message, const CfTable& table);

/// The difference between an inventory and the content of a file, as lines of inventory_line().
struct InventoryDiff {
    std::vector<std::string> missing;     ///< expected and not found
    std::vector<std::string> unexpected;  ///< found and not expected
};

/// Compares expected lines with messages. Accepts former names of parameters; a message of unknown meaning, or
/// whose name is known from documentation alone, matches any line of its time.
InventoryDiff diff_inventory(std::vector<std::string> expected, const std::vector<Message>& messages);

}  // namespace gfs
