// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "inventory/inventory.hpp"
#include "upstream/source.hpp"

#include "freshet/error.hpp"

#include <string>

namespace gfs {

/// A file that is empty, truncated, not GRIB2, or of another cycle or lead.
class BrokenFile : public freshet::TransientError {
public:
    using TransientError::TransientError;
};

/// Builds the inventory of a remote GRIB file of `length` bytes from its content: walks from message to message by
/// their stated lengths with ranged requests of `request_size` bytes. Throws BrokenFile, naming the message.
Inventory index_remote_file(Source& source, const std::string& path, std::uint64_t length, Cycle cycle,
                            std::uint64_t request_size);

}  // namespace gfs
