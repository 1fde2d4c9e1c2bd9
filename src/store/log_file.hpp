// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <cstddef>

namespace freshet::store {

/// The memory that open_log_file() needs beside the real file's.
extern const std::size_t log_file_size;

/// Opens a write-ahead log that writes what SQLite appends, two small pieces for each page, at one go: when SQLite asks
/// for a sync, which it does at the end of a transaction with PRAGMA synchronous = FULL, before other connections see
/// it. That sync, behind the frame of a commit, is left out: Database::sync() asks for those that are wanted. All other
/// syncs are real ones.
int open_log_file(sqlite3_vfs* real_vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags);

}  // namespace freshet::store
