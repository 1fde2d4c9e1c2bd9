// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/backup.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "store/damage.hpp"
#include "store/schema.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet::store {

namespace fs = std::filesystem;

namespace {

Database open_for_read(const fs::path& state) {
    if (!exists_at(state)) throw StoreError(fmt::format("open state '{}': there is none", state.string()));
    auto database = Database::open(state, OpenMode::read_only);
    if (check_header(database, state) == HeaderCheck::empty)
        throw StoreError(fmt::format("open state '{}': nothing has been recorded in it yet", state.string()));
    return database;
}

StateSummary summary_of(const Database& database) {
    return {.version = static_cast<int>(database.number("PRAGMA user_version")),
            .tasks = database.number("SELECT count(*) FROM tasks"),
            .workers = database.number("SELECT count(*) FROM workers"),
            .attempts = database.number("SELECT count(*) FROM attempts"),
            .events = database.number("SELECT count(*) FROM outbox"),
            .has_checksums = database.has_page_checksums()};
}

StateSummary checked(const Database& database, const fs::path& file) {
    const auto finding = database.prepare("PRAGMA integrity_check(1)").first<std::string>();
    if (finding != "ok")
        throw DamagedStateError(
            fmt::format("check state '{}': it is damaged ({})", file.string(), finding.value_or("no answer")));
    return summary_of(database);
}

fs::path with_suffix(fs::path file, std::string_view suffix) { return file += suffix; }

/// Rejects root in another user's folder: the files would be unusable for that user, who could tamper with them
/// meanwhile.
void reject_root_for_others(const fs::path& state) {
    struct stat folder {};
    const fs::path where = fs::absolute(state).parent_path();
    if (geteuid() != 0 || stat(where.c_str(), &folder) != 0 || folder.st_uid == 0) return;
    const passwd* user = getpwuid(folder.st_uid);
    throw StoreError(fmt::format("restore state '{}': its folder is that of user '{}', who is to do this",
                                 state.string(), user ? user->pw_name : std::to_string(folder.st_uid)));
}

/// Recovers the log of a killed process into the state. Leaves files alone that are not a state.
void recover_log(const fs::path& state) {
    if (!exists_at(state)) return;
    try {
        (void)Database::open(state, OpenMode::read_write).number("PRAGMA schema_version");
    } catch (const Error&) {
        // Not a state, or no room to recover it: its log is kept beside it.
    }
}

fs::path unused_folder_beside(const fs::path& state) {
    auto folder = with_suffix(state, ".replaced");
    for (int i = 2; lexists(folder); ++i) folder = with_suffix(state, fmt::format(".replaced-{}", i));
    return folder;
}

/// Links the state into a folder of its own, if it exists, and moves its logs there, which SQLite would apply to the
/// next state. The state's path is never vacant.
std::optional<fs::path> move_aside(const fs::path& state) {
    std::vector<fs::path> logs;
    for (const char* suffix : {"-wal", "-shm", "-journal", ".acknowledged"})
        if (auto log = with_suffix(state, suffix); lexists(log)) logs.push_back(std::move(log));
    const bool is_there = lexists(state);
    if (!is_there && logs.empty()) return std::nullopt;
    const auto folder = unused_folder_beside(state);
    create_folders(folder);
    if (is_there) fs::create_hard_link(state, folder / state.filename());
    sync_path(folder);
    for (const fs::path& log : logs) fs::rename(log, folder / log.filename());
    sync_path(folder);
    return folder;
}

/// The mode of a copy of `like`: whoever may not read the one may not read the other; its owner may always write to it.
unsigned mode_of_copy(const fs::path& like) {
    struct stat status {};
    if (stat(like.c_str(), &status) != 0) throw_system_error("look at", like, errno);
    return (status.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO)) | S_IRUSR | S_IWUSR;
}

/// The file of a copy and the logs that SQLite keeps beside it until the copy is complete.
class PendingCopy {
public:
    PendingCopy(const fs::path& like, const fs::path& target) : file_(fs::absolute(target), mode_of_copy(like)) {}
    ~PendingCopy() {
        for (const char* suffix : {"-wal", "-shm", "-journal"}) unlink(with_suffix(file_.temporary(), suffix).c_str());
    }
    PendingCopy(const PendingCopy&) = delete;
    PendingCopy& operator=(const PendingCopy&) = delete;

    /// Copies the whole state and checks the copy.
    StateSummary fill(const Database& source) {
        auto target = Database::open(file_.temporary(), OpenMode::read_write);
        source.copy_to(target);
        target.execute("PRAGMA journal_mode = DELETE");  // one file, with no log beside it
        return checked(target, file_.temporary());
    }

    void commit(PendingFile::Existing existing) { file_.commit(existing); }

private:
    PendingFile file_;
};

}  // namespace

StateSummary check_state(const fs::path& state) {
    const auto database = open_for_read(state);
    check_change_count(database, state);
    if (const auto damage = find_damage(state))
        throw DamagedStateError(fmt::format("check state '{}': it is damaged ({})", state.string(), damage->text()));
    return summary_of(database);
}

StateSummary back_up_state(const fs::path& state, const fs::path& copy) {
    // Found out before a long copy is made; the rename finds out what appears meanwhile.
    if (lexists(copy)) throw StoreError(fmt::format("back up to '{}': it is there already", copy.string()));
    const Database source = open_for_read(state);
    PendingCopy pending(state, copy);
    const auto summary = pending.fill(source);
    pending.commit(PendingFile::Existing::keep);
    return summary;
}

RestoreResult restore_state(const fs::path& copy, const fs::path& state, const LockHolder& holder) {
    const Database source = open_for_read(copy);
    reject_root_for_others(state);
    const auto state_lock = acquire_state_lock(state, holder);
    recover_log(state_lock.file);
    PendingCopy pending(exists_at(state_lock.file) ? state_lock.file : copy, state_lock.file);
    const auto summary = pending.fill(source);
    auto replaced = move_aside(state_lock.file);
    pending.commit(PendingFile::Existing::replace);
    return {summary, std::move(replaced)};
}

}  // namespace freshet::store
