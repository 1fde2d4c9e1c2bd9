// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "scheduler/scheduler_loop.hpp"

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

namespace freshet::api {

/// Audit record of a change, or of a rejected request.
struct AuditEntry {
    std::string principal;           ///< name of the token; "anybody" without one
    std::string peer;                ///< IP address, or "unix"
    std::string action;              ///< "api.update_resource"; method and path of a rejected request
    std::string arguments = "null";  ///< JSON from audit_arguments()
    int status = 0;                  ///< HTTP status of the response
    bool is_manual = true;           ///< false for routine worker messages
};

/// Status of a change whose client disconnected before the response was made; the change may be in force.
constexpr int client_closed_request = 499;

/// Destination of audit entries. Thread-safe.
class AuditBackend {
public:
    virtual ~AuditBackend() = default;
    /// Called before a change is made: throws Error when record() could not write its entry now.
    virtual void prepare() {}
    virtual void record(const AuditEntry& entry) = 0;
    /// Changes that prepare() has refused since the start.
    virtual scheduler::RejectedRequests refused_changes() const { return {}; }
};

/// Audit entry of a request in progress: written exactly once, however the request ends, unless discarded. Thread-safe.
class PendingAuditEntry {
public:
    /// The backends outlive the entry.
    PendingAuditEntry(AuditEntry entry, std::vector<AuditBackend*> audit_backends)
        : entry_(std::move(entry)), audit_backends_(std::move(audit_backends)) {}
    /// Writes the entry with client_closed_request if it is still pending.
    ~PendingAuditEntry();
    PendingAuditEntry(const PendingAuditEntry&) = delete;
    PendingAuditEntry& operator=(const PendingAuditEntry&) = delete;

    /// Writes the entry with the status of the response; later calls have no effect.
    void write(int status);
    /// Drops the entry: nothing was changed.
    void discard() { is_done_.test_and_set(); }

private:
    AuditEntry entry_;
    std::vector<AuditBackend*> audit_backends_;
    std::atomic_flag is_done_{};
};

/// Appends all entries to a file, one JSON object per line. Reserves room ahead, so that a disk that fills up refuses
/// changes before they are made; where the filesystem cannot reserve, lines that find no room wait in memory.
class FileAuditBackend final : public AuditBackend {
public:
    /// Throws Error if the file cannot be opened. A new file has mode 0600.
    FileAuditBackend(std::filesystem::path file, const Clock& clock, Log& log);

    void prepare() override;
    /// Appends a line. A failure is logged as an error; the next call, or prepare(), appends the line then.
    void record(const AuditEntry& entry) override;
    scheduler::RejectedRequests refused_changes() const override;
    /// Reopens the path, after a log rotation.
    void reopen();

private:
    void write_pending_lines();
    void reserve_room();

    std::filesystem::path path_;
    const Clock& clock_;
    Log& log_;
    mutable std::mutex mutex_;
    FileDescriptor file_;          // guarded by mutex_, as all below
    std::string pending_lines_{};  // not yet written
    std::size_t room_ = 0;         // reserved bytes behind the end of the file
    scheduler::RejectedRequests refused_{};
};

/// Logs manual changes and rejections, not routine worker messages.
class LogAuditBackend final : public AuditBackend {
public:
    explicit LogAuditBackend(Log& log) : log_(log) {}

    void record(const AuditEntry& entry) override;

private:
    Log& log_;
};

/// Rate limit of audit lines about rejected requests. Thread-safe.
class AuditThrottle {
public:
    explicit AuditThrottle(int per_second) : limit_(per_second) {}

    /// Returns the number suppressed since the last success; nothing if this one is suppressed.
    std::optional<int> try_acquire(std::chrono::steady_clock::time_point now);

private:
    const int limit_;
    std::mutex mutex_;
    std::chrono::steady_clock::time_point begin_{};  // guarded by mutex_, as all below: start of the current second
    int passed_ = 0;
    int suppressed_ = 0;
};

/// Formats a call's arguments as JSON for the audit log: keeps identifiers, omits long texts and summarizes containers.
std::string audit_arguments(const Json& arguments);

}  // namespace freshet::api
