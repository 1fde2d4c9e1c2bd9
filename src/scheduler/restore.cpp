// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/json_slice.hpp"
#include "scheduler/record.hpp"
#include "wire/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

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
    Time time(std::string_view member) const {
        const Json* value = json_.find(member);
        return value ? as_time(*value) : never;
    }
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
    if (json.find("unplanned_by"))
        more->unplanned = {board.name(in.get<std::string>("unplanned_by")),
                           board.name(in.get<std::string>("unplanned_why"))};
    if (const Json* responses = json.find("responses"))
        more->responses.insert(responses->as_object().begin(), responses->as_object().end());
    return more;
}

/// Where the members of a task's record go.
struct Reading {
    Board& board;
    Task& task;
    std::vector<std::string>& deps;
};

template <Time Task::*member>
void read_time(const Reading& to, const JsonSlice& value) {
    const std::int64_t since_1970 = value.integer();
    if (since_1970 < 0) throw Error(fmt::format("the instant {} lies before 1970", since_1970));
    to.task.*member = Time(Time::duration(since_1970));
}

template <bool Task::*member>
void read_flag(const Reading& to, const JsonSlice& value) {
    to.task.*member = value.boolean();
}

template <auto member>
void read_count(const Reading& to, const JsonSlice& value) {
    auto& count = to.task.*member;
    count = static_cast<std::remove_reference_t<decltype(count)>>(value.integer());
}

template <Name Task::*member>
void read_name(const Reading& to, const JsonSlice& value) {
    to.task.*member = to.board.name(value.string());
}

template <Crew Task::*member>
void read_crew(const Reading& to, const JsonSlice& value) {
    std::vector<Name> names;
    value.elements([&](const JsonSlice& element) {
        const Name name = to.board.name(element.string());
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);  // indexes count on it
    });
    to.task.*member = to.board.tasks.crew(names);
}

template <class T>
T read_as(const JsonSlice& value) {
    T read;
    wire::values::read(value.value(), read);
    return read;
}

template <Demand Task::*member>
void read_demand(const Reading& to, const JsonSlice& value) {
    to.task.*member = to.board.tasks.demand(read_as<wire::Resources>(value));
}

void read_deps(const Reading& to, const JsonSlice& value) {
    value.elements([&](const JsonSlice& id) { to.deps.push_back(id.string()); });
}

void read_details(const Reading& to, const JsonSlice& value) {
    to.task.details = details_from(to.board, value.value());
}

void read_failed_as(const Reading& to, const JsonSlice& value) {
    to.task.failed_as = wire::failure_class_from(value.string());
}

void read_params(const Reading& to, const JsonSlice& value) {
    value.members([&](std::string_view name, const JsonSlice& text) {
        to.task.params.emplace_back(JsonSlice::unescaped(name), text.string());
    });
    to.task.params.shrink_to_fit();
}

void read_policy(const Reading& to, const JsonSlice& value) {
    to.task.policy = to.board.tasks.policy(read_as<wire::RetryPolicy>(value));
}

void read_priority(const Reading& to, const JsonSlice& value) {
    to.task.priority = value.number();
    if (std::isnan(to.task.priority)) throw Error("its priority is no number");
}

void read_status(const Reading& to, const JsonSlice& value) {
    const auto status = wire::status_from(value.string());
    if (!status) throw Error(fmt::format("'{}' is not a status", value.string()));
    to.task.status = *status;
}

void read_visibilities(const Reading& to, const JsonSlice& value) {
    to.task.visibilities = to.board.tasks.visibility(read_as<wire::Visibilities>(value));
}

/// A member of a record. `share` copies what a text led to, where many tasks say the same.
struct Member {
    std::string_view name;
    void (*read)(const Reading& to, const JsonSlice& value);
    void (*share)(Task& to, const Task& from) = nullptr;
};

template <auto member>
void share(Task& to, const Task& from) {
    to.*member = from.*member;
}

template <Name Task::*member>
constexpr Member name_member(std::string_view name) {
    return {name, read_name<member>, share<member>};
}

