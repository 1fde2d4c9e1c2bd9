// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/serve.hpp"

#include "daemon/access_config.hpp"
#include "daemon/daemon.hpp"
#include "daemon/daemonize.hpp"
#include "daemon/happenings.hpp"
#include "daemon/log_files.hpp"
#include "daemon/notify.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <initializer_list>

namespace freshet::daemon {

namespace {

constexpr rlim_t file_limit = 65'536;  // a connection is one

/// As many as a service manager gives us; a shell's limit is often 1024, and may be raised.
void raise_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= file_limit) return;
    limit.rlim_cur = std::min(limit.rlim_max, file_limit);
    setrlimit(RLIMIT_NOFILE, &limit);
}

/// A log or a parent that nobody reads any more, and a file that may not grow (ulimit -f), are errors of that write,
/// not the end of the daemon. It starts no programs, which would inherit this.
void ignore_write_signals() {
    for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
}

constexpr auto idle_wait = std::chrono::hours(1);  // to sleep where nobody watches

/// The main thread's part: it waits for signals, and tells the log and the service manager what goes on.
class MainLoop {
public:
    MainLoop(const cli::Arguments& arguments, const DaemonConfigSources& sources, const DaemonConfig& config, Log& log,
             const Clock& clock)
        : arguments_(arguments),
          sources_(sources),
          initial_config_(config),
          log_(log),
          clock_(clock),
          notifier_(sources.environment) {}

    void log_start(const Daemon& daemon) {
        log_info("freshetd.ready", fmt::format("freshetd {} listens on {}, {}", FRESHET_VERSION, daemon.address(),
                                               daemon.state_summary()));
    }

    void run(Daemon& daemon, DaemonEventQueue& events, Logs& logs) {
        notifier_.ready("listens on " + daemon.address());
        for (;;) {
            const auto pause = notifier_.watchdog().value_or(idle_wait);
            const auto event = events.wait(clock_.steady_now() + pause);
            if (event == DaemonEvent::stop) break;
            if (event == DaemonEvent::failure) std::rethrow_exception(events.failure());
            if (event == DaemonEvent::reload) reload(daemon, logs);
            if (notifier_.watchdog()) daemon.check_liveness([this] { notifier_.alive(); });
        }
        log_info("freshetd.stopping", "stopping: what is under way is answered, nothing more is accepted");
        notifier_.stopping();
    }

private:
    void reload(Daemon& daemon, Logs& logs) {
        notifier_.reloading(clock_.steady_now());
        logs.reopen();
        try {
            const DaemonConfig config = load_daemon_config(arguments_, sources_);
            daemon.reload(config);
            log_info("freshetd.reloaded", "the limits of resources and the tokens were read again");
            for (const std::string& name : needs_restart(initial_config_, config))
                log_.write({.level = LogLevel::warning,
                            .event = "freshetd.needs_restart",
                            .message = name + " has changed: that takes effect at the next start"});
        } catch (const std::exception& error) {
            log_.write({.level = LogLevel::error,
                        .event = "freshetd.reload_failed",
                        .message = fmt::format("read the configuration again: {}; all stays as it was", error.what())});
        }
        notifier_.ready("listens on " + daemon.address());
    }

    void log_info(std::string_view event, const std::string& message) {
        log_.write({.event = event, .message = message});
    }

    const cli::Arguments& arguments_;
    const DaemonConfigSources& sources_;
    const DaemonConfig& initial_config_;
    Log& log_;
    const Clock& clock_;
    Notifier notifier_;
};

}  // namespace

std::string check_config(const cli::Arguments& arguments, const DaemonConfigSources& sources) {
    const DaemonConfig config = load_daemon_config(arguments, sources);
    checked_listen_address(config);
    make_access_config(config.server, config.cors);
    return format_config(config);
}

void serve(const cli::Arguments& arguments, const DaemonConfigSources& sources) {
    const DaemonConfig config = load_daemon_config(arguments, sources);
    ignore_write_signals();
    std::optional<Daemonizer> daemonizer;
    if (arguments.has("background")) daemonizer = Daemonizer::detach();
    std::optional<PidFile> pid_file;
    if (config.server.pidfile) pid_file.emplace(*config.server.pidfile);

    const SystemClock clock;
    raise_file_limit();
    DaemonEventQueue events;
    Logs logs(config.server, clock);
    for (const std::string& notice : config.notices)
        logs.log().write({.level = LogLevel::warning, .event = "configuration.notice", .message = notice});
    MainLoop main_loop(arguments, sources, config, logs.log(), clock);
    {
        Daemon daemon(config, {.clock = clock,
                               .log = logs.log(),
                               .audit_backends = logs.audit_backends(),
                               .on_failure = [&](std::exception_ptr why) { events.fail(std::move(why)); }});
        main_loop.log_start(daemon);
        if (daemonizer) daemonizer->ready();  // who waits for it finds where it listens in the log
        main_loop.run(daemon, events, logs);
    }
    logs.log().write({.event = "freshetd.stopped", .message = "stopped: all that was answered to is on the disk"});
}

}  // namespace freshet::daemon
