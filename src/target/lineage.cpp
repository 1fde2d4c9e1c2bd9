// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/lineage.hpp"

#include "base/files.hpp"
#include "base/time.hpp"

#include <fmt/format.h>

#include <sys/stat.h>
#include <algorithm>
#include <unordered_set>

namespace freshet::target {

namespace {

using std::filesystem::path;

/// An archive, or a folder of one, is read by no attempt as a whole.
constexpr std::uintmax_t digest_limit = std::uintmax_t{1} << 30;

std::optional<Time> modified_at_one(const path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return std::nullopt;
    const auto since_epoch =
        std::chrono::seconds(status.st_mtim.tv_sec) +
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds(status.st_mtim.tv_nsec));
    return Time(since_epoch);
}

Input input_of(const AnyTask& task, const AnyTarget& output) {
    Input input{task.id(), output.address()};
    if (!output.path()) return input;
    input.modified = modified_at(*output.path());
    if (const auto receipt = read_receipt(*output.path()))
        input.content = receipt->content;
    else if (input.modified)
        input.content = {size_of(*output.path()), ""};
    return input;
}

/// Describes the difference between an input without receipt and its content when it was used, or returns "".
std::string difference_of_foreign(const Input& input, Time modified, Reading reading, DigestCache& digests) {
    if (input.content)
        if (const auto size = size_of(input.address); size != input.content->size)
            return fmt::format("it had {} bytes and has {}", input.content->size, size);
    const std::string used = input.content ? input.content->sha256 : "";
    const bool is_same_time = modified == input.modified;
    if (used.empty())
        return is_same_time ? ""
                            : fmt::format("it was of {} and is of {}", rfc3339(*input.modified), rfc3339(modified));
    if (is_same_time && reading == Reading::if_modified) return "";
    const std::string sha256 = digests.sha256(input.address, input.content->size, modified);
    return sha256 == used ? "" : fmt::format("its SHA-256 was {} and is {}", used, sha256);
}

/// Describes the difference between an input and its content when it was used, or returns "".
std::string difference(const Input& input, Reading reading, DigestCache& digests) {
    if (!input.address.starts_with('/')) return "";  // not on this machine
    const auto modified = modified_at(input.address);
    if (!modified) return "";
    if (const auto receipt = input.content ? read_receipt(input.address) : std::nullopt) {
        if (receipt->content == *input.content) return "";
        if (input.content->sha256.empty() && receipt->content.size == input.content->size) return "";
        return fmt::format("its SHA-256 was {} and is {}", input.content->sha256, receipt->content.sha256);
    }
    return input.modified ? difference_of_foreign(input, *modified, reading, digests) : "";
}

}  // namespace

std::optional<Time> modified_at(const path& any) {
    auto latest = modified_at_one(any);
    if (!latest || !is_folder(any)) return latest;
    for (const path& file : files_below(any))
        if (const auto time = modified_at_one(any / file)) latest = std::max(*latest, *time);
    return latest;
}

std::string DigestCache::sha256(const path& file, std::uintmax_t size, Time modified) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(file);
        if (found != entries_.end() && found->second.size == size && found->second.modified == modified)
            return found->second.sha256;
    }
    Entry entry{size, modified, content_of(file).sha256};  // without the lock: others need other files
    const std::lock_guard lock(mutex_);
    return entries_.insert_or_assign(file, std::move(entry)).first->second.sha256;
}

std::vector<Input> lineage_of(std::vector<AnyTask> open) {
    std::vector<Input> inputs;
    std::unordered_set<std::string> seen;
    for (std::size_t next = 0; next < open.size(); ++next) {
        const AnyTask task = open[next];
        if (!seen.insert(task.id()).second) continue;
        for (const AnyTarget& output : task.outputs()) inputs.push_back(input_of(task, output));
        if (task.type().kind == TaskKind::wrapper && !task.type().has_outputs)
            for (AnyTask& required : task.requirements()) open.push_back(std::move(required));
    }
    return inputs;
}

void add_digests(std::vector<Input>& inputs, DigestCache& digests) {
    const auto is_as_used = [](const Input& input) {
        return modified_at(input.address) == input.modified && size_of(input.address) == input.content->size;
    };
    for (Input& input : inputs) {
        if (!input.content || !input.content->sha256.empty()) continue;
        if (input.content->size <= digest_limit && is_as_used(input))
            input.content->sha256 = digests.sha256(input.address, input.content->size, *input.modified);
        if (!is_as_used(input)) input.content.reset();
    }
}

std::vector<std::string> stale_inputs(const path& output, const Receipt& receipt, Reading reading,
                                      DigestCache& digests) {
    std::vector<std::string> found;
    for (const Input& input : receipt.provenance.inputs)
        if (const std::string text = difference(input, reading, digests); !text.empty())
            found.push_back(fmt::format("'{}' was made from '{}', which has changed since: {}", output.string(),
                                        input.address, text));
    return found;
}

}  // namespace freshet::target
