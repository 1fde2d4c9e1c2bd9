// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/invalidated.hpp"

#include "base/atomic_rename.hpp"
#include "base/files.hpp"
#include "base/time.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "target/target_paths.hpp"

#include <fmt/format.h>

#include <string>

namespace freshet::target {

namespace {

using std::filesystem::path;

/// "20260821T060000.000Z": sorted by time, and without what a file name may not have elsewhere.
std::string folder_name(Time time) {
    std::string name = rfc3339(time);
    std::erase_if(name, [](char c) { return c == '-' || c == ':'; });
    return name;
}

void move_receipt(const path& target, const path& aside) {
    const path receipt = receipt_path(target);
    if (!exists_at(receipt)) return;
    const path kept = receipt_path(aside);
    create_folders(kept.parent_path());
    rename_replace(receipt, kept);
    sync_path(kept.parent_path());
}

}  // namespace

std::optional<path> invalidate(const path& any, Time now) {
    const path target = normalized_path(any);
    if (!lexists(target)) return std::nullopt;
    const path folder = invalidated_folder(target) / folder_name(now);
    create_folders(folder);
    const FileLock lock = FileLock::acquire(receipts_folder(target));
    if (!lexists(target)) return std::nullopt;
    const path aside = folder / target.filename();
    if (rename_noreplace(target, aside) == RenameResult::exists)
        throw TransientError(fmt::format("invalidate '{}': '{}' exists already", target.string(), aside.string()));
    move_receipt(target, aside);
    sync_path(folder);
    sync_path(target.parent_path());
    return aside;
}

void remove_expired(const path& folder, Time now) {
    const std::string oldest = folder_name(now - invalidated_retention);
    std::error_code code;
    std::filesystem::directory_iterator at(invalidated_folder(folder / "any"), code);
    for (const std::filesystem::directory_iterator end; !code && at != end; at.increment(code)) {
        const std::string name = at->path().filename().string();
        if (name.size() == oldest.size() && name < oldest) remove_tree(at->path());
    }
}

}  // namespace freshet::target
