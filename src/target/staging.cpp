// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/staging.hpp"

#include "base/files.hpp"
#include "target/lineage.hpp"
#include "target/target_paths.hpp"
#include "target/unfinished.hpp"

#include <fmt/format.h>

#include <sys/statvfs.h>
#include <algorithm>

namespace freshet::target {

namespace {

using std::filesystem::path;

thread_local Staging* current_staging = nullptr;
thread_local TargetAttempt* current_attempt = nullptr;

void remove_quietly(const path& name) noexcept {
    try {
        remove_tree(name);
    } catch (const std::exception&) {
        // It is invisible, and the next attempt at the same target tries again.
    }
}

/// A folder of its own, so that the file has its name.
path redirected_path(const path& target, std::string_view token) {
    return temporary_path(target, token) / target.filename();
}

/// Libraries say in words of their own, if at all, that a write failed for want of room.
bool is_disk_full(const path& folder) {
    struct statvfs status;
    return ::statvfs(folder.c_str(), &status) == 0 && status.f_blocks > 0 && status.f_bavail == 0;
}

void write_and_sync(const path& target, const path& temporary, const Write& write) {
    write(temporary);
    if (!apply_umask(temporary))
        throw Error(fmt::format("create '{}': nothing was written to '{}'", target.string(), temporary.string()));
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

/// The staged receipts of declared outputs stay until abandon(): they mark what the attempt wrote in place.
Staging::~Staging() {
    withdraw();
    if (!scratch_.empty()) remove_quietly(scratch_);
    std::erase_if(outputs_, [&](const StagedOutput& output) {
        if (is_declared(output.target) && !output.is_in_place()) remove_quietly(temporary_path(output.target, token_));
        return is_declared(output.target);
    });
    discard(outputs_);
}

const path& Staging::scratch(const std::function<path()>& fallback) {
    if (!scratch_.empty()) return scratch_;
    const path target = first_declared_.empty() ? fallback() : first_declared_;
    prepare(target);  // removes those of lost attempts
    const path folder = scratch_path(target, token_);
    create_folders(folder);
    return scratch_ = normalized_path(folder);
}

bool Staging::is_scratch(const path& any) const {
    if (scratch_.empty()) return false;
    const path rest = any.lexically_relative(scratch_);
    return !rest.empty() && *rest.begin() != "..";
}

std::optional<path> Staging::declare(const path& target) {
    if (declared_.empty()) first_declared_ = target;
    std::optional<path> aside;
    bool is_absent = !exists_at(target);
    if (!is_absent && unfinished_since(target)) {
        aside = move_aside(target);
        is_absent = true;
    }
    prepare(target);
    if (!is_absent && if_exists_ == IfExists::replace) stale_.emplace(target, modified_at(target));
    declared_.emplace(target, is_absent && open_receipt(target, token_));
    return aside;
}

void Staging::prepare(const path& target) {
    if (prepared_.insert(target).second) sweeper_.collect(target, token_);
}

void Staging::stage(const path& target, const Write& write) {
    prepare(target);
    const path temporary = temporary_path(target, token_);
    const auto declared = declared_.find(target);
    if (declared == declared_.end() || !declared->second) create_folders(staged_receipts_folder(target));
    if (std::erase_if(outputs_, [&](const StagedOutput& output) { return output.target == target; }) > 0)
        remove_tree(temporary);
    write_temporary(target, temporary, write);
    outputs_.push_back(staged_output(target, temporary));
}

StagedOutput Staging::staged_output(const path& target, path temporary) const {
    return {target, std::move(temporary), staged_receipt_path(target, token_)};
}

std::optional<path> Staging::redirect(const path& any) {
    const path wanted = normalized_path(any);
    for (const auto& [target, is_open] : declared_) {
        const path rest = wanted.lexically_relative(target);
        if (rest.empty() || *rest.begin() == "..") continue;
        const StagedOutput* staged = find(target);
        if (!staged && lexists(target) && !is_stale(target)) return std::nullopt;
        const path created = staged ? staged->temporary : redirected_path(target, token_);
        create_folders(created.parent_path());
        redirected_.insert(target);
        return rest == "." ? created : created / rest;
    }
    return std::nullopt;
}

void Staging::collect() {
    for (const path& target : std::exchange(redirected_, {})) {
        const StagedOutput* staged = find(target);
        const path created = staged ? staged->temporary : redirected_path(target, token_);
        if (!apply_umask(created)) continue;
        sync_tree(created);
        create_folders(staged_receipts_folder(target));
        if (!staged) outputs_.push_back(staged_output(target, created));
    }
}

bool Staging::withdraw() noexcept {
    bool was_full = false;
    for (const path& target : std::exchange(redirected_, {})) {
        was_full = was_full || is_disk_full(target.parent_path());
        if (!find(target)) remove_quietly(temporary_path(target, token_));
    }
    return was_full;
}

void Staging::adopt() {
    for (const auto& [target, is_open] : declared_) {
        const bool is_rewritten = stale_.contains(target) && !is_stale(target);
        if (find(target) || !exists_at(target)) continue;
        if (!is_rewritten && (!is_open || exists_at(receipt_path(target)))) continue;
        sync_tree(target);
        sync_path(target.parent_path());
        outputs_.push_back(staged_output(target, target));
    }
}

bool Staging::is_stale(const path& target) const {
    const auto stale = stale_.find(target);
    return stale != stale_.end() && !find(target) && modified_at(target) == stale->second;
}

const StagedOutput* Staging::find(const path& target) const {
    const auto found =
        std::find_if(outputs_.begin(), outputs_.end(), [&](const auto& output) { return output.target == target; });
    return found == outputs_.end() ? nullptr : &*found;
}

Staging* Staging::current() { return current_staging; }

StagingScope::StagingScope(Staging& staging, TargetAttempt* attempt)
    : outer_(std::exchange(current_staging, &staging)), outer_attempt_(std::exchange(current_attempt, attempt)) {}
StagingScope::~StagingScope() {
    current_staging = outer_;
    current_attempt = outer_attempt_;
}

void remove_redirect_folder(const StagedOutput& output) noexcept {
    if (const path folder = output.temporary.parent_path(); folder != output.target.parent_path())
        remove_quietly(folder);
}

void discard(const std::vector<StagedOutput>& outputs) noexcept {
    for (const StagedOutput& output : outputs) {
        if (output.is_in_place()) continue;
        remove_quietly(output.temporary);
        remove_redirect_folder(output);
        remove_quietly(output.receipt);
    }
}

}  // namespace freshet::target

namespace freshet {

TargetAttempt* TargetAttempt::current() { return target::current_attempt; }

}  // namespace freshet
