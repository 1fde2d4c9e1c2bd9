// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "cli/command_line.hpp"
#include "cli/run_config.hpp"
#include "cli/state_reader.hpp"
#include "freshet/codec.hpp"
#include "notify/rule.hpp"
#include "observe/trace.hpp"
#include "run/event_delivery.hpp"
#include "run/metrics_file.hpp"
#include "run/summary.hpp"
#include "store/outbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace freshet::cli {

std::filesystem::path outbox_state(const CommandContext& context) {
    const auto state = state_path(context, example_root(context));
    if (context.parsed.option("state") && store::outbox_files(state).empty())
        throw StoreError(fmt::format("open state '{}': it does not exist", state.string()));
    return state;
}

namespace {

using namespace std::chrono_literals;

std::chrono::seconds read_wait(const ParsedCommand& parsed) {
    const auto text = parsed.option("wait");
    try {
        const auto wait = text ? Codec<std::chrono::seconds>::read(*text) : 0s;
        if (wait >= 0s && wait <= std::chrono::days(7)) return wait;
    } catch (const ParameterError&) {
    }
    throw ParameterError(fmt::format("--wait: '{}' is not a duration between 0 and a week, like 10m", *text));
}

/// The metrics file of `deliver`, which is a job of its own beside the runs: it never takes theirs, not even from
/// [run].
class DeliveryMetrics {
public:
    explicit DeliveryMetrics(const CommandContext& context) : context_(context) {
        if (const auto file = context.parsed.option("metrics-file")) file_ = *file;
        job_.labels = {{"pipeline", context.program.name}, {"task", "deliver"}};
        job_.started = context.cli.clock.now();
        if (file_ && run::is_of_other_job(*file_, job_.labels))
            throw ParameterError(fmt::format(
                "--metrics-file '{}' has the metrics of a run: 'deliver' needs a file of its own", file_->string()));
    }

    void write(ExitStatus status, const std::filesystem::path& state) {
        if (!file_) return;
        job_.status = status;
        job_.is_complete = status == ExitStatus::success;
        job_.ended = context_.cli.clock.now();
        job_.state = state;
        std::string problem;
        try {
            problem = run::write_metrics_file(*file_, job_);
        } catch (const Error& error) {
            problem = error.what();
        }
        if (!problem.empty())
            context_.cli.err << printable_line(fmt::format("{}: deliver: metrics are not written: {}",
                                                           context_.program.name, problem))
                             << '\n';
    }

private:
    const CommandContext& context_;
    std::optional<std::filesystem::path> file_{};
    run::JobMetrics job_{};
};

}  // namespace

ExitStatus deliver_command(const CommandContext& context) {
    const CliContext& cli = context.cli;
    const Time deadline = cli.clock.now() + read_wait(context.parsed);
    const RunConfig config = read_run_config(context.parsed, context.config, cli.clock.now());
    const auto log =
        config.log_format == LogFormat::json
            ? make_json_log(cli.err, cli.clock, observe::common_fields(observe::new_run(""), context.program.name))
            : make_plain_log(cli.err, cli.clock);
    const run::SessionOptions options{
        .program = context.program.name,
        .command = command_text(context),
        .sinks = run::configured_sinks(context.config, context.program.sinks, notify::read_rules(context.config))};
    DeliveryMetrics metrics(context);
    const auto state = outbox_state(context);
    worker::NoObserver observer;
    const auto [undelivered, errors] = run::deliver_pending(state, options, {cli.clock, *log, observer}, deadline);
    for (const std::string& line : run::undelivered_lines(undelivered)) cli.out << line << '\n';
    for (const std::string& error : errors)
        cli.err << printable_line(fmt::format("{}: deliver: {}", context.program.name, error)) << '\n';
    const bool is_delivered = std::ranges::none_of(undelivered, &SinkBacklog::is_configured);
    const ExitStatus status = !errors.empty() ? ExitStatus::scheduling_error
                              : is_delivered  ? ExitStatus::success
                                              : ExitStatus::undelivered;
    metrics.write(status, state);
    return status == ExitStatus::undelivered && config.undelivered_ok ? ExitStatus::success : status;
}

}  // namespace freshet::cli
