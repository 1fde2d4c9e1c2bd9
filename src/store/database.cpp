// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/database.hpp"

#include "store/errors.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace freshet::store {

namespace {

// Long enough for another program's checkpoint of a large file, short enough for a person to wait for an answer.
constexpr int busy_timeout_ms = 5000;

sqlite3* connect(const std::filesystem::path& path, const std::string& name, int flags) {
    // SQLite counts its memory under a lock, and nobody asks how much it is.
    [[maybe_unused]] static const int is_uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3* connection = nullptr;
    // One thread uses a connection, so SQLite's own locks would only cost time.
    const int result = sqlite3_open_v2(name.c_str(), &connection, flags | SQLITE_OPEN_NOMUTEX, nullptr);
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
}

void Database::execute(const char* sql) {
    const int result = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) throw_sqlite_error(handle_.get(), Access::write, result);
}

std::int64_t Database::number(std::string_view sql) const { return prepare(sql).first<std::int64_t>().value_or(0); }

void Database::use_write_ahead_log() {
    // NORMAL keeps the order of writes, so that a power cut loses the newest commits at most and never damages the
    // file; what must not be lost is synced by sync(). The log is copied back every 32 MB, since a page that changes
    // often is then copied once for many changes, and cut back to 64 MB when it restarts after a long day.
    execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864;"
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
    if (result != SQLITE_DONE) throw_sqlite_error(target.handle_.get(), Access::write, result);
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
}

Transaction::Transaction(Database& database) : database_(database) {
    if (!database_.begin_) {
        database_.begin_ = database_.prepare("BEGIN IMMEDIATE");
        database_.commit_ = database_.prepare("COMMIT");
    }
    database_.begin_->run();
}

Transaction::~Transaction() {
    // After some errors SQLite has rolled back by itself. What fails here leaves the transaction to the next start.
    sqlite3* const connection = database_.handle_.get();
    if (open_ && sqlite3_get_autocommit(connection) == 0)
        sqlite3_exec(connection, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit(Durability durability) {
    database_.commit_->run();
    open_ = false;
    database_.unsynced_ = true;
    if (durability == Durability::power_cut) database_.sync();
    if (database_.checkpointer_ && database_.checkpointer_->after_commit()) database_.checkpoint();
}

}  // namespace freshet::store
