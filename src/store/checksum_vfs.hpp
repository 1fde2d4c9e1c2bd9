// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

struct sqlite3;

/// A SQLite VFS: the default one with a checksum in the last bytes of each page of a database, computed when the page
/// is written and verified when it is read. The write-ahead log needs none: each of its frames has one.
namespace freshet::store {

/// Bytes at the end of each page; a database has checksums when its header reserves exactly these.
inline constexpr int page_checksum_size = 8;

using PageNumbers = std::vector<std::int64_t>;

/// The name of the VFS, which the first call registers.
const char* checksum_vfs();

/// Reserves the bytes in a new database; in one that has content, its next VACUUM does.
void reserve_page_checksums(sqlite3* connection);

/// True when the file of the database has checksums. True also for a database in memory, which needs none.
bool has_page_checksums(sqlite3* connection);

/// The page that the last failed read of the database found damaged; 0 when it failed for another reason.
std::int64_t damaged_page(sqlite3* connection);

/// From here on a damaged page is read as it is, and its number appended to `pages`, which must outlive the connection.
void tolerate_damaged_pages(sqlite3* connection, PageNumbers& pages);

}  // namespace freshet::store
