// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/sql.hpp"

#include <libpq-fe.h>
#include <pqxx/pqxx>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace freshet::sql {

/// Where a database is.
struct Database {
    std::string connection;  ///< key=value pairs for libpq
    std::string address;     ///< "postgresql://host:port/database", without user and password
};

/// Completes a connection string from libpq's environment variables, and with time-outs for a server that is gone. What
/// it returns is valid until the next call in the thread. Throws ParameterError, which does not quote it: it may hold a
/// password.
const Database& parse_connection(const std::string& connection);

/// Connects, and tells libpq's handle of the connection, which libpqxx keeps to itself.
class TrackedConnect final : public pqxx::connect_direct {
public:
    explicit TrackedConnect(const std::string& text) : connect_direct(text), place_(place) {}
    handle do_startconnect(handle old) override { return *place_ = connect_direct::do_startconnect(old); }

    static thread_local handle* place;  ///< the handle's, of the connection that is being made

private:
    handle* place_;
};

/// An open connection, which drops the server's notices instead of printing them.
class Connection {
public:
    explicit Connection(const std::string& text);

    pqxx::connection_base& operator*() { return *open_; }
    PGconn* handle() const { return handle_; }

private:
    PGconn* handle_ = nullptr;
    std::optional<pqxx::basic_connection_base<TrackedConnect>> open_;
    std::optional<pqxx::quiet_errorhandler> quiet_;
};

/// A connection to a database. One thread at a time; when it is destroyed, the connection waits for the next session of
/// the process, if it is in order.
class Session {
public:
    /// Takes an idle connection of this process, or makes one.
    explicit Session(std::string text);
    ~Session();
    Session(Session&& other) noexcept = default;
    Session& operator=(Session&& other) noexcept = delete;

    pqxx::connection_base& operator*() const { return **connection_; }
    PGconn* handle() const { return connection_->handle(); }
    /// True if it was idle before: the server may have closed it meanwhile.
    bool is_reused() const { return is_reused_; }

private:
    std::string text_;
    bool is_reused_ = false;
    std::unique_ptr<Connection> connection_;
};

bool is_lost_connection(const pqxx::failure& failure);

/// Throws the exception of libpqxx that is being handled as an Error "<operation>: <reason>", or as a TransientError.
[[noreturn]] void throw_translated(const std::string& operation);

/// Calls `action`, whose exceptions of libpqxx are translated.
template <std::invocable Action>
auto translated(const std::string& operation, Action&& action) {
    try {
        return std::forward<Action>(action)();
    } catch (const pqxx::pqxx_exception&) {
        throw_translated(operation);
    }
}

/// Calls `action` with a session, and again if that was an idle one that the server had closed.
template <std::invocable<Session> Action>
auto in_session(const std::string& connection, Action&& action) {
    for (;;) {
        Session session(connection);
        const bool is_reused = session.is_reused();
        try {
            return action(std::move(session));
        } catch (const pqxx::failure& failure) {
            if (!is_reused || !is_lost_connection(failure)) throw;
        }
    }
}

/// Calls `action` in a transaction, which is not committed unless `action` does it.
template <std::invocable<pqxx::work&> Action>
auto in_transaction(const std::string& connection, Action&& action) {
    return in_session(connection, [&](const Session& session) {
        pqxx::work transaction(*session);
        return action(transaction);
    });
}

}  // namespace freshet::sql

/// A load: its session and its transaction, which is rolled back unless it is committed.
struct freshet::SqlTransaction::State {
    State(sql::Session of, std::string target) : session(std::move(of)), address(std::move(target)) {}

    sql::Session session;
    std::string address;  ///< the target's, for messages
    pqxx::work work{*session};
    std::int64_t rows = 0;  ///< copied
};
