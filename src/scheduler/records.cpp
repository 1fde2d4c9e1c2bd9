// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/records.hpp"

#include "rpc/json_fields.hpp"
#include "scheduler/record_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <type_traits>
#include <utility>

namespace freshet::scheduler {

namespace {

using rpc::json_fields::write;

// Values that are written: the others are defaults.

template <class T>
concept Interned = requires(const T& value) {
    { value.get() } -> std::convertible_to<const void*>;
    requires std::is_copy_constructible_v<T>;
};
template <class T>
concept Container = requires(const T& value) {
    value.empty();
};
template <class T>
concept Count = std::unsigned_integral<T> && !std::same_as<T, bool>;

bool is_set(bool value) { return value; }
bool is_set(double value) { return value != 0; }
bool is_set(Count auto value) { return value != 0; }
bool is_set(Time value) { return value != never; }
bool is_set(Status) { return true; }
bool is_set(const Json& value) { return !value.is_null(); }
bool is_set(const Container auto& value) { return !value.empty(); }
bool is_set(const Interned auto& value) { return value && !value->empty(); }
bool is_set(const Policy& value) { return *value != rpc::RetryPolicy{}; }
template <class T>
bool is_set(const std::optional<T>& value) {
    return value.has_value();
}
bool is_set(const std::unique_ptr<Details>& value) { return value != nullptr; }

// Encoding.

template <class Items, class Text>
void encode_list(std::string& json, const Items& items, Text&& append) {
    json += '[';
    for (const auto& item : items) {
        if (json.back() != '[') json += ',';
        append(item);
    }
    json += ']';
}

void encode(std::string& json, bool value, const Encoder&) { json += value ? "true" : "false"; }
void encode(std::string& json, double value, const Encoder&) { json += write(value).text(); }
void encode(std::string& json, Count auto value, const Encoder&) { json += fmt::format_int(value).c_str(); }
void encode(std::string& json, Time value, const Encoder&) {
    json += fmt::format_int(value.time_since_epoch().count()).c_str();
}
void encode(std::string& json, Status value, const Encoder&) { append_json_string(json, text(value)); }
void encode(std::string& json, const std::optional<FailureClass>& value, const Encoder&) {
    append_json_string(json, rpc::text(*value));
}
void encode(std::string& json, const std::string& value, const Encoder&) { append_json_string(json, value); }
void encode(std::string& json, const std::optional<std::string>& value, const Encoder&) {
    append_json_string(json, *value);
}
void encode(std::string& json, const Json& value, const Encoder&) { json += value.text(); }
void encode(std::string& json, const Json::Object& value, const Encoder&) { json += Json(value).text(); }
void encode(std::string& json, const std::map<std::string, Json>& value, const Encoder&) {
    json += Json(Json::Object(value.begin(), value.end())).text();
}
void encode(std::string& json, const Symbol& value, const Encoder&) { append_json_string(json, *value); }
void encode(std::string& json, const Interned auto& value, const Encoder&) { json += write(*value).text(); }
void encode(std::string& json, const WorkerSet& value, const Encoder&) {
    encode_list(json, *value, [&](const Symbol& name) { append_json_string(json, *name); });
}
void encode(std::string& json, const rpc::Parameters&, const Encoder& encoder) { json += encoder.params; }
void encode(std::string& json, const std::vector<TaskId>& value, const Encoder& encoder) {
    encode_list(json, value, [&](TaskId id) { append_json_string(json, (*encoder.tasks)[id].id); });
}
void encode(std::string& json, const std::vector<Time>& value, const Encoder& encoder) {
    encode_list(json, value, [&](Time time) { encode(json, time, encoder); });
}
void encode(std::string& json, const std::vector<rpc::Messages::Message>& value, const Encoder&) {
    encode_list(json, value, [&](const auto& message) {
        json += Json(Json::Object{{"name", message.name}, {"kwargs", message.kwargs}}).text();
    });
}
void encode(std::string& json, const std::map<std::string, Batcher, std::less<>>& value, const Encoder&) {
    Json::Object batchers;
    for (const auto& [family, batcher] : value)
        batchers.emplace_back(
            family, Json::Object{{"parameters", write(batcher.parameters)}, {"largest", write(batcher.max_size)}});
    json += Json(std::move(batchers)).text();
}
void encode(std::string& json, const std::unique_ptr<Details>& value, const Encoder& encoder);

std::string params_json(const rpc::Parameters& params) {
    std::string json = "{";
    for (const auto& [name, value] : params) {
        if (json.size() > 1) json += ',';
        append_json_string(json, name);
        json += ':';
        append_json_string(json, value);
    }
    return json += '}';
}

// Decoding. A value of another kind throws Error.

template <class T>
T read_as(const Json& json) {
    T value{};
    rpc::json_fields::read(json, value);
    return value;
}

void decode(const JsonView& json, bool& value, Decoder&) { value = json.boolean(); }
void decode(const JsonView& json, double& value, Decoder&) {
    value = json.number();
    if (std::isnan(value)) throw Error("NaN is not a number");
}
void decode(const JsonView& json, Count auto& value, Decoder&) {
    value = static_cast<std::remove_reference_t<decltype(value)>>(json.integer());
}
void decode(const JsonView& json, Time& value, Decoder&) {
    const std::int64_t since_1970 = json.integer();
    if (since_1970 < 0) throw Error(fmt::format("the instant {} lies before 1970", since_1970));
    value = Time(Time::duration(since_1970));
}
void decode(const JsonView& json, Status& value, Decoder&) {
    const auto status = rpc::status_from(json.string());
    if (!status) throw Error(fmt::format("'{}' is not a status", json.string()));
    value = *status;
}
void decode(const JsonView& json, std::optional<FailureClass>& value, Decoder&) {
    value = rpc::failure_class_from(json.string());
}
void decode(const JsonView& json, std::string& value, Decoder&) { value = json.string(); }
void decode(const JsonView& json, std::optional<std::string>& value, Decoder&) { value = json.string(); }
void decode(const JsonView& json, Json& value, Decoder&) { value = json.value(); }
void decode(const JsonView& json, Json::Object& value, Decoder&) { value = read_as<Json::Object>(json.value()); }
void decode(const JsonView& json, std::map<std::string, Json>& value, Decoder&) {
    const Json members = json.value();
    value.insert(members.as_object().begin(), members.as_object().end());
}
void decode(const JsonView& json, Symbol& value, Decoder& decoder) { value = decoder.state.symbol(json.string()); }
void decode(const JsonView& json, Policy& value, Decoder& decoder) {
    value = decoder.state.tasks.policy(read_as<rpc::RetryPolicy>(json.value()));
}
void decode(const JsonView& json, ResourceRequest& value, Decoder& decoder) {
    value = decoder.state.tasks.resource_request(read_as<rpc::Resources>(json.value()));
}
void decode_visibilities(const JsonView& json, Task& task, Decoder& decoder) {
    task.visibilities = decoder.state.tasks.visibility(read_as<rpc::Visibilities>(json.value()));
}
void decode(const JsonView& json, NameParams& value, Decoder& decoder) {
    value = decoder.state.tasks.name_params(read_as<std::vector<std::string>>(json.value()));
}
void decode(const JsonView& json, WorkerSet& value, Decoder& decoder) {
    std::vector<Symbol> names;
    json.elements([&](const JsonView& element) {
        const Symbol name = decoder.state.symbol(element.string());
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);  // the indexes rely on it
    });
    value = decoder.state.tasks.worker_set(names);
}
void decode(const JsonView& json, rpc::Parameters& value, Decoder&) {
    json.members([&](std::string_view name, const JsonView& text) {
        value.emplace_back(JsonView::unescaped(name), text.string());
    });
    value.shrink_to_fit();
}
/// Leaves the ids: the dependencies may not be known yet.
void decode(const JsonView& json, std::vector<TaskId>&, Decoder& decoder) {
    json.elements([&](const JsonView& id) { decoder.deps.push_back(id.string()); });
}
void decode(const JsonView& json, std::vector<Time>& value, Decoder& decoder) {
    json.elements([&](const JsonView& element) { decode(element, value.emplace_back(), decoder); });
}
void decode(const JsonView& json, std::vector<rpc::Messages::Message>& value, Decoder&) {
    const Json messages = json.value();
    for (const Json& message : messages.as_array())
        value.push_back({message.at("name").as_string(), message.at("kwargs").as_object()});
}
void decode(const JsonView& json, std::map<std::string, Batcher, std::less<>>& value, Decoder&) {
    const Json batchers = json.value();
    for (const auto& [family, batcher] : batchers.as_object())
        value.insert_or_assign(family, Batcher{read_as<std::vector<std::string>>(batcher.at("parameters")),
                                               read_as<std::optional<std::int64_t>>(batcher.at("largest"))});
}
void decode(const JsonView& json, std::unique_ptr<Details>& value, Decoder& decoder);

// The tables: order and names are those of the files.

template <class Object, class Value>
Object object_of(Value Object::*);

template <auto member>
using ObjectOf = decltype(object_of(member));

template <auto member>
bool is_member_set(const ObjectOf<member>& object) {
    return is_set(object.*member);
}

template <auto member>
constexpr Field<ObjectOf<member>> field(std::string_view name,
                                        bool (*is_written)(const ObjectOf<member>&) = is_member_set<member>) {
    using Object = ObjectOf<member>;
    Field<Object> made{
        name, is_written,
        [](std::string& json, const Object& object, const Encoder& encoder) { encode(json, object.*member, encoder); },
        [](const JsonView& json, Object& object, Decoder& decoder) { decode(json, object.*member, decoder); }};
    if constexpr (Interned<std::remove_cvref_t<decltype(std::declval<Object>().*member)>>)
        made.share = [](Object& to, const Object& from) { to.*member = from.*member; };
    return made;
}

template <class Object>
bool always(const Object&) {
    return true;
}

constexpr Field<Task> visibilities_field() {
    Field<Task> made = field<&Task::visibilities>("visibilities");
    made.decode = decode_visibilities;  // from an interner of their own
    return made;
}

constexpr std::string_view status_name = "status";
constexpr std::string_view retry_at_name = "wake";
constexpr std::string_view deps_name = "deps";

constexpr std::array task_fields = std::to_array<Field<Task>>({
    field<&Task::status>(status_name),
    field<&Task::sequence>("sequence"),
    field<&Task::priority>("priority"),
    field<&Task::created>("created"),
    field<&Task::updated>("updated"),
    field<&Task::retry_at>(retry_at_name),
    field<&Task::expires_at>("remove"),
    field<&Task::runnable>("runnable"),
    field<&Task::batchable>("batchable"),
    field<&Task::accepts_messages>("accepts_messages"),
    field<&Task::retries_exhausted>("given_up"),
    field<&Task::failure_class>("failed_as"),
    field<&Task::lease>("lease"),
    field<&Task::attempts>("attempts"),
    field<&Task::transient_failures>("tries"),
    field<&Task::family>("family"),
    field<&Task::module>("module"),
    field<&Task::params>("params"),
    visibilities_field(),
    field<&Task::name_params>("name_params", [](const Task& task) { return bool(task.name_params); }),
    field<&Task::resources>("resources"),
    field<&Task::policy>("policy"),
    field<&Task::workers>("workers"),
    field<&Task::stakeholders>("stakeholders"),
    field<&Task::worker_running>("runner"),
    field<&Task::resources_running>("resources_running", [](const Task& task) { return bool(task.resources_running); }),
    field<&Task::time_running>("time_running"),
    field<&Task::batch>("batch"),
    field<&Task::expl>("expl"),
    field<&Task::deps>(deps_name),
    field<&Task::details>("details"),
});

bool has_scheduling_failure(const Details& details) { return details.scheduling_failure.has_value(); }

/// A part of a scheduling failure, which is two members of the record.
template <Symbol SchedulingFailure::*part>
constexpr Field<Details> failure_field(std::string_view name) {
    return {name, has_scheduling_failure,
            [](std::string& json, const Details& details, const Encoder& encoder) {
                encode(json, *details.scheduling_failure.*part, encoder);
            },
            [](const JsonView& json, Details& details, Decoder& decoder) {
                const Symbol none = decoder.state.symbol("");
                if (!details.scheduling_failure) details.scheduling_failure = {none, none};
                decode(json, *details.scheduling_failure.*part, decoder);
            }};
}

constexpr std::array details_fields = std::to_array<Field<Details>>({
    field<&Details::tracking_url>("tracking_url"),
    field<&Details::status_message>("status_message"),
    field<&Details::progress_percentage>("progress_percentage"),
    field<&Details::disabled_by_scheduler>("disabled_by_scheduler"),
    field<&Details::first_failure>("first_failure"),
    field<&Details::failures>("failures"),
    field<&Details::failures_in_a_row>("failures_in_a_row"),
    field<&Details::last_failure>("last_failure"),
    field<&Details::is_acknowledged>("acknowledged"),
    field<&Details::forgiven_at>("forgiven_at"),
    field<&Details::loss>("loss"),
    field<&Details::lost_worker>("lost_worker"),
    field<&Details::was_not_ready>("was_not_ready"),
    field<&Details::full_disk>("disk_full"),
    field<&Details::unneeded_since>("unneeded_since"),
    field<&Details::is_to_rerun>("to_rerun"),
    failure_field<&SchedulingFailure::worker>("unplanned_by"),
    failure_field<&SchedulingFailure::why>("unplanned_why"),
    field<&Details::responses>("responses"),
    field<&Details::statistics>("statistics"),
});

void encode(std::string& json, const std::unique_ptr<Details>& value, const Encoder& encoder) {
    json += encode_object(details_fields, *value, encoder);
}

void decode(const JsonView& json, std::unique_ptr<Details>& value, Decoder& decoder) {
    value = std::make_unique<Details>();
    decode_object(details_fields, json.text(), *value, decoder);
}

bool is_disconnected(const Worker& worker) { return worker.is_disconnected; }

constexpr std::array worker_fields = std::to_array<Field<Worker>>({
    field<&Worker::started>("started"),
    {"asks_for_work", [](const Worker& worker) { return worker.last_get_work.has_value(); },
     [](std::string& json, const Worker&, const Encoder&) { json += "true"; },
     [](const JsonView& json, Worker& worker, Decoder& decoder) {
         if (json.boolean()) worker.last_get_work = decoder.now;
     }},
    field<&Worker::disabled>("disabled"),
    field<&Worker::host>("host"),
    field<&Worker::info>("info"),
    field<&Worker::messages>("messages"),
    field<&Worker::batchers>("batchers"),
    field<&Worker::is_disconnected>("away"),
    field<&Worker::last_active>("last_active", is_disconnected),
});

constexpr std::array settings_fields = std::to_array<Field<SchedulerState>>({
    field<&SchedulerState::paused>("paused", always<SchedulerState>),
    {"limits", always<SchedulerState>,
     [](std::string& json, const SchedulerState& state, const Encoder&) {
         json += write(state.limit_overrides).text();
     },
     [](const JsonView& json, SchedulerState& state, Decoder&) {
         state.limit_overrides = read_as<rpc::Resources>(json.value());
         for (const auto& [name, amount] : state.limit_overrides) state.limits[name] = amount;
     }},
    {"leases", always<SchedulerState>,
     [](std::string& json, const SchedulerState& state, const Encoder& encoder) {
         encode(json, state.reserved_leases, encoder);
     },
     [](const JsonView& json, SchedulerState& state, Decoder& decoder) {
         decode(json, state.reserved_leases, decoder);
         state.last_lease = state.reserved_leases;
     }},
    field<&SchedulerState::last_message_id>("messages", always<SchedulerState>),
    {"rates", [](const SchedulerState& state) { return state.rate_limiter.next_expiry().has_value(); },
     [](std::string& json, const SchedulerState& state, const Encoder&) {
         json += state.rate_limiter.to_json().text();
     },
     [](const JsonView& json, SchedulerState& state, Decoder&) { state.rate_limiter.restore(json.value()); }},
});

Task blank_task(SchedulerState& state, const std::string& id) {
    Task task;
    task.id = id;
    task.family = state.symbol("");
    task.resources = state.no_resources;
    task.policy = state.tasks.policy({});
    task.visibilities = state.tasks.visibility({});
    task.workers = task.stakeholders = state.tasks.worker_set({});
    return task;
}

}  // namespace

