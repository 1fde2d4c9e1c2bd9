// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/faulty_disk.hpp"

#include <sqlite3.h>

#include <fstream>
#include <map>
#include <string>

namespace freshet::test {

namespace fs = std::filesystem;

namespace {

struct File {
    std::string name;
    const sqlite3_io_methods* real;
    sqlite3_io_methods faulty;
};

// SQLite calls plain functions, so what they share cannot be a member.
struct Disk {
    sqlite3_vfs* real = nullptr;
    sqlite3_vfs faulty{};
    std::map<sqlite3_file*, File> files;
    int writes = 0;
    int syncs = 0;
    int writes_left = -1;  ///< before the disk is full; negative: as many as you like
};
Disk disk;

std::string synced_copy(const std::string& file) { return file + ".synced"; }

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    if (disk.writes_left == 0) return SQLITE_FULL;
    if (disk.writes_left > 0) --disk.writes_left;
    ++disk.writes;
    return disk.files.at(file).real->xWrite(file, bytes, size, offset);
}

int sync(sqlite3_file* file, int) {
    ++disk.syncs;
    const auto& name = disk.files.at(file).name;
    fs::copy_file(name, synced_copy(name), fs::copy_options::overwrite_existing);
    return SQLITE_OK;  // the copy is the disk: the real one would only take time
}

int close(sqlite3_file* file) {
    const auto* real = disk.files.at(file).real;
    disk.files.erase(file);
    return real->xClose(file);
}

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
    const int result = disk.real->xOpen(disk.real, name, file, flags, out_flags);
    if (result != SQLITE_OK || name == nullptr) return result;
    auto& methods = disk.files[file] = {.name = name, .real = file->pMethods, .faulty = *file->pMethods};
    methods.faulty.xWrite = write;
    methods.faulty.xSync = sync;
    methods.faulty.xClose = close;
    file->pMethods = &methods.faulty;
    return result;
}

}  // namespace

FaultyDisk::FaultyDisk() {
    disk = {};
    disk.real = sqlite3_vfs_find(nullptr);
    disk.faulty = *disk.real;
    disk.faulty.zName = "faulty";
    disk.faulty.xOpen = open;
    sqlite3_vfs_register(&disk.faulty, 1);
}

FaultyDisk::~FaultyDisk() {
    sqlite3_vfs_unregister(&disk.faulty);
    sqlite3_vfs_register(disk.real, 1);
}

void FaultyDisk::fill_up_after(int writes) { disk.writes_left = writes; }

void FaultyDisk::free() { disk.writes_left = -1; }

int FaultyDisk::writes() const { return disk.writes; }

int FaultyDisk::syncs() const { return disk.syncs; }

void FaultyDisk::cut_power(const fs::path& state) {
    for (const auto* ending : {"", "-wal", "-shm"}) {
        const auto file = state.string() + ending;
        fs::remove(file);
        if (fs::exists(synced_copy(file))) fs::rename(synced_copy(file), file);
    }
    // The machine runs anew. The file is never synced, but an old system writes it now and then.
    const auto acknowledged = state.string() + ".acknowledged";
    if (!fs::exists(acknowledged)) return;
    std::fstream file(acknowledged, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(48);
    file << "another-boot-of-the-same-machine";
}

}  // namespace freshet::test
