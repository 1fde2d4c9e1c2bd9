// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <new>

namespace freshet::store {

/// The real file, which follows `file`, one of class File, in memory.
template <class File>
sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
}

/// Calls the method of the real file.
template <class File, auto method, class... Arguments>
auto forward(sqlite3_file* file, Arguments... arguments) {
    return (real<File>(file)->pMethods->*method)(real<File>(file), arguments...);
}

/// The methods of a file that leaves all to the real one. Version 2: without memory mapping, which bypasses xRead.
template <class File>
constexpr sqlite3_io_methods forwarding_methods() {
    using Methods = sqlite3_io_methods;
    return {.iVersion = 2,
            .xClose = forward<File, &Methods::xClose>,
            .xRead = forward<File, &Methods::xRead>,
            .xWrite = forward<File, &Methods::xWrite>,
            .xTruncate = forward<File, &Methods::xTruncate>,
            .xSync = forward<File, &Methods::xSync>,
            .xFileSize = forward<File, &Methods::xFileSize>,
            .xLock = forward<File, &Methods::xLock>,
            .xUnlock = forward<File, &Methods::xUnlock>,
            .xCheckReservedLock = forward<File, &Methods::xCheckReservedLock>,
            .xFileControl = forward<File, &Methods::xFileControl>,
            .xSectorSize = forward<File, &Methods::xSectorSize>,
            .xDeviceCharacteristics = forward<File, &Methods::xDeviceCharacteristics>,
            .xShmMap = forward<File, &Methods::xShmMap>,
            .xShmLock = forward<File, &Methods::xShmLock>,
            .xShmBarrier = forward<File, &Methods::xShmBarrier>,
            .xShmUnmap = forward<File, &Methods::xShmUnmap>,
            .xFetch = nullptr,
            .xUnfetch = nullptr};
}

/// Opens a File in the memory at `file`, with the real one behind it.
template <class File>
int open_vfs_file(sqlite3_vfs* real_vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags,
                  const sqlite3_io_methods& methods) {
    new (file) File{};
    const int result = real_vfs->xOpen(real_vfs, name, real<File>(file), flags, out_flags);
    if (real<File>(file)->pMethods != nullptr) file->pMethods = &methods;  // then SQLite closes it, whatever the result
    return result;
}

/// The memory that open_log_file() needs beside the real file's.
extern const std::size_t log_file_size;

/// Opens a write-ahead log that writes what SQLite appends, two small pieces for each page, at one go: when SQLite asks
/// for a sync, which it does at the end of a transaction with PRAGMA synchronous = FULL, before other connections see
/// it. That sync, behind the frame of a commit, is left out: Database::sync() asks for those that are wanted. All other
/// syncs are real ones.
int open_log_file(sqlite3_vfs* real_vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags);

}  // namespace freshet::store
