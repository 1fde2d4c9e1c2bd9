// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/error.hpp"
#include "freshet/testing.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace freshet {

using std::filesystem::path;

void ScriptedHttp::answer(const std::string& url, http::Response response) {
    const std::lock_guard lock(mutex_);
    answers_[url].push_back(std::move(response));
}

http::Response ScriptedHttp::send(const http::Request& request) {
    http::Response response;
    {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        const auto found = answers_.find(request.url);
        if (found == answers_.end())
            throw Error(
                fmt::format("{} {}: the script has no answer", request.method, http::redacted_url(request.url)));
        response = found->second.front();
        if (found->second.size() > 1) found->second.erase(found->second.begin());
    }
    if (response.status == 0)
        throw TransientError(fmt::format("{} {}: no answer", request.method, http::redacted_url(request.url)));
    if (request.receive && response.status / 100 == 2) {
        request.receive(response.body);
        response.body.clear();
    }
    return response;
}

std::vector<http::Request> ScriptedHttp::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

/// Keeps what tasks say.
class TaskTester::TestReporter final : public Reporter {
public:
    explicit TestReporter(TaskTester& tester) : tester_(tester) {}
    void progress(double) override {}
    void status(std::string_view) override {}
    void log(std::string_view message) override { tester_.log_.emplace_back(message); }
    void warn(std::string_view message) override { tester_.warnings_.emplace_back(message); }
    void respond(std::string_view, std::string_view text) override { tester_.responses_.emplace_back(text); }

private:
    TaskTester& tester_;
};

TaskTester::TaskTester() {
    std::string name = (std::filesystem::temp_directory_path() / "freshet-test-XXXXXX").string();
    if (!mkdtemp(name.data())) throw Error(fmt::format("create folder '{}' failed", name));
    root_ = name;
}

TaskTester::~TaskTester() {
    std::error_code ignored;
    if (!left_folder_.empty()) std::filesystem::current_path(left_folder_, ignored);
    std::filesystem::remove_all(root_, ignored);
}

void TaskTester::enter_root() {
    if (!left_folder_.empty()) return;
    left_folder_ = std::filesystem::current_path();
    std::filesystem::current_path(root_);
}

Outcome TaskTester::run_once(const AnyTask& task, std::vector<AnyTask>& missing) {
    TestReporter reporter(*this);
    const path scratch = root_ / ".scratch" / std::to_string(attempts_.size());
    attempts_.push_back(task.id());
    std::function<std::vector<TaskMessage>()> take_messages;
    if (task.type().accepts_messages)
        take_messages = [&] {
            std::vector<TaskMessage> messages;
            for (std::string& text : std::exchange(inbox_, {})) messages.emplace_back("", std::move(text), reporter);
            return messages;
        };
    Context context({.clock = clock_,
                     .reporter = reporter,
                     .http = [this]() -> http::Client& { return http_; },
                     .cancelled = [] { return false; },
                     .may_emit = task.type().emits_events,
                     .scratch = [&] { return create_directories(scratch), scratch; },
                     .take_messages = take_messages});
    const Outcome outcome = task.run(context);
    missing = context.missing();
    if (outcome == Outcome::waiting) return outcome;
    events_.insert(events_.end(), context.emitted().begin(), context.emitted().end());
    for (const AnyTarget& output : task.outputs())
        if (!output.exists())
            throw Error(fmt::format("{} has not made its output '{}'", task.description(), output.address()));
    return outcome;
}

Outcome TaskTester::run(const AnyTask& task) {
    std::vector<AnyTask> missing;
    return run_once(task, missing);
}

void TaskTester::build(const AnyTask& task) {
    std::set<std::string> open;
    build_below(task, open);
}

void TaskTester::build_below(const AnyTask& task, std::set<std::string>& open) {
    const TaskType& type = task.type();
    if (type.kind != TaskKind::wrapper && task.complete()) return;
    if (type.kind == TaskKind::external) throw Error(fmt::format("{} is external and missing", task.description()));
    if (!open.insert(task.id()).second) throw Error(fmt::format("{} requires itself", task.description()));
    for (const AnyTask& required : task.requirements()) build_below(required, open);
    if (type.kind != TaskKind::wrapper)
        for (std::vector<AnyTask> missing; run_once(task, missing) == Outcome::waiting;) {
            if (missing.empty()) throw Error(fmt::format("{} waits for nothing", task.description()));
            for (const AnyTask& required : missing) build_below(required, open);
        }
    open.erase(task.id());
}

}  // namespace freshet
