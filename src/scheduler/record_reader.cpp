// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/json_view.hpp"
#include "rpc/json_fields.hpp"
#include "scheduler/record_writer.hpp"

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
    Reader(SchedulerState& state, const Json& json) : state_(state), json_(json) {
        if (!json.is_object()) throw Error("it is not a JSON object");
    }

    template <class T>
    T get(std::string_view name, T missing = {}) const {
        if (const Json* value = json_.find(name)) rpc::json_fields::read(*value, missing);
        return missing;
    }
    Time time(std::string_view member) const {
        const Json* value = json_.find(member);
        return value ? as_time(*value) : never;
    }
    static Time as_time(const Json& value) { return Time(Time::duration(value.as_integer())); }

private:
    SchedulerState& state_;
    const Json& json_;
};

std::unique_ptr<Details> details_from(SchedulerState& state, const Json& json) {
    const Reader in(state, json);
    auto more = std::make_unique<Details>();
    more->tracking_url = in.get<std::optional<std::string>>("tracking_url");
    more->status_message = in.get<std::optional<std::string>>("status_message");
    more->progress_percentage = in.get<Json>("progress_percentage");
    more->disabled_by_scheduler = in.get<bool>("disabled_by_scheduler");
    more->first_failure = in.time("first_failure");
    if (const Json* failures = json.find("failures"))
        for (const Json& failure : failures->as_array()) more->failures.push_back(Reader::as_time(failure));
    if (json.find("unplanned_by"))
        more->scheduling_failure = {state.symbol(in.get<std::string>("unplanned_by")),
                                    state.symbol(in.get<std::string>("unplanned_why"))};
    if (const Json* responses = json.find("responses"))
        more->responses.insert(responses->as_object().begin(), responses->as_object().end());
    return more;
}

/// Where the members of a task's record go.
struct Reading {
    SchedulerState& state;
    Task& task;
    std::vector<std::string>& deps;
};

template <Time Task::*member>
void read_time(const Reading& to, const JsonView& value) {
    const std::int64_t since_1970 = value.integer();
    if (since_1970 < 0) throw Error(fmt::format("the instant {} lies before 1970", since_1970));
    to.task.*member = Time(Time::duration(since_1970));
}

template <bool Task::*member>
void read_flag(const Reading& to, const JsonView& value) {
    to.task.*member = value.boolean();
}

template <auto member>
void read_count(const Reading& to, const JsonView& value) {
    auto& count = to.task.*member;
    count = static_cast<std::remove_reference_t<decltype(count)>>(value.integer());
}

template <Symbol Task::*member>
void read_symbol(const Reading& to, const JsonView& value) {
    to.task.*member = to.state.symbol(value.string());
}

template <WorkerSet Task::*member>
void read_worker_set(const Reading& to, const JsonView& value) {
    std::vector<Symbol> names;
    value.elements([&](const JsonView& element) {
        const Symbol name = to.state.symbol(element.string());
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);  // indexes count on it
    });
    to.task.*member = to.state.tasks.worker_set(names);
}

template <class T>
T read_as(const JsonView& value) {
    T read;
    rpc::json_fields::read(value.value(), read);
    return read;
}

template <ResourceRequest Task::*member>
void read_resource_request(const Reading& to, const JsonView& value) {
    to.task.*member = to.state.tasks.resource_request(read_as<rpc::Resources>(value));
}

void read_deps(const Reading& to, const JsonView& value) {
    value.elements([&](const JsonView& id) { to.deps.push_back(id.string()); });
}

void read_details(const Reading& to, const JsonView& value) { to.task.details = details_from(to.state, value.value()); }

void read_failure_class(const Reading& to, const JsonView& value) {
    to.task.failure_class = rpc::failure_class_from(value.string());
}

void read_params(const Reading& to, const JsonView& value) {
    value.members([&](std::string_view name, const JsonView& text) {
        to.task.params.emplace_back(JsonView::unescaped(name), text.string());
    });
    to.task.params.shrink_to_fit();
}

void read_policy(const Reading& to, const JsonView& value) {
    to.task.policy = to.state.tasks.policy(read_as<rpc::RetryPolicy>(value));
}

void read_priority(const Reading& to, const JsonView& value) {
    to.task.priority = value.number();
    if (std::isnan(to.task.priority)) throw Error("its priority is no number");
}

void read_status(const Reading& to, const JsonView& value) {
    const auto status = rpc::status_from(value.string());
    if (!status) throw Error(fmt::format("'{}' is not a status", value.string()));
    to.task.status = *status;
}

void read_visibilities(const Reading& to, const JsonView& value) {
    to.task.visibilities = to.state.tasks.visibility(read_as<rpc::Visibilities>(value));
}

/// A member of a record. `share` copies what a text led to, where many tasks say the same.
struct Member {
    std::string_view name;
    void (*read)(const Reading& to, const JsonView& value);
    void (*share)(Task& to, const Task& from) = nullptr;
};

