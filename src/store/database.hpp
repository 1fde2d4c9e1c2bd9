// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "freshet/clock.hpp"
#include "freshet/error.hpp"
#include "store/acknowledged_file.hpp"
#include "store/checkpointer.hpp"
#include "store/checksum_vfs.hpp"

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

struct sqlite3;
struct sqlite3_stmt;

namespace freshet::store {

/// A state lacks something that was written to it, or differs from it: a restart does not help.
class DamagedStateError : public StoreError {
public:
    using StoreError::StoreError;
};

/// The operation on a state, for error messages.
enum class Access { open, read, write };

/// Throws the connection's last error as a StoreError that names the file, or a DiskFullError; after that one the same
/// changes may be written again.
[[noreturn]] void throw_sqlite_error(sqlite3* connection, Access access, int result);

/// throw_sqlite_error() for a connection that does not know its file yet.
[[noreturn]] void throw_open_error(const std::filesystem::path& path, sqlite3* connection, int result);

/// The current row of a statement; valid inside the visit only.
class Row {
public:
    explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

    /// T: an integer, double, Time, std::string or optional of these (NULL is nullopt; else 0 or "").
    template <class T>
    T get(int column) const {
        if constexpr (std::integral<T>)
            return static_cast<T>(integer(column));
        else if constexpr (std::same_as<T, double>)
            return real(column);
        else if constexpr (std::same_as<T, Time>)
            return time_from_epoch_seconds(real(column));
        else if constexpr (std::same_as<T, std::string>)
            return std::string(text(column));
        else
            return is_null(column) ? T{} : T{get<typename T::value_type>(column)};
    }

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string_view text(int column) const;

private:
    sqlite3_stmt* statement_;
};

/// A prepared statement. Must not outlive its Database.
class Statement {
public:
    Statement(sqlite3* connection, std::string_view sql);

    /// Binds the values, runs the statement and returns the number of changed rows.
    template <class... Values>
    int run(const Values&... values) {
        const Reset reset{*this};
        bind_all(values...);
        while (step()) {
        }
        return changes();
    }

    /// Calls `visit(Row)` for each row of the result.
    template <class Visit, class... Values>
    void each(Visit&& visit, const Values&... values) {
        const Reset reset{*this};
        bind_all(values...);
        while (step()) visit(Row(statement_.get()));
    }

    /// The first column of the first row; nullopt without rows.
    template <class T, class... Values>
    std::optional<T> first(const Values&... values) {
        const Reset reset{*this};
        bind_all(values...);
        if (!step()) return std::nullopt;
        return Row(statement_.get()).template get<T>(0);
    }

private:
    /// An unfinished read would keep old pages alive and hold up the transaction.
    struct Reset {
        Statement& statement;
        ~Reset() { statement.reset(); }
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };

    template <class... Values>
    void bind_all(const Values&... values) {
        int index = 0;
        (bind(++index, values), ...);
    }

    template <class T>
    void bind(int index, const T& value) {
        if constexpr (std::integral<T>)
            bind_integer(index, static_cast<std::int64_t>(value));
        else if constexpr (std::floating_point<T>)
            bind_real(index, value);
        else if constexpr (std::same_as<T, Time>)
            bind_real(index, epoch_seconds(value));
        else if constexpr (std::convertible_to<const T&, std::string_view>)
            bind_text(index, value);
        else if (value)
            bind(index, *value);
        else
            bind_null(index);
    }

    void bind_integer(int index, std::int64_t value);
    void bind_real(int index, double value);
    void bind_text(int index, std::string_view value);
    void bind_null(int index);
    bool step();
    int changes() const;
    void reset();
    [[noreturn]] void fail(int result) const;

    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

enum class OpenMode {
    read_write,  ///< creates the file when missing
    read_only,   ///< beside a writer: never waits for it, never holds it up
    immutable,   ///< nobody writes and nothing may be made beside the file: a folder of somebody else, a read-only disk
};

/// The failures that a commit survives.
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
    /// Runs one or more statements without values and results.
    void execute(const char* sql);
    /// The first number of the result of a statement like PRAGMA user_version.
    std::int64_t number(std::string_view sql) const;

    /// Enables the write-ahead log, with which readers and the writer do not block each other.
    void use_write_ahead_log();
    /// Starts a thread that checkpoints the log, in place of SQLite's checkpoints inside commits.
    void checkpoint_in_background();
    /// Checkpoints the log as far as no reader uses it, and syncs the file. Failures leave the log as it is.
    void checkpoint();
    /// While disabled, closing does not checkpoint: the file stays byte for byte the same.
    void disable_checkpoint_on_close(bool disabled);

    /// True unless an older version made the file.
    bool has_page_checksums() const { return store::has_page_checksums(handle_.get()); }
    /// Rewrites the file with checksums. Throws StoreError when another program keeps it from being replaced.
    void add_page_checksums();
    /// Reads damaged pages as they are from here on, and appends their numbers to `pages`, which must outlive this.
    void tolerate_damaged_pages(PageNumbers& pages) { store::tolerate_damaged_pages(handle_.get(), pages); }

    /// The number of changes in the file: transactions since it was made; 0 where they are not counted.
    std::int64_t change_count() const;
    /// The number of changes that are committed through this connection and before.
    std::int64_t committed_changes() const { return changes_.committed; }
    /// Counts transactions from here on, and notes in `file` how many are committed. The file must outlive this.
    void count_changes(AcknowledgedFile& file);

    /// Copies a consistent snapshot to `target`.
    void copy_to(Database& target) const;

    /// Syncs all commits so far; returns at once when none is unsynced.
    void sync();

private:
    friend class Transaction;
    struct Close {
        void operator()(sqlite3* connection) const;
    };

    explicit Database(sqlite3* connection) : handle_(connection) {}
    void set_up();
    void count_change();

    std::unique_ptr<sqlite3, Close> handle_;
    std::unique_ptr<Checkpointer> checkpointer_;  // ends before the connection, which is to be the last to close
    // Prepared at the first transaction: a reader has none.
    std::optional<Statement> begin_;
    std::optional<Statement> commit_;
    AcknowledgedFile* acknowledged_ = nullptr;  // null: changes are not counted
    std::optional<Statement> set_change_count_;
    AcknowledgedChanges changes_{};
    bool unsynced_ = false;
};

/// A transaction, rolled back unless committed.
class Transaction {
public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    /// After an exception, a Durability::power_cut commit may or may not have been written.
    void commit(Durability durability);

private:
    void roll_back();

    Database& database_;
    bool open_ = true;
};

}  // namespace freshet::store
