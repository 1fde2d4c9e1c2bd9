// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/backup.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"
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

fs::path with_suffix(fs::path file, const char* suffix) { return file += suffix; }

/// With the files that SQLite keeps beside it, which would be taken for the next one's. The state itself goes last: while
/// it is there, nobody takes its place for an empty one.
void move_away(const fs::path& state) {
    if (!is_name_taken(state)) return;
    const auto folder = replaced_states(state);
    if (is_name_taken(folder))
        throw StoreError(fmt::format("move state '{}' to '{}': something is there already", state.string(), folder.string()));
    create_folders(folder);
    for (const char* suffix : {"-wal", "-shm", "-journal", ""})
        if (const auto file = with_suffix(state, suffix); is_name_taken(file)) fs::rename(file, folder / file.filename());
    sync_path(folder);
}

/// What root makes in the folder of another is of no use to them unless it is theirs.
void give_to_owner_of_folder(const fs::path& file) {
    if (geteuid() != 0) return;
    struct stat folder {};
    if (stat(file.parent_path().c_str(), &folder) != 0) throw_system_error("look at", file.parent_path(), errno);
    if (chown(file.c_str(), folder.st_uid, folder.st_gid) != 0) throw_system_error("change the owner of", file, errno);
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
        for (const char* suffix : {"", "-wal", "-shm", "-journal"}) unlink(with_suffix(file_, suffix).c_str());
    }
    PendingCopy(const PendingCopy&) = delete;
    PendingCopy& operator=(const PendingCopy&) = delete;

    const fs::path& file() const { return file_; }

    /// Copies all of it, and reads that again.
    StateSummary fill(const Database& source) {
        auto target = Database::open(file_, OpenMode::read_write);
        source.copy_to(target);
        target.execute("PRAGMA journal_mode = DELETE");  // one file, with no log beside it
        return checked(target, file_);
    }

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
    const auto summary = pending.fill(source);
    pending.commit();
    return summary;
}

StateSummary restore_state(const fs::path& copy, const fs::path& state, const Owner& owner) {
    const Database source = open_to_read(copy);
    const auto place = hold_place(state, owner);
    PendingCopy pending(copy, place.file);
    const auto summary = pending.fill(source);
    give_to_owner_of_folder(pending.file());
    give_to_owner_of_folder(with_suffix(place.file, ".lock"));
    move_away(place.file);
    pending.commit();
    return summary;
}

fs::path replaced_states(fs::path state) { return state += ".replaced"; }

}  // namespace freshet::store
