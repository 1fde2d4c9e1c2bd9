// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/audit_log.hpp"

#include "base/json_write.hpp"
#include "base/log.hpp"
#include "base/time.hpp"
#include "freshet/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <utility>

namespace freshet::api {

namespace {

constexpr std::size_t max_text_length = 200;  // per argument: ids and names are shorter
constexpr std::array<std::string_view, 5> omitted_arguments = {"expl", "content", "response", "status_message",
                                                               "statistics"};

// Room for the lines of the requests in progress, of which there may be hundreds.
constexpr std::size_t min_reserved_room = 256 * 1024;
constexpr std::size_t reserved_room = 4 * min_reserved_room;
/// While the disk is full, more rejected requests are not kept: the log has them.
constexpr std::size_t max_pending_rejections = 256 * 1024;

FileDescriptor open_log(const std::filesystem::path& path) {
    FileDescriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file) throw_system_error("open audit log", path, errno);
    return file;
}

void append_value(std::string& text, const Json& value) {
    if (value.is_array() || value.is_object()) {
        const std::size_t count = value.is_array() ? value.as_array().size() : value.as_object().size();
        fmt::format_to(std::back_inserter(text), "\"{} elements\"", count);
    } else if (value.is_string() && value.as_string().size() > max_text_length) {
        append_quoted(text, value.as_string().substr(0, max_text_length) + "...");
    } else {
        append_python_text(text, value);
    }
}

bool is_audited(const Json::Member& argument) {
    return !argument.second.is_null() && std::ranges::count(omitted_arguments, argument.first) == 0;
}

/// Formats the entry as a JSON object. Written for every change of a worker, so it builds no Json tree.
std::string format_line(const AuditEntry& entry, Time now) {
    std::string line = fmt::format(R"({{"time": "{}", "actor": )", rfc3339(now));
    append_quoted(line, entry.principal);
    line += R"(, "peer": )";
    append_quoted(line, entry.peer);
    line += R"(, "action": )";
    append_quoted(line, entry.action);
    fmt::format_to(std::back_inserter(line), ", \"arguments\": {}, \"status\": {}}}\n", entry.arguments, entry.status);
    return line;
}

}  // namespace

PendingAuditEntry::~PendingAuditEntry() {
    try {
        write(client_closed_request);
    } catch (const std::exception&) {
        // Out of memory: nothing can be logged either.
    }
}

void PendingAuditEntry::write(int status) {
    if (is_done_.test_and_set()) return;
    entry_.status = status;
    for (AuditBackend* backend : audit_backends_) backend->record(entry_);
}

FileAuditBackend::FileAuditBackend(std::filesystem::path file, const Clock& clock, Log& log)
    : path_(std::move(file)), clock_(clock), log_(log), file_(open_log(path_)) {}

void FileAuditBackend::prepare() {
    const std::lock_guard lock(mutex_);
    try {
        write_pending_lines();
        reserve_room();
    } catch (const Error& error) {
        refused_ = {.count = refused_.count + 1, .last = clock_.now(), .reason = error.what()};
        throw;
    }
}

void FileAuditBackend::record(const AuditEntry& entry) {
    const std::string line = format_line(entry, clock_.now());
    const std::lock_guard lock(mutex_);
    const bool is_change = entry.status < 400 || entry.status == client_closed_request;
    if (is_change || pending_lines_.size() < max_pending_rejections) pending_lines_ += line;
    try {
        write_pending_lines();
    } catch (const Error& error) {
        log_.write({.level = LogLevel::error, .event = "audit.failed", .message = error.what()});
    }
}

scheduler::RejectedRequests FileAuditBackend::refused_changes() const {
    const std::lock_guard lock(mutex_);
    return refused_;
}

/// Requires mutex_. A part that was written is not written again.
void FileAuditBackend::write_pending_lines() {
    while (!pending_lines_.empty()) {
        const ssize_t size = ::write(file_.get(), pending_lines_.data(), pending_lines_.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) throw_system_error("write audit log", path_, errno);
        const auto written = static_cast<std::size_t>(size);
        pending_lines_.erase(0, written);
        room_ -= std::min(room_, written);
    }
}

/// Requires mutex_.
void FileAuditBackend::reserve_room() {
    if (room_ >= min_reserved_room) return;
    const ::off_t end = ::lseek(file_.get(), 0, SEEK_END);
    const bool is_reserved = ::fallocate(file_.get(), FALLOC_FL_KEEP_SIZE, std::max<::off_t>(end, 0),
                                         static_cast<::off_t>(reserved_room)) == 0;
    if (!is_reserved && (errno == ENOSPC || errno == EDQUOT))
        throw_system_error("reserve room in audit log", path_, errno);
    room_ = reserved_room;  // where the filesystem cannot reserve, the next try is as far away
}

void FileAuditBackend::reopen() {
    FileDescriptor file = open_log(path_);
    const std::lock_guard lock(mutex_);
    std::swap(file_, file);
    room_ = 0;
}

void LogAuditBackend::record(const AuditEntry& entry) {
    const bool is_rejected = entry.status >= 400 && entry.status != client_closed_request;
    if (!entry.is_manual && !is_rejected) return;
    const std::string message = fmt::format("{} at {}: {}: {}{}", entry.principal, entry.peer, entry.action,
                                            entry.status, is_rejected ? " " + entry.arguments : "");
    log_.write({.level = is_rejected ? LogLevel::warning : LogLevel::info,
                .event = "audit",
                .message = message,
                .fields = {{"actor", entry.principal},
                           {"peer", entry.peer},
                           {"action", entry.action},
                           {"arguments", Json::parse(entry.arguments)},
                           {"status", entry.status}}});
}

std::optional<int> AuditThrottle::try_acquire(std::chrono::steady_clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (now - begin_ >= std::chrono::seconds(1)) {
        begin_ = now;
        passed_ = 0;
    }
    if (passed_ == limit_) {
        ++suppressed_;
        return std::nullopt;
    }
    ++passed_;
    return std::exchange(suppressed_, 0);
}

std::string audit_arguments(const Json& arguments) {
    if (!arguments.is_object()) return "null";
    std::string text = "{";
    for (const Json::Member& argument : arguments.as_object()) {
        if (!is_audited(argument)) continue;
        if (text.size() > 1) text += ", ";
        append_quoted(text, argument.first);
        text += ": ";
        append_value(text, argument.second);
    }
    return text += '}';
}

}  // namespace freshet::api
