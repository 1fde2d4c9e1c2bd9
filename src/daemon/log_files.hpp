// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/audit_log.hpp"
#include "base/log.hpp"
#include "daemon/config_keys.hpp"
#include "daemon/log_file.hpp"

#include <memory>
#include <optional>
#include <ostream>
#include <vector>

namespace freshet::daemon {

/// The daemon's log and its audit: on standard error, or in the files of a folder.
class Logs {
public:
    /// Throws Error when the folder cannot be written to.
    Logs(const ServerConfig& config, const Clock& clock);

    Log& log() { return *log_; }
    std::vector<api::AuditBackend*> audit_backends();

    /// Begins new files, after somebody has renamed these; one that cannot be made is an error in the log.
    void reopen();

private:
    std::optional<LogFile> file_;
    std::optional<std::ostream> out_;  // into file_
    std::unique_ptr<Log> log_;
    std::optional<api::FileAuditBackend> audit_file_;
    std::optional<api::LogAuditBackend> audit_log_;
};

}  // namespace freshet::daemon
