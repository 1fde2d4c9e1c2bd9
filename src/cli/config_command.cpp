// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/config_section.hpp"
#include "cli/parameters.hpp"
#include "cli/run_config.hpp"
#include "cli/slurm_config.hpp"
#include "cli/state_reader.hpp"
#include "event/sink_config.hpp"
#include "freshet/http.hpp"
#include "notify/rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <vector>

namespace freshet::cli {

namespace {

struct ConfigLine {
    std::string key, value, origin;
};

void write_section(std::ostream& out, std::string_view section, const std::vector<ConfigLine>& lines) {
    std::size_t keys = 0, values = 0;
    for (const ConfigLine& line : lines) {
        keys = std::max(keys, line.key.size());
        values = std::max(values, line.value.size());
    }
    out << fmt::format("[{}]\n", section);
    for (const ConfigLine& line : lines)
        out << fmt::format(
            "  {:{}} = {}\n", line.key, keys,
            line.origin.empty() ? line.value : fmt::format("{:{}}  {}", line.value, values, line.origin));
}

std::vector<ConfigLine> run_lines(const CommandContext& context) {
    std::vector<ConfigLine> lines;
    for (const Option& option : all_options()) {
        if (!option.is_config_key) continue;
        if (const auto given = find_option(option.name, context.parsed, context.config))
            lines.push_back({std::string(option.name),
                             option.name == "scheduler" ? http::redacted_url(given->text) : given->text,
                             given->origin});
        else if (option.name == "state")
            lines.push_back({"state", state_path(context, example_root(context)).string(), "default"});
        else if (option.name == "workers")
            lines.push_back({"workers", std::to_string(context.program.concurrency.attempts), "default"});
        else if (option.name == "log-format")
            lines.push_back({"log-format", "plain", "default"});
    }
    return lines;
}

std::vector<ConfigLine> lines_of(const std::vector<ResolvedValue>& values) {
    std::vector<ConfigLine> lines;
    for (const ResolvedValue& value : values)
        lines.push_back({std::string(value.parameter->name), value.display_text(), value.origin});
    return lines;
}

std::vector<ConfigLine> task_lines(const TaskType& type, const CommandContext& context) {
    return lines_of(resolve_values(type, context.parsed.parameters_of(type), context.config));
}

std::vector<ConfigLine> section_lines(const Config& config, std::string_view section) {
    std::vector<ConfigLine> lines;
    for (const std::string& key : config.keys(section)) {
        const ConfigValue given = *config.find(section, key);
        const bool is_secret = section == "smtp" && normalized_key(key) == "password";
        lines.push_back({key, is_secret ? "***" : given.text, given.origin});
    }
    return lines;
}

void write_tables(std::ostream& out, std::string_view name, const std::vector<ConfigTable>& tables) {
    for (const ConfigTable& table : tables)
        out << fmt::format("[[{}]]  {}\n{}", name, table.origin, event::shown_table(table.values));
}

}  // namespace

ExitStatus config_command(const CommandContext& context) {
    if (!context.parsed.operand.empty()) context.registry.find(context.parsed.operand);  // throws for an unknown family
    read_run_config(context.parsed, context.config, context.cli.clock.now());            // throws for invalid options
    read_limits(context.config);                                                         // throws for invalid limits
    read_slurm(context.config);                                                          // throws for invalid keys
    write_section(context.cli.out, "run", run_lines(context));
    const auto rules = notify::read_rules(context.config);  // throws for invalid rules
    for (const std::string_view section : {"resources", "slurm", "email", "smtp"})
        if (const auto lines = section_lines(context.config, section); !lines.empty())
            write_section(context.cli.out, section, lines);
    for (const TaskType* type : context.registry.types())
        if ((!context.parsed.type || context.parsed.type == type) && !type->parameters.empty())
            write_section(context.cli.out, type->family, task_lines(*type, context));
    for (const TaskType* type : context.registry.ranges())  // all of them would be much of little interest
        if (context.parsed.type == type || !context.config.keys(type->family).empty())
            write_section(context.cli.out, type->family, task_lines(*type, context));
    if (!context.parsed.type)
        for (const SectionType* section : context.registry.sections())
            write_section(context.cli.out, section->name, lines_of(section_values(*section, context.config)));
    write_tables(context.cli.out, "sink", context.config.tables("sink"));
    write_tables(context.cli.out, "notification", notify::shown_tables(context.config, rules));
    return ExitStatus::success;
}

}  // namespace freshet::cli
