// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/unfinished.hpp"

#include "base/atomic_rename.hpp"
#include "base/files.hpp"
#include "base/time.hpp"
#include "target/lineage.hpp"
#include "target/stale_temporaries.hpp"
#include "target/target_paths.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <cerrno>
#include <climits>
#include <vector>

namespace freshet::target {

namespace {

using std::filesystem::path;

/// The staged receipts of `target`, of all attempts. Their folder is small: it holds none of an attempt that has ended.
std::vector<path> staged_receipts(const path& target) {
    std::vector<path> found;
    std::error_code code;
    std::filesystem::directory_iterator at(staged_receipts_folder(target), code);
    if (code) return found;
    const std::string receipt = staged_receipt_stem(target);
    for (const std::filesystem::directory_iterator end; !code && at != end; at.increment(code))
        if (stem_of_temporary(at->path().filename().native()) == receipt) found.push_back(at->path());
    return found;
}

/// As text, because each complete task of a plan comes here.
bool has_receipt(const path& target) {
    const std::string& text = target.native();
    const auto name = text.rfind('/') + 1;  // 0 where there is no '/'
    constexpr std::string_view suffix = ".json";
    if (text.size() - name > NAME_MAX - suffix.size()) return exists_at(receipt_path(target));
    std::string receipt;
    receipt.reserve(text.size() + std::string_view(".freshet/").size() + suffix.size());
    receipt.append(text, 0, name).append(".freshet/").append(text, name).append(suffix);
    struct stat status;
    if (::stat(receipt.c_str(), &status) == 0) return true;
    return errno != ENOENT && errno != ENOTDIR && exists_at(receipt);
}

/// The time at which the first attempt began that has a staged receipt of what is at `target`.
std::optional<Time> first_staged(const path& target) {
    std::optional<Time> began;
    for (const path& receipt : staged_receipts(target))
        if (const auto time = modified_at(receipt); time && (!began || *time < *began)) began = time;
    return began && lexists(target) ? began : std::nullopt;
}

}  // namespace

bool open_receipt(const path& target, std::string_view token) {
    try {
        const path receipt = staged_receipt_path(target, token);
        if (open_if_exists(receipt, O_WRONLY | O_CREAT)) return true;
        create_folders(receipt.parent_path());
        open_file(receipt, O_WRONLY | O_CREAT);
        return true;
    } catch (const DiskFullError&) {
        throw;
    } catch (const Error&) {
        return false;
    }
}

std::optional<Time> unfinished_since(const path& any) {
    if (has_receipt(any)) return std::nullopt;
    if (is_normalized(any.native())) return first_staged(any);
    const path target = normalized_path(any);
    return has_receipt(target) ? std::nullopt : first_staged(target);
}

bool UnfinishedOutputs::contain(const path& target) {
    const std::string& text = target.native();
    if (is_normalized(text)) {
        const auto [known, is_new] = has_receipts_.try_emplace(text.substr(0, text.rfind('/') + 1), true);
        if (is_new) known->second = lexists(receipts_folder(target));
        if (!known->second) return false;
    }
    return unfinished_since(target).has_value();
}

std::string describe_unfinished(const path& target) {
    const auto began = unfinished_since(target);
    if (!began) return {};
    return fmt::format("'{}' is unfinished: the attempt that began at {} has not ended", target.string(),
                       rfc3339(std::chrono::floor<std::chrono::seconds>(*began)));
}

path move_aside(const path& target) {
    const path aside = aside_path(target);
    rename_replace(target, aside);
    for (const path& receipt : staged_receipts(target)) remove_tree(receipt);
    return aside;
}

std::optional<path> abandon(const path& target, std::string_view token) {
    std::optional<path> aside;
    // Where another attempt has a staged receipt too, it holds the lease now, and the output may be its own.
    if (unfinished_since(target) && staged_receipts(target) == std::vector{staged_receipt_path(target, token)})
        aside = move_aside(target);
    remove_temporaries(target, token);
    return aside;
}

}  // namespace freshet::target
