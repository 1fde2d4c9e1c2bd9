// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/publish.hpp"

#include "base/file_lock.hpp"
#include "base/files.hpp"
#include "freshet/error.hpp"
#include "target/names.hpp"
#include "target/place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace freshet::target {

namespace {

using std::filesystem::path;

bool exists(const StagedOutput& output) { return is_name_taken(output.target); }

void check_staged(const StagedOutput& output) {
    for (const path& file : {output.temporary, output.receipt})
        if (!is_name_taken(file))
            throw TransientError(fmt::format("publishing '{}': '{}' is gone: a later attempt at the same task removed it",
                                             output.target.string(), file.string()));
}

void place_receipts(const std::vector<StagedOutput>& outputs) {
    std::set<path> folders;
    for (const StagedOutput& output : outputs) {
        replace(output.receipt, receipt_path(output.target));
        folders.insert(output.receipt.parent_path());
    }
    for (const path& folder : folders) sync_path(folder);
}

/// False when something is in the last one's place, which no attempt that respects the lock has put there.
bool place_outputs(const std::vector<StagedOutput>& outputs) {
    const StagedOutput& last = outputs.back();
    std::set<path> folders{last.target.parent_path()};
    for (const StagedOutput& output : outputs) {
        if (&output == &last) break;
        replace(output.temporary, output.target);
        folders.insert(output.target.parent_path());
    }
    const Placed placed = place_if_free(last.temporary, last.target);
    if (placed == Placed::taken) remove_tree(receipt_path(last.target));
    for (const path& folder : folders) sync_path(folder);
    return placed == Placed::yes;
}

Published publish_locked(std::vector<StagedOutput> outputs) {
    const FileLock lock = FileLock::wait(receipt_path(outputs.back().target).parent_path());
    if (std::all_of(outputs.begin(), outputs.end(), exists)) return Published::lost;
    for (const StagedOutput& output : outputs) check_staged(output);
    // What an incomplete task has in place is replaced first, so that the last rename is one onto a free place.
    std::stable_partition(outputs.begin(), outputs.end(), exists);
    place_receipts(outputs);
    return place_outputs(outputs) ? Published::yes : Published::lost;
}

}  // namespace

Published publish(const std::vector<StagedOutput>& outputs) {
    if (outputs.empty()) return Published::yes;
    try {
        const Published result = publish_locked(outputs);
        if (result == Published::lost) discard(outputs);
        return result;
    } catch (...) {
        discard(outputs);
        throw;
    }
}

}  // namespace freshet::target
