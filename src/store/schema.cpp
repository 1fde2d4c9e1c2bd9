// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/schema.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <array>

namespace freshet::store {

namespace {

constexpr const char* version_1 = R"sql(
CREATE TABLE meta(
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- What the scheduler knows: loaded at a start, in the order in which tasks were first seen.
CREATE TABLE tasks(
    position INTEGER PRIMARY KEY,
    task_id TEXT NOT NULL UNIQUE,
    family TEXT NOT NULL,
    params TEXT NOT NULL,
    status TEXT NOT NULL,
    updated REAL NOT NULL,
    record TEXT NOT NULL) STRICT;
CREATE TABLE workers(
    worker_id TEXT PRIMARY KEY,
    record TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- What happened: read by why, history and the page.
CREATE TABLE runs(
    run_id TEXT PRIMARY KEY,
    started REAL NOT NULL,
    ended REAL,
    program TEXT NOT NULL,
    command TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    exit_code INTEGER,
    summary TEXT NOT NULL DEFAULT '') STRICT;
CREATE INDEX runs_by_time ON runs(started);
CREATE TABLE attempts(
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    worker TEXT NOT NULL,
    started REAL NOT NULL,
    ended REAL,
    status TEXT NOT NULL,
    failure_class TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT '',
    receipt_digest TEXT NOT NULL DEFAULT '') STRICT;
CREATE INDEX attempts_by_task ON attempts(task_id);
CREATE INDEX attempts_by_time ON attempts(started);
CREATE INDEX attempts_running ON attempts(task_id) WHERE ended IS NULL;
CREATE TABLE history(
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    task_id TEXT NOT NULL,
    status TEXT NOT NULL,
    worker TEXT NOT NULL,
    detail TEXT NOT NULL) STRICT;
CREATE INDEX history_by_task ON history(task_id);
CREATE INDEX history_by_time ON history(at);

-- What is to be said to the world. A position is never used twice, so that order survives retention. The document is
-- NULL once retention has forgotten it; its id stays, so that nothing is announced anew.
CREATE TABLE outbox(
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL,
    document TEXT,
    stored REAL NOT NULL) STRICT;
CREATE INDEX outbox_by_time ON outbox(stored) WHERE document IS NOT NULL;
CREATE TABLE sinks(
    name TEXT PRIMARY KEY,
    added REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE deliveries(
    position INTEGER NOT NULL REFERENCES outbox(position) ON DELETE CASCADE,
    sink TEXT NOT NULL,
    delivered_at REAL,
    tries INTEGER NOT NULL DEFAULT 0,
    next_try REAL NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT '',
    PRIMARY KEY(position, sink)) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_pending ON deliveries(sink, position) WHERE delivered_at IS NULL;
)sql";

// No index by time: it would cost a sixth of each call, and the rows lie in the order of time anyway.
constexpr const char* version_2 = R"sql(
DROP INDEX attempts_by_time;
DROP INDEX history_by_time;
)sql";

// The number of changes, which tells a log that was lost. From here on each page has a checksum.
constexpr const char* version_3 = R"sql(
INSERT INTO meta VALUES('changes', '0');
)sql";
constexpr int first_version_with_checksums = 3;

// Events of one key and subject are delivered in order. A sink that has refused an event several times gets it no more.
constexpr const char* version_4 = R"sql(
ALTER TABLE outbox ADD COLUMN subject TEXT NOT NULL DEFAULT '';
UPDATE outbox SET subject = coalesce(json_extract(document, '$.subject'), '') WHERE json_valid(document);
ALTER TABLE deliveries ADD COLUMN rejections INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN dead_at REAL;
)sql";

// The newest event of each dataset is found without reading the others. Columns, since an index must not use JSON
// functions where the schema is not trusted.
constexpr const char* version_5 = R"sql(
ALTER TABLE outbox ADD COLUMN type TEXT;
ALTER TABLE outbox ADD COLUMN dataset TEXT;
ALTER TABLE outbox ADD COLUMN cycle TEXT;
UPDATE outbox SET type = json_extract(document, '$.type'), dataset = json_extract(document, '$.data.dataset'),
    cycle = json_extract(document, '$.data.cycle') WHERE json_valid(document);
CREATE INDEX outbox_by_dataset ON outbox(type, dataset, cycle) WHERE document IS NOT NULL;
)sql";

// An attempt that runs is found by its task. All of them are looked for only after a crash.
constexpr const char* version_6 = R"sql(
DROP INDEX attempts_running;
)sql";

constexpr std::array all_steps = {
    Migration{1, version_1}, Migration{2, version_2}, Migration{3, version_3},
    Migration{4, version_4}, Migration{5, version_5}, Migration{6, version_6},
};

/// SQLite takes a file of a single byte for an empty one and would write over it.
bool is_single_byte(const std::filesystem::path& path) {
    std::error_code missing;
    return std::filesystem::file_size(path, missing) == 1 && !missing;
}

std::int64_t version_of(const Database& database) { return database.number("PRAGMA user_version"); }

}  // namespace

std::span<const Migration> migrations() { return all_steps; }

HeaderCheck check_header(const Database& database, const std::filesystem::path& path,
                         std::span<const Migration> steps) {
    if (is_single_byte(path))
        throw StoreError(
            fmt::format("open state '{}': it is not a state of Freshet, nor any SQLite database", path.string()));
    const auto id = database.number("PRAGMA application_id");
    if (id == 0 && database.number("SELECT count(*) FROM sqlite_schema") == 0) return HeaderCheck::empty;
    if (id != application_id)
        throw StoreError(fmt::format("open state '{}': it is the database of another program", path.string()));
    const auto version = version_of(database);
    if (version > steps.back().version)
        throw StoreError(
            fmt::format("open state '{}': it was written by a newer Freshet (schema {}, this one knows {})",
                        path.string(), version, steps.back().version));
    if (version >= first_version_with_checksums && !database.has_page_checksums())
        throw DamagedStateError(fmt::format(
            "open state '{}': it is damaged (its header reserves no checksums); restore a backup", path.string()));
    return HeaderCheck::ours;
}

bool is_current(const Database& database, std::span<const Migration> steps) {
    return version_of(database) == steps.back().version;
}

void migrate(Database& database, std::span<const Migration> steps) {
    Transaction transaction(database);
    const auto version = version_of(database);
    for (const auto& step : steps)
        if (step.version > version) database.execute(step.sql);
    database.execute(
        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id, steps.back().version)
            .c_str());
    transaction.commit(Durability::power_cut);
}

}  // namespace freshet::store
