// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/file.hpp"
#include "freshet/json.hpp"
#include "freshet/registry.hpp"
#include "process/attempt_protocol.hpp"
#include "worker/attempt.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// The files by which a worker and the jobs of its attempts speak, perhaps on a network file system:
// FOLDER/RUN/lock, FOLDER/RUN/script, and for each attempt FOLDER/RUN/TOKEN/{request,messages,output}.
namespace freshet::slurm {

/// Makes the folder with the attempt's request, and an empty file for its messages. The request has the values of
/// secret parameters and of the configuration: only this user may read it.
void create_attempt_folder(const std::filesystem::path& folder, const worker::Attempt& attempt,
                           const Registry& registry);

/// What a job is asked for.
struct ClaimedRequest {
    Json attempt;
    Registry registry;  ///< with the configuration of the worker
};

/// Takes the request out of the folder; nullopt when another job has taken it, or the worker has withdrawn it. So an
/// attempt is made once, however often its job was submitted.
std::optional<ClaimedRequest> claim_request(const std::filesystem::path& folder, const Registry& registry);

/// Appends the messages of an attempt, from its only job.
class MessageWriter {
public:
    explicit MessageWriter(const std::filesystem::path& folder);
    void write(const worker::Message& message);
    /// Lets other machines see what was written.
    void sync();

private:
    std::filesystem::path path_;
    FileDescriptor file_;
};

/// Reads what is new among the messages of an attempt.
class MessageReader {
public:
    explicit MessageReader(const std::filesystem::path& folder);
    /// Passes on the texts that are complete now, while `goes_on()`.
    void read(const std::function<bool()>& goes_on, const std::function<void(const std::string&)>& on_text);

private:
    std::filesystem::path path_;
    std::uint64_t offset_ = 0;
    process::FrameDecoder decoder_;
};

/// The end of what Slurm and the job's program have printed, on one line; "": nothing. Never throws.
std::string last_output(const std::filesystem::path& folder);

/// The folder of one worker's attempts. Others know by its lock that the worker lives.
class RunFolder {
public:
    /// `command` is the program that each job runs, with its first arguments.
    RunFolder(const std::filesystem::path& parent, const std::vector<std::string>& command);
    /// Removes it. Where jobs may be left, only their requests: collect_dead_runs() of others does the rest.
    ~RunFolder();
    RunFolder(const RunFolder&) = delete;
    RunFolder& operator=(const RunFolder&) = delete;

    std::filesystem::path script() const { return path_ / "script"; }
    std::filesystem::path attempt(const std::string& token) const { return path_ / token; }
    void leave_jobs() { leaves_jobs_ = true; }

private:
    std::filesystem::path path_;
    std::optional<FileLock> lock_;
    bool leaves_jobs_ = false;
};

/// Ends what dead workers have left in `parent`: withdraws their requests, passes the tokens of their attempts to
/// `cancel_jobs`, and removes their folders once that has returned. Throws what it throws.
void collect_dead_runs(const std::filesystem::path& parent,
                       const std::function<void(const std::set<std::string>& tokens)>& cancel_jobs);

}  // namespace freshet::slurm
