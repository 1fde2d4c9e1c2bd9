// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/serve.hpp"

#include "app/access.hpp"
#include "app/background.hpp"
#include "app/daemon.hpp"
#include "app/happenings.hpp"
#include "app/logs.hpp"
#include "app/notify.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <initializer_list>

namespace freshet::app {

namespace {

constexpr rlim_t files_wanted = 65'536;  // a connection is one

/// As many as a service manager gives us; a shell's limit is often 1024, and may be raised.
void allow_many_files() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= files_wanted) return;
    limit.rlim_cur = std::min(limit.rlim_max, files_wanted);
    setrlimit(RLIMIT_NOFILE, &limit);
}

/// A log or a parent that nobody reads any more, and a file that may not grow (ulimit -f), are errors of that write,
/// not the end of the daemon. It starts no programs, which would inherit this.
void survive_failed_writes() {
    for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
}

constexpr auto long_enough = std::chrono::hours(1);  // to sleep where nobody watches

/// The main thread's part: it waits for signals, and tells the log and the service manager what goes on.
class Watch {
public:
    Watch(const Arguments& arguments, const ConfigurationSources& sources, const Configuration& configuration, Log& log,
          const Clock& clock)
        : arguments_(arguments), sources_(sources), started_with_(configuration), log_(log), clock_(clock),
          notifier_(sources.environment) {}

    void tell_start(const Daemon& daemon) {
        say("freshetd.ready", fmt::format("freshetd {} listens on {}, {}", FRESHET_VERSION, daemon.address(), daemon.contents()));
    }

    void over(Daemon& daemon, Happenings& happenings, Logs& logs) {
        notifier_.ready("listens on " + daemon.address());
        for (;;) {
            const auto pause = notifier_.watchdog().value_or(long_enough);
            const auto happening = happenings.wait(clock_.steady_now() + pause);
            if (happening == Happening::stop) break;
            if (happening == Happening::failure) std::rethrow_exception(happenings.failure());
            if (happening == Happening::reload) reload(daemon, logs);
            if (notifier_.watchdog()) daemon.ask_whether_alive([this] { notifier_.alive(); });
        }
        say("freshetd.stopping", "stopping: what is under way is answered, nothing more is accepted");
        notifier_.stopping();
    }

private:
    void reload(Daemon& daemon, Logs& logs) {
        notifier_.reloading(clock_.steady_now());
        logs.reopen();
        try {
            const Configuration configuration = load_configuration(arguments_, sources_);
            daemon.reload(configuration);
            say("freshetd.reloaded", "the limits of resources and the tokens were read again");
            for (const std::string& name : needs_restart(started_with_, configuration))
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

    void say(std::string_view event, const std::string& message) { log_.write({.event = event, .message = message}); }

    const Arguments& arguments_;
    const ConfigurationSources& sources_;
    const Configuration& started_with_;
    Log& log_;
    const Clock& clock_;
    Notifier notifier_;
};

}  // namespace

std::string check_only(const Arguments& arguments, const ConfigurationSources& sources) {
    const Configuration configuration = load_configuration(arguments, sources);
    checked_address(configuration);
    entrance_of(configuration.server, configuration.cors);
    return shown(configuration);
}

void serve(const Arguments& arguments, const ConfigurationSources& sources) {
    const Configuration configuration = load_configuration(arguments, sources);
    survive_failed_writes();
    std::optional<Background> background;
    if (arguments.has("background")) background = Background::enter();
    std::optional<PidFile> pid_file;
    if (configuration.server.pidfile) pid_file.emplace(*configuration.server.pidfile);

    const SystemClock clock;
    allow_many_files();
    Happenings happenings;
    Logs logs(configuration.server, clock);
    for (const std::string& notice : configuration.notices)
        logs.log().write({.level = LogLevel::warning, .event = "configuration.notice", .message = notice});
    Watch watch(arguments, sources, configuration, logs.log(), clock);
    {
        Daemon daemon(configuration, {.clock = clock,
                                      .log = logs.log(),
                                      .audits = logs.audits(),
                                      .failed = [&](std::exception_ptr why) { happenings.fail(std::move(why)); }});
        watch.tell_start(daemon);
        if (background) background->ready();  // who waits for it finds where it listens in the log
        watch.over(daemon, happenings, logs);
    }
    logs.log().write({.event = "freshetd.stopped", .message = "stopped: all that was answered to is on the disk"});
}

}  // namespace freshet::app
