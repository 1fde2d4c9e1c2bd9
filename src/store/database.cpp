// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>

namespace freshet::store {

namespace {

// Long enough for another program's checkpoint of a large file, short enough for a person to wait for an answer.
constexpr int busy_timeout_ms = 5000;

sqlite3* connect(const std::filesystem::path& path, const std::string& name, int flags) {
    // SQLite counts its memory under a lock, and nobody asks how much it is.
    [[maybe_unused]] static const int is_uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3* connection = nullptr;
    // One thread uses a connection, so SQLite's own locks would only cost time.
    const int result = sqlite3_open_v2(name.c_str(), &connection, flags | SQLITE_OPEN_NOMUTEX, checksum_vfs());
    if (result == SQLITE_OK) return connection;
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> failed(connection, sqlite3_close);
    throw_open_error(path, connection, result);
}

/// The name by which SQLite reads a file without locks and without a log.
std::string immutable_uri(const std::filesystem::path& path) {
    std::string name = "file:";
    for (const char c : path.string()) {
        if (c == '%' || c == '?' || c == '#')
            name += fmt::format("%{:02x}", static_cast<unsigned char>(c));
        else
            name += c;
    }
    return name + "?immutable=1";
}

sqlite3* connect(const std::filesystem::path& path, OpenMode mode) {
    switch (mode) {
        case OpenMode::read_write:
            return connect(path, path.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
        case OpenMode::read_only:
            return connect(path, path.string(), SQLITE_OPEN_READONLY);
        case OpenMode::immutable:
            break;
    }
    return connect(path, immutable_uri(path), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

const char* verb_of(Access access) {
    switch (access) {
        case Access::open:
            return "open";
        case Access::read:
            return "read";
        case Access::write:
            return "write to";
    }
    return "use";
}

bool is_disk_full(sqlite3* connection, int result) {
    if ((result & 0xff) == SQLITE_FULL) return true;
    // Where SQLite grows a file by other means than write(), the reason is in errno only.
    const int system_error = connection ? sqlite3_system_errno(connection) : 0;
    return (result & 0xff) == SQLITE_IOERR && (system_error == ENOSPC || system_error == EDQUOT);
}

[[noreturn]] void throw_damaged(const std::string& what, std::string_view reason) {
    throw DamagedStateError(fmt::format(
        "{}: it is damaged{}; restore a backup, or move it away to begin a new one: what is complete is not made again",
        what, reason));
}

[[noreturn]] void throw_error(const std::string& file, sqlite3* connection, Access access, int result) {
    const auto what = fmt::format("{} state '{}'", verb_of(access), file);
    if (is_disk_full(connection, result)) throw DiskFullError(what + ": the disk is full");
    if (const auto page = connection ? damaged_page(connection) : 0; page != 0)
        throw_damaged(what, fmt::format(" (page {} differs from its checksum)", page));
    switch (result & 0xff) {
        case SQLITE_NOTADB:
            throw StoreError(what + ": it is not a state of Freshet, nor any SQLite database");
        case SQLITE_CORRUPT:
            throw_damaged(what, "");
        case SQLITE_BUSY:
            throw StoreError(what + ": another program keeps it locked");
        default:
            throw StoreError(
                fmt::format("{}: {}", what, connection ? sqlite3_errmsg(connection) : sqlite3_errstr(result)));
    }
}

}  // namespace

void Database::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

Database Database::open(const std::filesystem::path& path, OpenMode mode) {
    Database database(connect(path, mode));
    database.set_up();
    return database;
}

Database Database::in_memory() { return open(":memory:", OpenMode::read_write); }

void Database::set_up() {
    sqlite3_extended_result_codes(handle_.get(), 1);
    sqlite3_busy_timeout(handle_.get(), busy_timeout_ms);
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
    reserve_page_checksums(handle_.get());
}

void Database::add_page_checksums() {
    // A copy of a large state is no content for memory.
    execute("PRAGMA temp_store = FILE; VACUUM; PRAGMA temp_store = MEMORY; PRAGMA wal_checkpoint(TRUNCATE)");
    if (!has_page_checksums())
        throw StoreError(fmt::format("bring state '{}' up to date: another program is reading it",
                                     sqlite3_db_filename(handle_.get(), "main")));
}

void Database::execute(const char* sql) {
    const int result = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) throw_sqlite_error(handle_.get(), Access::write, result);
}

std::int64_t Database::number(std::string_view sql) const { return prepare(sql).first<std::int64_t>().value_or(0); }

void Database::use_write_ahead_log() {
    // FULL tells the log where a transaction ends (log_file.cpp), without a sync: the order of writes is kept, so that
    // a power cut loses the newest commits at most and never damages the file; what must not be lost is synced by
    // sync(). The log is copied back every 32 MB, since a page that changes often is then copied once for many changes,
    // and cut back to 64 MB when it restarts after a long day.
    execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;"
        "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 8000");
}

void Database::checkpoint_in_background() {
    checkpointer_ = std::make_unique<Checkpointer>(sqlite3_db_filename(handle_.get(), "main"));
    const auto on_commit = [](void* checkpointer, sqlite3*, const char*, int pages) {
        static_cast<Checkpointer*>(checkpointer)->set_log_pages(pages);
        return SQLITE_OK;
    };
    sqlite3_wal_hook(handle_.get(), on_commit, checkpointer_.get());  // in place of SQLite's own checkpoints
}

void Database::checkpoint() {
    sqlite3_wal_checkpoint_v2(handle_.get(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    // SQLite syncs the file only when nothing was committed meanwhile.
    sqlite3_file* file = nullptr;
    sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file != nullptr && file->pMethods != nullptr) file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
}

void Database::disable_checkpoint_on_close(bool disabled) {
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, disabled ? 1 : 0, nullptr);
}

void Database::copy_to(Database& target) const {
    constexpr int all_pages = -1;  // in one read: a copy in steps begins anew whenever somebody writes
    sqlite3_backup* const backup = sqlite3_backup_init(target.handle_.get(), "main", handle_.get(), "main");
    if (backup == nullptr)
        throw_sqlite_error(target.handle_.get(), Access::write, sqlite3_errcode(target.handle_.get()));
    const int result = sqlite3_backup_step(backup, all_pages);
    sqlite3_backup_finish(backup);
    if (result == SQLITE_DONE) return;
    if (result == SQLITE_IOERR_DATA) throw_sqlite_error(handle_.get(), Access::read, result);
    throw_sqlite_error(target.handle_.get(), Access::write, result);
}

void Database::sync() {
    if (!unsynced_) return;
    // SQLite's own way to ask for this is PRAGMA synchronous, which cannot sync what an earlier commit left. Its log
    // is the one file that holds all commits since the last checkpoint, and a checkpoint syncs by itself.
    sqlite3_file* log = nullptr;
    sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log != nullptr && log->pMethods != nullptr) {
        const int result = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
        if (result != SQLITE_OK)
            throw StoreError(std::string("write to state '") + sqlite3_db_filename(handle_.get(), "main") +
                             "': sync failed: " + sqlite3_errstr(result));
    }
    unsynced_ = false;
    changes_.synced = changes_.committed;
    if (acknowledged_ != nullptr) acknowledged_->write(changes_);
}

std::int64_t Database::change_count() const {
    if (number("SELECT count(*) FROM sqlite_schema WHERE name = 'meta'") == 0) return 0;
    return number("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'changes'");
}

void Database::count_changes(AcknowledgedFile& file) {
    const std::int64_t count = change_count();
    changes_ = {.committed = count, .synced = count};
    set_change_count_ = prepare("UPDATE meta SET value = ? WHERE key = 'changes'");
    acknowledged_ = &file;
}

/// Part of the transaction: the count is committed with what it counts.
void Database::count_change() {
    if (acknowledged_ == nullptr) return;
    acknowledged_->create();
    set_change_count_->run(changes_.committed + 1);
}

Transaction::Transaction(Database& database) : database_(database) {
    if (!database_.begin_) {
        database_.begin_ = database_.prepare("BEGIN IMMEDIATE");
        database_.commit_ = database_.prepare("COMMIT");
    }
    database_.begin_->run();
    try {
        database_.count_change();
    } catch (...) {
        roll_back();
        throw;
    }
}

Transaction::~Transaction() {
    if (open_) roll_back();
}

void Transaction::roll_back() {
    // After some errors SQLite has rolled back by itself. What fails here leaves the transaction to the next start.
    sqlite3* const connection = database_.handle_.get();
    if (sqlite3_get_autocommit(connection) == 0) sqlite3_exec(connection, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit(Durability durability) {
    database_.commit_->run();
    open_ = false;
    database_.unsynced_ = true;
    ++database_.changes_.committed;
    if (durability == Durability::power_cut)
        database_.sync();
    else if (database_.acknowledged_ != nullptr)
        database_.acknowledged_->write(database_.changes_);
    if (database_.checkpointer_ && database_.checkpointer_->after_commit()) database_.checkpoint();
}

bool Row::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::int64_t Row::integer(int column) const { return sqlite3_column_int64(statement_, column); }

double Row::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string_view Row::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Statement(sqlite3* connection, std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int result = sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    statement_.reset(statement);
    if (result != SQLITE_OK) throw_sqlite_error(connection, Access::read, result);
}

void Statement::bind_integer(int index, std::int64_t value) {
    if (const int result = sqlite3_bind_int64(statement_.get(), index, value); result != SQLITE_OK) fail(result);
}

void Statement::bind_real(int index, double value) {
    if (const int result = sqlite3_bind_double(statement_.get(), index, value); result != SQLITE_OK) fail(result);
}

void Statement::bind_text(int index, std::string_view value) {
    // No copy is made: the values are the caller's and outlive the run. A null pointer would bind NULL.
    const char* bytes = value.data() ? value.data() : "";
    const int result = sqlite3_bind_text64(statement_.get(), index, bytes, value.size(), SQLITE_STATIC, SQLITE_UTF8);
    if (result != SQLITE_OK) fail(result);
}

void Statement::bind_null(int index) {
    if (const int result = sqlite3_bind_null(statement_.get(), index); result != SQLITE_OK) fail(result);
}

bool Statement::step() {
    const int result = sqlite3_step(statement_.get());
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    fail(result);
}

int Statement::changes() const { return sqlite3_changes(sqlite3_db_handle(statement_.get())); }

void Statement::reset() { sqlite3_reset(statement_.get()); }

void Statement::fail(int result) const {
    const bool reads = sqlite3_stmt_readonly(statement_.get()) && sqlite3_column_count(statement_.get()) > 0;
    const auto access = reads ? Access::read : Access::write;  // COMMIT counts as read-only but answers nothing
    throw_sqlite_error(sqlite3_db_handle(statement_.get()), access, result);
}

void throw_sqlite_error(sqlite3* connection, Access access, int result) {
    const char* file = sqlite3_db_filename(connection, "main");
    throw_error(file && *file ? file : ":memory:", connection, access, result);
}

void throw_open_error(const std::filesystem::path& path, sqlite3* connection, int result) {
    throw_error(path.string(), connection, Access::open, result);
}

}  // namespace freshet::store
