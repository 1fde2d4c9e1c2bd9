// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/staging.hpp"

#include "base/files.hpp"
#include "target/target_paths.hpp"

#include <fmt/format.h>

#include <sys/statvfs.h>
#include <algorithm>

namespace freshet::target {

namespace {

using std::filesystem::path;

thread_local Staging* current_staging = nullptr;

void remove_quietly(const path& name) noexcept {
    try {
        remove_tree(name);
    } catch (const std::exception&) {
        // It is invisible, and the next attempt at the same target tries again.
    }
}

/// Libraries say in words of their own, if at all, that a write failed for want of room.
bool is_disk_full(const path& folder) {
    struct statvfs status;
    return ::statvfs(folder.c_str(), &status) == 0 && status.f_blocks > 0 && status.f_bavail == 0;
}

void write_and_sync(const path& target, const path& temporary, const Write& write) {
    create_folders(temporary.parent_path());
    write(temporary);
    if (!lexists(temporary))
        throw Error(fmt::format("create '{}': nothing was written to '{}'", target.string(), temporary.string()));
    apply_umask(temporary);
    sync_tree(temporary);
}

}  // namespace

void write_temporary(const path& target, const path& temporary, const Write& write) {
    try {
        write_and_sync(target, temporary, write);
    } catch (const std::exception& error) {
        const bool was_full = is_disk_full(target.parent_path());  // asked before removing makes room
        remove_quietly(temporary);
        if (was_full)
            throw DiskFullError(
                fmt::format("create '{}': no space left on device ({})", target.string(), error.what()));
        throw;
    } catch (...) {
        remove_quietly(temporary);
        throw;
    }
}

Staging::~Staging() { discard(outputs_); }

void Staging::prepare(const path& target) {
    if (prepared_.insert(target).second) sweeper_.collect(target, token_);
}

void Staging::stage(const path& target, const Write& write) {
    prepare(target);
    const path temporary = temporary_path(target, token_);
    create_folders(receipt_path(target).parent_path());
    if (std::erase_if(outputs_, [&](const StagedOutput& output) { return output.target == target; }) > 0)
        remove_tree(temporary);
    write_temporary(target, temporary, write);
    outputs_.push_back({target, temporary, temporary_path(receipt_path(target), token_)});
}

const StagedOutput* Staging::find(const path& target) const {
    const auto found =
        std::find_if(outputs_.begin(), outputs_.end(), [&](const auto& output) { return output.target == target; });
    return found == outputs_.end() ? nullptr : &*found;
}

Staging* Staging::current() { return current_staging; }

StagingScope::StagingScope(Staging& staging) : outer_(std::exchange(current_staging, &staging)) {}
StagingScope::~StagingScope() { current_staging = outer_; }

void discard(const std::vector<StagedOutput>& outputs) noexcept {
    for (const StagedOutput& output : outputs) {
        remove_quietly(output.temporary);
        remove_quietly(output.receipt);
    }
}

}  // namespace freshet::target