template <auto member>
void share(Task& to, const Task& from) {
    to.*member = from.*member;
}

template <Symbol Task::*member>
constexpr Member symbol_member(std::string_view name) {
    return {name, read_symbol<member>, share<member>};
}

template <WorkerSet Task::*member>
constexpr Member worker_set_member(std::string_view name) {
    return {name, read_worker_set<member>, share<member>};
}

template <ResourceRequest Task::*member>
constexpr Member resource_request_member(std::string_view name) {
    return {name, read_resource_request<member>, share<member>};
}

constexpr std::array members = std::to_array<Member>({
    {"accepts_messages", read_flag<&Task::accepts_messages>},
    {"attempts", read_count<&Task::attempts>},
    symbol_member<&Task::batch>("batch"),
    {"batchable", read_flag<&Task::batchable>},
    {"created", read_time<&Task::created>},
    {"deps", read_deps},
    {"details", read_details},
    symbol_member<&Task::expl>("expl"),
    {"failed_as", read_failure_class},
    symbol_member<&Task::family>("family"),
    {"given_up", read_flag<&Task::retries_exhausted>},
    {"lease", read_count<&Task::lease>},
    symbol_member<&Task::module>("module"),
    {"params", read_params},
    {"policy", read_policy, share<&Task::policy>},
    {"priority", read_priority},
    {"remove", read_time<&Task::expires_at>},
    resource_request_member<&Task::resources>("resources"),
    resource_request_member<&Task::resources_running>("resources_running"),
    {"runnable", read_flag<&Task::runnable>},
    symbol_member<&Task::worker_running>("runner"),
    {"sequence", read_count<&Task::sequence>},
    worker_set_member<&Task::stakeholders>("stakeholders"),
    {"status", read_status},
    {"time_running", read_time<&Task::time_running>},
    {"tries", read_count<&Task::transient_failures>},
    {"updated", read_time<&Task::updated>},
    {"visibilities", read_visibilities, share<&Task::visibilities>},
    {"wake", read_time<&Task::retry_at>},
    worker_set_member<&Task::workers>("workers"),
});
static_assert(std::ranges::is_sorted(members, {}, &Member::name));

Task blank(SchedulerState& state, const std::string& id) {
    Task task;
    task.id = id;
    task.family = state.symbol("");
    task.resources = state.no_resources;
    task.policy = state.tasks.policy({});
    task.visibilities = state.tasks.visibility({});
    task.workers = task.stakeholders = state.tasks.worker_set({});
    return task;
}

Batcher batcher_from(SchedulerState& state, const Json& json) {
    const Reader in(state, json);
    return {in.get<std::vector<std::string>>("parameters"), in.get<std::optional<std::int64_t>>("largest")};
}

}  // namespace

TaskReader::TaskReader(SchedulerState& state) : state_(state), last_text_(members.size()) {}

RestoredTask TaskReader::read(const std::string& id, std::string_view content) {
    RestoredTask restored{.task = blank(state_, id), .deps = {}};
    const Reading to{state_, restored.task, restored.deps};
    JsonView(content).members([&](std::string_view name, const JsonView& value) {
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

Worker worker_from_record(SchedulerState& state, const std::string& id, std::string_view text, Time now) {
    const Json content = Json::parse(text);
    const Reader in(state, content);
    Worker worker{.name = state.symbol(id), .started = in.time("started"), .last_active = now};
    if (in.get<bool>("asks_for_work")) worker.last_get_work = now;
    worker.disabled = in.get<bool>("disabled");
    worker.host = in.get<std::string>("host");
    worker.info = in.get<Json::Object>("info");
    if (const Json* messages = content.find("messages"))
        for (const Json& message : messages->as_array())
            worker.messages.push_back({message.at("name").as_string(), message.at("kwargs").as_object()});
    if (const Json* batchers = content.find("batchers"))
        for (const auto& [family, batcher] : batchers->as_object())
            worker.batchers.insert_or_assign(family, batcher_from(state, batcher));
    worker.is_disconnected = in.get<bool>("away");
    if (worker.is_disconnected) worker.last_active = in.time("last_active");
    return worker;
}

void restore_settings(SchedulerState& state, std::string_view text) {
    const Json content = Json::parse(text);
    const Reader in(state, content);
    state.paused = in.get<bool>("paused");
    state.limit_overrides = in.get<rpc::Resources>("limits");
    for (const auto& [name, amount] : state.limit_overrides) state.limits[name] = amount;
    state.last_lease = state.reserved_leases = in.get<rpc::LeaseToken>("leases");
    state.last_message_id = in.get<rpc::LeaseToken>("messages");
    if (const Json* rates = content.find("rates")) state.rate_limiter.restore(*rates);
}

}  // namespace freshet::scheduler
