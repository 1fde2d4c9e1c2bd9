// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "slurm/queue.hpp"

#include "base/config.hpp"
#include "freshet/process.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace freshet::slurm {

namespace {

using namespace std::chrono;

constexpr std::string_view ended_states[] = {"BOOT_FAIL", "CANCELLED",     "COMPLETED",     "DEADLINE",
                                             "FAILED",    "NODE_FAIL",     "LAUNCH_FAILED", "OUT_OF_MEMORY",
                                             "PREEMPTED", "RECONFIG_FAIL", "REVOKED",       "TIMEOUT"};
constexpr seconds longest_call{30};  // Slurm waits 10 s for a message, and its tools try again

/// Keeps the lines that a program prints.
class LineCollector final : public Reporter {
public:
    void progress(double) override {}
    void status(std::string_view) override {}
    void log(std::string_view line) override { lines.emplace_back(line); }
    void warn(std::string_view) override {}

    std::vector<std::string> lines;
};

/// The variables of the job in which the worker itself may run, and those by which a user changes what the tools print.
bool is_hidden(std::string_view name) {
    return name != "SLURM_CONF" &&
           (name.starts_with("SLURM_") || name.starts_with("SQUEUE_") || name.starts_with("SCANCEL_"));
}

/// Returns a command that runs another one without these variables, nor the mark of run_subprocess(): a job that starts
/// on this machine while sbatch runs would be killed as what that has left.
std::vector<std::string> in_clean_environment(const std::vector<std::string>& command) {
    std::vector<std::string> all{"env", "-u", "FRESHET_SUBPROCESS"};
    for (const auto& [name, value] : process_environment())
        if (is_hidden(name)) all.insert(all.end(), {"-u", name});
    all.insert(all.end(), command.begin(), command.end());
    return all;
}

bool is_in_path(std::string_view program) {
    const char* const path = std::getenv("PATH");
    const auto folders = split(path ? path : "", ':');
    return std::ranges::any_of(folders, [&](const auto& folder) {
        return ::access(fmt::format("{}/{}", folder, program).c_str(), X_OK) == 0;
    });
}

int amount_of(const Resources& resources, const std::string& name) {
    const auto found = resources.find(name);
    return found == resources.end() ? 0 : found->second;
}

/// Slurm replaces % and what follows in the names of output files.
std::string without_patterns(std::string path) {
    for (std::size_t at = path.find('%'); at != path.npos; at = path.find('%', at + 2)) path.insert(at, 1, '%');
    return path;
}

}  // namespace

bool ListedJob::has_ended() const { return std::ranges::find(ended_states, state) != std::end(ended_states); }

JobRequest request_for(const worker::Attempt& attempt) {
    JobRequest request{.name = fmt::format("{}.{}", attempt.task.type().family, attempt.token),
                       .comment = attempt.task.id(),
                       .timeout = worker::timeout_of(attempt)};
    try {
        const Resources resources = attempt.task.policy().resources;
        request.cpus = amount_of(resources, "cpus");
        request.memory = amount_of(resources, "memory");
        request.gpus = amount_of(resources, "gpus");
    } catch (...) {
    }
    return request;
}

std::vector<std::string> sbatch_command(const JobRequest& request, const SlurmOptions& options) {
    std::vector<std::string> command{"sbatch",
                                     "--parsable",
                                     "--no-requeue",  // the engine tries again
                                     "--export=ALL",
                                     "--nodes=1",
                                     "--ntasks=1",
                                     "--job-name=" + request.name,
                                     "--comment=" + request.comment,
                                     "--output=" + without_patterns(request.folder / "output")};
    const auto add = [&](std::string_view option, const auto& value) {
        command.push_back(fmt::format("--{}={}", option, value));
    };
    if (request.cpus > 0) add("cpus-per-task", request.cpus);
    if (request.memory > 0) add("mem", fmt::format("{}M", request.memory));
    if (request.gpus > 0) add("gpus", request.gpus);
    if (request.timeout.count() > 0) add("time", ceil<minutes>(request.timeout + minutes(1)).count());
    if (!options.partition.empty()) add("partition", options.partition);
    if (!options.account.empty()) add("account", options.account);
    command.insert(command.end(), options.arguments.begin(), options.arguments.end());
    command.push_back(request.script.native());
    command.push_back(request.folder.native());
    return command;
}

std::string parse_job_id(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
        const std::string id = line.substr(0, line.find(';'));  // the cluster's name may follow
        if (!id.empty() && id.find_first_not_of("0123456789") == id.npos) return id;
    }
    return {};
}

std::vector<ListedJob> parse_jobs(const std::vector<std::string>& lines) {
    std::vector<ListedJob> jobs;
    for (const std::string& line : lines) {
        const auto fields = split(line, '|');
        const std::size_t dot = line.rfind('.');
        if (fields.size() < 4 || dot == line.npos) continue;
        jobs.push_back({.id = std::string(fields[0]),
                        .state = std::string(fields[1]),
                        .reason = std::string(fields[2]),
                        .token = line.substr(dot + 1)});
    }
    return jobs;
}

Queue::Queue(const Clock& clock, SlurmOptions options, std::stop_token stop)
    : clock_(clock), options_(std::move(options)), stop_(std::move(stop)) {
    for (const char* tool : {"sbatch", "squeue", "scancel"})
        if (!is_in_path(tool))
            throw ConfigError(fmt::format(
                "run attempts in Slurm: '{}' is not in PATH; '--engine local' makes them on this machine", tool));
}

std::string Queue::submit(const JobRequest& request) const {
    const std::string id = parse_job_id(call(sbatch_command(request, options_), stop_));
    if (id.empty()) throw SlurmError("sbatch: it has printed no job id");
    return id;
}

std::vector<ListedJob> Queue::jobs() const {
    return parse_jobs(
        call({"squeue", "--me", "--noheader", "--states=all", fmt::format("--format={}", list_format)}, {}));
}

void Queue::terminate(const std::string& id, const std::string& name) const {
    call({"scancel", "--batch", "--signal=TERM", "--name=" + name, id}, {});
}

void Queue::cancel(const std::vector<std::string>& ids) const {
    if (ids.empty()) return;
    std::vector<std::string> command{"scancel", "--quiet"};
    command.insert(command.end(), ids.begin(), ids.end());
    call(command, {});
}

std::vector<std::string> Queue::call(const std::vector<std::string>& command, const std::stop_token& stop) const {
    LineCollector collector;
    const auto deadline = clock_.steady_now() + longest_call;
    Context context({.clock = clock_, .reporter = collector, .http = {}, .cancelled = [&] {
                         return stop.stop_requested() || clock_.steady_now() >= deadline;
                     }});
    try {
        run_subprocess(context, {.arguments = in_clean_environment(command)});
    } catch (const Error& error) {
        const auto& lines = collector.lines;
        throw SlurmError(lines.empty() ? fmt::format("{}: {}", command.front(), error.what()) : lines.back());
    }
    return std::move(collector.lines);
}

}  // namespace freshet::slurm
