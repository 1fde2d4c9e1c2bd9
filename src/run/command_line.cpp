// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/command_line.hpp"

#include "base/standard_streams.hpp"
#include "run/commands.hpp"
#include "run/configuration_error.hpp"
#include "run/help.hpp"
#include "run/own_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace freshet::run {

namespace {

struct Function {
    std::string_view command;
    Status (*call)(const Call&);
};

constexpr Function functions[] = {
    {"run", run_command},   {"work", work_command},     {"plan", plan_command}, {"tree", tree_command},
    {"why", why_command},   {"verify", verify_command}, {"list", list_command}, {"history", history_command},
    {"config", config_command}, {"help", help_command},
};

Settings load_settings(const Program& program, const Registry& registry, const Invocation& invocation,
                       const World& world) {
    SettingsSources sources{
        .program = program.name, .environment = world.environment, .system_folder = world.system_folder};
    if (const auto file = invocation.option("config")) sources.config_file = *file;
    try {
        Settings settings = Settings::load(sources);
        check_settings(settings, registry);
        return settings;
    } catch (const ConfigurationError&) {
        throw;
    } catch (const Error& error) {
        throw ConfigurationError(error.what());
    }
}

Status call_command(const Program& program, const Registry& registry, const std::vector<std::string>& arguments,
                    World& world) {
    std::vector<std::string> own;
    for (const ProgramCommand& command : program.commands) own.push_back(command.name);
    const Invocation invocation = parse(arguments, registry, own);
    if (invocation.has("version")) {
        world.out << fmt::format("{} {}\n", program.name, program.version);
        return Status::complete;
    }
    const Settings none;
    if (!invocation.command || invocation.has("help"))
        return help_command({program, registry, invocation, none, world, arguments});
    const Settings settings = load_settings(program, registry, invocation, world);
    const auto function = std::ranges::find(functions, invocation.command->name, &Function::command);
    return function->call({program, registry, invocation, settings, world, arguments});
}

/// Where every error that ends the program is told.
Status tell(const Program& program, const std::exception& error, std::ostream& err) {
    const Status status = status_of(error);
    err << fmt::format("{}: {}\n", program.name, error.what());
    if (status == Status::usage) err << fmt::format("'{} --help' shows what can be asked for\n", program.name);
    return status;
}

}  // namespace

std::vector<Value> values_for(const TaskType& type, const Call& call) {
    auto values = resolve(type, call.invocation.type == &type ? call.invocation.parameters : Values{}, call.settings);
    if (!call.program.resolve) return values;
    Values texts;
    for (const Value& value : values)
        if (value.text) texts.emplace(value.parameter->name, *value.text);
    call.program.resolve(type.family, texts, call.world.clock);
    for (Value& value : values) {
        const auto text = texts.find(value.parameter->name);
        if (text == texts.end() || value.text == text->second) continue;
        value = {value.parameter, text->second, value.is_default() || !value.text ? call.program.name : value.origin};
    }
    return values;
}

AnyTask named_task(const Call& call) {
    const Invocation& invocation = call.invocation;
    if (invocation.subject.empty())
        throw ParameterError(
            fmt::format("{}: which task? '{} help' lists them", invocation.command->name, call.program.name));
    const TaskType& type = invocation.type ? *invocation.type : call.registry.find(invocation.subject);
    return make_task(type, values_for(type, call));
}

int run_program(const Program& program, const Registry& registry, const std::vector<std::string>& arguments,
                World& world) {
    try {
        const auto* own = arguments.empty() ? nullptr : find_own_command(program, arguments.front());
        if (!own) return static_cast<int>(call_command(program, registry, arguments, world));
        if (own->task.empty()) return run_own_command(program, *own, {arguments.begin() + 1, arguments.end()}, world);
        std::vector<std::string> spelt_out{"run", own->task};
        spelt_out.insert(spelt_out.end(), arguments.begin() + 1, arguments.end());
        return static_cast<int>(call_command(program, registry, spelt_out, world));
    } catch (const std::exception& error) {
        return static_cast<int>(tell(program, error, world.err));
    }
}

}  // namespace freshet::run

namespace freshet {

int command_line(const Program& program, const Registry& registry, int argc, const char* const* argv, std::ostream& out,
                 std::ostream& err) {
    open_standard_streams();
    const SystemClock clock;
    run::World world = run::this_world(out, err, clock);
    return run::run_program(program, registry, std::vector<std::string>(argv + std::min(argc, 1), argv + argc), world);
}

}  // namespace freshet
