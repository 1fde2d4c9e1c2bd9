// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/publish.hpp"

#include "base/atomic_rename.hpp"
#include "base/files.hpp"
#include "freshet/error.hpp"
#include "target/target_paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace freshet::target {

namespace {

using std::filesystem::path;

/// An output in place has been published with its receipt.
bool exists(const StagedOutput& output) {
    return lexists(output.is_in_place() ? receipt_path(output.target) : output.target);
}

void check_staged(const StagedOutput& output) {
    for (const path* file : {&output.temporary, &output.receipt})
        if (!lexists(*file))
            throw TransientError(fmt::format("publish '{}': '{}' is gone: a later attempt at the same task removed it",
                                             output.target.string(), file->string()));
}

/// `lock` is that of `first_folder`, which has one of the receipts.
void rename_receipts(const std::vector<StagedOutput>& outputs, const path& first_folder, const FileLock& lock) {
    std::set<path> others;
    for (const StagedOutput& output : outputs) {
        rename_replace(output.receipt, receipt_path(output.target));
        if (path folder = receipts_folder(output.target); folder != first_folder) others.insert(std::move(folder));
    }
    lock.sync();
    for (const path& folder : others) sync_path(folder);
}

/// False when the last target exists, which no attempt that respects the lock has created, and is to be kept.
bool rename_outputs(const std::vector<StagedOutput>& outputs, IfExists if_exists) {
    bool was_free = true;
    std::set<path> folders;
    for (const StagedOutput& output : outputs) {
        if (output.is_in_place()) continue;
        if (&output != &outputs.back() || if_exists == IfExists::replace) {
            rename_replace(output.temporary, output.target);
        } else if (rename_noreplace(output.temporary, output.target) == RenameResult::exists) {
            remove_tree(receipt_path(output.target));
            was_free = false;
        }
        remove_redirect_folder(output);
        folders.insert(output.target.parent_path());
    }
    for (const path& folder : folders) sync_path(folder);
    return was_free;
}

/// Existing outputs first, so that the last rename is onto a free name.
std::vector<StagedOutput> in_rename_order(std::vector<StagedOutput> outputs) {
    std::stable_partition(outputs.begin(), outputs.end(), exists);
    return outputs;
}

PublishResult publish_locked(const std::vector<StagedOutput>& outputs, IfExists if_exists) {
    const path first_folder = receipts_folder(outputs.back().target);
    const FileLock lock = FileLock::acquire(first_folder);
    if (if_exists == IfExists::keep && std::ranges::all_of(outputs, exists)) return PublishResult::superseded;
    for (const StagedOutput& output : outputs) check_staged(output);
    const auto rename_all = [&](const std::vector<StagedOutput>& ordered) {
        rename_receipts(ordered, first_folder, lock);
        return rename_outputs(ordered, if_exists) ? PublishResult::published : PublishResult::superseded;
    };
    return outputs.size() == 1 ? rename_all(outputs) : rename_all(in_rename_order(outputs));
}

}  // namespace

PublishResult publish(const std::vector<StagedOutput>& outputs, IfExists if_exists) {
    if (outputs.empty()) return PublishResult::published;
    try {
        const PublishResult result = publish_locked(outputs, if_exists);
        if (result == PublishResult::superseded) {
            discard(outputs);
            for (const StagedOutput& output : outputs) remove_tree(output.receipt);
        }
        return result;
    } catch (...) {
        discard(outputs);
        throw;
    }
}

std::optional<path> retire(const path& any) {
    const path target = normalized_path(any);
    const path receipt = receipt_path(target);
    if (!exists_at(receipt)) return std::nullopt;
    const FileLock lock = FileLock::acquire(receipts_folder(target));
    if (!exists_at(receipt) || !lexists(target)) return std::nullopt;
    const path aside = retired_path(target);
    rename_replace(target, aside);
    remove_tree(receipt);
    sync_path(target.parent_path());
    return aside;
}

}  // namespace freshet::target
