// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/vfs_file.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace freshet::store {

namespace {

using Methods = sqlite3_io_methods;

constexpr std::size_t longest_write = (1 << 17) - 1;  // SQLite's own file takes no longer ones
constexpr int frame_header_size = 24;

/// An open log; the real file follows it in memory.
struct LogFile {
    sqlite3_file base{};
    sqlite3_int64 offset = 0;
    std::vector<unsigned char> appended{};  ///< from the offset on, not yet written
    bool ends_transaction = false;          ///< its last frame is that of a commit
};
static_assert(std::is_standard_layout_v<LogFile>);

LogFile& log_of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }

/// By the header of a frame, which has the size of the database in that of a commit, else 0 (SQLite's file
/// format, 4.1).
bool is_commit(std::span<const unsigned char> header) {
    return std::ranges::any_of(header.subspan(4, 4), [](unsigned char byte) { return byte != 0; });
}

/// After an error nothing is left to write: SQLite takes the transaction back.
int write_appended(sqlite3_file* file) {
    LogFile& log = log_of(file);
    if (log.appended.empty()) return SQLITE_OK;
    const int result = forward<LogFile, &Methods::xWrite>(file, log.appended.data(),
                                                          static_cast<int>(log.appended.size()), log.offset);
    log.appended.clear();
    return result;
}

int append(sqlite3_file* file, const void* buffer, int size, sqlite3_int64 offset) {
    LogFile& log = log_of(file);
    const std::span bytes(static_cast<const unsigned char*>(buffer), static_cast<std::size_t>(size));
    const bool is_next = offset == log.offset + static_cast<sqlite3_int64>(log.appended.size());
    if (!is_next || log.appended.size() + bytes.size() > longest_write)
        if (const int result = write_appended(file); result != SQLITE_OK) return result;
    if (log.appended.empty()) log.offset = offset;
    if (size == frame_header_size) log.ends_transaction = is_commit(bytes);
    log.appended.insert(log.appended.end(), bytes.begin(), bytes.end());
    return SQLITE_OK;
}

int sync_log(sqlite3_file* file, int flags) {
    const LogFile& log = log_of(file);
    const bool is_of_commit = !log.appended.empty() && log.offset > 0 && log.ends_transaction;
    const int result = write_appended(file);
    return result == SQLITE_OK && !is_of_commit ? forward<LogFile, &Methods::xSync>(file, flags) : result;
}

int close_log(sqlite3_file* file) {
    const int written = write_appended(file);
    const int closed = forward<LogFile, &Methods::xClose>(file);
    std::destroy_at(&log_of(file));
    return written == SQLITE_OK ? closed : written;
}

/// Calls a method of the real file, which has all by then.
template <auto method, class... Arguments>
int write_and_forward(sqlite3_file* file, Arguments... arguments) {
    const int result = write_appended(file);
    return result == SQLITE_OK ? forward<LogFile, method>(file, arguments...) : result;
}

constexpr Methods log_methods = [] {
    Methods changed = forwarding_methods<LogFile>();
    changed.xClose = close_log;
    changed.xRead = write_and_forward<&Methods::xRead>;
    changed.xWrite = append;
    changed.xTruncate = write_and_forward<&Methods::xTruncate>;
    changed.xSync = sync_log;
    changed.xFileSize = write_and_forward<&Methods::xFileSize>;
    return changed;
}();

}  // namespace

const std::size_t log_file_size = sizeof(LogFile);

int open_log_file(sqlite3_vfs* real_vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
    return open_vfs_file<LogFile>(real_vfs, name, file, flags, out_flags, log_methods);
}

}  // namespace freshet::store
