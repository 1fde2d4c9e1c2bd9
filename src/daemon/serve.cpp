// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/serve.hpp"

#include "base/signals.hpp"
#include "daemon/access_config.hpp"
#include "daemon/daemon.hpp"
#include "daemon/daemonize.hpp"
#include "daemon/log_files.hpp"
#include "daemon/sd_notify.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <utility>

namespace freshet::daemon {

namespace {

/// An event that the main thread waits for.
enum class DaemonEvent { stop, reload, failure };

/// The queue of events from signals and failures. A second stop signal exits the process at once.
class DaemonEventQueue {
public:
    /// Blocks the signals, so it must be made before any thread starts.
    DaemonEventQueue();

    /// Posts DaemonEvent::failure. Thread-safe.
    void fail(std::exception_ptr why);
    std::exception_ptr failure() const;

    /// Waits for the next event; nullopt at the deadline. A stop precedes all other events.
    std::optional<DaemonEvent> wait(std::chrono::steady_clock::time_point until);

private:
    void on_signal(int signal);
    std::optional<DaemonEvent> take();

    mutable std::mutex mutex_;
    std::condition_variable event_posted_;
    int stop_count_ = 0;  // guarded by mutex_, as all below
    bool stop_requested_ = false;
    bool reload_requested_ = false;
    bool has_failed_ = false;
    std::exception_ptr failure_{};
    SignalListener listener_;  // last: it uses all of the above
};

DaemonEventQueue::DaemonEventQueue()
    : listener_({SIGTERM, SIGINT, SIGQUIT, SIGHUP}, [this](int signal) { on_signal(signal); }) {}

void DaemonEventQueue::on_signal(int signal) {
    {
        const std::lock_guard lock(mutex_);
        if (signal == SIGHUP) {
            reload_requested_ = true;
        } else {
            // Loses pending requests only: every answered one is in the state file.
            if (++stop_count_ > 1) _exit(128 + signal);
            stop_requested_ = true;
        }
    }
    event_posted_.notify_one();
}

void DaemonEventQueue::fail(std::exception_ptr why) {
    {
        const std::lock_guard lock(mutex_);
        failure_ = std::move(why);
        has_failed_ = true;
    }
    event_posted_.notify_one();
}

std::exception_ptr DaemonEventQueue::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

std::optional<DaemonEvent> DaemonEventQueue::wait(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    std::optional<DaemonEvent> taken;
    event_posted_.wait_until(lock, until, [&] { return (taken = take()).has_value(); });
    return taken;
}

/// Requires mutex_.
std::optional<DaemonEvent> DaemonEventQueue::take() {
    if (std::exchange(stop_requested_, false)) return DaemonEvent::stop;
    if (std::exchange(has_failed_, false)) return DaemonEvent::failure;
    if (std::exchange(reload_requested_, false)) return DaemonEvent::reload;
    return std::nullopt;
}

constexpr rlim_t file_limit = 65'536;  // one descriptor per connection

/// Raises the soft limit of open files: a shell's is often 1024.
void raise_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= file_limit) return;
    limit.rlim_cur = std::min(limit.rlim_max, file_limit);
    setrlimit(RLIMIT_NOFILE, &limit);
}

/// Makes writes to a closed pipe and beyond `ulimit -f` fail with an error instead of a signal. Programs do not inherit
/// this: notify::CommandSink restores it.
void ignore_write_signals() {
    for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
}

constexpr auto idle_wait = std::chrono::hours(1);  // without a watchdog

/// The loop of the main thread: waits for events, and reports to the log and the service manager.
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
        log_info("freshetd.stopping", "stopping: answering pending requests, accepting no more");
        notifier_.stopping();
    }

private:
    void reload(Daemon& daemon, Logs& logs) {
        notifier_.reloading(clock_.steady_now());
        logs.reopen();
        try {
            const DaemonConfig config = load_daemon_config(arguments_, sources_);
            daemon.reload(config);
            log_info("freshetd.reloaded", "reloaded the resource limits and the tokens");
            for (const std::string& name : needs_restart(initial_config_, config))
                log_.write({.level = LogLevel::warning,
                            .event = "freshetd.needs_restart",
                            .message = name + " has changed: it takes effect after a restart"});
        } catch (const std::exception& error) {
            log_.write({.level = LogLevel::error,
                        .event = "freshetd.reload_failed",
                        .message = fmt::format("reload the configuration: {}; nothing was changed", error.what())});
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
        if (daemonizer) daemonizer->ready();  // after the log line with the address
        main_loop.run(daemon, events, logs);
    }
    logs.log().write({.event = "freshetd.stopped", .message = "stopped: all answered requests are on disk"});
}

}  // namespace freshet::daemon
