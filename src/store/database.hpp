// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/checkpointer.hpp"
#include "store/statement.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;

namespace freshet::store {

enum class OpenMode {
    read_write,  ///< creates the file when missing
    read_only,   ///< beside a writer: never waits for it, never holds it up
    immutable,   ///< nobody writes and nothing may be made beside the file: a folder of somebody else, a read-only disk
};

/// What a commit outlives.
enum class Durability {
    crash,      ///< kill -9 of this program: written, not yet synced
    power_cut,  ///< also a power cut: synced when commit() returns
};

/// A connection to one SQLite file, set up for one writer and many readers. Belongs to one thread.
class Database {
public:
    static Database open(const std::filesystem::path& path, OpenMode mode);
    static Database in_memory();

    Statement prepare(std::string_view sql) const { return {handle_.get(), sql}; }
    /// Runs SQL that has no values and whose answer does not matter; several statements may follow one another.
    void execute(const char* sql);
    /// The number a statement like PRAGMA user_version answers.
    std::int64_t number(std::string_view sql) const;

    /// Switches to a write-ahead log, in which readers and the writer do not wait for each other.
    void use_write_ahead_log();
    /// From now on a thread of its own copies the log back, instead of the commit that finds it long.
    void checkpoint_in_background();
    /// Copies the log back as far as nobody reads in it, and syncs the file. What fails stays in the log.
    void checkpoint();
    /// While disabled, closing leaves the file byte for byte as it is, even when its log could be folded in.
    void disable_checkpoint_on_close(bool disabled);

    /// Makes `target` the same, as of one moment, whoever writes meanwhile.
    void copy_to(Database& target) const;

    /// Brings everything committed so far to the disk; returns at once when it is there already.
    void sync();

private:
    friend class Transaction;
    struct Close {
        void operator()(sqlite3* connection) const;
    };

    explicit Database(sqlite3* connection) : handle_(connection) {}
    void set_up();

    std::unique_ptr<sqlite3, Close> handle_;
    std::unique_ptr<Checkpointer> checkpointer_;  // ends before the connection, which is to be the last to close
    // Prepared at the first transaction: a reader has none.
    std::optional<Statement> begin_;
    std::optional<Statement> commit_;
    bool unsynced_ = false;
};

/// Changes that become visible together or not at all: what is not committed is rolled back.
class Transaction {
public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    /// When this throws, a commit that was asked to outlive a power cut may or may not have been written.
    void commit(Durability durability);

private:
    Database& database_;
    bool open_ = true;
};

}  // namespace freshet::store
