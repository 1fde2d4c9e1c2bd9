// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/build.hpp"

#include "cli/parameters.hpp"
#include "cli/run_config.hpp"
#include "cli/slurm_config.hpp"
#include "run/session.hpp"
#include "worker/observer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet {

namespace {

class NullLog final : public Log {
public:
    void write(const LogRecord&) override {}
};

/// Reads the file. Throws ConfigError also for what only a command line uses.
Config load_build_config(const std::filesystem::path& file, const Registry& registry) {
    Config config = Config::load({.program = "", .config_file = file, .environment = process_environment()});
    cli::check_config_keys(config, registry);
    for (const std::string& key : config.keys("run"))
        throw ConfigError(
            fmt::format("{}: [run] {} is an option of command lines, not of build()", config.origin("run", key), key));
    for (const std::string& table : config.table_names())
        throw ConfigError(fmt::format("{}: build() takes its sinks from BuildOptions, not from [[{}]]",
                                      config.tables(table).front().origin, table));
    return config;
}

std::optional<run::RemoteOptions> remote_options(const Registry& registry, const BuildOptions& options) {
    if (options.scheduler.empty()) return std::nullopt;
    return run::RemoteOptions{.address = {.url = options.scheduler, .token = options.token},
                              .emits_events = std::ranges::any_of(registry.types(), &TaskType::emits_events)};
}

/// The tasks as the registry makes them.
std::vector<AnyTask> configured_tasks(const Registry& registry, const std::vector<AnyTask>& tasks) {
    std::vector<AnyTask> configured;
    for (const AnyTask& task : tasks) configured.push_back(registry.configured(task));
    return configured;
}

}  // namespace

BuildResult build(const Registry& registry, const std::vector<AnyTask>& roots, const BuildOptions& options) {
    const SystemClock system_clock;
    const Clock& clock = options.clock ? *options.clock : system_clock;
    NullLog log;
    worker::NoObserver observer;
    run::SessionOptions session;
    session.command = "freshet::build";
    session.workers = options.workers;
    session.family_limits = options.limits;
    session.engine = options.engine;
    session.slurm = options.slurm;
    session.scheduler = remote_options(registry, options);
    session.limits.insert(options.resources.begin(), options.resources.end());
    session.state = options.state;
    session.sinks = options.sinks;
    session.wait_until = options.wait_until;
    session.default_timeout = options.default_timeout;
    session.max_tasks = options.max_tasks;
    session.stop = options.stop;
    session.observer = options.observer;
    const run::SessionParts parts{.clock = clock, .log = log, .observer = observer};
    if (!options.config_file) return run::run_session(registry, configured_tasks(registry, roots), session, parts);

    const Config config = load_build_config(*options.config_file, registry);
    const scheduler::Config limits = cli::read_limits(config);
    session.limits.insert(limits.resources.begin(), limits.resources.end());
    session.rates = limits.rates;
    session.slurm = cli::read_slurm(config, options.slurm);
    const Registry configured = cli::configured_registry({}, registry, {}, config, clock);
    return run::run_session(configured, configured_tasks(configured, roots), session, parts);
}

}  // namespace freshet
