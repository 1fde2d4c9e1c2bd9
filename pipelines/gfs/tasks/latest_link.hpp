// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

namespace gfs {

/// Points FOLDER/latest at `revision` ("2026-08-21T06/r1", relative to the folder), in one step, so that a reader
/// always finds a whole revision; then puts `mapfile`, which is of that revision, in place as FOLDER/latest.map. An
/// older cycle or revision never replaces a newer one. Throws Error.
void update_latest_link(const std::filesystem::path& folder, const std::filesystem::path& revision,
                        std::string_view mapfile);

}  // namespace gfs