Record task_record(const SchedulerState& state, TaskId id) {
    const Task& task = state.tasks[id];
    std::string params = params_json(task.params);
    std::string content = encode_object(task_fields, task, {.tasks = &state.tasks, .params = params});
    return {.id = task.id,
            .family = *task.family,
            .params = std::move(params),
            .status = task.status,
            .updated = task.updated,
            .content = std::move(content)};
}

Record worker_record(const Worker& worker) {
    return {.id = *worker.name, .content = encode_object(worker_fields, worker, {})};
}

std::string settings_record(const SchedulerState& state) { return encode_object(settings_fields, state, {}); }

TaskReader::TaskReader(SchedulerState& state) : state_(state), last_text_(task_fields.size()) {}

RestoredTask TaskReader::read(const std::string& id, std::string_view content) {
    RestoredTask restored{.task = blank_task(state_, id)};
    Decoder decoder{.state = state_};
    FieldFinder finder(task_fields);
    JsonView(content).members([&](std::string_view name, const JsonView& value) {
        const Field<Task>* field = finder.find(name);
        if (!field) return;
        if (!field->share) return field->decode(value, restored.task, decoder);
        std::string& last_text = last_text_[static_cast<std::size_t>(field - task_fields.data())];
        if (value.text() == last_text) return field->share(restored.task, last_);
        field->decode(value, restored.task, decoder);
        field->share(last_, restored.task);
        last_text = value.text();
    });
    restored.deps = std::move(decoder.deps);
    return restored;
}

