// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/inventory.hpp"
#include "simulator/add.hpp"
#include "simulator/message_pool.hpp"

#include <filesystem>

namespace gfs::simulator {

/// Puts a file with all the fields of an inventory into the layout below `folder`, and its own inventory: each field is
/// a message of the pool that says it is this one. Returns its size in bytes.
std::uint64_t publish_clone(const std::filesystem::path& folder, const FileKey& key, const Inventory& like,
                            MessagePool& pool);

}  // namespace gfs::simulator
