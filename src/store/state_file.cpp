// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/state_file.hpp"

#include "store/damage.hpp"
#include "store/database.hpp"
#include "store/schema.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace freshet::store {

namespace fs = std::filesystem;

namespace {

/// Reads the whole state; names what is damaged.
void check(const Database& database, const fs::path& path) {
    std::string finding;
    try {
        finding = database.prepare("PRAGMA quick_check(1)").first<std::string>().value_or("no answer");
    } catch (const DamagedStateError& error) {
        finding = error.what();
    }
    if (finding == "ok") return;
    const auto damage = find_damage(path);
    throw DamagedStateError(
        fmt::format("open state '{}': it is damaged ({}); restore a backup, or move it away to begin a new one: what "
                    "is complete is not made again",
                    path.string(), damage ? damage->summary() : finding));
}

bool was_left_dirty(const Database& database) {
    return database.number("SELECT count(*) FROM meta WHERE key = 'open'") != 0;
}

/// Makes a state of the file; whatever is wrong with it is found before anything is changed.
void prepare(Database& database, const fs::path& path) {
    database.disable_checkpoint_on_close(true);
    const auto header = check_header(database, path);
    if (header == HeaderCheck::ours && was_left_dirty(database)) check(database, path);
    check_change_count(database, path);
    database.disable_checkpoint_on_close(false);
    database.use_write_ahead_log();
    if (!database.has_page_checksums()) database.add_page_checksums();
    if (!is_current(database)) migrate(database);
    if (header == HeaderCheck::empty) sync_path(path.parent_path());
}

/// A reader takes part in the writer's log, and SQLite makes one where there is none. Where it may not, nobody writes
/// either: a writer's log would be there.
OpenMode read_mode(const fs::path& path) {
    auto log = path;
    log += "-wal";
    const auto folder = fs::absolute(path).parent_path();
    const bool can_make_log = access(folder.c_str(), W_OK) == 0;
    return can_make_log || fs::exists(log) ? OpenMode::read_only : OpenMode::immutable;
}

}  // namespace

void check_change_count(const Database& database, const fs::path& path) {
    const std::int64_t required = AcknowledgedFile::required(path);
    if (required == 0) return;
    const std::int64_t found = database.change_count();
    if (found >= required) return;
    throw DamagedStateError(fmt::format(
        "open state '{0}': it holds {1} of {2} acknowledged changes: its log '{0}-wal' was lost or damaged, or an "
        "older file has taken its place; restore a backup, or delete '{3}' to go on without them",
        path.string(), found, required, AcknowledgedFile::path_of(path).string()));
}

namespace {

constexpr unsigned file_check_interval = 64;  // transactions: each check costs as much as some rows

}  // namespace

StateFile StateFile::open_exclusive(const fs::path& path, const LockHolder& holder, const LockOptions& options) {
    auto state_lock = acquire_state_lock(path, holder, options);
    create_private(state_lock.file);
    auto database = Database::open(state_lock.file, OpenMode::read_write);
    // Not before SQLite has made the file, with the mode that its log gets, too.
    if (!state_lock.file_lock) lock_file(state_lock);
    prepare(database, state_lock.file);
    return {std::move(state_lock), std::move(database)};
}

StateFile StateFile::open_read_only(const fs::path& path) {
    std::error_code error;
    const bool exists = fs::exists(path, error);
    if (error) throw StoreError(fmt::format("open state '{}': {}", path.string(), error.message()));
    if (!exists) throw StoreError(fmt::format("open state '{}': there is none; the first run makes it", path.string()));
    if (access(path.c_str(), R_OK) != 0)
        throw StoreError(fmt::format("open state '{}': {}", path.string(), system_error_text(errno)));
    auto database = Database::open(path, read_mode(path));
    if (check_header(database, path) == HeaderCheck::empty)
        throw StoreError(fmt::format("open state '{}': nothing has been recorded in it yet", path.string()));
    if (!is_current(database))
        throw StoreError(
            fmt::format("open state '{}': it was written by an older Freshet; the next run brings it up to "
                        "date",
                        path.string()));
    return {std::nullopt, std::move(database)};
}

