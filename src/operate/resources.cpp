// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "cli/scheduler_access.hpp"
#include "freshet/codec.hpp"
#include "operate/commands.hpp"
#include "operate/text_table.hpp"
#include "rpc/requests.hpp"

#include <fmt/format.h>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace freshet::operate {

namespace {

using cli::CommandContext;
using cli::SchedulerAccess;

/// The resources without the tasks that hold them, which may be thousands.
Json without_tasks(const Json& resources) {
    Json::Array rows;
    for (const Json& resource : resources.as_array())
        rows.push_back(Json::Object{{"name", resource.at("name")},
                                    {"limit", resource.at("num_total")},
                                    {"used", resource.at("num_used")},
                                    {"tasks", resource.at("num_consumer")}});
    return rows;
}

void print_resources(const Json::Array& resources, std::ostream& out) {
    std::vector<std::vector<std::string>> rows{{"RESOURCE", "LIMIT", "USED", "TASKS"}};
    for (const Json& resource : resources)
        rows.push_back({resource.at("name").as_string(), resource.at("limit").text(), resource.at("used").text(),
                        resource.at("tasks").text()});
    out << (resources.empty() ? "no resource has a limit: of each there is 1\n" : text_table(rows));
}

ExitStatus list_resources(const CommandContext& context, SchedulerAccess& scheduler) {
    const Json resources = without_tasks(scheduler.query(rpc::ResourceList{}));
    if (context.parsed.has("json"))
        context.cli.out << Json(Json::Object{{"resources", resources}}).pretty();
    else
        print_resources(resources.as_array(), context.cli.out);
    return ExitStatus::success;
}

std::int64_t read_limit(const std::string& text) {
    const auto limit = Codec<std::int64_t>::read(text);
    if (limit < 0) throw ParameterError(fmt::format("resources set: '{}' is negative", text));
    return limit;
}

ExitStatus set_limit(const CommandContext& context, SchedulerAccess& scheduler, const std::string& name,
                     std::int64_t limit) {
    scheduler.change(rpc::UpdateResource{.resource = name, .amount = limit});
    if (context.parsed.has("json"))
        context.cli.out << Json(Json::Object{{"name", name}, {"limit", limit}}).pretty();
    else
        context.cli.out << printable_line(fmt::format("the limit of '{}' is {} now", name, limit)) << '\n';
    return ExitStatus::success;
}

}  // namespace

ExitStatus resources_command(const CommandContext& context) {
    const std::vector<std::string>& words = context.parsed.words;
    SchedulerAccess scheduler(context);
    if (context.parsed.operand.empty()) return list_resources(context, scheduler);
    if (context.parsed.operand == "set" && words.size() == 2)
        return set_limit(context, scheduler, words[0], read_limit(words[1]));
    throw ParameterError("usage: resources [set NAME LIMIT]");
}

}  // namespace freshet::operate
