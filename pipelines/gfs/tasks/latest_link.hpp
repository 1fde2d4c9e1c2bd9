// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

namespace gfs {

/// Points the link FOLDER/latest to `revision` ("2026-08-21T06/r1", relative to the folder) atomically, then replaces
/// FOLDER/latest.map by `mapfile`, which refers to that revision. Both are durable on return. Does nothing when the
/// link points to a newer cycle or revision. Throws Error.
void update_latest_link(const std::filesystem::path& folder, const std::filesystem::path& revision,
                        std::string_view mapfile);

}  // namespace gfs
