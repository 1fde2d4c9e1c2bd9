// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/log_files.hpp"

#include "freshet/error.hpp"
#include "store/state_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <iostream>
#include <utility>

namespace freshet::daemon {

namespace {

FileDescriptor open_log(const std::filesystem::path& path) {
    return open_file(path, O_WRONLY | O_APPEND | O_CREAT, S_IRUSR | S_IWUSR);
}

std::unique_ptr<Log> make_log(LogFormat format, std::ostream& out, const Clock& clock) {
    if (format == LogFormat::plain) return make_plain_log(out, clock, LogTime::full);
    const store::LockHolder self = store::this_process("freshetd", clock.now());
    return make_json_log(out, clock, {{"program", self.command}, {"host", self.host}, {"pid", self.pid}});
}

}  // namespace

LogFile::LogFile(std::filesystem::path path) : path_(std::move(path)) {
    create_folders(path_.parent_path());
    file_ = open_log(path_);
}

LogFile::int_type LogFile::overflow(int_type character) {
    if (!traits_type::eq_int_type(character, traits_type::eof())) record_ += traits_type::to_char_type(character);
    return traits_type::not_eof(character);
}

std::streamsize LogFile::xsputn(const char* text, std::streamsize size) {
    record_.append(text, static_cast<std::size_t>(size));
    return size;
}

int LogFile::sync() {
    const std::string record = std::exchange(record_, {});
    try {
        if (is_stale_.exchange(false)) file_ = open_log(path_);
        write_all(file_, record, path_);
    } catch (const Error&) {
        // The record is lost: there is no other place to report it.
    }
    return 0;
}

Logs::Logs(const ServerConfig& config, const Clock& clock) {
    if (config.logdir) {
        file_.emplace(*config.logdir / "freshetd.log");
        out_.emplace(&*file_);
    }
    log_ = make_log(config.log_format, out_ ? *out_ : std::cerr, clock);
    audit_log_.emplace(*log_);
    if (config.logdir) audit_file_.emplace(*config.logdir / "audit.log", clock, *log_);
}

std::vector<api::AuditBackend*> Logs::audit_backends() {
    std::vector<api::AuditBackend*> audit_backends{&*audit_log_};
    if (audit_file_) audit_backends.push_back(&*audit_file_);
    return audit_backends;
}

void Logs::reopen() {
    if (file_) file_->reopen();
    try {
        if (audit_file_) audit_file_->reopen();
    } catch (const Error& error) {
        log_->write({.level = LogLevel::error, .event = "audit.failed", .message = error.what()});
    }
}

}  // namespace freshet::daemon
