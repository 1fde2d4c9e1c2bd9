// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/build.hpp"

#include "cli/parameters.hpp"
#include "cli/run_config.hpp"
#include "run/session.hpp"
#include "worker/observer.hpp"

#include <fmt/format.h>

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

}  // namespace

BuildResult build(const Registry& registry, const std::vector<AnyTask>& roots, const BuildOptions& options) {
    const SystemClock clock;
    NullLog log;
    worker::NoObserver observer;
    run::SessionOptions session;
    session.command = "freshet::build";
    session.workers = options.workers;
    session.state = options.state;
    session.sinks = options.sinks;
    const run::SessionParts parts{.clock = clock, .log = log, .observer = observer};
    if (!options.config_file) return run::run_session(registry, roots, session, parts);

    const Config config = load_build_config(*options.config_file, registry);
    const scheduler::Config limits = cli::read_limits(config);
    session.limits = limits.resources;
    session.rates = limits.rates;
    const Registry configured = cli::configured_registry({}, registry, config, clock);
    std::vector<AnyTask> configured_roots;
    for (const AnyTask& root : roots) configured_roots.push_back(configured.configured(root));
    return run::run_session(configured, configured_roots, session, parts);
}

}  // namespace freshet
