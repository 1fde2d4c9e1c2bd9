// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "base/time.hpp"
#include "cli/command_line.hpp"
#include "cli/run_config.hpp"
#include "cli/scheduler_address.hpp"
#include "cli/state_reader.hpp"
#include "event/delivery.hpp"
#include "freshet/text.hpp"
#include "notify/rule.hpp"
#include "run/event_delivery.hpp"
#include "scheduler/explanation.hpp"
#include "store/outbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace freshet::cli {

namespace {

using scheduler::format_time;

/// The freshetd whose events the command is about; nullopt: those of a state.
std::optional<worker::SchedulerAddress> remote_outbox(const CommandContext& context) {
    if (!context.parsed.option("scheduler")) return std::nullopt;
    if (context.parsed.option("state")) throw ParameterError("events: either --state or --scheduler");
    return scheduler_address(context, read_run_config(context.parsed, context.config, context.cli.clock.now()));
}

/// Returns whether a sink is served with this configuration. Where its sinks cannot be made, all pass for configured.
event::IsConfigured configured_here(const CommandContext& context) {
    std::vector<std::string> names;
    try {
        const auto rules = notify::read_rules(context.config);
        for (const auto& sink : run::configured_sinks(context.config, context.program.sinks, rules))
            names.push_back(sink->name());
    } catch (const Error& error) {
        context.cli.err << printable_line(fmt::format("{}: events: {}", context.program.name, error.what())) << '\n';
        return [](const std::string&) { return true; };
    }
    return [names = std::move(names)](const std::string& sink) { return run::is_served(sink, names); };
}

/// The undelivered events in the form of event::to_json().
Json read_events(const CommandContext& context) {
    if (const auto address = remote_outbox(context)) return ask_undelivered(*address);
    const auto is_configured = configured_here(context);
    Json::Array all;
    for (const store::UndeliveredEvent& event : store::read_undelivered(store::outbox_files(outbox_state(context))))
        all.push_back(event::to_json(event, is_configured(event.sink)));
    return all;
}

std::string state_text(const Json& undelivered) {
    const std::string since =
        undelivered.at("state") == Json("dead")
            ? fmt::format("dead since {}, refused {} times",
                          format_time(time_from_rfc3339(undelivered.at("dead_since").as_string())),
                          undelivered.at("rejections").as_integer())
            : "";
    const auto tries = undelivered.at("tries").as_integer();
    const std::string pending = tries == 0 ? "not tried yet" : fmt::format("pending, tried {} times", tries);
    const Json* configured = undelivered.find("configured");
    const bool is_configured = !configured || *configured != Json(false);
    return fmt::format("{}{}", since.empty() ? pending : since,
                       is_configured ? "" : ", but the sink is not in the configuration any more");
}

std::string line_of(const Json& undelivered) {
    const Json& event = undelivered.at("event");
    const Json* subject = event.is_object() ? event.find("subject") : nullptr;
    const std::string& last_error = undelivered.at("last_error").as_string();
    return printable_line(fmt::format("{}  {}  {}  {}  {}{}{}", undelivered.at("id").as_string(),
                                      format_time(time_from_rfc3339(undelivered.at("stored").as_string())),
                                      subject && subject->is_string() ? subject->as_string() : "-",
                                      undelivered.at("sink").as_string(), state_text(undelivered),
                                      last_error.empty() ? "" : ": ", last_error)) +
           '\n';
}

ExitStatus list_events(const CommandContext& context) {
    if (!context.parsed.words.empty())
        throw ParameterError(fmt::format("unexpected argument '{}'", context.parsed.words.front()));
    Json::Array events = read_events(context).as_array();
    const auto sink = context.parsed.option("sink");
    std::erase_if(events, [&](const Json& event) { return sink && event.at("sink") != Json(*sink); });
    std::ostream& out = context.cli.out;
    if (context.parsed.has("json")) {
        out << Json(std::move(events)).text() << '\n';
        return ExitStatus::success;
    }
    for (const Json& event : events) out << line_of(event);
    if (events.empty()) out << "every event is delivered\n";
    return ExitStatus::success;
}

/// The change that the command line asks for.
event::EventChange change_of(const CommandContext& context) {
    const ParsedCommand& parsed = context.parsed;
    if (parsed.words.empty() != parsed.has("all"))
        throw ParameterError(fmt::format("events {}: either the ids of events or --all is required", parsed.operand));
    using Action = event::EventChange::Action;
    return {.action = parsed.operand == "resend" ? Action::resend : Action::skip,
            .ids = {parsed.words.begin(), parsed.words.end()},
            .sink = parsed.option("sink")};
}

store::StateFile open_for_change(const std::filesystem::path& file, const CommandContext& context) {
    try {
        return run::open_when_free(file, command_text(context), context.cli.clock);
    } catch (const store::LockedError& error) {
        if (error.mode() != store::LockMode::exclusive) throw;
        throw store::LockedError(fmt::format("{}; a freshetd changes its events itself: --scheduler URL", error.what()),
                                 error.mode());
    }
}

/// Prints changes that are in the outbox, in the form of event::ChangedEvents::to_json().
void print_changes(const CommandContext& context, const Json& changed) {
    const bool is_resend = context.parsed.operand == "resend";
    const auto print = [&](const std::string& line) { context.cli.out << printable_line(line) << '\n'; };
    for (const Json& delivery : changed.at("changed").as_array())
        print(fmt::format("{} event '{}' {} {}", is_resend ? "resends" : "gives up", delivery.at("id").as_string(),
                          is_resend ? "to" : "for", delivery.at("sink").as_string()));
    for (const Json& sink : changed.at("removed_sinks").as_array())
        print(
            fmt::format("removes {}, which is not in the configuration: no more events wait for it", sink.as_string()));
}

/// Changes the events of one outbox after the other; what is printed is done.
Json change_here(const CommandContext& context, const event::EventChange& change) {
    const auto is_configured = configured_here(context);
    event::ChangedEvents all;
    for (const auto& file : store::outbox_files(outbox_state(context))) {
        auto state = open_for_change(file, context);
        const auto changed = event::change_events(state, change, is_configured);
        print_changes(context, changed.to_json(change));
        all.add(changed);
    }
    return all.to_json(change);
}

ExitStatus change_events(const CommandContext& context) {
    const event::EventChange change = change_of(context);
    Json changed;
    if (const auto address = remote_outbox(context)) {
        changed = change_undelivered(*address, change);
        print_changes(context, changed);
    } else {
        changed = change_here(context, change);
    }
    const auto& problems = changed.at("problems").as_array();
    for (const Json& problem : problems)
        context.cli.err << printable_line(fmt::format("{}: events {}: {}", context.program.name, context.parsed.operand,
                                                      problem.as_string()))
                        << '\n';
    const bool is_unchanged =
        changed.at("changed").as_array().empty() && changed.at("removed_sinks").as_array().empty();
    if (is_unchanged && problems.empty()) context.cli.out << "no event to change\n";
    return problems.empty() ? ExitStatus::success : ExitStatus::task_failed;
}

}  // namespace

ExitStatus events_command(const CommandContext& context) {
    const std::string& action = context.parsed.operand;
    if (action == "list") return list_events(context);
    if (action == "resend" || action == "skip") return change_events(context);
    if (action.empty()) throw ParameterError("events: list, resend or skip is required");
    throw ParameterError(
        fmt::format("events: unknown action '{}'{}", action, suggestion(action, {"list", "resend", "skip"})));
}

}  // namespace freshet::cli
