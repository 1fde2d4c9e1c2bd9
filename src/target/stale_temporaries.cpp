// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/stale_temporaries.hpp"

#include "base/files.hpp"
#include "target/invalidated.hpp"
#include "target/target_paths.hpp"

#include <algorithm>

namespace freshet::target {

namespace {

using std::filesystem::path;
using Temporaries = std::unordered_multimap<std::string, std::string>;

Temporaries list_temporaries(const path& folder) {
    Temporaries found;
    std::error_code code;
    for (std::filesystem::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
        const std::string file = at->path().filename().native();
        if (const auto name = stem_of_temporary(file); !name.empty()) found.emplace(name, file);
    }
    return found;  // a folder that does not exist, or went away, holds none
}

/// Under the lock that publishing takes, so that a receipt is not taken from under an output being put in place.
void remove_orphaned_receipt(const path& target) {
    const path receipt = receipt_path(target);
    if (!exists_at(receipt) || exists_at(target)) return;
    const FileLock lock = FileLock::acquire(receipt.parent_path());
    if (!exists_at(target)) remove_tree(receipt);
}

}  // namespace

std::vector<path> TemporarySweeper::take_temporaries(const path& target) {
    const path folder = target.parent_path();
    const std::lock_guard lock(mutex_);
    Folder& known = folders_[folder.native()];
    const auto now = clock_.steady_now();
    if (now >= known.valid_until) {
        known.temporaries = list_temporaries(folder);
        remove_expired(folder, clock_.now());
        const auto listed = clock_.steady_now();
        known.valid_until = listed + std::max<std::chrono::nanoseconds>(std::chrono::seconds(1), 50 * (listed - now));
    }
    const auto [begin, end] = known.temporaries.equal_range(temporary_stem(target));
    std::vector<path> taken;
    for (auto at = begin; at != end; ++at) taken.push_back(folder / at->second);
    known.temporaries.erase(begin, end);
    return taken;
}

void TemporarySweeper::collect(const path& target, std::string_view token) {
    for (const path& output :
         {target, staged_receipts_folder(target) / receipt_path(target).filename(), scratch_base(target)})
        for (const path& temporary : take_temporaries(output))
            if (temporary != temporary_path(output, token)) remove_tree(temporary);
    remove_orphaned_receipt(target);
}

void remove_temporaries(const path& target, std::string_view token) {
    remove_tree(temporary_path(target, token));
    remove_tree(staged_receipt_path(target, token));
    remove_tree(scratch_path(target, token));
}

}  // namespace freshet::target
