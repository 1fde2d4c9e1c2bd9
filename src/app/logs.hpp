// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/log_file.hpp"
#include "app/server_settings.hpp"
#include "base/log.hpp"
#include "scheduler/api/audit.hpp"

#include <memory>
#include <optional>
#include <ostream>
#include <vector>

namespace freshet::app {

/// The daemon's log and its audit: on standard error, or in the files of a folder.
class Logs {
public:
    /// Throws Error when the folder cannot be written to.
    Logs(const ServerSettings& settings, const Clock& clock);

    Log& log() { return *log_; }
    std::vector<scheduler::Audit*> audits();

    /// Begins new files, after somebody has renamed these; one that cannot be made is an error in the log.
    void reopen();

private:
    std::optional<LogFile> file_;
    std::optional<std::ostream> out_;  // into file_
    std::unique_ptr<Log> log_;
    std::optional<scheduler::FileAudit> audit_file_;
    std::optional<scheduler::LogAudit> audit_log_;
};

}  // namespace freshet::app
