// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/sql_marker.hpp"

#include "freshet/digest.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::sql {

namespace {

/// The lock keeps two processes from making the table at once, which PostgreSQL answers to one with an error.
void create_table(const std::string& connection) {
    in_transaction(connection, [](pqxx::work& transaction) {
        transaction.exec("SELECT pg_advisory_xact_lock(hashtext('freshet_targets'))");
        transaction.exec(R"(CREATE TABLE IF NOT EXISTS freshet_targets (
            name text PRIMARY KEY,
            done boolean NOT NULL DEFAULT false,
            claim text NOT NULL DEFAULT '',
            lease bigint NOT NULL DEFAULT 0,
            published_at timestamptz,
            rows bigint,
            receipt text,
            stale_receipt text))");
        transaction.commit();
    });
}

Marker marker_from(const pqxx::row& row) {
    return {.is_done = row[0].as<bool>(),
            .claim = row[1].c_str(),
            .lease = row[2].as<std::int64_t>(),
            .receipt = row[3].is_null() ? std::nullopt : std::optional<std::string>(row[3].c_str())};
}

/// The marker, and its row if there is none.
Marker make_marker(pqxx::work& transaction, const std::string& name) {
    transaction.exec_params("INSERT INTO freshet_targets (name) VALUES ($1) ON CONFLICT DO NOTHING", name);
    return marker_from(
        transaction.exec_params1("SELECT done, claim, lease, receipt FROM freshet_targets WHERE name = $1", name));
}

std::string session_name(const std::string& token) { return "freshet " + token; }

/// The sessions that load for an attempt. Those of another role have no names.
constexpr const char* const sessions_of =
    "FROM pg_stat_activity WHERE application_name = $1 AND usename = current_user";

bool is_loading(pqxx::work& transaction, const std::string& token) {
    return !transaction.exec_params(fmt::format("SELECT 1 {}", sessions_of), session_name(token)).empty();
}

void end_sessions(pqxx::work& transaction, const std::string& token) {
    transaction.exec_params(fmt::format("SELECT pg_terminate_backend(pid) {}", sessions_of), session_name(token));
}

bool replace_claim(pqxx::work& transaction, const std::string& name, const std::string& former,
                   const TargetAttempt& attempt) {
    return transaction
               .exec_params(
                   "UPDATE freshet_targets SET claim = $2, lease = $3 WHERE name = $1 AND NOT done AND claim = $4",
                   name, attempt.token, attempt.lease, former)
               .affected_rows() == 1;
}

/// One look at the marker and the steps that follow from it. nullopt: it has changed meanwhile.
std::optional<bool> try_claim(const Session& session, const std::string& name, const TargetAttempt& attempt) {
    pqxx::work transaction(*session);
    const Marker marker = make_marker(transaction, name);
    const bool is_free = marker.claim.empty() || marker.claim == attempt.token;
    const bool is_later = attempt.lease == 0 || marker.lease == 0 || attempt.lease >= marker.lease;
    if (!marker.is_done && !is_free && !is_later && is_loading(transaction, marker.claim))
        throw TransientError(fmt::format("claim '{}': an attempt with lease {}, later than {}, is loading it", name,
                                         marker.lease, attempt.lease));
    // Before, or a former claimant that was stopped when it was about to commit would hold the row's lock ...
    if (!marker.is_done && !is_free) end_sessions(transaction, marker.claim);
    const bool is_claimed = !marker.is_done && replace_claim(transaction, name, marker.claim, attempt);
    transaction.commit();
    if (!is_claimed) return marker.is_done ? std::optional(false) : std::nullopt;
    if (is_free) return true;
    // ... and after it, when it can no longer open another.
    pqxx::work second(*session);
    end_sessions(second, marker.claim);
    return true;
}

std::optional<bool> try_claim(const std::string& connection, const std::string& name, const TargetAttempt& attempt) {
    try {
        return in_session(connection, [&](const Session& session) { return try_claim(session, name, attempt); });
    } catch (const pqxx::undefined_table&) {
        create_table(connection);
        return std::nullopt;
    }
}

