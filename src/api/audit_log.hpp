// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/clock.hpp"
#include "freshet/json.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace freshet {
class Log;
}

namespace freshet::scheduler {

/// Somebody changed something, or tried to without the right to.
struct AuditEntry {
    std::string principal;           ///< the name of the token; "anybody" where none is needed or none was known
    std::string peer;                ///< the address, or "unix"
    std::string action;              ///< "api.update_resource"; of a refused request its method and path
    std::string arguments = "null";  ///< JSON, as audit_arguments() shows them
    int status = 0;                  ///< of the answer
    bool is_manual = true;           ///< not what workers say all the time
};

/// The status of a change that nobody waited for any more when its answer would have been made: it may be in force.
constexpr int client_closed_request = 499;

/// Where the entries go. Safe to use from many threads.
class AuditBackend {
public:
    virtual ~AuditBackend() = default;
    virtual void record(const AuditEntry& entry) = 0;
};

/// An entry that is written exactly once, whatever becomes of the request, unless somebody says that it was in vain.
class PendingAuditEntry {
public:
    /// The backends outlive the entry.
    PendingAuditEntry(AuditEntry entry, std::vector<AuditBackend*> audit_backends)
        : entry_(std::move(entry)), audit_backends_(std::move(audit_backends)) {}
    /// Nobody has ended it: its status is client_closed_request.
    ~PendingAuditEntry();
    PendingAuditEntry(const PendingAuditEntry&) = delete;
    PendingAuditEntry& operator=(const PendingAuditEntry&) = delete;

    /// Writes it with the status of the answer; only the first call does.
    void write(int status);
    /// Nothing was changed: it is not to be written.
    void discard() { is_done_.test_and_set(); }

private:
    AuditEntry entry_;
    std::vector<AuditBackend*> audit_backends_;
    std::atomic_flag is_done_{};
};

/// All entries, in a file, one JSON object a line.
class FileAuditBackend final : public AuditBackend {
public:
    /// Throws Error when the file cannot be opened; a new one is its owner's alone.
    FileAuditBackend(std::filesystem::path file, const Clock& clock, Log& log);

    /// A line that cannot be written is an error in the log.
    void record(const AuditEntry& entry) override;
    /// Opens the file anew, after somebody has renamed it.
    void reopen();

private:
    std::filesystem::path path_;
    const Clock& clock_;
    Log& log_;
    std::mutex mutex_;
    FileDescriptor file_;  // guarded by mutex_
};

/// The entries that workers do not make all the time, in the log.
class LogAuditBackend final : public AuditBackend {
public:
    explicit LogAuditBackend(Log& log) : log_(log) {}

    void record(const AuditEntry& entry) override;

private:
    Log& log_;
};

/// Lets so many pass in a second, so that a flood of refused requests does not become a flood of lines.
class AuditThrottle {
public:
    explicit AuditThrottle(int per_second) : limit_(per_second) {}

    /// How many were held back since the last that passed; nothing when this one is held back.
    std::optional<int> try_acquire(std::chrono::steady_clock::time_point now);

private:
    const int limit_;
    std::mutex mutex_;
    std::chrono::steady_clock::time_point begin_{};  // guarded by mutex_, as all below: of the present second
    int passed_ = 0;
    int suppressed_ = 0;
};

/// What the audit shows of a call's arguments, as JSON: which things were meant, not what was said about them.
std::string audit_arguments(const Json& arguments);

}  // namespace freshet::scheduler
