// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"

#include <filesystem>
#include <string>

struct sqlite3;

namespace freshet::store {

/// The state could not grow. Nothing of the transaction was written: the same changes may be written again later.
class DiskFullError : public StoreError {
public:
    using StoreError::StoreError;
};

/// What was being done to a state when it failed: the beginning of the message.
enum class Access { open, read, write };

/// The error that the connection has just reported, as a StoreError that names the file, or a DiskFullError.
[[noreturn]] void throw_sqlite_error(sqlite3* connection, Access access, int result);

/// As above, before there is a connection that knows its file.
[[noreturn]] void throw_open_error(const std::filesystem::path& path, sqlite3* connection, int result);

}  // namespace freshet::store
