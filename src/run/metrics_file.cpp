// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/metrics_file.hpp"

#include "base/time.hpp"
#include "event/delivery.hpp"
#include "freshet/file.hpp"
#include "freshet/text.hpp"
#include "store/outbox.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace freshet {

std::vector<SinkBacklog> read_backlogs(const std::filesystem::path& state) {
    return store::read_backlogs(store::outbox_files(state));
}

}  // namespace freshet

namespace freshet::run {

namespace {

constexpr std::string_view last_success = "job_last_success_unixtime";

constexpr std::string_view last_completion = "job_last_completion_unixtime";

/// The line of a job's sample up to its value.
std::string sample_prefix(std::string_view name, const MetricLabels& labels) {
    MetricsWriter written(labels);
    written.family(name, "gauge", "");
    written.sample({}, 0);
    const std::string line = written.text().substr(written.text().find(fmt::format("\n{}", name)) + 1);
    return line.substr(0, line.rfind(' ') + 1);
}

/// Returns the time of the last success of the same job in the file of an earlier run.
std::optional<double> earlier_success(const std::filesystem::path& file, const MetricLabels& labels) {
    if (!std::filesystem::exists(file)) return std::nullopt;
    const std::string prefix = sample_prefix(last_success, labels);
    for (const std::string& known : split(read_file(file), '\n')) {
        if (!known.starts_with(prefix)) continue;
        double seconds = 0;
        const auto end = known.data() + known.size();
        if (std::from_chars(known.data() + prefix.size(), end, seconds).ec == std::errc()) return seconds;
    }
    return std::nullopt;
}

/// The name of an outbox for all jobs that use it.
std::string name_of_outbox(const std::filesystem::path& state) {
    std::error_code error;
    const auto path = std::filesystem::weakly_canonical(std::filesystem::absolute(state), error);
    return (error ? state : path).string();
}

void write_outbox(const JobMetrics& job, MetricsWriter& out) {
    const auto backlogs = store::read_backlogs(store::outbox_files(*job.state));
    const std::string outbox = name_of_outbox(*job.state);
    event::write_metrics(backlogs, out, {{"outbox", outbox}});
    out.family("freshet_outbox_read_timestamp_seconds", "gauge", "Time when the undelivered events were counted.");
    out.sample({{"outbox", outbox}}, job.ended);
}

void write_job(const JobMetrics& job, std::optional<double> success, MetricsWriter& out) {
    out.family(last_success, "gauge", "Time of the job's last run that ended with everything complete.");
    if (success) out.sample({}, *success);
    out.family(last_completion, "gauge", "Time when the job's last run ended.");
    out.sample({}, job.ended);
    out.family("job_duration_seconds", "gauge", "Duration of the job's last run.");
    out.sample({}, std::chrono::duration<double>(job.ended - job.started).count());
    out.family("job_exit_status", "gauge", "Exit status of the job's last run; 75: some data is not available yet.");
    out.sample({}, static_cast<double>(job.status));
    out.family("job_tasks", "gauge", "Tasks of the job's last run by their state at its end.");
    for (const auto& [state, count] : job.tasks) out.sample({{"state", state}}, count.as_number());
}

}  // namespace

std::string write_metrics_file(const std::filesystem::path& file, const JobMetrics& job) {
    const MetricLabels labels(job.labels.begin(), job.labels.end());
    MetricsWriter out(labels);
    write_job(job, job.is_complete ? epoch_seconds(job.ended) : earlier_success(file, labels), out);
    std::string problem;
    try {
        if (job.state) write_outbox(job, out);
    } catch (const Error& error) {
        problem = error.what();
    }
    if (job.add_own) job.add_own(out);
    create_folders(std::filesystem::absolute(file).parent_path());
    PendingFile pending(file);
    pending.append(out.text());
    using std::filesystem::perms;
    // node_exporter runs as an account of its own, whatever the umask of this one.
    std::filesystem::permissions(pending.temporary(),
                                 perms::owner_read | perms::owner_write | perms::group_read | perms::others_read);
    pending.commit();
    return problem;
}

bool is_of_other_job(const std::filesystem::path& file,
                     const std::vector<std::pair<std::string, std::string>>& labels) {
    if (!std::filesystem::exists(file)) return false;
    const std::string own = sample_prefix(last_completion, {labels.begin(), labels.end()});
    for (const std::string& line : split(read_file(file), '\n'))
        if (line.starts_with(fmt::format("{}{{", last_completion)) && !line.starts_with(own)) return true;
    return false;
}

}  // namespace freshet::run
