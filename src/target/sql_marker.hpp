// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "target/sql_session.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>

// The table `freshet_targets`: a row for each target, its marker. The functions throw libpqxx's exceptions, and
// TransientError where an attempt is rejected.
namespace freshet::sql {

struct Marker {
    bool is_done = false;    ///< the target is there
    std::string claim{};     ///< the token of the attempt that makes or has made it; "": none
    std::int64_t lease = 0;  ///< of that attempt
    std::optional<std::string> receipt{};
};

/// nullopt where there is no such row, or no table.
std::optional<Marker> find_marker(pqxx::work& transaction, const std::string& name);

/// The names whose markers are done; one query for each 10,000.
std::unordered_set<std::string> done_names(pqxx::work& transaction, std::span<const std::string> names);

/// Claims the marker of the target for an attempt, making both the table and the row if need be. Ends the session in
/// which the former claimant loads. Returns false, without a claim, if the target is there. Throws TransientError if an
/// attempt with a greater lease is loading.
bool claim_marker(const std::string& connection, const std::string& name, const TargetAttempt& attempt);

/// Names the transaction's session after the attempt, so that a later claim can end it, and reads the marker: as long
/// as the attempt has the claim, no later attempt has begun.
Marker open_load(pqxx::work& transaction, const std::string& name, const std::string& token);

/// Makes the marker done; false if the attempt no longer has the claim.
bool finish_marker(pqxx::work& transaction, const std::string& name, const std::string& token, std::int64_t rows,
                   const std::optional<std::string>& receipt);

/// Gives the attempt's claim up, if it has it and the target is not there.
void release_claim(pqxx::work& transaction, const std::string& name, const std::string& token);

/// Makes the marker undone, and keeps its receipt as the stale one; false, without a change, if it is not done or has
/// no receipt.
bool retire_marker(pqxx::work& transaction, const std::string& name);

/// The size and digest of a query's result as text, in which the session's formats of dates and numbers do not matter.
Content digest_of_query(pqxx::work& transaction, const std::string& query);

}  // namespace freshet::sql
