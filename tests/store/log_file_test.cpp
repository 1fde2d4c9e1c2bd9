// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/file.hpp"
#include "store/checksum_vfs.hpp"
#include "store/faulty_disk.hpp"
#include "support/temp_dir.hpp"

#include <sqlite3.h>
#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <memory>

using namespace freshet;
using freshet::test::FaultyDisk;
using freshet::test::TempDir;

namespace {

/// A write-ahead log as SQLite opens and writes it.
class Log {
public:
    explicit Log(const std::filesystem::path& path) : path_(path.string()) {
        sqlite3_vfs* const vfs = sqlite3_vfs_find(store::checksum_vfs());
        memory_ = std::make_unique<std::max_align_t[]>(static_cast<std::size_t>(vfs->szOsFile));
        name_ = sqlite3_create_filename(path_.c_str(), "", "", 0, nullptr);
        constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_WAL;
        REQUIRE(vfs->xOpen(vfs, name_, file(), flags, nullptr) == SQLITE_OK);
    }
    ~Log() {
        file()->pMethods->xClose(file());
        sqlite3_free_filename(name_);
    }
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void append_header() { append(std::array<unsigned char, 32>{}); }
    /// `is_last`: of a transaction, whose frame has the size of the database then.
    void append_frame(bool is_last) {
        std::array<unsigned char, 24> header{};
        header[7] = is_last ? 1 : 0;
        append(header);
        append(std::array<unsigned char, 4096>{});
    }
    void sync() { REQUIRE(file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL) == SQLITE_OK); }

private:
    sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.get()); }

    template <std::size_t size>
    void append(const std::array<unsigned char, size>& bytes) {
        REQUIRE(file()->pMethods->xWrite(file(), bytes.data(), static_cast<int>(size), end_) == SQLITE_OK);
        end_ += size;
    }

    std::string path_;
    sqlite3_filename name_ = nullptr;
    std::unique_ptr<std::max_align_t[]> memory_;
    sqlite3_int64 end_ = 0;
};

}  // namespace

TEST_CASE("of the syncs of a log, only that at the end of a transaction is left out", "[store]") {
    const TempDir folder;
    const FaultyDisk disk;
    write_file_atomically(folder / "state", "");  // whose mode the log gets
    Log log(folder / "state-wal");
    log.append_header();
    log.sync();
    CHECK(disk.syncs() == 1);
    log.append_frame(false);
    log.append_frame(true);
    log.sync();
    CHECK(disk.syncs() == 1);
    CHECK(disk.writes() == 2);
    log.sync();
    CHECK(disk.syncs() == 2);
    log.append_frame(false);  // of a transaction that is taken back
    log.sync();
    CHECK(disk.syncs() == 3);
}
