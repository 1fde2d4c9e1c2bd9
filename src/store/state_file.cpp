// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/state_file.hpp"

#include "base/time.hpp"
#include "freshet/json.hpp"
#include "store/damage.hpp"
#include "store/database.hpp"
#include "store/schema.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <thread>
#include <utility>

namespace freshet::store {

namespace fs = std::filesystem;

namespace {

std::string to_text(const LockHolder& holder) {
    return Json(Json::Object{{"host", holder.host},
                             {"pid", holder.pid},
                             {"since", rfc3339(holder.since)},
                             {"runs", holder.command}})
               .text() +
           "\n";
}

/// Two names of one file must meet at one lock.
fs::path canonical_path(const fs::path& path) {
    std::error_code error;
    auto file = fs::weakly_canonical(fs::absolute(path), error);
    if (error) throw StoreError(fmt::format("open state '{}': {}", path.string(), error.message()));
    return file;
}

/// The sentence's end: the holder may be just about to write who it is, or have died while it did.
std::string describe_holder(const fs::path& lock_file) {
    try {
        const auto json = Json::parse(read_file(lock_file));
        return fmt::format("'{}' (pid {} on host '{}') since {}", json.at("runs").as_string(),
                           json.at("pid").as_integer(), json.at("host").as_string(), json.at("since").as_string());
    } catch (const Error&) {
        return "a program that has not said yet who it is";
    }
}

/// Creates a missing file for its owner alone; one that is there keeps its mode, which is its owner's choice. Reports
/// no error: whoever opens the file next does. Opens no existing file: closing it would release SQLite's locks.
void create_private(const fs::path& path) {
    FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
}

// A reader that looks whether a state is in use holds the lock for an instant.
constexpr int max_lock_tries = 3;
constexpr std::chrono::milliseconds lock_pause{2};

enum class Locked { no, yes, unknown };

/// Opens the file to read only: it may be another user's.
Locked is_locked(const fs::path& file) {
    const FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) return Locked::unknown;
    if (::flock(opened.get(), LOCK_SH | LOCK_NB) == 0) return Locked::no;
    return errno == EWOULDBLOCK ? Locked::yes : Locked::unknown;
}

/// Nothing if it is taken. Where the place itself cannot be used, the state cannot be.
std::optional<FileLock> try_acquire_lock(const fs::path& path, const fs::path& lock_file, const LockHolder& holder) {
    try {
        create_folders(path.parent_path());
        create_private(lock_file);
        auto lock = FileLock::try_acquire(lock_file);
        for (int tries = 1; !lock && tries < max_lock_tries; ++tries) {
            std::this_thread::sleep_for(lock_pause);
            lock = FileLock::try_acquire(lock_file);
        }
        if (lock) lock->write(to_text(holder));
        return lock;
    } catch (const DiskFullError& error) {
        throw DiskFullError(fmt::format("open state '{}': {}", path.string(), error.what()));
    } catch (const Error& error) {
        throw StoreError(fmt::format("open state '{}': {}", path.string(), error.what()));
    }
}

FileLock acquire_lock(const fs::path& path, const LockHolder& holder) {
    auto lock_file = path;
    lock_file += ".lock";
    auto lock = try_acquire_lock(path, lock_file, holder);
    if (!lock)
        throw LockedError(fmt::format("open state '{}': in use by {}", path.string(), describe_holder(lock_file)));
    return std::move(*lock);
}

/// Locks the file itself, and makes it when missing.
void lock_file(StateLock& state) {
    state.file_lock = FileLock::try_acquire(state.file);
    if (!state.file_lock)
        throw LockedError(fmt::format("open state '{}': in use by a program whose lock file '{}.lock' was deleted",
                                      state.file.string(), state.file.string()));
}

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

LockHolder this_process(std::string command, Time since) {
    std::array<char, HOST_NAME_MAX + 1> host{};
    gethostname(host.data(), host.size() - 1);
    return {.host = host.data(), .pid = getpid(), .since = since, .command = std::move(command)};
}

StateLock acquire_state_lock(const fs::path& path, const LockHolder& holder, const LockOptions& options) {
    auto file = canonical_path(path);
    if (options.is_shared(file.parent_path()))
        throw StoreError(
            fmt::format("open state '{}': it lies on a network filesystem, where SQLite loses data; name a "
                        "file on a local disk",
                        file.string()));
    auto lock = acquire_lock(file, holder);
    StateLock state_lock{std::move(file), std::move(lock)};
    if (exists_at(state_lock.file)) lock_file(state_lock);
    return state_lock;
}

bool is_in_use(const fs::path& path) {
    const auto file = canonical_path(path);
    auto lock_file = file;
    lock_file += ".lock";
    Locked locked = is_locked(lock_file);
    if (locked == Locked::unknown) locked = is_locked(file);  // the lock file was deleted
    return locked != Locked::no;
}

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
}

StateFile::StateFile(StateFile&& other) noexcept
    : lock_(std::move(other.lock_)),
      acknowledged_(std::move(other.acknowledged_)),
      database_(std::move(other.database_)),
      is_dirty_(std::exchange(other.is_dirty_, false)),
      file_id_(other.file_id_),
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
