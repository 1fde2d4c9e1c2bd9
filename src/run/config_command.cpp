// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/commands.hpp"
#include "run/state_place.hpp"

#include "freshet/http.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <vector>

namespace freshet::run {

namespace {

struct Line {
    std::string key, value, origin;
};

void write_section(std::ostream& out, std::string_view section, const std::vector<Line>& lines) {
    std::size_t keys = 0, values = 0;
    for (const Line& line : lines) {
        keys = std::max(keys, line.key.size());
        values = std::max(values, line.value.size());
    }
    out << fmt::format("[{}]\n", section);
    for (const Line& line : lines)
        out << fmt::format(
            "  {:{}} = {}\n", line.key, keys,
            line.origin.empty() ? line.value : fmt::format("{:{}}  {}", line.value, values, line.origin));
}

std::vector<Line> run_lines(const Call& call) {
    std::vector<Line> lines;
    for (const Option& option : all_options()) {
        if (!option.is_setting) continue;
        if (const auto given = find_option(option.name, call.invocation, call.settings))
            lines.push_back({std::string(option.name), option.name == "scheduler" ? http::shown_url(given->text) : given->text,
                             given->origin});
        else if (option.name == "state")
            lines.push_back({"state", state_place(call, likely_root(call)).string(), "default"});
        else if (option.name == "workers")
            lines.push_back({"workers", "1", "default"});
        else if (option.name == "log-format")
            lines.push_back({"log-format", "plain", "default"});
    }
    return lines;
}

std::vector<Line> task_lines(const TaskType& type, const Call& call) {
    std::vector<Line> lines;
    for (const Value& value :
         resolve(type, call.invocation.type == &type ? call.invocation.parameters : Values{}, call.settings))
        lines.push_back({std::string(value.parameter->name), value.shown(), value.origin});
    return lines;
}

}  // namespace

Status config_command(const Call& call) {
    if (!call.invocation.subject.empty()) call.registry.find(call.invocation.subject);  // refuses what is no task
    read_run_settings(call.invocation, call.settings, call.world.clock.now());          // refuses what is wrong
    write_section(call.world.out, "run", run_lines(call));
    for (const TaskType* type : call.registry.types())
        if ((!call.invocation.type || call.invocation.type == type) && !type->parameters.empty())
            write_section(call.world.out, type->family, task_lines(*type, call));
    for (const SettingsTable& table : call.settings.tables("sink")) {
        const Json* type = table.values.find("type");
        call.world.out << fmt::format("[[sink]]\n  type = {}  {}\n", type ? type->text() : "(must be given)",
                                      table.origin);
    }
    return Status::complete;
}

}  // namespace freshet::run
