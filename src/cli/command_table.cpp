// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/command_table.hpp"

#include "cli/command_line.hpp"
#include "freshet/error.hpp"
#include "freshet/http.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace freshet::cli {

namespace {

constexpr Option option_rows[] = {
    {"workers", "N",
     "concurrent attempts (default: those of the program, mostly 1); 0: run only registers its tasks at --scheduler",
     true},
    {"engine", "by-class|local|slurm", "where attempts are made: as each task says, here, or in Slurm jobs", true},
    {"state", "FILE", "file of the scheduler's state and history", true},
    {"scheduler", "URL", "use a remote scheduler, freshetd or luigid, and its state (default: an embedded one)", true},
    {"token-file", "FILE", "file with the token for the scheduler (default: FRESHET_TOKEN)", true},
    {"scheduler-patience", "SECONDS", "retry an unreachable scheduler for this long (default: 3600; at the start: 60)",
     true},
    {"families", "A,B", "families to serve, including tasks that other programs only reference (default: all)", true},
    {"idle", "SECONDS", "exit after this many idle seconds (default: 10)", true},
    {"config", "FILE", "additional configuration file, overrides the default ones"},
    {"log-format", "plain|json", "lines of text, or one JSON object per line (default: plain)", true},
    {"wait-until", "TIME", "wait for data, or for a state not shared, until then: 2026-11-21T06:30Z, 06:30 (UTC), 2h",
     true},
    {"exclusive", "", "exit with 10 if another run uses the same state, instead of sharing it; let no other use it",
     true},
    {"longest-pause", "SECONDS", "longest delay before a retry, however often the task failed (default: mostly 60)",
     true},
    {"default-timeout", "SECONDS", "longest time for an attempt at a task without timeout() (default: none)", true},
    {"max-tasks", "N", "schedule at most N tasks that are not complete, besides wrappers (default: no limit)", true},
    {"fail-fast", "", "start no attempt after the first task that failed for good", true},
    {"rerun", "TASK", "run these again: a family, an id or its beginning, or an output, of what the task requires"},
    {"task", "TASK", "these of what the task requires, not itself: a family, an id or its beginning, or an output"},
    {"downstream", "", "also those that require them, up to the task"},
    {"until", "TASK", "run only these and what they require, named as for --rerun"},
    {"except", "A,B", "families to leave out, with what only they require; what requires them is not run"},
    {"dry-run", "", "show what would be moved; change nothing"},
    {"tempfail-ok", "", "exit with 0 instead of 75 when some data is not available yet", true},
    {"metrics-file", "FILE", "at the end, write metrics for node_exporter's textfile collector (NAME.prom)", true},
    {"undelivered-ok", "", "exit with 0 instead of 36 when a sink lacks an event", true},
    {"from", "VALUE", "first value of the task's date, time or integer, inclusive"},
    {"to", "VALUE", "last value, exclusive"},
    {"step", "N", "every Nth value: 6 for an hour that is 0, 6, 12 or 18 (default: 1)"},
    {"reverse", "", "newest first"},
    {"max-running", "N", "attempts at once, by whichever worker of the scheduler (default: as many as --workers)"},
    {"param-name", "NAME", "parameter that gets the values (default: the only date, time or integer)"},
    {"wait", "DURATION", "try again for this long: 10m (default: try once)"},
    {"sink", "NAME", "only the events of this sink, as 'events list' names it"},
    {"all", "", "all dead events (resend), all undelivered events (skip)"},
    {"dot", "", "write the tree as a Graphviz graph"},
    {"json", "", "write one JSON document"},
    {"last", "N", "show at most the last N (default: 20)"},
    {"port", "N", "listen there (default: any free port)"},
    {"attempt", "N", "of attempt N (default: the last one that logged something)"},
    {"follow", "", "wait for more until the attempt ends"},
    {"help", "", "show this help"},
    {"version", "", "show the version"},
};

constexpr std::string_view common[] = {"config", "help"};

constexpr Command command_rows[] = {
    {"run",
     Operand::task,
     "run a task and its requirements, unless complete",
     {"workers",    "engine",      "state",          "scheduler",       "token-file", "scheduler-patience",
      "log-format", "wait-until",  "longest-pause",  "default-timeout", "max-tasks",  "exclusive",
      "fail-fast",  "tempfail-ok", "undelivered-ok", "metrics-file",    "rerun",      "downstream",
      "until",      "except"},
     run_command},
    {"backfill",
     Operand::task,
     "run a task for each value of a range, behind all other work; run it again to resume",
     {"from",        "to",         "step",          "reverse",
      "max-running", "param-name", "workers",       "engine",
      "state",       "scheduler",  "token-file",    "scheduler-patience",
      "log-format",  "wait-until", "longest-pause", "default-timeout",
      "exclusive",   "fail-fast",  "tempfail-ok",   "undelivered-ok",
      "metrics-file"},
     backfill_command},
    {"work",
     Operand::none,
     "run tasks that other programs registered with a scheduler, until none is left",
     {"workers", "engine", "scheduler", "token-file", "scheduler-patience", "families", "idle", "log-format",
      "default-timeout"},
     work_command},
    {"plan",
     Operand::task,
     "show which tasks would run and why; changes nothing",
     {"state", "scheduler", "json"},
     plan_command},
    {"tree", Operand::task, "show the tree of requirements", {"dot"}, tree_command},
    {"why",
     Operand::reference,
     "explain why a task ran, did not run or is waiting",
     {"state", "scheduler", "token-file", "json"},
     why_command},
    {"invalidate",
     Operand::task,
     "move the outputs of a task aside, so that the next run makes them again; they are kept for a week",
     {"task", "downstream", "dry-run", "state"},
     invalidate_command},
    {"verify",
     Operand::optional,
     "compare all that was published with its receipts",
     {"state", "scheduler", "token-file", "json"},
     verify_command},
    {"list",
     Operand::optional,
     "list the tasks in the state with their status",
     {"state", "scheduler", "token-file", "last", "json"},
     list_command},
    {"history",
     Operand::optional,
     "list the last runs, or the attempts of one task",
     {"state", "scheduler", "token-file", "last", "json"},
     history_command},
    {"logs",
     Operand::reference,
     "show what the last attempt at a task logged, and its process printed",
     {"state", "scheduler", "token-file", "attempt", "follow", "json"},
     logs_command},
    {"page",
     Operand::none,
     "show the state on pages of this machine, as those of freshetd, until SIGINT",
     {"state", "port"},
     page_command},
    {"deliver",
     Operand::none,
     "deliver the events that earlier runs could not deliver",
     {"wait", "state", "log-format", "undelivered-ok", "metrics-file"},
     deliver_command},
    {"events",
     Operand::action,
     "list the events that a sink lacks, send them again, or give them up",
     {"state", "scheduler", "token-file", "sink", "all", "json"},
     events_command,
     "list | resend EVENT... | skip EVENT..."},
    {"config",
     Operand::optional,
     "show each setting and where it comes from",
     {"workers", "engine", "state", "scheduler", "token-file", "scheduler-patience", "families", "idle", "log-format",
      "wait-until", "longest-pause", "default-timeout", "max-tasks", "exclusive", "fail-fast", "tempfail-ok",
      "undelivered-ok", "metrics-file"},
     config_command},
    {"completion",
     Operand::words,
     "write a script that completes this program's command lines in a shell",
     {},
     completion_command,
     "bash|zsh|fish"},
    {"help", Operand::topic, "show help on the program or one topic", {}, help_command},
};
static_assert(std::rbegin(command_rows)->operand == Operand::topic, "help is the last one");

/// Parses a command line; each member function consumes one kind of argument.
class CommandParser {
public:
    CommandParser(const std::vector<std::string>& arguments, const Registry& registry, const CommandTable& table,
                  const std::vector<std::string>& program_commands)
        : cursor_(arguments), registry_(registry), table_(table), program_commands_(program_commands) {
        result_.arguments = arguments;
    }

