// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "worker/observer.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace freshet::run {

/// The folder of the logs of a state's attempts, beside it: a folder for each task, with a file for each attempt.
std::filesystem::path attempt_logs_folder(const std::filesystem::path& state);

/// A log of one attempt: NUMBER.log in its task's folder, where NUMBER is that of the attempt in its run or, if an
/// earlier run has it, the next one. The begin of a long one is in NUMBER.log.old.
std::filesystem::path attempt_log_path(const std::filesystem::path& task_folder, int number);

/// The greatest number in a task's folder; 0 without any.
int last_attempt_log(const std::filesystem::path& task_folder);

/// The part of a long log that came before what attempt_log_path() holds.
std::filesystem::path older_part(const std::filesystem::path& log);

/// Forwards everything to another observer, and writes what an attempt logs, or its process prints, to a file of its
/// own, which begins with its first line. The file is locked (flock) while the attempt runs. A disk without room costs
/// the log, not the run. On the worker's thread, as all observers.
class AttemptLogs final : public worker::Observer {
public:
    /// The maximum size of each of the two files, bytes; a longer log loses lines between them.
    static constexpr std::uint64_t longest_part = 5 << 20;

    AttemptLogs(worker::Observer& observer, const Clock& clock, std::filesystem::path folder)
        : observer_(observer), clock_(clock), folder_(std::move(folder)) {}

    void planned(const worker::Plan& plan) override { observer_.planned(plan); }
    void started(const AnyTask& task, int attempt) override;
    void progressed(const AnyTask& task, double fraction) override { observer_.progressed(task, fraction); }
    void status_changed(const AnyTask& task, std::string_view message) override;
    void logged(const AnyTask& task, std::string_view message, bool is_warning) override;
    void ended(const AnyTask& task, const worker::FinishedAttempt& end) override;
    void notified(std::string_view message) override { observer_.notified(message); }

private:
    struct OpenLog {
        int number = 1;
        FileDescriptor file{};  ///< none: it has no line yet
        std::uint64_t size = 0;
        std::uint64_t cut = 0;  ///< bytes that were left out
    };

    void write(const AnyTask& task, std::string_view line);
    void write(const AnyTask& task, OpenLog& log, std::string_view line) const;
    void begin_part(const AnyTask& task, OpenLog& log) const;
    void remove_old() const;

    worker::Observer& observer_;
    const Clock& clock_;
    std::filesystem::path folder_;
    std::map<std::string, OpenLog> open_;  ///< by task id
    bool has_written_ = false;
    bool has_failed_ = false;
};

}  // namespace freshet::run
