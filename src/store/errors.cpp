// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/errors.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>

namespace freshet::store {

namespace {

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

[[noreturn]] void throw_error(const std::string& file, sqlite3* connection, Access access, int result) {
    const auto what = fmt::format("{} state '{}'", verb_of(access), file);
    if (is_disk_full(connection, result)) throw DiskFullError(what + ": the disk is full");
    switch (result & 0xff) {
        case SQLITE_NOTADB:
            throw StoreError(what + ": it is not a state of Freshet, nor any SQLite database");
        case SQLITE_CORRUPT:
            throw StoreError(what +
                             ": it is damaged; move it away to begin a new one: what is complete is not made again");
        case SQLITE_BUSY:
            throw StoreError(what + ": another program keeps it locked");
        default:
            throw StoreError(
                fmt::format("{}: {}", what, connection ? sqlite3_errmsg(connection) : sqlite3_errstr(result)));
    }
}

}  // namespace

void throw_sqlite_error(sqlite3* connection, Access access, int result) {
    const char* file = sqlite3_db_filename(connection, "main");
    throw_error(file && *file ? file : ":memory:", connection, access, result);
}

void throw_open_error(const std::filesystem::path& path, sqlite3* connection, int result) {
    throw_error(path.string(), connection, Access::open, result);
}

}  // namespace freshet::store
