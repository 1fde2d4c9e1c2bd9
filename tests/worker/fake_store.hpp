// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/published_target.hpp"
#include "freshet/task.hpp"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace freshet::test {

/// A server of objects in memory.
struct FakeStore {
    struct Object {
        std::string content;
        Json receipt;
        std::int64_t lease = 0;
    };
    std::mutex mutex{};
    std::map<std::string, Object> published{};
    std::map<std::string, Object> staged{};  ///< by name and token
    std::vector<std::string> diary{};        ///< what it was asked
    std::string refused{};                   ///< the function that throws: "commit a"

    std::vector<std::string> take_diary() { return std::exchange(diary, {}); }
    void clear() {
        published.clear();
        staged.clear();
        diary.clear();
        refused.clear();
    }
};
inline FakeStore fake_store;

/// An object of the store.
struct FakeObject {
    std::string name;

    std::string address() const { return "store:" + name; }
    bool exists() const {
        const std::lock_guard lock(fake_store.mutex);
        const TargetAttempt* attempt = TargetAttempt::current();
        return fake_store.published.contains(name) || (attempt && attempt->state.contains(address()));
    }
    void put(const std::string& content) const { TargetAttempt::current()->state[address()] = content; }
    std::string read() const { return fake_store.published.at(name).content; }

    void begin(TargetAttempt& attempt) const { note("begin", attempt); }
    Json stage(TargetAttempt& attempt, const MakeReceipt& make_receipt) const {
        note("stage", attempt);
        const auto written = attempt.state.find(address());
        if (written == attempt.state.end()) return {};
        const auto content = std::any_cast<std::string>(written->second);
        fake_store.staged[name + attempt.token] = {content, make_receipt({content.size(), sha256(content)}),
                                                   attempt.lease};
        return Json::Object{{"key", name + attempt.token}};
    }
    PublishResult commit(TargetAttempt& attempt, const Json& staged, IfExists if_exists) const {
        note(if_exists == IfExists::keep ? "commit" : "replace", attempt);
        const auto published = fake_store.published.find(name);
        const bool is_later = published != fake_store.published.end() && published->second.lease > attempt.lease;
        if (is_later || (published != fake_store.published.end() && if_exists == IfExists::keep))
            return PublishResult::superseded;
        fake_store.published[name] = fake_store.staged.at(staged.at("key").as_string());
        fake_store.staged.erase(name + attempt.token);
        return PublishResult::published;
    }
    void abort(TargetAttempt& attempt) const {
        note("abort", attempt);
        fake_store.staged.erase(name + attempt.token);
    }
    std::optional<Json> receipt() const {
        const auto published = fake_store.published.find(name);
        const bool is_known = published != fake_store.published.end() && !published->second.receipt.is_null();
        return is_known ? std::optional(published->second.receipt) : std::nullopt;
    }
    std::optional<Content> content() const {
        const auto published = fake_store.published.find(name);
        if (published == fake_store.published.end()) return std::nullopt;
        return Content{published->second.content.size(), sha256(published->second.content)};
    }
    std::string retire() const {
        const auto published = fake_store.published.find(name);
        if (published == fake_store.published.end()) return {};
        fake_store.published[name + ".old"] = published->second;
        fake_store.published.erase(name);
        return address() + ".old";
    }

private:
    void note(const std::string& call, const TargetAttempt& attempt) const {
        const std::lock_guard lock(fake_store.mutex);
        fake_store.diary.push_back(fmt::format("{} {} {} {}", call, name, attempt.token, attempt.lease));
        if (fake_store.refused == call + " " + name) throw TransientError("store: no answer");
    }
};
static_assert(PublishedTarget<FakeObject> && BeginsAttempt<FakeObject> && RetiredTarget<FakeObject>);
static_assert(!PublishedTarget<LocalTarget> && RetiredTarget<LocalTarget>);

/// Puts an object that is made of others.
struct Put {
    std::string name;
    std::vector<std::string> from{};
    std::string what{};
    static constexpr std::string_view family = "Put";
    static constexpr bool emits_events = true;
    static constexpr Staleness staleness = Staleness::rerun;
    static constexpr Parameter parameters[] = {param<&Put::name>("which"), param<&Put::from>("its inputs"),
                                               param<&Put::what>("what happens")};

    std::vector<Put> requirements() const {
        std::vector<Put> tasks;
        for (const std::string& one : from) tasks.push_back({.name = one});
        return tasks;
    }
    FakeObject output() const { return {name}; }
    Outcome run(Context& context) const {
        if (what != "write nothing") output().put("content of " + name);
        if (what == "throw") throw Error("a bad day");
        if (what == "wait") return context.require(Put{.name = "missing"}) ? Outcome::done : Outcome::waiting;
        context.emit({.id = context.run_id() + " " + name,
                      .source = "/test",
                      .type = "t",
                      .subject = name,
                      .key = "k",
                      .data = {}});
        return Outcome::done;
    }
};

}  // namespace freshet::test
