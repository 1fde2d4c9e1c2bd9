// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/run_settings.hpp"

#include "cli/configuration_error.hpp"
#include "cli/wait_until.hpp"
#include "freshet/codec.hpp"
#include "freshet/http.hpp"

#include <fmt/format.h>

namespace freshet::run {

namespace {

constexpr std::string_view command_line_origin = "command line";
constexpr int max_workers = 1024;  // more threads than any machine serves well: surely a slip

[[noreturn]] void reject(std::string_view name, const ConfigValue& given, std::string_view why) {
    if (given.origin == command_line_origin) throw ParameterError(fmt::format("--{}: {}", name, why));
    throw ConfigError(fmt::format("{}: [run] {}: {}", given.origin, name, why));
}

/// What `read` makes of the option's text; nullopt when it is given nowhere.
template <class Read>
auto read_option(std::string_view name, const ParsedArguments& parsed, const Config& config, Read read)
    -> std::optional<decltype(read(std::string()))> {
    const auto given = find_option(name, parsed, config);
    if (!given) return std::nullopt;
    try {
        return read(given->text);
    } catch (const ParameterError& error) {
        reject(name, *given, error.what());
    }
}

int read_count(const std::string& text) {
    const int count = Codec<int>::read(text);
    if (count < 1 || count > max_workers)
        throw ParameterError(fmt::format("'{}' is not between 1 and {}", text, max_workers));
    return count;
}

std::chrono::milliseconds read_retry_pause(const std::string& text) {
    const std::chrono::duration<double> pause(Codec<double>::read(text));
    if (pause >= std::chrono::milliseconds(1) && pause <= std::chrono::days(1))
        return std::chrono::duration_cast<std::chrono::milliseconds>(pause);
    throw ParameterError(fmt::format("'{}' is not between a millisecond and a day", text));
}

std::chrono::milliseconds read_retry_budget(const std::string& text) {
    const std::chrono::duration<double> retry_budget(Codec<double>::read(text));
    if (retry_budget >= retry_budget.zero() && retry_budget <= std::chrono::days(7))
        return std::chrono::duration_cast<std::chrono::milliseconds>(retry_budget);
    throw ParameterError(fmt::format("'{}' is not between 0 and a week", text));
}

std::chrono::seconds read_idle_timeout(const std::string& text) {
    const std::chrono::seconds idle(Codec<int>::read(text));
    if (idle >= idle.zero() && idle <= std::chrono::days(7)) return idle;
    throw ParameterError(fmt::format("'{}' is not between 0 and a week", text));
}

std::string read_url(const std::string& text) {
    for (const char* scheme : {"http://", "https://", "http+unix://"})
        if (text.starts_with(scheme) && text.size() > std::string_view(scheme).size()) return text;
    throw ParameterError(fmt::format("'{}' is not an address like http://host:8082", http::redacted_url(text)));
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

std::filesystem::path read_path(const std::string& text) {
    if (text.empty()) throw ParameterError("'' is no file");
    return text;
}

}  // namespace

LogFormat read_log_format(std::string_view text) {
    if (text == "plain") return LogFormat::plain;
    if (text == "json") return LogFormat::json;
    throw ParameterError(fmt::format("'{}' is neither 'plain' nor 'json'", text));
}

std::optional<ConfigValue> find_option(std::string_view name, const ParsedArguments& parsed, const Config& config) {
    if (const auto text = parsed.option(name))
        return ConfigValue{option_named(name).placeholder.empty() ? "True" : *text, std::string(command_line_origin)};
    return config.find("run", name);
}

RunConfig read_run_config(const ParsedArguments& parsed, const Config& config, Time now) {
    const auto read = [&](std::string_view name, auto reader) { return read_option(name, parsed, config, reader); };
    return {.workers = read("workers", read_count).value_or(1),
            .state = read("state", read_path),
            .scheduler = read("scheduler", read_url),
            .token_file = read("token-file", read_path),
            .retry_budget = read("scheduler-patience", read_retry_budget).value_or(std::chrono::hours(1)),
            .families = read("families", read_list).value_or(std::vector<std::string>{}),
            .idle_timeout = read("idle", read_idle_timeout).value_or(std::chrono::seconds(10)),
            .log_format = read("log-format", read_log_format).value_or(LogFormat::plain),
            .wait_until = read("wait-until", [now](const std::string& text) { return parse_deadline(text, now); }),
            .longest_pause = read("longest-pause", read_retry_pause),
            .tempfail_ok = read("tempfail-ok", Codec<bool>::read).value_or(false)};
}

int read_last(const ParsedArguments& parsed) {
    constexpr int default_count = 20;
    const auto text = parsed.option("last");
    if (!text) return default_count;
    try {
        const int count = Codec<int>::read(*text);
        if (count > 0) return count;
    } catch (const ParameterError&) {
    }
    throw ParameterError(fmt::format("--last: '{}' is not a number above 0", *text));
}

}  // namespace freshet::run