    ParsedCommand parse() {
        if (!cursor_.at_end() && !cursor_.at_option()) parse_command_name(cursor_.take());
        while (!cursor_.at_end()) {
            if (cursor_.at_option())
                parse_flag();
            else
                parse_operand(cursor_.take());
        }
        const Command* command = result_.command;
        if (command && command->operand == Operand::words && !result_.has("help"))
            check_operands(command->usage, result_.words);
        return std::move(result_);
    }

private:
    void parse_command_name(const std::string& name) {
        result_.command = table_.find(name);
        if (!result_.command) reject_command_name(name);
    }

    [[noreturn]] void reject_command_name(const std::string& name) const {
        std::vector<std::string> names = program_commands_;
        for (const Command& command : table_.commands) names.emplace_back(command.name);
        const bool is_family = registry_.get_if(name) != nullptr;
        throw ParameterError(
            fmt::format("unknown command '{}'{}", name,
                        is_family ? fmt::format("; did you mean 'run {}'?", name) : suggestion(name, names)));
    }

    void parse_operand(const std::string& text) {
        const Operand expected = result_.command ? result_.command->operand : Operand::none;
        if (expected == Operand::words || (expected == Operand::action && !result_.operand.empty())) {
            result_.words.push_back(text);
            return;
        }
        if (expected == Operand::none || !result_.operand.empty())
            throw ParameterError(fmt::format("unexpected argument '{}'", text));
        result_.operand = text;
        result_.type = registry_.get_if(text);
        if (!result_.type && expected == Operand::task) registry_.find(text);  // throws, with the nearest name
    }

