// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "end_to_end/targets/published_tasks.hpp"
#include "freshet/digest.hpp"
#include "freshet/sql.hpp"

using namespace freshet;
using namespace freshet::test;

namespace {

// Rows of the table `pieces`, which accepts one twice. The environment says where the database is.
const std::string database;

std::string rows_of(const std::string& place, const std::string& name) {
    return "FROM pieces WHERE place = '" + place + "' AND name = '" + name + "'";
}

SqlTarget target(const std::string& place, const std::string& name) {
    return SqlTarget(database, place + "/" + name)
        .verify_with("SELECT content " + rows_of(place, name))
        .remove_with("DELETE " + rows_of(place, name));
}

/// In a transaction of its own.
void transact(const std::function<void(SqlTransaction&)>& work) { SqlTarget(database, "test/" + uuid4()).load(work); }

std::vector<std::string> contents(const std::string& place, const std::string& name) {
    std::vector<std::string> found;
    transact([&](SqlTransaction& transaction) {
        for (const SqlRow& row : transaction.query("SELECT content " + rows_of(place, name)))
            found.push_back(row.front().text().value());
    });
    return found;
}

const Backend sql_backend{
    .make =
        [] {
            transact([](SqlTransaction& transaction) {
                transaction.execute("CREATE TABLE IF NOT EXISTS pieces (place text, name text, content text)");
                transaction.execute("CREATE INDEX IF NOT EXISTS pieces_by_name ON pieces (place, name)");
            });
        },
    .target = [](const std::string& place, const std::string& name) -> AnyTarget { return target(place, name); },
    .write =
        [](const std::string& place, const std::string& name, const std::string& content) {
            target(place, name).load([&](SqlTransaction& transaction) {
                transaction.execute("INSERT INTO pieces VALUES ($1, $2, $3)", {place, name, content});
            });
        },
    .read = [](const std::string& place, const std::string& name) -> std::optional<std::string> {
        if (!target(place, name).exists()) return std::nullopt;
        std::string all;
        for (const std::string& content : contents(place, name)) all += (all.empty() ? "" : "+") + content;
        return all;
    },
    .replace =
        [](const std::string& place, const std::string& name, const std::string& content) {
            transact([&](SqlTransaction& transaction) {
                transaction.execute("UPDATE pieces SET content = $3 WHERE place = $1 AND name = $2",
                                    {place, name, content});
            });
        },
    // Rows without their marker.
    .staged = [](const std::string& place, const std::string& name) -> std::vector<std::string> {
        if (target(place, name).exists()) return {};
        return contents(place, name);
    }};

}  // namespace

int main(int argc, char** argv) {
    backends = {{"sql", sql_backend}};
    return published_main(argc, argv);
}
