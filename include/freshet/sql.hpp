// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/published_target.hpp"

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Rows of a PostgreSQL database as a target. A library of its own (freshet::sql): a program without PostgreSQL does not
// load libpqxx.
namespace freshet {

/// A value that goes into a statement or a row, or comes out of one, in PostgreSQL's text form. Throws Error for text
/// with a NUL byte, which PostgreSQL cannot hold.
class SqlValue {
public:
    SqlValue() = default;  ///< NULL
    SqlValue(std::nullptr_t) {}
    SqlValue(std::nullopt_t) {}
    SqlValue(std::string text);
    SqlValue(std::string_view text) : SqlValue(std::string(text)) {}
    SqlValue(const char* text) : SqlValue(std::string(text)) {}
    SqlValue(Time time);     ///< a timestamp with time zone, to the millisecond
    SqlValue(double value);  ///< the shortest text that reads as the same number
    template <std::same_as<bool> T>
    SqlValue(T value) : text_(value ? "t" : "f") {}
    template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>) SqlValue(T value) : text_(std::to_string(value)) {}

    /// True for NULL.
    bool is_null() const { return !text_; }
    /// nullopt: NULL.
    const std::optional<std::string>& text() const { return text_; }

    friend bool operator==(const SqlValue&, const SqlValue&) = default;

private:
    std::optional<std::string> text_;
};

/// The values of one row, in the order of its columns.
using SqlRow = std::vector<SqlValue>;

/// The open transaction of a load. Statements refer to their parameters as $1, $2, ... The functions throw Error, or
/// TransientError if the connection was lost, the server had to give up the transaction (a deadlock, a serialization
/// failure), or it has no resources left.
class SqlTransaction {
public:
    /// Executes one statement; returns the number of rows that it affected.
    std::int64_t execute(const std::string& statement, const SqlRow& parameters = {});
    /// Executes a query; returns its whole result.
    std::vector<SqlRow> query(const std::string& statement, const SqlRow& parameters = {});

    /// Copies rows into a table (COPY) as long as `next` puts one into its argument and returns true; returns their
    /// number. `table` is a name as SQL has it, quoted where it must be; the names of columns are not quoted. If
    /// something throws, none of them is there.
    std::int64_t copy(const std::string& table, const std::vector<std::string>& columns,
                      const std::function<bool(SqlRow&)>& next);
    /// Copies the rows of a CSV file, as PostgreSQL reads it: an empty field without quotes is NULL. The first line
    /// names the columns, which have no commas in their names.
    std::int64_t copy_csv(const std::string& table, const std::filesystem::path& file);

    /// Makes a table without rows a TimescaleDB hypertable, unless it is one. Returns false, and does nothing, where
    /// the extension is not installed in the database.
    bool create_hypertable(const std::string& table, const std::string& time_column);

    struct State;
    explicit SqlTransaction(State& state) : state_(state) {}  // for SqlTarget

private:
    using Send = std::function<void(std::string_view)>;
    std::int64_t copy_data(const std::string& table, const std::vector<std::string>& columns, std::string_view format,
                           const std::function<void(const Send&)>& write);

    State& state_;
};

/// The rows that a task loads into a PostgreSQL database, which exist as soon as a row of the table `freshet_targets`,
/// the marker of the target's name, is done. The table is made on demand, in the first schema of the search path.
///
///     SqlTarget output() const { return SqlTarget(database, "readings/" + text(day)).remove_with(...); }
///     void run() const {
///         output().load([&](SqlTransaction& transaction) { transaction.copy_csv("readings", file); });
///     }
///
/// The rows of a load and its marker are committed together, so none is lost or doubled: by the engine after run(), or
/// by load() itself if it is no output of the running attempt. An attempt claims the marker before its run(). A later
/// one takes the claim over and ends the earlier one's session, which lets go of its locks.
///
/// Connections are made on demand, kept for the process, and never used in a process forked from it.
class SqlTarget {
public:
    /// `connection` is a postgresql:// URI or a text of key=value pairs; libpq's environment variables fill in the
    /// rest. Throws ParameterError when it is neither, or `name` is empty.
    SqlTarget(const std::string& connection, std::string name);

    /// With a query for the rows that were loaded, in a certain order (ORDER BY): the digest of its result is recorded,
    /// and compared by `verify`. Without one, `verify` says that the content was not checked.
    SqlTarget verify_with(std::string query) const;
    /// With a statement that removes the rows that were loaded: it is executed when the target is retired, in the
    /// transaction that makes its marker undone. Without one, load() must itself replace what an earlier one has left.
    SqlTarget remove_with(std::string statement) const;

    /// Calls `write` in a transaction, which is committed with the marker. Returns false, without a call, if the target
    /// is there already. If `write` throws, nothing is left behind.
    bool load(const std::function<void(SqlTransaction&)>& write) const;

    /// The name of the target's marker.
    const std::string& name() const { return name_; }
    /// "postgresql://host:port/database#name", without user and password.
    const std::string& address() const { return address_; }
    /// For the attempt that makes it, it exists as soon as it is loaded.
    bool exists() const;
    /// One query for each 10,000 targets of a database.
    static std::vector<bool> exist(const std::vector<SqlTarget>& targets);

    // For the engine (published_target.hpp). stage() commits the rows with the marker, if no later attempt has begun;
    // commit() finds out which attempt did.
    void begin(TargetAttempt& attempt) const;
    Json stage(TargetAttempt& attempt, const MakeReceipt& make_receipt) const;
    PublishResult commit(TargetAttempt& attempt, const Json& staged, IfExists if_exists) const;
    void abort(TargetAttempt& attempt) const;
    std::optional<Json> receipt() const;
    /// Without a query of verify_with() it is empty, without digest.
    std::optional<Content> content() const;
    /// The receipt stays in the marker, as `stale_receipt`.
    std::string retire() const;

    friend bool operator==(const SqlTarget&, const SqlTarget&) = default;

private:
    using MakeText = std::function<std::optional<std::string>(const Content&)>;
    bool load_in(TargetAttempt& attempt, const std::function<void(SqlTransaction&)>& write) const;
    bool publish(TargetAttempt& attempt, const MakeText& make_receipt) const;

    std::string connection_;  ///< as key=value pairs, with our time-outs
    std::string name_;
    std::string address_;
    std::string verify_;  ///< "": none
    std::string remove_;  ///< "": none
};

}  // namespace freshet
