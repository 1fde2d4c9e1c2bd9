// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// Removes cycles of a dataset that are older than the newest `keep` ones that are complete, for `leads` in canonical
/// text: one that somebody had fewer leads of replaces none. They go with all their revisions. Kept beyond that are:
/// the cycle that `latest` names; and one that is not complete, while something in it is younger than a day, since
/// somebody may be making it. A cycle disappears in one step; what then happens to its files is in
/// FOLDER/removed.jsonl, a line for each. Returns a sentence for each cycle that went. Throws Error.
std::vector<std::string> remove_old_cycles(const std::filesystem::path& dataset_folder, std::string_view leads,
                                           int keep, freshet::Time now);

}  // namespace gfs
