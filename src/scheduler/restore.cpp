// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/record.hpp"
#include "wire/values.hpp"

#include <fmt/format.h>

namespace freshet::scheduler {

namespace {

/// Reads members that may be missing. Every kind of nonsense ends in an Error.
class Reader {
public:
    Reader(Board& board, const Json& json) : board_(board), json_(json) {
        if (!json.is_object()) throw Error("it is not a JSON object");
    }

    template <class T>
    T get(std::string_view name, T missing = {}) const {
        if (const Json* value = json_.find(name)) wire::values::read(*value, missing);
        return missing;
    }
    Name name(std::string_view member) const {
        const Json* value = json_.find(member);
        return value ? board_.name(value->as_string()) : Name();
    }
    Time time(std::string_view member) const {
        const Json* value = json_.find(member);
        return value ? as_time(*value) : never;
    }
    Crew crew(std::string_view member) const {
        std::vector<Name> names;
        for (const std::string& text : get<std::vector<std::string>>(member)) names.push_back(board_.name(text));
        return board_.tasks.crew(names);
    }
    Demand demand(std::string_view member) const { return board_.tasks.demand(get<wire::Resources>(member)); }
    std::uint32_t count(std::string_view member) const { return static_cast<std::uint32_t>(get<std::int64_t>(member)); }

    static Time as_time(const Json& value) { return Time(Time::duration(value.as_integer())); }

private:
    Board& board_;
    const Json& json_;
};

std::unique_ptr<Details> details_from(Board& board, const Json& json) {
    const Reader in(board, json);
    auto more = std::make_unique<Details>();
    more->tracking_url = in.get<std::optional<std::string>>("tracking_url");
    more->status_message = in.get<std::optional<std::string>>("status_message");
    more->progress_percentage = in.get<Json>("progress_percentage");
    more->disabled_by_scheduler = in.get<bool>("disabled_by_scheduler");
    more->first_failure = in.time("first_failure");
    if (const Json* failures = json.find("failures"))
        for (const Json& failure : failures->as_array()) more->failures.push_back(Reader::as_time(failure));
    if (const Json* responses = json.find("responses"))
        more->responses.insert(responses->as_object().begin(), responses->as_object().end());
    return more;
}

void read_state(const Reader& in, Task& task) {
    task.status = in.get<Status>("status", Status::unknown);
    task.sequence = in.get<wire::LeaseToken>("sequence");
    task.priority = in.get<double>("priority");
    task.created = in.time("created");
    task.updated = in.time("updated");
    task.wake = in.time("wake");
    task.remove = in.time("remove");
    task.runnable = in.get<bool>("runnable");
    task.batchable = in.get<bool>("batchable");
    task.accepts_messages = in.get<bool>("accepts_messages");
    task.given_up = in.get<bool>("given_up");
    task.classified = in.get<bool>("classified");
    task.lease = in.get<wire::LeaseToken>("lease");
    task.attempts = in.count("attempts");
    task.tries = in.count("tries");
}

void read_nature(Board& board, const Reader& in, Task& task) {
    task.family = in.name("family");
    if (!task.family) task.family = board.name("");
    task.module = in.name("module");
    task.params = in.get<wire::Parameters>("params");
    task.visibilities = in.get<wire::Visibilities>("visibilities");
    task.resources = in.demand("resources");
    task.policy = board.tasks.policy(in.get<wire::RetryPolicy>("policy"));
}

Batcher batcher_from(Board& board, const Json& json) {
    const Reader in(board, json);
    return {in.get<std::vector<std::string>>("parameters"), in.get<std::optional<std::int64_t>>("largest")};
}

}  // namespace

RestoredTask task_from_record(Board& board, const std::string& id, const Json& content) {
    const Reader in(board, content);
    RestoredTask restored;
    Task& task = restored.task;
    task.id = id;
    read_state(in, task);
    read_nature(board, in, task);
    task.workers = in.crew("workers");
    task.stakeholders = in.crew("stakeholders");
    task.runner = in.name("runner");
    if (content.find("resources_running")) task.resources_running = in.demand("resources_running");
    task.time_running = in.time("time_running");
    task.batch = in.name("batch");
    task.expl = in.name("expl");
    if (const Json* more = content.find("details")) task.details = details_from(board, *more);
    restored.deps = in.get<std::vector<std::string>>("deps");
    return restored;
}

Worker worker_from_record(Board& board, const std::string& id, const Json& content, Time now) {
    const Reader in(board, content);
    Worker worker{.name = board.name(id), .started = in.time("started"), .last_active = now};
    if (in.get<bool>("asks_for_work")) worker.last_get_work = now;
    worker.disabled = in.get<bool>("disabled");
    worker.host = in.get<std::string>("host");
    worker.info = in.get<Json::Object>("info");
    if (const Json* messages = content.find("messages"))
        for (const Json& message : messages->as_array())
            worker.messages.push_back({message.at("name").as_string(), message.at("kwargs").as_object()});
    if (const Json* batchers = content.find("batchers"))
        for (const auto& [family, batcher] : batchers->as_object())
            worker.batchers.insert_or_assign(family, batcher_from(board, batcher));
    return worker;
}

void restore_settings(Board& board, const Json& content) {
    const Reader in(board, content);
    board.paused = in.get<bool>("paused");
    board.changed_limits = in.get<wire::Resources>("limits");
    for (const auto& [name, amount] : board.changed_limits) board.limits[name] = amount;
    board.last_lease = board.reserved_leases = in.get<wire::LeaseToken>("leases");
    board.last_message = in.get<wire::LeaseToken>("messages");
}

}  // namespace freshet::scheduler
