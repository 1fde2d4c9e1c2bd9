// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "cli/scheduler_access.hpp"
#include "freshet/codec.hpp"
#include "operate/commands.hpp"
#include "operate/text_table.hpp"
#include "rpc/requests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

namespace freshet::operate {

namespace {

using cli::CommandContext;
using cli::SchedulerAccess;

std::string text_of(const Json& worker, std::string_view name) {
    const Json* value = worker.find(name);
    if (!value || value->is_null()) return "-";
    return value->is_string() ? value->as_string() : value->text();
}

std::string seconds_text(const Json& worker, std::string_view name) {
    const Json* value = worker.find(name);
    return time_text(value ? *value : Json());
}

/// In the words of the dashboard; luigid has "disabled" for both.
std::string state_of(const Json& worker) {
    if (text_of(worker, "state") != "disabled") return text_of(worker, "state");
    return text_of(worker, "num_running") == "0" ? "drained" : "draining";
}

void print_workers(const Json::Array& workers, std::ostream& out) {
    std::vector<std::vector<std::string>> rows{
        {"STATE", "SINCE", "LAST HEARD", "RUNNING", "PENDING", "SLOTS", "WORKER"}};
    for (const Json& worker : workers)
        rows.push_back({state_of(worker), seconds_text(worker, "started"), seconds_text(worker, "last_active"),
                        text_of(worker, "num_running"), text_of(worker, "num_pending"), text_of(worker, "workers"),
                        text_of(worker, "name")});
    out << (workers.empty() ? "no worker\n" : text_table(rows));
}

ExitStatus list_workers(const CommandContext& context, SchedulerAccess& scheduler) {
    const Json workers = scheduler.query(rpc::WorkerList{});
    if (context.parsed.has("json"))
        context.cli.out << Json(Json::Object{{"workers", workers}}).pretty();
    else
        print_workers(workers.as_array(), context.cli.out);
    return ExitStatus::success;
}

/// The id of the worker, of which the beginning may be given. Throws ParameterError.
std::string find_worker(const std::string& beginning, SchedulerAccess& scheduler) {
    std::vector<std::string> found;
    const Json workers = scheduler.query(rpc::WorkerList{.include_running = false});
    for (const Json& worker : workers.as_array())
        if (worker.at("name").as_string().starts_with(beginning)) found.push_back(worker.at("name").as_string());
    if (std::ranges::find(found, beginning) != found.end()) return beginning;
    if (found.size() == 1) return found.front();
    throw ParameterError(found.empty()
                             ? fmt::format("workers: {} has no worker '{}'", scheduler.name(), beginning)
                             : fmt::format("workers: '{}' may be any of {} workers", beginning, found.size()));
}

std::int64_t read_slots(const std::string& text) {
    const auto slots = Codec<std::int64_t>::read(text);
    if (slots < 0) throw ParameterError(fmt::format("workers resize: '{}' is negative", text));
    return slots;
}

ExitStatus change_worker(const CommandContext& context, SchedulerAccess& scheduler, const rpc::Request& request,
                         const std::string& done) {
    scheduler.change(request);
    if (context.parsed.has("json"))
        context.cli.out << Json(Json::Object{{"done", done}}).pretty();
    else
        context.cli.out << printable_line(done) << '\n';
    return ExitStatus::success;
}

}  // namespace

ExitStatus workers_command(const CommandContext& context) {
    const std::string& action = context.parsed.operand;
    const std::vector<std::string>& words = context.parsed.words;
    SchedulerAccess scheduler(context);
    if (action.empty()) return list_workers(context, scheduler);
    if ((action == "drain" || action == "disable") && words.size() == 1) {  // the latter as in earlier versions
        const std::string worker = find_worker(words[0], scheduler);
        return change_worker(context, scheduler, rpc::DisableWorker{.worker = worker},
                             fmt::format("{} gets no more tasks, and ends by itself", worker));
    }
    if (action == "resize" && words.size() == 2) {
        const std::int64_t slots = read_slots(words[1]);
        const std::string worker = find_worker(words[0], scheduler);
        return change_worker(context, scheduler, rpc::SetWorkerProcesses{.worker = worker, .n = slots},
                             fmt::format("{} is told to run {} at once", worker, slots));
    }
    throw ParameterError("usage: workers [drain WORKER | resize WORKER N]");
}

}  // namespace freshet::operate
