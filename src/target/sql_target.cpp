// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/sql.hpp"
#include "target/sql_marker.hpp"
#include "target/sql_session.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <span>

namespace freshet {

namespace {

using Load = SqlTransaction::State;

/// The state of an attempt between begin() and stage().
struct AttemptLoad {
    std::unique_ptr<Load> load;  ///< nullptr: nothing was loaded yet
};
using SharedLoad = std::shared_ptr<AttemptLoad>;  // std::any copies what it holds

/// nullptr: the target is no output of the attempt.
AttemptLoad* load_of(TargetAttempt* attempt, const std::string& address) {
    if (!attempt) return nullptr;
    const auto found = attempt->state.find(address);
    const auto* load = found == attempt->state.end() ? nullptr : std::any_cast<SharedLoad>(&found->second);
    return load ? load->get() : nullptr;
}

[[noreturn]] void throw_superseded(const std::string& address) {
    throw TransientError(fmt::format("load '{}': a later attempt has begun to load it", address));
}

/// Opens the transaction of a load; nullptr if the target is there.
std::unique_ptr<Load> open_transaction(const std::string& connection, const std::string& name,
                                       const std::string& address, const std::string& token) {
    return sql::translated(fmt::format("begin to load '{}'", address), [&] {
        return sql::in_session(connection, [&](sql::Session session) -> std::unique_ptr<Load> {
            auto load = std::make_unique<Load>(std::move(session), address);
            const sql::Marker marker = sql::open_load(load->work, name, token);
            if (marker.is_done) return nullptr;
            if (marker.claim != token) throw_superseded(address);
            return load;
        });
    });
}

std::optional<sql::Marker> read_marker(const std::string& connection, const std::string& name,
                                       const std::string& address) {
    return sql::translated(fmt::format("read the marker of '{}'", address), [&] {
        return sql::in_transaction(connection,
                                   [&](pqxx::work& transaction) { return sql::find_marker(transaction, name); });
    });
}

/// Commits; if the connection is lost meanwhile, the marker says if that was done.
void commit_load(Load& load, const std::string& connection, const std::string& name, const std::string& token) {
    try {
        load.work.commit();
    } catch (const pqxx::failure&) {
        const auto marker = read_marker(connection, name, load.address);
        if (!marker || !marker->is_done || marker->claim != token) throw;
    }
}

std::unordered_set<std::string> done_names(const std::string& connection, std::span<const std::string> names,
                                           const std::string& address) {
    return sql::translated(fmt::format("look for '{}'", address), [&] {
        return sql::in_transaction(connection,
                                   [&](pqxx::work& transaction) { return sql::done_names(transaction, names); });
    });
}

void abort_quietly(const SqlTarget& target, TargetAttempt& attempt) noexcept {
    try {
        target.abort(attempt);
    } catch (const std::exception&) {
        // The next attempt takes the claim over.
    }
}

std::string random_token() {
    std::string token = uuid4();
    std::erase(token, '-');
    return token;
}

}  // namespace

SqlTarget::SqlTarget(const std::string& connection, std::string name) : name_(std::move(name)) {
    if (name_.empty() || name_.find('\0') != name_.npos)
        throw ParameterError("make an SQL target: its name is empty or has a NUL byte");
    const sql::Database& database = sql::parse_connection(connection);
    connection_ = database.connection;
    address_ = database.address + "#" + name_;
}

SqlTarget SqlTarget::verify_with(std::string query) const {
    SqlTarget target = *this;
    target.verify_ = std::move(query);
    return target;
}

SqlTarget SqlTarget::remove_with(std::string statement) const {
    SqlTarget target = *this;
    target.remove_ = std::move(statement);
    return target;
}

bool SqlTarget::load(const std::function<void(SqlTransaction&)>& write) const {
    TargetAttempt* attempt = TargetAttempt::current();
    if (load_of(attempt, address_)) return load_in(*attempt, write);
    TargetAttempt at_once{.token = random_token()};
    begin(at_once);
    try {
        return load_in(at_once, write) && publish(at_once, [](const Content&) { return std::nullopt; });
    } catch (...) {
        abort_quietly(*this, at_once);
        throw;
    }
}

bool SqlTarget::load_in(TargetAttempt& attempt, const std::function<void(SqlTransaction&)>& write) const {
    std::unique_ptr<Load>& load = load_of(&attempt, address_)->load;
    if (!load) load = open_transaction(connection_, name_, address_, attempt.token);
    if (!load) return false;
    try {
        SqlTransaction transaction(*load);
        write(transaction);
    } catch (...) {
        load.reset();
        throw;
    }
    return true;
}

/// Commits the rows with the marker; false, without them, if another attempt has completed the target.
bool SqlTarget::publish(TargetAttempt& attempt, const MakeText& make_receipt) const {
    const std::unique_ptr<Load> load = std::move(load_of(&attempt, address_)->load);
    attempt.state.erase(address_);
    return sql::translated(fmt::format("publish '{}'", address_), [&] {
        const Content content = verify_.empty() ? Content{} : sql::digest_of_query(load->work, verify_);
        if (sql::finish_marker(load->work, name_, attempt.token, load->rows, make_receipt(content))) {
            commit_load(*load, connection_, name_, attempt.token);
            return true;
        }
        if (!sql::find_marker(load->work, name_).value_or(sql::Marker{}).is_done) throw_superseded(address_);
        return false;
    });
}

bool SqlTarget::exists() const {
    if (const AttemptLoad* own = load_of(TargetAttempt::current(), address_); own && own->load) return true;
    return exist({*this}).front();
}

std::vector<bool> SqlTarget::exist(const std::vector<SqlTarget>& targets) {
    std::map<std::string, std::vector<std::size_t>> databases;
    for (std::size_t i = 0; i < targets.size(); ++i) databases[targets[i].connection_].push_back(i);
    std::vector<bool> exist(targets.size());
    for (const auto& [connection, asked] : databases) {
        std::vector<std::string> names;
        for (const std::size_t i : asked) names.push_back(targets[i].name_);
        const auto done = done_names(connection, names, targets[asked.front()].address_);
        for (const std::size_t i : asked) exist[i] = done.contains(targets[i].name_);
    }
    return exist;
}

void SqlTarget::begin(TargetAttempt& attempt) const {
    sql::translated(fmt::format("claim '{}'", address_), [&] { sql::claim_marker(connection_, name_, attempt); });
    attempt.state[address_] = std::make_shared<AttemptLoad>();
}

Json SqlTarget::stage(TargetAttempt& attempt, const MakeReceipt& make_receipt) const {
    const AttemptLoad* own = load_of(&attempt, address_);
    if (!own || !own->load) return {};
    Json staged = Json::Object{{"rows", own->load->rows}};
    publish(attempt, [&](const Content& content) { return make_receipt(content).text(); });
    return staged;
}

PublishResult SqlTarget::commit(TargetAttempt& attempt, const Json&, IfExists) const {
    const auto marker = read_marker(connection_, name_, address_);
    if (!marker || !marker->is_done)
        throw TransientError(fmt::format("publish '{}': its marker was taken away meanwhile", address_));
    return marker->claim == attempt.token ? PublishResult::published : PublishResult::superseded;
}

void SqlTarget::abort(TargetAttempt& attempt) const {
    attempt.state.erase(address_);  // rolls back
    sql::translated(fmt::format("give up the claim to '{}'", address_), [&] {
        sql::in_transaction(connection_, [&](pqxx::work& transaction) {
            if (!sql::find_marker(transaction, name_)) return;
            sql::release_claim(transaction, name_, attempt.token);
            transaction.commit();
        });
    });
}

std::optional<Json> SqlTarget::receipt() const {
    const auto marker = read_marker(connection_, name_, address_);
    return marker && marker->is_done && marker->receipt ? std::optional(Json::parse(*marker->receipt)) : std::nullopt;
}

std::optional<Content> SqlTarget::content() const {
    return sql::translated(fmt::format("read '{}'", address_), [&] {
        return sql::in_transaction(connection_, [&](pqxx::work& transaction) -> std::optional<Content> {
            const auto marker = sql::find_marker(transaction, name_);
            if (!marker || !marker->is_done) return std::nullopt;
            return verify_.empty() ? Content{} : sql::digest_of_query(transaction, verify_);
        });
    });
}

std::string SqlTarget::retire() const {
    return sql::translated(fmt::format("retire '{}'", address_), [&]() -> std::string {
        return sql::in_transaction(connection_, [&](pqxx::work& transaction) -> std::string {
            if (!sql::find_marker(transaction, name_) || !sql::retire_marker(transaction, name_)) return "";
            if (!remove_.empty()) transaction.exec(remove_);
            transaction.commit();
            return "freshet_targets.stale_receipt";
        });
    });
}

}  // namespace freshet
