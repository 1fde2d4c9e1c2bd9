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
    std::string actor;               ///< the name of the token; "anybody" where none is needed or none was known
    std::string peer;                ///< the address, or "unix"
    std::string action;              ///< "api.update_resource"; of a refused request its method and path
    std::string arguments = "null";  ///< JSON, as audited() shows them
    int status = 0;                  ///< of the answer
    bool by_hand = true;             ///< not what workers say all the time
};

/// The status of a change that nobody waited for any more when its answer would have been made: it may be in force.
constexpr int client_gone = 499;

/// Where the entries go. Safe to use from many threads.
class Audit {
public:
    virtual ~Audit() = default;
    virtual void note(const AuditEntry& entry) = 0;
};

/// An entry that is written exactly once, whatever becomes of the request, unless somebody says that it was in vain.
class AuditLine {
public:
    /// The audits outlive the line.
    AuditLine(AuditEntry entry, std::vector<Audit*> audits) : entry_(std::move(entry)), audits_(std::move(audits)) {}
    /// Nobody has ended it: its status is client_gone.
    ~AuditLine();
    AuditLine(const AuditLine&) = delete;
    AuditLine& operator=(const AuditLine&) = delete;

    /// Writes it with the status of the answer; only the first call does.
    void end(int status);
    /// Nothing was changed: it is not to be written.
    void leave_out() { is_done_.test_and_set(); }

private:
    AuditEntry entry_;
    std::vector<Audit*> audits_;
    std::atomic_flag is_done_{};
};

/// All entries, in a file, one JSON object a line.
class FileAudit final : public Audit {
public:
    /// Throws Error when the file cannot be opened; a new one is its owner's alone.
    FileAudit(std::filesystem::path file, const Clock& clock, Log& log);

    /// A line that cannot be written is an error in the log.
    void note(const AuditEntry& entry) override;
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
class LogAudit final : public Audit {
public:
    explicit LogAudit(Log& log) : log_(log) {}

    void note(const AuditEntry& entry) override;

private:
    Log& log_;
};

/// Lets so many pass in a second, so that a flood of refused requests does not become a flood of lines.
class Trickle {
public:
    explicit Trickle(int a_second) : most_(a_second) {}

    /// How many were held back since the last that passed; nothing when this one is held back.
    std::optional<int> pass(std::chrono::steady_clock::time_point now);

private:
    const int most_;
    std::mutex mutex_;
    std::chrono::steady_clock::time_point begin_{};  // guarded by mutex_, as all below: of the present second
    int passed_ = 0;
    int held_back_ = 0;
};

/// What the audit shows of a call's arguments, as JSON: which things were meant, not what was said about them.
std::string audited(const Json& arguments);

}  // namespace freshet::scheduler
