// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "freshet/clock.hpp"

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

struct sqlite3;
struct sqlite3_stmt;

namespace freshet::store {

/// The columns of the row a statement stands on; valid inside the visit only.
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

/// SQL, prepared once and run many times. Must not outlive its Database.
class Statement {
public:
    Statement(sqlite3* connection, std::string_view sql);

    /// Runs with these values for the statement's question marks; returns how many rows it changed.
    template <class... Values>
    int run(const Values&... values) {
        const Reset reset{*this};
        bind_all(values...);
        while (step()) {
        }
        return changes();
    }

    /// Calls `visit(Row)` for each row of the answer.
    template <class Visit, class... Values>
    void each(Visit&& visit, const Values&... values) {
        const Reset reset{*this};
        bind_all(values...);
        while (step()) visit(Row(statement_.get()));
    }

    /// The first column of the first row, nullopt where there is no row.
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

}  // namespace freshet::store