    void parse_flag() {
        auto [text, value] = cursor_.take_option();
        const std::string name = dashed(text);
        if (const Parameter* parameter = result_.type ? parameter_named(*result_.type, name) : nullptr)
            parse_parameter(*result_.type, *parameter, result_.parameters, std::move(value), " --");
        else if (const Option* option = find_accepted_option(name))
            parse_option(*option, std::move(value));
        else if (const auto of_class = class_parameter_named(name); of_class.second)
            parse_parameter(*of_class.first, *of_class.second, result_.class_parameters[of_class.first->family],
                            std::move(value), "-");
        else if (registry_.types().empty() && makes_tasks() && !result_.operand.empty())
            parse_unknown_parameter(name, std::move(value));
        else
            throw ParameterError(fmt::format("unknown option --{}{}", name, suggestion("--" + name, accepted_names())));
    }

    /// `separator` is between family and name in messages.
    void parse_parameter(const TaskType& type, const Parameter& parameter, Values& values,
                         std::optional<std::string> value, std::string_view separator) {
        const std::string flag = fmt::format("{}{}{}", type.family, separator, dashed(parameter.name));
        const bool is_implied = !value && parameter.is_flag && !cursor_.at_value();
        if (is_implied) value = "True";
        if (!value) value = cursor_.take_value(flag, fmt::format("for example '{}'", parameter.example));
        if (parameter.visibility == Visibility::secret && !is_implied) replace_last_value(*value, "***");
        if (!values.emplace(parameter.name, *value).second)
            throw ParameterError(fmt::format("{} is given twice", flag));
    }

    /// A parameter of a family that this program does not have.
    void parse_unknown_parameter(std::string name, std::optional<std::string> value) {
        if (!value) value = cursor_.at_value() ? cursor_.take() : "True";
        std::ranges::replace(name, '-', '_');
        if (!result_.parameters.emplace(name, *value).second)
            throw ParameterError(fmt::format("{} --{} is given twice", result_.operand, name));
    }

    void parse_option(const Option& option, std::optional<std::string> value) {
        const std::string text = cursor_.take_value_of(option, std::move(value));
        if (option.name == "scheduler") replace_last_value(text, http::redacted_url(text));
        if (!result_.options.emplace(option.name, text).second)
            throw ParameterError(fmt::format("--{} is given twice", option.name));
    }

