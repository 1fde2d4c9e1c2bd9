// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/statement.hpp"

#include "store/errors.hpp"

#include <sqlite3.h>

namespace freshet::store {

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

}  // namespace freshet::store