StateFile StateFile::in_memory() {
    auto database = Database::in_memory();
    migrate(database);
    return {std::nullopt, std::move(database)};
}

StateFile::StateFile(std::optional<StateLock> lock, Database database)
    : lock_(std::move(lock)), database_(std::move(database)) {
    if (!lock_) return;
    acknowledged_ = std::make_unique<AcknowledgedFile>(lock_->file);
    database_.count_changes(*acknowledged_);
    file_id_ = id_of(lock_->file);
    lock_id_ = id_of(lock_path(lock_->file));
}

StateFile::StateFile(StateFile&& other) noexcept
    : lock_(std::move(other.lock_)),
      acknowledged_(std::move(other.acknowledged_)),
      database_(std::move(other.database_)),
      is_dirty_(std::exchange(other.is_dirty_, false)),
      file_id_(other.file_id_),
      lock_id_(other.lock_id_),
      log_id_(other.log_id_),
      loss_(std::move(other.loss_)) {}

StateFile::~StateFile() {
    if (!is_dirty_ || loss_) return;
    try {
        set_dirty_flag(false);
    } catch (const Error&) {
        // A mark that stays costs the next start a check, nothing else.
    }
}

void StateFile::announce(const LockHolder& holder) {
    if (lock_) store::announce(*lock_, holder);
}

bool StateFile::has_lock_file() const { return !lock_ || id_of(lock_path(lock_->file)) == lock_id_; }

Transaction StateFile::begin() {
    // With the first change, not when opened: a run that finds all complete writes nothing.
    if (!is_dirty_)
        begin_log();
    else if (loss_ || ++begun_ % file_check_interval == 0)
        check_files();
    return Transaction(database_);
}

void StateFile::begin_log() {
    set_dirty_flag(true);
    is_dirty_ = true;
    if (lock_) log_id_ = id_of(log_path());
}

void StateFile::check_files() {
    if (!lock_ || !is_dirty_) return;
    const fs::path& file = lock_->file;
    if (!loss_ && id_of(file) != file_id_)
        save(fmt::format("state '{}' was removed or replaced while it was in use", file.string()));
    if (!loss_ && id_of(log_path()) != log_id_)
        save(fmt::format("log '{}' was removed or replaced while it was in use", log_path().string()));
    if (loss_) std::rethrow_exception(loss_);
}

/// Saves all changes, which are in files that no path leads to any more: in the state if it is there, else beside it.
void StateFile::save(const std::string& loss) {
    acknowledged_->keep();
    database_.checkpoint();
    const fs::path& file = lock_->file;
    const bool is_there = id_of(file) == file_id_;
    if (is_there && Database::open(file, OpenMode::immutable).change_count() >= database_.committed_changes()) {
        loss_ = std::make_exception_ptr(StoreError(loss + "; all changes were saved in the state: start again"));
        return;
    }
    // The files that have taken the place of these are somebody else's.
    database_.disable_checkpoint_on_close(true);
    loss_ = std::make_exception_ptr(DamagedStateError(loss + "; " + rescue()));
}

/// Copies the state to a new file; returns a phrase that says where.
std::string StateFile::rescue() const {
    auto file = fs::path(lock_->file) += ".rescued";
    for (int i = 2; lexists(file); ++i) file = fmt::format("{}.rescued-{}", lock_->file.string(), i);
    try {
        auto copy = Database::open(file, OpenMode::read_write);
        database_.copy_to(copy);
        copy.execute("PRAGMA journal_mode = DELETE");  // one file, with no log beside it
        return fmt::format("all changes are in '{}': restore it", file.string());
    } catch (const Error& error) {
        return fmt::format("its content cannot be saved: {}", error.what());
    }
}

fs::path StateFile::log_path() const { return fs::path(lock_->file) += "-wal"; }

std::optional<StateFile::FileId> StateFile::id_of(const fs::path& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return std::nullopt;
    return FileId{.device = status.st_dev, .inode = status.st_ino};
}

void StateFile::set_dirty_flag(bool open) {
    Transaction transaction(database_);
    database_.execute(open ? "INSERT OR REPLACE INTO meta VALUES('open', '1')" : "DELETE FROM meta WHERE key = 'open'");
    transaction.commit(Durability::crash);
}

}  // namespace freshet::store
