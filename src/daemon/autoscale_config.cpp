// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/autoscale.hpp"

#include "cli/run_config.hpp"
#include "cli/scheduler_address.hpp"
#include "freshet/codec.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

namespace freshet::daemon {

namespace {

using namespace std::chrono;

constexpr std::int64_t max_workers = 1024;           // more than any machine can use: a typing error
constexpr std::string_view longest_idle = "604800";  // seconds; the autoscaler decides when a worker ends

/// Reads an option into `value`, which stays when it is absent.
template <class T>
void read(const cli::ParsedCommand& arguments, std::string_view name, T least, T most, T& value) {
    const auto text = arguments.option(name);
    if (!text) return;
    try {
        value = Codec<T>::read(*text);
    } catch (const ParameterError& error) {
        throw ParameterError(fmt::format("--{}: {}", name, error.what()));
    }
    if (value < least || value > most)
        throw ParameterError(fmt::format("--{}: '{}' is not between {} and {}", name, *text, Codec<T>::write(least),
                                         Codec<T>::write(most)));
}

ScalingOptions read_scaling(const cli::ParsedCommand& arguments) {
    ScalingOptions scaling;
    if (!arguments.has("max")) throw ParameterError("autoscale: --max N is required");
    read<std::int64_t>(arguments, "max", 1, max_workers, scaling.max_workers);
    read<std::int64_t>(arguments, "min", 0, scaling.max_workers, scaling.min_workers);
    read<std::int64_t>(arguments, "tasks-per-worker", 1, 1'000'000, scaling.tasks_per_worker);
    read<seconds>(arguments, "longest-wait", seconds(1), days(7), scaling.longest_wait);
    read<seconds>(arguments, "cooldown", seconds(0), days(7), scaling.cooldown);
    return scaling;
}

/// The command of a worker: that of --command, or `PROGRAM work`.
std::vector<std::string> worker_command(const cli::ParsedCommand& arguments) {
    if (const auto command = arguments.option("command")) {
        if (!arguments.words.empty()) throw ParameterError("autoscale: either a program or --command");
        return {"/bin/sh", "-c", "exec " + *command};  // a shell in between would not pass signals on
    }
    if (arguments.words.empty()) throw ParameterError("autoscale: a PROGRAM or --command is required");
    std::vector<std::string> command{arguments.words[0], "work", "--idle", std::string(longest_idle)};
    for (const std::string_view option : {"scheduler", "token-file", "families"})
        if (const auto value = arguments.option(option)) {
            command.push_back(fmt::format("--{}", option));
            command.push_back(*value);
        }
    return command;
}

}  // namespace

AutoscaleConfig read_autoscale_config(const cli::ParsedCommand& arguments, const Environment& environment) {
    const auto url = arguments.option("scheduler");
    if (!url) throw ParameterError("autoscale: --scheduler URL is required");
    AutoscaleConfig config{
        .scheduler = cli::scheduler_address(cli::read_scheduler_url(*url), arguments.option("token-file"), environment),
        .command = worker_command(arguments),
        .scaling = read_scaling(arguments),
        .logs_json = arguments.has("json")};
    if (const auto families = arguments.option("families"))
        config.families = Codec<std::vector<std::string>>::read(*families);
    read<seconds>(arguments, "interval", seconds(1), hours(1), config.interval);
    return config;
}

}  // namespace freshet::daemon
