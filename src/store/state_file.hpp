// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"
#include "store/acknowledged_file.hpp"
#include "store/database.hpp"
#include "store/state_lock.hpp"

#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace freshet::store {

/// Throws DamagedStateError when the state lacks changes that were acknowledged.
void check_change_count(const Database& database, const std::filesystem::path& path);

/// The SQLite file in which a scheduler keeps what it must not forget. Belongs to one thread; what uses its database
/// must not outlive it.
class StateFile {
public:
    /// Opens the state to write to it, making it when missing, with mode 0600, and holds it until destruction. Throws
    /// LockedError when somebody else does, DamagedStateError when the file is damaged or lacks acknowledged changes,
    /// StoreError when it is foreign, newer than we are, or on a network filesystem.
    static StateFile open_exclusive(const std::filesystem::path& path, const LockHolder& holder,
                                    const LockOptions& options = {});
    /// Opens it to read, beside whoever writes. Throws StoreError when there is none.
    static StateFile open_read_only(const std::filesystem::path& path);
    /// A state that is forgotten at the end.
    static StateFile in_memory();

    StateFile(StateFile&& other) noexcept;
    StateFile& operator=(StateFile&&) = delete;
    ~StateFile();

    Database& database() { return database_; }
    /// Tells others who holds the state, instead of what was told when it was opened.
    void announce(const LockHolder& holder);
    /// Returns false when the lock file has been deleted or replaced: runs are then not known by their liveness locks.
    bool has_lock_file() const;
    /// For a program that must answer all the time: commits no longer wait for megabytes to be copied. It starts a
    /// thread, so that the program must not fork from then on.
    void checkpoint_in_background() { database_.checkpoint_in_background(); }
    /// Begins a change: nothing of it is kept without its commit(). Checks the files now and then, and throws as
    /// check_files() does.
    Transaction begin();
    /// Throws when the file or its log was removed or replaced since it was opened: StoreError when all changes were
    /// saved in the file, so that it may be opened again; else DamagedStateError, which names a file that has them.
    void check_files();
    /// Brings what was committed for a crash only to the disk, too: to be called within a second of such a commit.
    void sync() { database_.sync(); }

private:
    /// Tells a file from another one that has taken its place.
    struct FileId {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;

        friend bool operator==(const FileId&, const FileId&) = default;
    };
    static std::optional<FileId> id_of(const std::filesystem::path& path);

    StateFile(std::optional<StateLock> lock, Database database);
    void set_dirty_flag(bool open);
    void begin_log();
    void save(const std::string& loss);
    std::string rescue() const;
    std::filesystem::path log_path() const;

    std::optional<StateLock> lock_;                   // released after the database is closed; only an owner has one
    std::unique_ptr<AcknowledgedFile> acknowledged_;  // removed after the database is closed
    Database database_;
    bool is_dirty_ = false;
    unsigned begun_ = 0;  // transactions
    std::optional<FileId> file_id_, lock_id_, log_id_;
    std::exception_ptr loss_;  // of check_files()
};

}  // namespace freshet::store
