// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/logs.hpp"

#include "freshet/error.hpp"
#include "store/state_file.hpp"

#include <iostream>

namespace freshet::app {

namespace {

std::unique_ptr<Log> make_log(run::LogFormat format, std::ostream& out, const Clock& clock) {
    if (format == run::LogFormat::plain) return make_plain_log(out, clock, LogTime::full);
    const store::Owner self = store::this_process("freshetd", clock.now());
    return make_json_log(out, clock, {{"program", self.runs}, {"host", self.host}, {"pid", self.pid}});
}

}  // namespace

Logs::Logs(const ServerSettings& settings, const Clock& clock) {
    if (settings.logdir) {
        file_.emplace(*settings.logdir / "freshetd.log");
        out_.emplace(&*file_);
    }
    log_ = make_log(settings.log_format, out_ ? *out_ : std::cerr, clock);
    audit_log_.emplace(*log_);
    if (settings.logdir) audit_file_.emplace(*settings.logdir / "audit.log", clock, *log_);
}

std::vector<scheduler::Audit*> Logs::audits() {
    std::vector<scheduler::Audit*> audits{&*audit_log_};
    if (audit_file_) audits.push_back(&*audit_file_);
    return audits;
}

void Logs::reopen() {
    if (file_) file_->reopen();
    try {
        if (audit_file_) audit_file_->reopen();
    } catch (const Error& error) {
        log_->write({.level = LogLevel::error, .event = "audit.failed", .message = error.what()});
    }
}

}  // namespace freshet::app