/// A text array in PostgreSQL's syntax.
std::string array_of(std::span<const std::string> texts) {
    std::string array = "{";
    for (const std::string& text : texts) {
        array += array.size() == 1 ? "\"" : ",\"";
        for (const char c : text) {
            if (c == '"' || c == '\\') array += '\\';
            array += c;
        }
        array += '"';
    }
    return array + "}";
}

}  // namespace

std::optional<Marker> find_marker(pqxx::work& transaction, const std::string& name) {
    try {
        const pqxx::result found =
            transaction.exec_params("SELECT done, claim, lease, receipt FROM freshet_targets WHERE name = $1", name);
        return found.empty() ? std::nullopt : std::optional(marker_from(found[0]));
    } catch (const pqxx::undefined_table&) {
        return std::nullopt;
    }
}

std::unordered_set<std::string> done_names(pqxx::work& transaction, std::span<const std::string> names) {
    constexpr std::size_t names_at_once = 10'000;
    std::unordered_set<std::string> done;
    try {
        for (; !names.empty(); names = names.subspan(std::min(names_at_once, names.size())))
            for (const pqxx::row& row :
                 transaction.exec_params("SELECT name FROM freshet_targets WHERE done AND name = ANY ($1::text[])",
                                         array_of(names.first(std::min(names_at_once, names.size())))))
                done.insert(row[0].c_str());
    } catch (const pqxx::undefined_table&) {
        // No target has been made yet.
    }
    return done;
}

bool claim_marker(const std::string& connection, const std::string& name, const TargetAttempt& attempt) {
    for (;;)
        if (const auto claimed = try_claim(connection, name, attempt)) return *claimed;
}

Marker open_load(pqxx::work& transaction, const std::string& name, const std::string& token) {
    transaction.exec_params("SELECT set_config('application_name', $1, true)", session_name(token));
    return find_marker(transaction, name).value_or(Marker{});
}

bool finish_marker(pqxx::work& transaction, const std::string& name, const std::string& token, std::int64_t rows,
                   const std::optional<std::string>& receipt) {
    return transaction
               .exec_params(
                   "UPDATE freshet_targets SET done = true, published_at = now(), rows = $3, receipt = $4 "
                   "WHERE name = $1 AND claim = $2 AND NOT done",
                   name, token, rows, receipt ? receipt->c_str() : nullptr)
               .affected_rows() == 1;
}

void release_claim(pqxx::work& transaction, const std::string& name, const std::string& token) {
    transaction.exec_params(
        "UPDATE freshet_targets SET claim = '', lease = 0 WHERE name = $1 AND claim = $2 AND NOT done", name, token);
}

bool retire_marker(pqxx::work& transaction, const std::string& name) {
    return transaction
               .exec_params(
                   "UPDATE freshet_targets SET done = false, claim = '', lease = 0, published_at = NULL, "
                   "rows = NULL, receipt = NULL, stale_receipt = receipt "
                   "WHERE name = $1 AND done AND receipt IS NOT NULL",
                   name)
               .affected_rows() == 1;
}

Content digest_of_query(pqxx::work& transaction, const std::string& query) {
    transaction.exec(
        "SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true), "
        "set_config('IntervalStyle', 'postgres', true), set_config('extra_float_digits', '1', true), "
        "set_config('bytea_output', 'hex', true)");
    Content content;
    Sha256 digest;
    constexpr int rows_at_once = 1000;
    pqxx::icursorstream cursor(transaction, query, "freshet_content", rows_at_once);
    for (pqxx::result rows; cursor >> rows;)
        for (const pqxx::row& row : rows) {
            Json::Array fields;
            for (const pqxx::field& field : row) fields.push_back(field.is_null() ? Json() : Json(field.c_str()));
            const std::string line = Json(std::move(fields)).text() + "\n";
            digest.update(line);
            content.size += line.size();
        }
    content.sha256 = digest.hex();
    return content;
}

}  // namespace freshet::sql