template <Crew Task::*member>
constexpr Member crew_member(std::string_view name) {
    return {name, read_crew<member>, share<member>};
}

template <Demand Task::*member>
constexpr Member demand_member(std::string_view name) {
    return {name, read_demand<member>, share<member>};
}

constexpr std::array members = std::to_array<Member>({
    {"accepts_messages", read_flag<&Task::accepts_messages>},
    {"attempts", read_count<&Task::attempts>},
    name_member<&Task::batch>("batch"),
    {"batchable", read_flag<&Task::batchable>},
    {"created", read_time<&Task::created>},
    {"deps", read_deps},
    {"details", read_details},
    name_member<&Task::expl>("expl"),
    {"failed_as", read_failed_as},
    name_member<&Task::family>("family"),
    {"given_up", read_flag<&Task::given_up>},
    {"lease", read_count<&Task::lease>},
    name_member<&Task::module>("module"),
    {"params", read_params},
    {"policy", read_policy, share<&Task::policy>},
    {"priority", read_priority},
    {"remove", read_time<&Task::remove>},
    demand_member<&Task::resources>("resources"),
    demand_member<&Task::resources_running>("resources_running"),
    {"runnable", read_flag<&Task::runnable>},
    name_member<&Task::runner>("runner"),
    {"sequence", read_count<&Task::sequence>},
    crew_member<&Task::stakeholders>("stakeholders"),
    {"status", read_status},
    {"time_running", read_time<&Task::time_running>},
    {"tries", read_count<&Task::tries>},
    {"updated", read_time<&Task::updated>},
    {"visibilities", read_visibilities, share<&Task::visibilities>},
    {"wake", read_time<&Task::wake>},
    crew_member<&Task::workers>("workers"),
});
static_assert(std::ranges::is_sorted(members, {}, &Member::name));

Task blank(Board& board, const std::string& id) {
    Task task;
    task.id = id;
    task.family = board.name("");
    task.resources = board.no_resources;
    task.policy = board.tasks.policy({});
    task.visibilities = board.tasks.visibility({});
    task.workers = task.stakeholders = board.tasks.crew({});
    return task;
}

Batcher batcher_from(Board& board, const Json& json) {
    const Reader in(board, json);
    return {in.get<std::vector<std::string>>("parameters"), in.get<std::optional<std::int64_t>>("largest")};
}

}  // namespace

TaskReader::TaskReader(Board& board) : board_(board), last_text_(members.size()) {}

RestoredTask TaskReader::read(const std::string& id, std::string_view content) {
    RestoredTask restored{.task = blank(board_, id), .deps = {}};
    const Reading to{board_, restored.task, restored.deps};
    JsonSlice(content).members([&](std::string_view name, const JsonSlice& value) {
        const auto member = std::ranges::lower_bound(members, name, {}, &Member::name);
        if (member == members.end() || member->name != name) return;
        if (!member->share) return member->read(to, value);
        std::string& last_text = last_text_[static_cast<std::size_t>(member - members.begin())];
        if (value.text() == last_text) return member->share(restored.task, last_);
        member->read(to, value);
        member->share(last_, restored.task);
        last_text = value.text();
    });
    return restored;
}

Worker worker_from_record(Board& board, const std::string& id, std::string_view text, Time now) {
    const Json content = Json::parse(text);
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
    worker.is_away = in.get<bool>("away");
    if (worker.is_away) worker.last_active = in.time("last_active");
    return worker;
}

void restore_settings(Board& board, std::string_view text) {
    const Json content = Json::parse(text);
    const Reader in(board, content);
    board.paused = in.get<bool>("paused");
    board.changed_limits = in.get<wire::Resources>("limits");
    for (const auto& [name, amount] : board.changed_limits) board.limits[name] = amount;
    board.last_lease = board.reserved_leases = in.get<wire::LeaseToken>("leases");
    board.last_message = in.get<wire::LeaseToken>("messages");
    if (const Json* rates = content.find("rates")) board.rates.restore(*rates);
}

}  // namespace freshet::scheduler
