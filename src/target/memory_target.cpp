// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/testing.hpp"

#include <fmt/format.h>

#include <map>
#include <mutex>

namespace freshet {

namespace {

struct Entry {
    std::string content;
    std::optional<Json> receipt{};  ///< nullopt: written outside of an attempt
    std::string token{};            ///< of the attempt that published it
    std::int64_t lease = 0;
};

/// All targets of the process: a target is a value, made anew by each output().
struct Memory {
    std::mutex mutex{};
    std::map<std::string, Entry> entries{};
};

Memory& memory() {
    static Memory all;
    return all;
}

/// Calls `action` with the entry of the name, or nullptr.
template <class Action>
auto with_entry(const std::string& name, const Action& action) {
    const std::lock_guard lock(memory().mutex);
    const auto found = memory().entries.find(name);
    return action(found == memory().entries.end() ? nullptr : &found->second);
}

using StagedContent = std::optional<std::string>;

/// The content that the attempt has written; nullptr if the target is no output of it.
StagedContent* staged_in(TargetAttempt* attempt, const std::string& address) {
    if (!attempt) return nullptr;
    const auto found = attempt->state.find(address);
    return found == attempt->state.end() ? nullptr : std::any_cast<StagedContent>(&found->second);
}

}  // namespace

void MemoryTarget::clear() {
    const std::lock_guard lock(memory().mutex);
    memory().entries.clear();
}

bool MemoryTarget::exists() const {
    if (const StagedContent* staged = staged_in(TargetAttempt::current(), address()); staged && *staged) return true;
    return with_entry(name_, [](const Entry* entry) { return entry != nullptr; });
}

std::vector<bool> MemoryTarget::exist(const std::vector<MemoryTarget>& targets) {
    std::vector<bool> exist;
    for (const MemoryTarget& target : targets) exist.push_back(target.exists());
    return exist;
}

void MemoryTarget::write(std::string_view content) const {
    if (StagedContent* staged = staged_in(TargetAttempt::current(), address())) {
        *staged = content;
        return;
    }
    const std::lock_guard lock(memory().mutex);
    memory().entries[name_] = {.content = std::string(content)};
}

std::string MemoryTarget::read() const {
    if (const StagedContent* staged = staged_in(TargetAttempt::current(), address()); staged && *staged)
        return **staged;
    return with_entry(name_, [&](const Entry* entry) {
        if (!entry) throw Error(fmt::format("read '{}': it does not exist", address()));
        return entry->content;
    });
}

void MemoryTarget::begin(TargetAttempt& attempt) const { attempt.state[address()] = StagedContent(); }

Json MemoryTarget::stage(TargetAttempt& attempt, const MakeReceipt& make_receipt) const {
    const StagedContent* staged = staged_in(&attempt, address());
    if (!staged || !*staged) return {};
    const Content content{.size = (*staged)->size(), .sha256 = sha256(**staged)};
    return Json::Object{{"content", base64(**staged)}, {"receipt", make_receipt(content)}};
}

PublishResult MemoryTarget::commit(TargetAttempt& attempt, const Json& staged, IfExists if_exists) const {
    const std::lock_guard lock(memory().mutex);
    const auto found = memory().entries.find(name_);
    if (found != memory().entries.end()) {
        const Entry& entry = found->second;
        if (entry.token == attempt.token) return PublishResult::published;
        if (if_exists == IfExists::keep || attempt.lease < entry.lease) return PublishResult::superseded;
    }
    memory().entries[name_] = {.content = base64_decoded(staged.at("content").as_string()).value(),
                               .receipt = staged.at("receipt"),
                               .token = attempt.token,
                               .lease = attempt.lease};
    return PublishResult::published;
}

void MemoryTarget::abort(TargetAttempt& attempt) const { attempt.state.erase(address()); }

std::optional<Json> MemoryTarget::receipt() const {
    return with_entry(name_, [](const Entry* entry) { return entry ? entry->receipt : std::nullopt; });
}

std::optional<Content> MemoryTarget::content() const {
    return with_entry(name_, [](const Entry* entry) {
        return entry ? std::optional(Content{.size = entry->content.size(), .sha256 = sha256(entry->content)})
                     : std::nullopt;
    });
}

std::string MemoryTarget::retire() const {
    const std::lock_guard lock(memory().mutex);
    const auto found = memory().entries.find(name_);
    if (found == memory().entries.end() || !found->second.receipt) return "";
    auto node = memory().entries.extract(found);
    memory().entries[name_ + ".stale"] = std::move(node.mapped());
    return address() + ".stale";
}

}  // namespace freshet
