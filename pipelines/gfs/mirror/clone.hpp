// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mirror/add.hpp"
#include "mirror/message_pool.hpp"
#include "source/inventory.hpp"

#include <filesystem>

namespace gfs::mirror {

/// Puts a file with all the fields of an inventory into the layout below `folder`, and its own inventory: each field is
/// a message of the pool that says it is this one. Returns its size in bytes.
std::uint64_t put_clone(const std::filesystem::path& folder, const Slot& slot, const Inventory& like, MessagePool& pool);

}  // namespace gfs::mirror
