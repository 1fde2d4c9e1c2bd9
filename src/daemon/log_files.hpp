// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/audit_log.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "daemon/config_keys.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <streambuf>
#include <string>
#include <vector>

namespace freshet::daemon {

/// The file behind the stream of a Log, which flushes after each record and serializes its writers. Records are
/// dropped when the disk is full.
class LogFile final : public std::streambuf {
public:
    /// Opens the file for appending and creates missing folders. Throws Error when it cannot be opened.
    explicit LogFile(std::filesystem::path path);

    /// Reopens the path before the next record, for log rotation by rename. Thread-safe.
    void reopen() { is_stale_ = true; }

private:
    int_type overflow(int_type character) override;
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int sync() override;

    std::filesystem::path path_;
    FileDescriptor file_;
    std::string record_;
    std::atomic<bool> is_stale_ = false;
};

/// The daemon's log and audit log: on standard error, or freshetd.log and audit.log in --logdir.
class Logs {
public:
    /// Throws Error when a log file cannot be opened.
    Logs(const ServerConfig& config, const Clock& clock);

    Log& log() { return *log_; }
    std::vector<api::AuditBackend*> audit_backends();

    /// Reopens the files after rotation; logs an error for one that cannot be opened.
    void reopen();

private:
    std::optional<LogFile> file_;
    std::optional<std::ostream> out_;  // into file_
    std::unique_ptr<Log> log_;
    std::optional<api::FileAuditBackend> audit_file_;
    std::optional<api::LogAuditBackend> audit_log_;
};

}  // namespace freshet::daemon