Worker worker_from_record(SchedulerState& state, const std::string& id, std::string_view content, Time now) {
    Decoder decoder{.state = state, .now = now};
    Worker worker{.name = state.symbol(id), .started = never, .last_active = never};
    decode_object(worker_fields, content, worker, decoder);
    if (!worker.is_disconnected) worker.last_active = now;
    return worker;
}

void restore_settings(SchedulerState& state, std::string_view content) {
    Decoder decoder{.state = state};
    decode_object(settings_fields, content, state, decoder);
}

std::optional<Time> read_retry_at(const Json& content) {
    const Json* status = content.find(status_name);
    const Json* retry_at = content.find(retry_at_name);
    if (!status || !retry_at || !retry_at->is_integer()) return std::nullopt;
    if (*status != Json(text(Status::failed)) && *status != Json(text(Status::disabled))) return std::nullopt;
    return Time(Time::duration(retry_at->as_integer()));
}

std::optional<Time> read_forgiven_at(const Json& content) {
    const Json* details = content.find("details");
    const Json* forgiven_at = details ? details->find("forgiven_at") : nullptr;
    if (!forgiven_at || !forgiven_at->is_integer()) return std::nullopt;
    return Time(Time::duration(forgiven_at->as_integer()));
}

std::vector<std::string> dependencies(const Json& content) {
    std::vector<std::string> ids;
    if (const Json* deps = content.find(deps_name))
        for (const Json& id : deps->as_array()) ids.push_back(id.as_string());
    return ids;
}

}  // namespace freshet::scheduler
