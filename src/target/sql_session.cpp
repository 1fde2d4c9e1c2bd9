// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/sql_session.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <algorithm>
#include <array>
#include <map>
#include <mutex>

namespace freshet::sql {

namespace {

using Options = std::map<std::string, std::string>;
using OptionList = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

/// Idle connections by connection string. A process forked from this one must not touch them, not even to close them:
/// the server would take its farewell for this one's.
class IdleConnections {
public:
    ~IdleConnections() { release_inherited(); }

    std::unique_ptr<Connection> take(const std::string& connection) {
        const std::lock_guard lock(mutex_);
        release_inherited();
        const auto found = idle_.find(connection);
        return found == idle_.end() ? nullptr : std::move(idle_.extract(found).mapped());
    }

    void put(const std::string& connection, std::unique_ptr<Connection> open) {
        constexpr std::size_t max_idle = 8;  // a server has 100 for all its clients
        const std::lock_guard lock(mutex_);
        release_inherited();
        if (idle_.count(connection) < max_idle) idle_.emplace(connection, std::move(open));
    }

private:
    void release_inherited() {
        if (process_ == ::getpid()) return;
        for (auto& [connection, open] : idle_) static_cast<void>(open.release());
        idle_.clear();
        process_ = ::getpid();
    }

    std::mutex mutex_;
    pid_t process_ = ::getpid();
    std::multimap<std::string, std::unique_ptr<Connection>> idle_;
};

/// Those of the process: a target is a value, made anew wherever it is needed, and keeps nothing.
IdleConnections& idle_connections() {
    static IdleConnections connections;
    return connections;
}

Options set_options(const OptionList& list) {
    Options options;
    for (const PQconninfoOption* option = list.get(); option && option->keyword; ++option)
        if (option->val) options[option->keyword] = option->val;
    return options;
}

std::string quoted(const std::string& value) {
    std::string text = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') text += '\\';
        text += c;
    }
    return text + "'";
}

/// The value as a part of a URI's authority or path.
std::string percent_encoded(const std::string& value) {
    std::string text;
    for (const char c : value)
        text += std::string_view("/?#@% ").find(c) == std::string_view::npos
                    ? std::string(1, c)
                    : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return text;
}

std::string server_address(const Options& options) {
    const auto value = [&](const std::string& key, const std::string& otherwise) {
        const auto found = options.find(key);
        return found == options.end() || found->second.empty() ? otherwise : found->second;
    };
    const std::string host = value("host", value("hostaddr", "localhost"));
    const std::string service = value("service", "");
    return fmt::format("postgresql://{}:{}/{}{}", percent_encoded(host), value("port", "5432"),
                       percent_encoded(value("dbname", value("user", ""))),
                       service.empty() ? "" : "?service=" + percent_encoded(service));
}

/// "ERROR:  division by zero\nLINE 1: ..." on one line, without the level.
std::string reason_of(std::string text) {
    for (const std::string_view level : {"ERROR:  ", "FATAL:  "})
        if (text.starts_with(level)) text.erase(0, level.size());
    std::string reason;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const std::size_t first = std::min(text.find_first_not_of(" \t", start), end);
        if (first < end && text[first] != '^') reason += (reason.empty() ? "" : "; ") + text.substr(first, end - first);
        start = end + 1;
    }
    return reason;
}

/// True for errors that have nothing to do with the statement.
bool is_transient(const std::string& sqlstate) {
    if (sqlstate.empty()) return true;  // no answer: libpq's own error, the connection was lost
    // Connection, rollback (deadlock, serialization), resources, a lock or state not available, an operator, the
    // system.
    constexpr std::array<std::string_view, 6> classes{"08", "40", "53", "55", "57", "58"};
    return std::ranges::any_of(classes, [&](std::string_view start) { return sqlstate.starts_with(start); });
}

}  // namespace

namespace {

Database parsed_connection(const std::string& connection) {
    const OptionList parsed(PQconninfoParse(connection.c_str(), nullptr), &PQconninfoFree);
    if (!parsed)
        throw ParameterError(
            "connect to PostgreSQL: the connection is neither a postgresql:// URI nor key=value pairs that libpq "
            "knows");
    Options options = set_options(parsed);
    Options complete = options;
    complete.merge(set_options(OptionList(PQconndefaults(), &PQconninfoFree)));
    // Without them a server that has disappeared is waited for for hours.
    for (const auto& [key, value] : {std::pair{"connect_timeout", "10"}, std::pair{"keepalives_idle", "30"},
                                     std::pair{"keepalives_interval", "10"}, std::pair{"keepalives_count", "3"},
                                     std::pair{"tcp_user_timeout", "60000"}})
        if (!complete.contains(key)) options.emplace(key, value);
    options.emplace("fallback_application_name", "freshet");
    std::string text;
    for (const auto& [key, value] : options)
        text += fmt::format("{}{}={}", text.empty() ? "" : " ", key, quoted(value));
    return {.connection = std::move(text), .address = server_address(complete)};
}

}  // namespace

const Database& parse_connection(const std::string& connection) {
    // libpq looks at the environment, files and the user's name: 60 us, for each of a plan's targets.
    thread_local std::optional<std::pair<std::string, Database>> last;
    if (!last || last->first != connection) last.emplace(connection, parsed_connection(connection));
    return last->second;
}

thread_local pqxx::connectionpolicy::handle* TrackedConnect::place = nullptr;

Connection::Connection(const std::string& text) {
    TrackedConnect::place = &handle_;
    open_.emplace(text);
    quiet_.emplace(*open_);
}

Session::Session(std::string text) : text_(std::move(text)), connection_(idle_connections().take(text_)) {
    is_reused_ = connection_ != nullptr;
    if (!is_reused_) connection_ = std::make_unique<Connection>(text_);
}

Session::~Session() {
    if (connection_ && (**connection_).is_open()) idle_connections().put(text_, std::move(connection_));
}

bool is_lost_connection(const pqxx::failure& failure) {
    const auto* error = dynamic_cast<const pqxx::sql_error*>(&failure);
    return dynamic_cast<const pqxx::broken_connection*>(&failure) || (error && error->sqlstate().empty());
}

void throw_translated(const std::string& operation) {
    try {
        throw;
    } catch (const pqxx::sql_error& error) {
        const std::string message = fmt::format("{}: {}", operation, reason_of(error.what()));
        if (is_transient(error.sqlstate())) throw TransientError(message);
        throw Error(message);
    } catch (const pqxx::failure& error) {  // a lost connection, a transaction that the server gave up
        throw TransientError(fmt::format("{}: {}", operation, reason_of(error.what())));
    } catch (const pqxx::pqxx_exception& error) {
        throw Error(fmt::format("{}: {}", operation, reason_of(error.base().what())));
    }
}

}  // namespace freshet::sql
