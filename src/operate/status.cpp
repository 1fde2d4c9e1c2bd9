// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "operate/status.hpp"
#include "base/printable.hpp"
#include "base/time.hpp"
#include "dashboard/pages.hpp"
#include "freshet/text.hpp"
#include "operate/commands.hpp"
#include "operate/text_table.hpp"
#include "rpc/requests.hpp"
#include "scheduler/explanation.hpp"

#include <fmt/format.h>

#include <chrono>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace freshet::operate {

namespace {

using cli::KnownTask;
using cli::SchedulerAccess;
using rpc::Status;

/// The states in the order of their interest.
constexpr Status shown_statuses[] = {Status::failed,  Status::disabled, Status::running, Status::batch_running,
                                     Status::pending, Status::unknown,  Status::done};

/// A scheduler that may list one task only counts those of a state.
std::int64_t count_tasks(SchedulerAccess& scheduler, Status status) {
    const Json answer = scheduler.query(rpc::TaskList{.status = std::string(rpc::text(status)), .max_shown_tasks = 1});
    const Json* number = answer.find("num_tasks");
    return number && number->is_integer() ? number->as_integer() : static_cast<std::int64_t>(answer.as_object().size());
}

std::string why(SchedulerAccess& scheduler, const KnownTask& task) {
    const Json answer = scheduler.explain(task.id);
    const Json* text = answer.is_object() ? answer.find("explanation") : nullptr;
    return text && text->is_string() ? text->as_string() : "is " + task.status;
}

/// The front page of a freshetd, or that of a state; null at a luigid.
Json overview_of(SchedulerAccess& scheduler, Time now) {
    if (scheduler.is_remote()) return scheduler.find_view("/overview").value_or(Json());
    const auto snapshot = dashboard::take_snapshot(scheduler.machine().state(), now);
    return dashboard::overview_json(snapshot, dashboard::front_page_options({.state_path = scheduler.state()}));
}

std::string text_member(const Json& json, std::string_view name) {
    const Json* value = json.find(name);
    return value && value->is_string() ? value->as_string() : "";
}

/// The alerts of the front page. A luigid has none but its failed tasks.
std::vector<Alert> alerts_of(const Json& overview, const std::vector<Problem>& problems) {
    std::vector<Alert> alerts;
    if (!overview.is_object()) {
        for (const auto& [task, why] : problems)
            alerts.push_back({.label = task.status, .text = fmt::format("{} {}", task.name, why)});
        return alerts;
    }
    for (const Json& alert : overview.at("alerts").as_array())
        alerts.push_back({.severity = text_member(alert, "severity"),
                          .label = text_member(alert, "label"),
                          .text = text_member(alert, "text"),
                          .detail = text_member(alert, "detail")});
    return alerts;
}

std::vector<Problem> read_problems(SchedulerAccess& scheduler) {
    constexpr std::int64_t max_problems = 5;  // of each state
    std::vector<Problem> problems;
    for (const Status status : {Status::failed, Status::disabled}) {
        const Json answer = scheduler.query(
            rpc::TaskList{.status = std::string(rpc::text(status)), .max_shown_tasks = max_problems, .cursor = 0});
        if (answer.find("num_tasks")) continue;  // a luigid names none of many
        for (KnownTask& task : cli::known_tasks(answer)) {
            std::string reason = why(scheduler, task);
            problems.push_back({.task = std::move(task), .why = std::move(reason)});
        }
    }
    return problems;
}

Json queue_of(SchedulerAccess& scheduler) {
    try {
        return scheduler.query(rpc::QueueStatus{});
    } catch (const worker::UnavailableError&) {
        return {};  // a luigid has no such call
    }
}

std::string counts_text(const SchedulerStatus& status) {
    std::vector<std::string> parts;
    for (const auto& [each, count] : status.counts) parts.push_back(fmt::format("{} {}", count, rpc::text(each)));
    return parts.empty() ? "none" : joined(parts, ", ");
}

/// "5 ready, the first for 12 s; 2 held up by limits".
std::string queue_text(const Json& queue) {
    const std::int64_t ready = queue.at("ready").as_integer(), held_up = queue.at("held_up").as_integer();
    const std::chrono::milliseconds oldest{static_cast<std::int64_t>(1000 * queue.at("oldest").as_number())};
    return fmt::format("{} ready{}{}", ready,
                       ready > 0 ? fmt::format(", the first for {}", readable_duration(oldest)) : "",
                       held_up > 0 ? fmt::format("; {} held up by the limits of resources", held_up) : "");
}

}  // namespace

SchedulerStatus read_status(SchedulerAccess& scheduler, Time now) {
    SchedulerStatus status{.is_paused = scheduler.query(rpc::IsPaused{}).at("paused") == Json(true)};
    for (const Status each : shown_statuses)
        if (const auto count = count_tasks(scheduler, each); count > 0) status.counts.emplace_back(each, count);
    status.queue = queue_of(scheduler);
    status.workers = scheduler.query(rpc::WorkerList{.include_running = false}).as_array().size();
    status.problems = read_problems(scheduler);
    status.alerts = alerts_of(overview_of(scheduler, now), status.problems);
    return status;
}

Json json_of(const SchedulerStatus& status, const SchedulerAccess& scheduler) {
    Json::Object counts;
    for (const auto& [each, count] : status.counts) counts.emplace_back(rpc::text(each), count);
    Json::Array problems;
    for (const auto& [task, why] : status.problems)
        problems.push_back(
            Json::Object{{"task_id", task.id}, {"task", task.name}, {"status", task.status}, {"why", why}});
    Json::Array alerts;
    for (const Alert& alert : status.alerts)
        alerts.push_back(Json::Object{
            {"severity", alert.severity}, {"label", alert.label}, {"text", alert.text}, {"detail", alert.detail}});
    return Json::Object{{"of", scheduler.name()},         {"paused", status.is_paused}, {"tasks", std::move(counts)},
                        {"queue", status.queue},          {"workers", status.workers},  {"alerts", std::move(alerts)},
                        {"problems", std::move(problems)}};
}

std::string text_of(const SchedulerStatus& status, const SchedulerAccess& scheduler) {
    std::vector<std::vector<std::string>> rows{{"tasks", counts_text(status)}};
    if (status.queue.is_object()) rows.push_back({"queue", queue_text(status.queue)});
    rows.push_back({"workers", std::to_string(status.workers)});
    if (status.is_paused) rows.push_back({"paused", "no task is started until 'unpause'"});
    std::string text = printable_line(scheduler.name()) + '\n' + text_table(rows);
    for (const auto& [severity, label, about, detail] : status.alerts)
        text += printable_line(fmt::format("{}  {}{}{}", label, about, detail.empty() ? "" : " · ", detail)) + '\n';
    return text;
}

ExitStatus status_command(const cli::CommandContext& context) {
    SchedulerAccess scheduler(context);
    const SchedulerStatus status = read_status(scheduler, context.cli.clock.now());
    if (context.parsed.has("json"))
        context.cli.out << json_of(status, scheduler).pretty();
    else
        context.cli.out << text_of(status, scheduler);
    return ExitStatus::success;
}

}  // namespace freshet::operate
