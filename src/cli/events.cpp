// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "base/time.hpp"
#include "cli/command_line.hpp"
#include "cli/run_config.hpp"
#include "cli/state_reader.hpp"
#include "event/delivery.hpp"
#include "freshet/codec.hpp"
#include "freshet/text.hpp"
#include "observe/trace.hpp"
#include "run/event_delivery.hpp"
#include "run/summary.hpp"
#include "scheduler/explanation.hpp"
#include "store/outbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <thread>

namespace freshet::cli {

namespace {

using namespace std::chrono_literals;
using scheduler::format_time;

/// Throws Error for a --state that does not exist: a mistyped name would look like a state without events.
std::filesystem::path state_of(const CommandContext& context) {
    const auto state = state_path(context, example_root(context));
    if (context.parsed.option("state") && store::outbox_files(state).empty())
        throw StoreError(fmt::format("open state '{}': it does not exist", state.string()));
    return state;
}

std::string state_text(const store::UndeliveredEvent& undelivered) {
    if (undelivered.dead_since)
        return fmt::format("dead since {}, refused {} times", format_time(*undelivered.dead_since),
                           undelivered.rejections);
    return undelivered.tries == 0 ? "not tried yet" : fmt::format("pending, tried {} times", undelivered.tries);
}

std::string line_of(const store::UndeliveredEvent& undelivered) {
    const Json json = event::to_json(undelivered);
    const Json* subject = json.at("event").find("subject");
    return printable_line(fmt::format("{}  {}  {}  {}  {}{}{}", undelivered.event_id, format_time(undelivered.stored),
                                      subject && subject->is_string() ? subject->as_string() : "-", undelivered.sink,
                                      state_text(undelivered), undelivered.last_error.empty() ? "" : ": ",
                                      undelivered.last_error)) +
           '\n';
}

/// Returns whether --sink names the sink, or none.
bool is_of_sink(const CommandContext& context, const std::string& sink) {
    return context.parsed.option("sink").value_or(sink) == sink;
}

ExitStatus list_events(const CommandContext& context) {
    if (!context.parsed.words.empty())
        throw ParameterError(fmt::format("unexpected argument '{}'", context.parsed.words.front()));
    auto events = store::read_undelivered(store::outbox_files(state_of(context)));
    std::erase_if(events, [&](const store::UndeliveredEvent& event) { return !is_of_sink(context, event.sink); });
    std::ostream& out = context.cli.out;
    if (context.parsed.has("json")) {
        Json::Array all;
        for (const store::UndeliveredEvent& event : events) all.push_back(event::to_json(event));
        out << Json(std::move(all)).text() << '\n';
        return ExitStatus::success;
    }
    for (const store::UndeliveredEvent& event : events) out << line_of(event);
    if (events.empty()) out << "every event is delivered\n";
    return ExitStatus::success;
}

/// The holder may be another command that delivers, for a moment.
store::StateFile open_for_change(const std::filesystem::path& file, const CommandContext& context) {
    constexpr auto longest_wait = 10s;
    constexpr auto lock_check_interval = 100ms;
    const Clock& clock = context.cli.clock;
    const auto deadline = clock.steady_now() + longest_wait;
    for (;;) {
        try {
            store::LockHolder self = store::this_process(command_text(context), clock.now());
            self.is_momentary = true;
            return store::StateFile::open_exclusive(file, self);
        } catch (const store::LockedError&) {
            if (clock.steady_now() >= deadline) throw;
        }
        std::this_thread::sleep_for(lock_check_interval);
    }
}

/// Resends or skips the events that the command line selects, in one file after the other.
class Change {
public:
    explicit Change(const CommandContext& context)
        : context_(context),
          is_resend_(context.parsed.operand == "resend"),
          takes_all_(context.parsed.has("all")),
          ids_(context.parsed.words.begin(), context.parsed.words.end()) {
        if (ids_.empty() != takes_all_)
            throw ParameterError(
                fmt::format("events {}: either the ids of events or --all is required", context.parsed.operand));
    }

