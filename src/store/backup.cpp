// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/backup.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"
#include "store/database.hpp"
#include "store/schema.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

namespace freshet::store {

namespace fs = std::filesystem;

namespace {

Database open_to_read(const fs::path& state) {
    if (!exists_at(state)) throw StoreError(fmt::format("open state '{}': there is none", state.string()));
    auto database = Database::open(state, OpenMode::read_only);
    if (examine(database, state) == Origin::empty)
        throw StoreError(fmt::format("open state '{}': nothing has been recorded in it yet", state.string()));
    return database;
}

StateSummary checked(const Database& database, const fs::path& file) {
    const auto finding = database.prepare("PRAGMA integrity_check(1)").first<std::string>();
    if (finding != "ok")
        throw StoreError(
            fmt::format("check state '{}': it is damaged ({})", file.string(), finding.value_or("no answer")));
    return {.version = static_cast<int>(database.number("PRAGMA user_version")),
            .tasks = database.number("SELECT count(*) FROM tasks"),
            .workers = database.number("SELECT count(*) FROM workers"),
            .attempts = database.number("SELECT count(*) FROM attempts"),
            .events = database.number("SELECT count(*) FROM outbox")};
}

/// A file beside the copy's place, which disappears unless it gets that place.
class PendingCopy {
public:
    PendingCopy(const fs::path& state, fs::path place) : place_(std::move(place)), file_(place_) {
        file_ += fmt::format(".{}.part", getpid());
        struct stat status {};
        if (stat(state.c_str(), &status) != 0) throw_system_error("back up state", state, errno);
        // Whoever may not read the state may not read its copy either.
        const FileDescriptor made(
            ::open(file_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, status.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO)));
        if (!made) throw_system_error("back up to", file_, errno);
    }
    ~PendingCopy() {
        for (const char* suffix : {"", "-wal", "-shm", "-journal"}) unlink((file_.string() + suffix).c_str());
    }
    PendingCopy(const PendingCopy&) = delete;
    PendingCopy& operator=(const PendingCopy&) = delete;

    const fs::path& file() const { return file_; }

    void commit() {
        sync_path(file_);
        if (renameat2(AT_FDCWD, file_.c_str(), AT_FDCWD, place_.c_str(), RENAME_NOREPLACE) != 0)
            throw_system_error("back up to", place_, errno);
        sync_path(fs::absolute(place_).parent_path());
    }

private:
    fs::path place_;
    fs::path file_;
};

}  // namespace

StateSummary check_state(const fs::path& state) { return checked(open_to_read(state), state); }

StateSummary back_up_state(const fs::path& state, const fs::path& copy) {
    // Found out before a long copy is made; the rename finds out what appears meanwhile.
    if (is_name_taken(copy)) throw StoreError(fmt::format("back up to '{}': it is there already", copy.string()));
    const Database source = open_to_read(state);
    PendingCopy pending(state, copy);
    StateSummary summary;
    {
        auto target = Database::open(pending.file(), OpenMode::read_write);
        source.copy_to(target);
        target.execute("PRAGMA journal_mode = DELETE");  // one file, with no log beside it
        summary = checked(target, pending.file());
    }
    pending.commit();
    return summary;
}

}  // namespace freshet::store
