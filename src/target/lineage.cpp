// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/lineage.hpp"

#include "base/files.hpp"
#include "base/time.hpp"

#include <fmt/format.h>

#include <sys/stat.h>
#include <algorithm>
#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace freshet::target {

namespace {

using std::filesystem::path;

/// An archive, or a folder of one, is read by no attempt as a whole.
constexpr std::uintmax_t digest_limit = std::uintmax_t{1} << 30;

Time modification_time(const struct stat& status) {
    const auto since_epoch =
        std::chrono::seconds(status.st_mtim.tv_sec) +
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds(status.st_mtim.tv_nsec));
    return Time(since_epoch);
}

Input input_of(const AnyTask& task, const AnyTarget& output) {
    Input input{task.id(), output.address()};
    if (output.path()) {
        input.modified = modified_at(*output.path());
        input.content = read_recorded_content(*output.path());
    } else if (const auto receipt = receipt_of(output)) {
        input.content = receipt->content;
    }
    if (input.content) return input;
    if (input.modified)
        input.content = {size_of(*output.path()), ""};
    else
        input.content = output.head();
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

/// By the digests, else by the validators, where both are known.
std::string difference_of_contents(const Content& used, const Content& now) {
    const auto is_known = [&](std::string Content::*part) { return !(used.*part).empty() && !(now.*part).empty(); };
    if (is_known(&Content::sha256))
        return used.sha256 == now.sha256 ? "" : fmt::format("its SHA-256 was {} and is {}", used.sha256, now.sha256);
    if (is_known(&Content::validator) && used.validator == now.validator) return "";
    if (used.size != now.size) return fmt::format("it had {} bytes and has {}", used.size, now.size);
    return is_known(&Content::validator) ? fmt::format("it had {} and has {}", used.validator, now.validator) : "";
}

std::string difference_of_file(const Input& input, Reading reading, DigestCache& digests) {
    const auto modified = modified_at(input.address);
    if (!modified) return "";
    if (const auto receipt = input.content ? read_receipt(input.address) : std::nullopt)
        return difference_of_contents(*input.content, receipt->content);
    return input.modified ? difference_of_foreign(input, *modified, reading, digests) : "";
}

/// Describes the difference between an input and its content when it was used, or returns "".
std::string difference(const Input& input, Reading reading, DigestCache& digests, const FindTarget& find) {
    const AnyTarget* target = !input.modified && input.content && find ? find(input.address) : nullptr;
    if (target && !target->path()) {
        const auto receipt = receipt_of(*target);
        const auto now = receipt ? receipt->content : target->head();
        return now ? difference_of_contents(*input.content, *now) : "";
    }
    return input.address.starts_with('/') ? difference_of_file(input, reading, digests) : "";
}

/// Calls `visit` with each of the tasks and its outputs, of a wrapper with those that it requires.
template <class Visit>
void for_each_output(std::vector<AnyTask> open, const Visit& visit) {
    std::unordered_set<std::string> seen;
    for (std::size_t next = 0; next < open.size(); ++next) {
        const AnyTask task = open[next];
        if (!seen.insert(task.id()).second) continue;
        for (const AnyTarget& output : task.outputs()) visit(task, output);
        if (task.type().kind == TaskKind::wrapper && !task.type().has_outputs)
            for (AnyTask& required : task.requirements()) open.push_back(std::move(required));
    }
}

}  // namespace

std::optional<Time> modified_at(const path& any) {
    struct stat status;
    if (::stat(any.c_str(), &status) != 0) return std::nullopt;
    Time latest = modification_time(status);
    if (!S_ISDIR(status.st_mode)) return latest;
    for (const path& file : files_below(any))
        if (::stat((any / file).c_str(), &status) == 0) latest = std::max(latest, modification_time(status));
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

std::vector<Input> lineage_of(std::vector<AnyTask> requirements) {
    std::vector<Input> inputs;
    for_each_output(std::move(requirements),
                    [&](const AnyTask& task, const AnyTarget& output) { inputs.push_back(input_of(task, output)); });
    return inputs;
}

FindTarget find_among(std::function<std::vector<AnyTask>()> requirements) {
    using Targets = std::unordered_map<std::string, AnyTarget>;
    return [requirements = std::move(requirements),
            known = std::shared_ptr<Targets>()](const std::string& address) mutable -> const AnyTarget* {
        if (!known) {
            known = std::make_shared<Targets>();
            for_each_output(requirements(),
                            [&](const AnyTask&, const AnyTarget& output) { known->emplace(output.address(), output); });
        }
        const auto found = known->find(address);
        return found == known->end() ? nullptr : &found->second;
    };
}

void add_digests(std::vector<Input>& inputs, DigestCache& digests) {
    const auto is_as_used = [](const Input& input) {
        return modified_at(input.address) == input.modified && size_of(input.address) == input.content->size;
    };
    for (Input& input : inputs) {
        if (!input.modified || !input.content || !input.content->sha256.empty()) continue;
        if (input.content->size <= digest_limit && is_as_used(input))
            input.content->sha256 = digests.sha256(input.address, input.content->size, *input.modified);
        if (!is_as_used(input)) input.content.reset();
    }
}

std::vector<std::string> stale_inputs(const std::string& output, const Receipt& receipt, Reading reading,
                                      DigestCache& digests, const FindTarget& find) {
    std::vector<std::string> found;
    for (const Input& input : receipt.provenance.inputs)
        if (const std::string text = difference(input, reading, digests, find); !text.empty())
            found.push_back(
                fmt::format("'{}' was made from '{}', which has changed since: {}", output, input.address, text));
    return found;
}

}  // namespace freshet::target