    void apply_to(const std::filesystem::path& file) {
        auto state = open_for_change(file, context_);
        auto transaction = state.begin();
        store::Outbox outbox(state);
        for (const store::UndeliveredEvent& event : outbox.undelivered())
            if (is_selected(event)) apply(outbox, event.event_id, event.sink);
        if (const auto sink = context_.parsed.option("sink"); sink && is_resend_)
            for (const std::string& id : ids_)
                if (!found_.contains(id) && std::ranges::binary_search(outbox.sinks(), *sink)) apply(outbox, id, *sink);
        transaction.commit(store::Durability::power_cut);
    }

    int count() const { return count_; }
    /// The ids of which no delivery was changed.
    std::vector<std::string> missed() const {
        std::vector<std::string> missed;
        std::ranges::set_difference(ids_, found_, std::back_inserter(missed));
        return missed;
    }

private:
    bool is_selected(const store::UndeliveredEvent& event) const {
        if (!is_of_sink(context_, event.sink)) return false;
        return takes_all_ ? !is_resend_ || event.dead_since : ids_.contains(event.event_id);
    }

    void apply(store::Outbox& outbox, const std::string& id, const std::string& sink) {
        if (!(is_resend_ ? outbox.resend(id, sink) : outbox.skip(id, sink))) return;
        ++count_;
        found_.insert(id);
        context_.cli.out << printable_line(fmt::format("{} event '{}' {} {}", is_resend_ ? "resends" : "gives up", id,
                                                       is_resend_ ? "to" : "for", sink))
                         << '\n';
    }

    const CommandContext& context_;
    bool is_resend_;
    bool takes_all_;
    std::set<std::string> ids_;
    std::set<std::string> found_;
    int count_ = 0;
};

ExitStatus change_events(const CommandContext& context) {
    Change change(context);
    for (const auto& file : store::outbox_files(state_of(context))) change.apply_to(file);
    if (change.count() == 0) context.cli.out << "no event to change\n";
    for (const std::string& id : change.missed())
        context.cli.err << printable_line(fmt::format(
                               "{}: events {}: no such sink lacks event '{}'; --sink NAME resends one that it has",
                               context.program.name, context.parsed.operand, id))
                        << '\n';
    return change.missed().empty() ? ExitStatus::success : ExitStatus::task_failed;
}

std::chrono::seconds read_wait(const ParsedCommand& parsed) {
    const auto text = parsed.option("wait");
    try {
        const auto wait = text ? Codec<std::chrono::seconds>::read(*text) : 0s;
        if (wait >= 0s && wait <= std::chrono::days(7)) return wait;
    } catch (const ParameterError&) {
    }
    throw ParameterError(fmt::format("--wait: '{}' is not a duration between 0 and a week, like 10m", *text));
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

ExitStatus deliver_command(const CommandContext& context) {
    const CliContext& cli = context.cli;
    const Time deadline = cli.clock.now() + read_wait(context.parsed);
    const RunConfig config = read_run_config(context.parsed, context.config, cli.clock.now());
    const auto log =
        config.log_format == LogFormat::json
            ? make_json_log(cli.err, cli.clock, observe::common_fields(observe::new_run(""), context.program.name))
            : make_plain_log(cli.err, cli.clock);
    const run::SessionOptions options{.program = context.program.name,
                                      .command = command_text(context),
                                      .sinks = run::configured_sinks(context.config, context.program.sinks)};
    worker::NoObserver observer;
    const auto [undelivered, errors] =
        run::deliver_pending(state_of(context), options, {cli.clock, *log, observer}, deadline);
    for (const std::string& line : run::undelivered_lines(undelivered)) cli.out << line << '\n';
    for (const std::string& error : errors)
        cli.err << printable_line(fmt::format("{}: deliver: {}", context.program.name, error)) << '\n';
    if (!errors.empty()) return ExitStatus::scheduling_error;
    const bool is_delivered = std::ranges::none_of(undelivered, &SinkBacklog::is_configured);
    return is_delivered || config.undelivered_ok ? ExitStatus::success : ExitStatus::undelivered;
}

}  // namespace freshet::cli