    /// Replaces the value that was parsed last, which ends its argument, in the arguments that are shown.
    void replace_last_value(std::string_view value, std::string_view replacement) {
        std::string& shown = result_.arguments[cursor_.position() - 1];
        shown.replace(shown.size() - value.size(), value.size(), replacement);
    }

    static const Parameter* parameter_named(const TaskType& type, std::string_view name) {
        const auto found =
            std::ranges::find_if(type.parameters, [&](const Parameter& p) { return dashed(p.name) == name; });
        return found == type.parameters.end() ? nullptr : &*found;
    }

    /// "DailySales-region": the class and its parameter; null for another name.
    std::pair<const TaskType*, const Parameter*> class_parameter_named(std::string_view name) const {
        if (!makes_tasks()) return {};
        for (const auto* types : {&registry_.types(), &registry_.ranges()})
            for (const TaskType* type : *types) {
                const std::string prefix = dashed(type->family) + "-";
                if (!name.starts_with(prefix)) continue;
                if (const Parameter* parameter = parameter_named(*type, name.substr(prefix.size())))
                    return {type, parameter};
            }
        return {};
    }

    bool makes_tasks() const {
        if (!result_.command) return false;
        const Operand operand = result_.command->operand;
        return operand == Operand::task || operand == Operand::reference || operand == Operand::optional ||
               result_.command->name == "work";
    }

    const Option* find_accepted_option(std::string_view name) const {
        const auto found = std::ranges::find(table_.options, name, &Option::name);
        return found != table_.options.end() && is_accepted(found->name) ? &*found : nullptr;
    }

    bool is_accepted(std::string_view option) const {
        return result_.command ? accepts(*result_.command, option) : option == "help" || option == "version";
    }

    std::vector<std::string> accepted_names() const {
        std::vector<std::string> names;
        if (result_.type)
            for (const Parameter& p : result_.type->parameters) names.push_back("--" + dashed(p.name));
        for (const Option& option : table_.options)
            if (is_accepted(option.name)) names.push_back(fmt::format("--{}", option.name));
        if (makes_tasks())
            for (const TaskType* type : registry_.types())
                for (const Parameter& p : type->parameters)
                    names.push_back(fmt::format("--{}-{}", dashed(type->family), dashed(p.name)));
        return names;
    }

    ArgumentCursor cursor_;
    const Registry& registry_;
    const CommandTable& table_;
    const std::vector<std::string>& program_commands_;
    ParsedCommand result_;
};

}  // namespace

std::span<const Option> all_options() { return option_rows; }

CommandTable pipeline_commands(const Registry& registry) {
    const std::span<const Command> all(command_rows);
    return {.commands = registry.types().empty() ? all.last(1) : all, .options = option_rows};
}

const Command* CommandTable::find(std::string_view name) const {
    const auto found = std::ranges::find(commands, name, &Command::name);
    return found == commands.end() ? nullptr : &*found;
}

const Option& option_named(std::string_view name) {
    const auto found = std::ranges::find(option_rows, name, &Option::name);
    assert(found != std::end(option_rows));
    return *found;
}

bool accepts(const Command& command, std::string_view option) {
    return std::ranges::find(common, option) != std::end(common) ||
           std::ranges::find(command.options, option) != command.options.end();
}

Values ParsedCommand::parameters_of(const TaskType& task_type) const {
    Values values = type == &task_type ? parameters : Values{};
    if (const auto of_class = class_parameters.find(task_type.family); of_class != class_parameters.end())
        values.insert(of_class->second.begin(), of_class->second.end());
    return values;
}

ParsedCommand parse_command(const std::vector<std::string>& arguments, const Registry& registry,
                            const CommandTable& table, const std::vector<std::string>& program_commands) {
    return CommandParser(arguments, registry, table, program_commands).parse();
}

std::string dashed(std::string_view name) {
    std::string text(name);
    std::ranges::replace(text, '_', '-');
    return text;
}

}  // namespace freshet::cli
