// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"

#include <string>
#include <vector>

namespace gfs {

/// Messages that can share a NetCDF file: those of one grid, cycle, lead and member of an ensemble.
struct FileGroup {
    std::string suffix;  ///< what tells its file from the others': ".2022-03-15T18.f006", empty for the only one
    std::vector<Message> messages;
};

/// The groups of a file's messages, in the order of their first messages.
std::vector<FileGroup> group_messages(const std::vector<Message>& messages);

}  // namespace gfs
