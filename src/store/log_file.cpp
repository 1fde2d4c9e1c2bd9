// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/log_file.hpp"

#include "store/vfs_file.hpp"

#include <utility>
#include <vector>

namespace freshet::store {

namespace {

constexpr std::size_t longest_write = (1 << 17) - 1;  // SQLite's own file takes no longer ones

/// What SQLite has appended and the file does not have yet.
struct Appended {
    sqlite3_int64 offset = 0;
    std::vector<unsigned char> bytes;

    sqlite3_int64 end() const { return offset + static_cast<sqlite3_int64>(bytes.size()); }
};

/// An open log; the real file follows it in memory.
struct LogFile {
    sqlite3_file base;
    Appended* appended;  ///< owned
};

Appended& appended_to(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file)->appended; }

/// After an error nothing is left to write: SQLite takes the transaction back.
int write_appended(sqlite3_file* file) {
    Appended& appended = appended_to(file);
    if (appended.bytes.empty()) return SQLITE_OK;
    const int result = forward<LogFile, &sqlite3_io_methods::xWrite>(
        file, appended.bytes.data(), static_cast<int>(appended.bytes.size()), appended.offset);
    appended.bytes.clear();
    return result;
}

int append(sqlite3_file* file, const void* buffer, int size, sqlite3_int64 offset) {
    Appended& appended = appended_to(file);
    if (offset != appended.end() || appended.bytes.size() + static_cast<std::size_t>(size) > longest_write)
        if (const int result = write_appended(file); result != SQLITE_OK) return result;
    if (appended.bytes.empty()) appended.offset = offset;
    const auto* const bytes = static_cast<const unsigned char*>(buffer);
    appended.bytes.insert(appended.bytes.end(), bytes, bytes + size);
    return SQLITE_OK;
}

int sync_log(sqlite3_file* file, int flags) {
    const Appended& appended = appended_to(file);
    const bool is_wanted = appended.bytes.empty() || appended.offset == 0;
    const int result = write_appended(file);
    return result == SQLITE_OK && is_wanted ? forward<LogFile, &sqlite3_io_methods::xSync>(file, flags) : result;
}

int close_log(sqlite3_file* file) {
    const int written = write_appended(file);
    delete std::exchange(reinterpret_cast<LogFile*>(file)->appended, nullptr);
    const int closed = forward<LogFile, &sqlite3_io_methods::xClose>(file);
    return written == SQLITE_OK ? closed : written;
}

/// Calls a method of the real file, which has all by then.
template <auto method, class... Arguments>
int write_and_forward(sqlite3_file* file, Arguments... arguments) {
    const int result = write_appended(file);
    return result == SQLITE_OK ? forward<LogFile, method>(file, arguments...) : result;
}

constexpr sqlite3_io_methods log_methods = [] {
    sqlite3_io_methods changed = forwarding_methods<LogFile>();
    changed.xClose = close_log;
    changed.xRead = write_and_forward<&sqlite3_io_methods::xRead>;
    changed.xWrite = append;
    changed.xTruncate = write_and_forward<&sqlite3_io_methods::xTruncate>;
    changed.xSync = sync_log;
    changed.xFileSize = write_and_forward<&sqlite3_io_methods::xFileSize>;
    return changed;
}();

}  // namespace

const std::size_t log_file_size = sizeof(LogFile);

int open_log_file(sqlite3_vfs* real_vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
    const int result = open_file<LogFile>(real_vfs, name, file, flags, out_flags, log_methods);
    if (file->pMethods != nullptr) reinterpret_cast<LogFile*>(file)->appended = new Appended;
    return result;
}

}  // namespace freshet::store
