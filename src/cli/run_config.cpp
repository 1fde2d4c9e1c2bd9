// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/run_config.hpp"

#include "base/time.hpp"
#include "freshet/codec.hpp"
#include "freshet/http.hpp"
#include "scheduler/explanation.hpp"

#include <fmt/format.h>

namespace freshet::cli {

namespace {

using namespace std::chrono;

constexpr int max_workers = 1024;  // more threads than any machine can use: a typing error

[[noreturn]] void reject(std::string_view name, const ConfigValue& given, std::string_view why) {
    if (given.origin == command_line_origin) throw ParameterError(fmt::format("--{}: {}", name, why));
    throw ConfigError(fmt::format("{}: [run] {}: {}", given.origin, name, why));
}

/// The option's text, parsed by `read`; nullopt when it is not given.
template <class Read>
auto read_option(std::string_view name, const ParsedCommand& parsed, const Config& config, Read read)
    -> std::optional<decltype(read(std::string()))> {
    const auto given = find_option(name, parsed, config);
    if (!given) return std::nullopt;
    try {
        return read(given->text);
    } catch (const ParameterError& error) {
        reject(name, *given, error.what());
    }
}

int read_count(const std::string& text, int least) {
    const int count = Codec<int>::read(text);
    if (count < least || count > max_workers)
        throw ParameterError(fmt::format("'{}' is not between {} and {}", text, least, max_workers));
    return count;
}

int read_workers(const std::string& text) { return read_count(text, 0); }

int read_max_tasks(const std::string& text) {
    const int count = Codec<int>::read(text);
    if (count < 1) throw ParameterError(fmt::format("'{}' is not a number above 0", text));
    return count;
}

milliseconds read_retry_pause(const std::string& text) {
    const duration<double> pause(Codec<double>::read(text));
    if (pause >= milliseconds(1) && pause <= days(1)) return duration_cast<milliseconds>(pause);
    throw ParameterError(fmt::format("'{}' is not between a millisecond and a day", text));
}

milliseconds read_default_timeout(const std::string& text) {
    const duration<double> timeout(Codec<double>::read(text));
    if (timeout >= timeout.zero() && timeout <= years(1)) return ceil<milliseconds>(timeout);
    throw ParameterError(fmt::format("'{}' is not between 0 and a year", text));
}

milliseconds read_retry_budget(const std::string& text) {
    const duration<double> retry_budget(Codec<double>::read(text));
    if (retry_budget >= retry_budget.zero() && retry_budget <= days(7))
        return duration_cast<milliseconds>(retry_budget);
    throw ParameterError(fmt::format("'{}' is not between 0 and a week", text));
}

seconds read_idle_timeout(const std::string& text) {
    const seconds idle(Codec<int>::read(text));
    if (idle >= idle.zero() && idle <= days(7)) return idle;
    throw ParameterError(fmt::format("'{}' is not between 0 and a week", text));
}

std::vector<std::string> read_list(const std::string& text) {
    std::vector<std::string> items;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        if (end > begin) items.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return items;
}

Engine read_engine(const std::string& text) {
    for (const auto& [name, engine] : {std::pair("by-class", Engine::by_class), std::pair("local", Engine::local),
                                       std::pair("slurm", Engine::slurm)})
        if (text == name) return engine;
    throw ParameterError(fmt::format("'{}' is not one of by-class, local, slurm", text));
}

std::filesystem::path read_path(const std::string& text) {
    if (text.empty()) throw ParameterError("'' is not a file name");
    return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
int two_digits(std::string_view digits) { return (digits[0] - '0') * 10 + (digits[1] - '0'); }

/// "06:30"
std::optional<minutes> parse_time_of_day(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    for (const std::size_t i : {0u, 1u, 3u, 4u})
        if (!is_digit(text[i])) return std::nullopt;
    const auto hour = two_digits(text), minute = two_digits(text.substr(3));
    if (hour > 23 || minute > 59) return std::nullopt;
    return hours(hour) + minutes(minute);
}

Time next_time_of_day(minutes of_day, Time now) {
    const Time today = floor<days>(now) + of_day;
    return today >= now ? today : today + days(1);
}

/// Parses an instant of any accepted form; nullopt for other text.
std::optional<Time> parse_instant(std::string_view text) {
    const auto has_seconds = [](std::string_view t) { return t.size() > 16 && t[16] == ':'; };
    try {
        if (text.size() == 13) return Codec<DateHour>::read(text);
        if (text.size() == 17 && text.ends_with('Z'))  // without seconds
            return time_from_rfc3339(fmt::format("{}:00Z", text.substr(0, 16)));
        if (has_seconds(text)) return time_from_rfc3339(text);
    } catch (const Error&) {
    }
    return std::nullopt;
}

std::optional<int> positive_option(const ParsedCommand& parsed, std::string_view name) {
    const auto text = parsed.option(name);
    if (!text) return std::nullopt;
    try {
        if (const int number = Codec<int>::read(*text); number > 0) return number;
    } catch (const ParameterError&) {
    }
    throw ParameterError(fmt::format("--{}: '{}' is not a number above 0", name, *text));
}

}  // namespace

std::string read_scheduler_url(const std::string& text) {
    for (const char* scheme : {"http://", "https://", "http+unix://"})
        if (text.starts_with(scheme) && text.size() > std::string_view(scheme).size()) return text;
    throw ParameterError(fmt::format("'{}' is not an address like http://host:8082", http::redacted_url(text)));
}

std::optional<ConfigValue> find_option(std::string_view name, const ParsedCommand& parsed, const Config& config) {
    if (const auto text = parsed.option(name))
        return ConfigValue{option_named(name).placeholder.empty() ? "True" : *text, std::string(command_line_origin)};
    return config.find("run", name);
}

RunConfig read_run_config(const ParsedCommand& parsed, const Config& config, Time now) {
    const auto read = [&](std::string_view name, auto reader) { return read_option(name, parsed, config, reader); };
    return {.workers = read("workers", read_workers),
            .engine = read("engine", read_engine).value_or(Engine::by_class),
            .state = read("state", read_path),
            .scheduler = read("scheduler", read_scheduler_url),
            .token_file = read("token-file", read_path),
            .retry_budget = read("scheduler-patience", read_retry_budget).value_or(hours(1)),
            .families = read("families", read_list).value_or(std::vector<std::string>{}),
            .idle_timeout = read("idle", read_idle_timeout).value_or(seconds(10)),
            .log_format = read("log-format", parse_log_format).value_or(LogFormat::plain),
            .wait_until = read("wait-until", [now](const std::string& text) { return parse_deadline(text, now); }),
            .longest_pause = read("longest-pause", read_retry_pause),
            .default_timeout = read("default-timeout", read_default_timeout).value_or(milliseconds(0)),
            .max_tasks = read("max-tasks", read_max_tasks),
            .is_exclusive = read("exclusive", Codec<bool>::read).value_or(false),
            .fail_fast = read("fail-fast", Codec<bool>::read).value_or(false),
            .tempfail_ok = read("tempfail-ok", Codec<bool>::read).value_or(false),
            .undelivered_ok = read("undelivered-ok", Codec<bool>::read).value_or(false),
            .metrics_file = read("metrics-file", read_path)};
}

scheduler::Config read_limits(const Config& config) {
    scheduler::Config limits{.holds_failed_tasks = true};  // as every scheduler of Freshet
    for (const std::string& resource : config.keys("resources")) {
        const ConfigValue given = *config.find("resources", resource);
        try {
            scheduler::set_resource(limits, resource, given.text);
        } catch (const ParameterError& error) {
            throw ConfigError(fmt::format("{}: {}", given.origin, error.what()));
        }
    }
    return limits;
}

std::string describe_shortage(const AnyTask& task, const scheduler::Config& limits) {
    const Resources needed = task.policy().resources;
    return scheduler::describe_shortage(limits.resources, {needed.begin(), needed.end()});
}

run::TaskSelection read_selection(const ParsedCommand& parsed, const Registry& registry) {
    run::TaskSelection selection{
        .until = parsed.option("until").value_or(""),
        .except = read_list(parsed.option("except").value_or("")),
        .rerun = {.task = parsed.option("rerun").value_or(""), .downstream = parsed.has("downstream")}};
    if (selection.rerun.downstream && selection.rerun.task.empty())
        throw ParameterError("--downstream is for the tasks that require those of --rerun TASK, which is not given");
    for (const std::string& family : selection.except) registry.find(family);  // throws, with the nearest name
    return selection;
}

std::optional<int> read_max_running(const ParsedCommand& parsed) {
    const auto text = parsed.option("max-running");
    if (!text) return std::nullopt;
    try {
        return read_count(*text, 1);
    } catch (const ParameterError& error) {
        throw ParameterError(fmt::format("--max-running: {}", error.what()));
    }
}

namespace {

constexpr int default_rows = 20;  // a screen of them

}  // namespace

int read_last(const ParsedCommand& parsed) { return positive_option(parsed, "last").value_or(default_rows); }
int read_limit(const ParsedCommand& parsed) { return positive_option(parsed, "limit").value_or(default_rows); }

std::optional<int> read_attempt(const ParsedCommand& parsed) { return positive_option(parsed, "attempt"); }

Time parse_deadline(std::string_view text, Time now) {
    if (const auto of_day = parse_time_of_day(text)) return next_time_of_day(*of_day, now);
    if (const auto time = parse_instant(text)) return *time;
    try {
        return now + Codec<seconds>::read(text);
    } catch (const ParameterError&) {
        throw ParameterError(
            fmt::format("'{}' is neither an instant like 2026-11-21T06:30Z, nor a time of day like 06:30, "
                        "nor a duration like 2h",
                        text));
    }
}

}  // namespace freshet::cli
