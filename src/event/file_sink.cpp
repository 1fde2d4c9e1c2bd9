// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/file_sink.hpp"

#include "base/files.hpp"
#include "event/sink_table.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <cerrno>

namespace freshet::event {

namespace {

using std::filesystem::path;

void check(bool succeeded, std::string_view doing, const path& file) {
    if (!succeeded) throw Error(fmt::format("{} '{}': {}", doing, file.native(), system_error_text(errno)));
}

void lock(const FileDescriptor& file, const path& path) {
    int result = 0;
    do result = ::flock(file.get(), LOCK_EX);
    while (result != 0 && errno == EINTR);
    check(result == 0, "locking", path);
}

bool has_partial_last_line(const FileDescriptor& file, ::off_t size, const path& path) {
    if (size == 0) return false;
    char last = '\0';
    check(::pread(file.get(), &last, 1, size - 1) == 1, "reading", path);
    return last != '\n';
}

/// All of the line or nothing of it, unless the machine stops in between.
void append(const path& path, const std::string& line) {
    const auto file = open_file(path, O_RDWR | O_APPEND | O_CREAT);
    lock(file, path);
    const auto size = ::lseek(file.get(), 0, SEEK_END);
    check(size >= 0, "reading", path);
    try {
        write_all(file, has_partial_last_line(file, size, path) ? "\n" + line : line, path);
        check(::fsync(file.get()) == 0, "syncing", path);
    } catch (const Error&) {
        // The caller will repeat the event; where even this fails, the torn line is ended then.
        static_cast<void>(::ftruncate(file.get(), size) == 0);
        throw;
    }
    if (size == 0) sync_path(path.has_parent_path() ? path.parent_path() : ".");
}

std::unique_ptr<Sink> make(const Json& table) {
    return std::make_unique<FileSink>(SinkConfig{table, "file", {"path"}}.required_text("path"));
}

}  // namespace

void FileSink::deliver(const Event& event) {
    try {
        if (path_.has_parent_path()) create_folders(path_.parent_path());
        append(path_, to_json(event).text() + "\n");
    } catch (const Error& error) {
        // A full disk or a missing permission will be mended some day: the event has to wait, not to be lost.
        throw TransientError(fmt::format("deliver event '{}' to {}: {}", event.id, name(), error.what()));
    }
}

std::string FileSink::name() const { return "file " + path_.native(); }

SinkType file_sink_type() { return {.type = "file", .make = make}; }

}  // namespace freshet::event
