// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/api/audit.hpp"

#include "base/log.hpp"
#include "base/time.hpp"
#include "freshet/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <utility>

namespace freshet::scheduler {

namespace {

constexpr std::size_t longest_text = 200;  // of an argument: ids and names are shorter
constexpr std::array<std::string_view, 5> what_was_said = {"expl", "content", "response", "status_message",
                                                           "statistics"};

FileDescriptor open_audit(const std::filesystem::path& path) {
    FileDescriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file) throw_system_error("open audit", path, errno);
    return file;
}

Json shown(const Json& value) {
    if (value.is_array()) return fmt::format("{} of them", value.as_array().size());
    if (value.is_object()) return fmt::format("{} of them", value.as_object().size());
    if (value.is_string() && value.as_string().size() > longest_text)
        return value.as_string().substr(0, longest_text) + "...";
    return value;
}

bool is_shown(const Json::Member& argument) {
    return !argument.second.is_null() && std::ranges::count(what_was_said, argument.first) == 0;
}

}  // namespace

AuditLine::~AuditLine() {
    try {
        end(client_gone);
    } catch (const std::exception&) {
        // Memory has run out, and so has the log's.
    }
}

void AuditLine::end(int status) {
    if (is_written_.test_and_set()) return;
    entry_.status = status;
    for (Audit* audit : audits_) audit->note(entry_);
}

FileAudit::FileAudit(std::filesystem::path file, const Clock& clock, Log& log)
    : path_(std::move(file)), clock_(clock), log_(log), file_(open_audit(path_)) {}

void FileAudit::note(const AuditEntry& entry) {
    const Json line =
        Json::Object{{"time", rfc3339(clock_.now())}, {"actor", entry.actor},         {"peer", entry.peer},
                     {"action", entry.action},        {"arguments", entry.arguments}, {"status", entry.status}};
    const std::string text = line.python_text() + "\n";
    const std::lock_guard lock(mutex_);
    try {
        write_all(file_, text, path_);
    } catch (const Error& error) {
        log_.write({.level = LogLevel::error, .event = "audit.failed", .message = error.what()});
    }
}

void FileAudit::reopen() {
    FileDescriptor file = open_audit(path_);
    const std::lock_guard lock(mutex_);
    std::swap(file_, file);
}

void LogAudit::note(const AuditEntry& entry) {
    const bool is_refused = entry.status >= 400 && entry.status != client_gone;
    if (!entry.by_hand && !is_refused) return;
    const std::string message = fmt::format("{} at {}: {}: {}", entry.actor, entry.peer, entry.action, entry.status);
    log_.write({.level = is_refused ? LogLevel::warning : LogLevel::info,
                .event = "audit",
                .message = message,
                .fields = {{"actor", entry.actor},
                           {"peer", entry.peer},
                           {"action", entry.action},
                           {"arguments", entry.arguments},
                           {"status", entry.status}}});
}

std::optional<int> Trickle::pass(std::chrono::steady_clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (now - begin_ >= std::chrono::seconds(1)) {
        begin_ = now;
        passed_ = 0;
    }
    if (passed_ == most_) {
        ++held_back_;
        return std::nullopt;
    }
    ++passed_;
    return std::exchange(held_back_, 0);
}

Json audited(const Json& arguments) {
    if (!arguments.is_object()) return {};
    Json::Object some;
    for (const Json::Member& argument : arguments.as_object())
        if (is_shown(argument)) some.emplace_back(argument.first, shown(argument.second));
    return some;
}

}  // namespace freshet::scheduler
