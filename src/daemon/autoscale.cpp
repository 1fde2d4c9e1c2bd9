// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/autoscale.hpp"

#include "base/log.hpp"
#include "base/monotonic_clock.hpp"
#include "base/signals.hpp"
#include "base/time.hpp"
#include "daemon/worker_processes.hpp"
#include "freshet/error.hpp"
#include "freshet/http.hpp"
#include "process/child_setup.hpp"
#include "rpc/responses.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace freshet::daemon {

namespace {

/// Returns the next signal of those that end the autoscaler, or a worker's end (SIGCHLD); nullopt after `timeout`.
std::optional<int> wait_for_signal(std::chrono::nanoseconds timeout) {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&signals, signal);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout);
    const timespec time{.tv_sec = seconds.count(), .tv_nsec = (timeout - seconds).count()};
    const int signal = sigtimedwait(&signals, nullptr, &time);
    return signal > 0 ? std::optional(signal) : std::nullopt;
}

class Autoscaler {
public:
    explicit Autoscaler(const AutoscaleConfig& config)
        : config_(config),
          log_(config.logs_json ? make_json_log(std::cout, system_clock_, {{"program", "freshet autoscale"}})
                                : make_plain_log(std::cout, system_clock_, LogTime::full)),
          client_(http::make_client()),
          rpc_(config.scheduler, *client_),
          rule_(config.scaling),
          workers_(config.command, clock_) {}

    ExitStatus run() {
        auto next_look = clock_.steady_now();
        while (!is_stopping_) {
            if (clock_.steady_now() >= next_look) {
                look();
                next_look = clock_.steady_now() + config_.interval;
            }
            wait(next_look - clock_.steady_now());
        }
        drain_all();
        return ExitStatus::success;
    }

private:
    void look() {
        const auto queue = ask();
        if (!queue) return rule_.on_unreachable();
        const auto active = static_cast<std::int64_t>(workers_.active());
        const auto draining = static_cast<std::int64_t>(workers_.draining());
        const ScalingDecision decision = rule_.decide(*queue, {active, draining}, clock_.now());
        std::vector<pid_t> started;
        for (std::int64_t i = 0; i < decision.start; ++i) started.push_back(workers_.start());
        if (decision.start > 0) log_decision("start", started, *queue, decision.reason);
        if (decision.drain > 0)
            log_decision("drain", workers_.drain(static_cast<std::size_t>(decision.drain)), *queue, decision.reason);
    }

    /// The queue; nullopt while the scheduler cannot be asked.
    std::optional<QueueStatus> ask() {
        try {
            if (!is_known_ && !rpc::has_extension(rpc_.server_info(), rpc::extension_names::queue_status))
                throw Error(fmt::format("'{}' is no freshetd, or an older one", rpc_.name()));
            is_known_ = true;
            const auto response = rpc_.call(rpc::QueueStatus{.families = config_.families});
            const QueueStatus queue = queue_status_from_json(std::get<Json>(response));
            if (std::exchange(is_unreachable_, false))
                log(LogLevel::info, "autoscale.reachable", "the scheduler answers again");
            return queue;
        } catch (const TransientError& error) {
            if (!std::exchange(is_unreachable_, true))
                log(LogLevel::warning, "autoscale.unreachable",
                    fmt::format("the workers stay as they are: {}", error.what()));
            return std::nullopt;
        }
    }

    void wait(std::chrono::nanoseconds timeout) {
        const auto signal = wait_for_signal(std::max(timeout, std::chrono::nanoseconds(0)));
        reap();
        if (!signal || *signal == SIGCHLD) return;
        if (is_stopping_) workers_.abort_draining();
        is_stopping_ = true;
    }

    void reap() {
        for (const auto& ended : workers_.reap()) {
            const bool has_failed = ended.status != 0 && !ended.is_drained;
            std::string message =
                fmt::format("worker {} ended after {}: {}", ended.pid,
                            readable_duration(std::chrono::ceil<std::chrono::milliseconds>(ended.lived)),
                            process::describe_wait_status(ended.status));
            if (has_failed) {
                const auto lived = std::chrono::floor<std::chrono::seconds>(ended.lived);
                message += fmt::format("; the next one is started in {} at the earliest",
                                       readable_duration(rule_.on_failed_worker(clock_.now(), lived)));
            }
            log(has_failed ? LogLevel::warning : LogLevel::info, "autoscale.ended", message,
                {{"pid", ended.pid},
                 {"status", process::describe_wait_status(ended.status)},
                 {"workers", workers_.active()},
                 {"draining", workers_.draining()}});
        }
    }

    void drain_all() {
        const auto drained = workers_.drain(workers_.active());
        log(LogLevel::info, "autoscale.stop", fmt::format("asked to stop: {} workers are drained", drained.size()));
        while (workers_.draining() > 0) wait(std::chrono::minutes(1));
    }

    void log_decision(std::string_view action, const std::vector<pid_t>& workers, const QueueStatus& queue,
                      const std::string& reason) {
        log(LogLevel::info, fmt::format("autoscale.{}", action),
            fmt::format("{} {} worker{} ({}): {}", action, workers.size(), workers.size() == 1 ? "" : "s",
                        fmt::join(workers, ", "), reason),
            {{"count", workers.size()},
             {"pids", Json::Array(workers.begin(), workers.end())},
             {"workers", workers_.active()},
             {"draining", workers_.draining()},
             {"ready", queue.ready},
             {"oldest_s", queue.oldest.count()},
             {"held_up", queue.held_up},
             {"running", queue.running}});
    }

    void log(LogLevel level, std::string_view event, std::string_view message, Json::Object fields = {}) {
        log_->write({.level = level, .event = event, .message = message, .fields = std::move(fields)});
    }

    const AutoscaleConfig& config_;
    const SystemClock system_clock_{};
    const MonotonicClock clock_{system_clock_};
    const SignalBlocker signal_blocker_{};  // before any thread
    std::unique_ptr<Log> log_;
    std::unique_ptr<http::Client> client_;
    worker::RpcClient rpc_;
    ScalingRule rule_;
    WorkerProcesses workers_;
    bool is_known_ = false;
    bool is_unreachable_ = false;
    bool is_stopping_ = false;
};

}  // namespace

ExitStatus autoscale(const AutoscaleConfig& config) { return Autoscaler(config).run(); }

}  // namespace freshet::daemon
