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
    const FileLock lock = FileLock::acquire(receipts_folder(target));
    if (!exists_at(target)) remove_tree(receipt);
}

}  // namespace

std::vector<std::string> TemporarySweeper::take_temporaries(const path& folder,
                                                            std::initializer_list<std::string> stems) {
    const std::lock_guard lock(mutex_);
    Folder& known = folders_[folder.native()];
    const auto now = clock_.steady_now();
    if (now >= known.valid_until) {
        known.temporaries = list_temporaries(folder);
        remove_expired(folder, clock_.now());
        const auto listed = clock_.steady_now();
        known.valid_until = listed + std::max<std::chrono::nanoseconds>(std::chrono::seconds(1), 50 * (listed - now));
    }
    std::vector<std::string> taken;
    for (const std::string& stem : stems) {
        const auto [begin, end] = known.temporaries.equal_range(stem);
        for (auto at = begin; at != end; ++at) taken.push_back(at->second);
        known.temporaries.erase(begin, end);
    }
    return taken;
}

void TemporarySweeper::collect(const path& target, std::string_view token) {
    const auto collect_from = [&](const path& folder, std::initializer_list<std::string> stems) {
        for (const std::string& name : take_temporaries(folder, stems))
            if (!is_temporary_of(name, token)) remove_tree(folder / name);
    };
    collect_from(target.parent_path(), {temporary_stem(target)});
    collect_from(staged_receipts_folder(target), {staged_receipt_stem(target), scratch_stem(target)});
    remove_orphaned_receipt(target);
}

void remove_temporaries(const path& target, std::string_view token) {
    remove_tree(temporary_path(target, token));
    remove_tree(staged_receipt_path(target, token));
    remove_tree(scratch_path(target, token));
}

}  // namespace freshet::target
