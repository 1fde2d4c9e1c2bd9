// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/attempt_log.hpp"
#include "store/attempt_log_folder.hpp"
#include "store/attempt_log_store.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

using namespace freshet;
using namespace freshet::store;

namespace {

std::string line(int number) { return std::to_string(number) + std::string(1'000, 'x') + "\n"; }

std::string lines(int first, int count) {
    std::string text;
    for (int i = first; i < first + count; ++i) text += line(i);
    return text;
}

/// All that a log has, piece by piece.
std::string whole(const AttemptLog& log, std::size_t piece_size = 10'000) {
    std::string text;
    for (std::uint64_t at = 0; at < log.end();) {
        const LogPiece piece = log.read(at, piece_size);
        if (piece.begin > at) text += "[" + std::to_string(piece.begin - at) + "]";
        text += piece.text;
        REQUIRE(piece.end > at);
        at = piece.end;
    }
    return text;
}

const AttemptLogKey key{.task_id = "A/../b", .run_id = "r-1", .number = 2};

}  // namespace

TEST_CASE("a log is read as it was written, in pieces of whole lines", "[logs]") {
    const test::TempDir folder;
    AttemptLog log = AttemptLog::open(folder / "1.log");
    const std::string text = lines(0, 100);
    log.append(text);
    CHECK(log.end() == text.size());
    CHECK(log.left_out() == 0);
    CHECK(whole(log) == text);
    CHECK(log.read(0, 10'000).text.ends_with("\n"));
    CHECK(log.read(text.size(), 10).text.empty());
    CHECK(log.read(5, 7).text == text.substr(5, 7));  // a line that is longer than the piece
}

TEST_CASE("a log that is opened again goes on where it ended, also after bytes were left out", "[logs]") {
    const test::TempDir folder;
    const auto file = folder / "1.log";
    std::uint64_t end = 0;
    for (int part = 0; part < 20; ++part) {
        AttemptLog log = AttemptLog::open(file);
        CHECK(log.end() == end);
        log.append(lines(1'000 * part, 1'000));
        end = log.end();
    }
    const auto log = AttemptLog::open_read_only(file);
    REQUIRE(log);
    CHECK(log->end() == lines(0, 20'000).size());
    CHECK(log->left_out() > 5'000'000);
    const std::string text = whole(*log, 300'000);
    CHECK(text.size() < 2 * AttemptLog::longest_part + 20);
    CHECK(text.starts_with(line(0)));
    CHECK(text.ends_with(line(19'999)));
    CHECK(text.find("[" + std::to_string(log->left_out()) + "]") != std::string::npos);
    const LogPiece tail = log->read(log->tail(10'000), 10'000);
    CHECK(tail.end == log->end());
    CHECK(tail.text == lines(19'991, 9));
}

TEST_CASE("a temporary log keeps the same, and has no name", "[logs]") {
    AttemptLog log = AttemptLog::make_temporary();
    for (int i = 0; i < 20'000; ++i) log.append(line(i));
    CHECK(log.left_out() > 5'000'000);
    CHECK(whole(log, 300'000).ends_with(line(19'999)));
}

TEST_CASE("a call to a store of logs can be repeated, and missing bytes are left out", "[logs]") {
    const test::TempDir folder;
    AttemptLogStore logs(folder / "logs", std::chrono::days(90));
    CHECK(logs.append(key, 0, "one\n") == 4);
    CHECK(logs.append(key, 0, "one\n") == 4);
    CHECK(logs.append(key, 0, "one\ntwo\n") == 8);
    CHECK(logs.append(key, 0, "one\n") == 8);
    CHECK(logs.append(key, 100, "ten\n") == 104);
    const auto view = logs.read(key, 0, 1'000);
    REQUIRE(view);
    CHECK(view->piece.text == "one\ntwo\n");
    CHECK(view->end == 104);
    CHECK(view->left_out == 92);
    CHECK(logs.read(key, 8, 1'000)->piece.begin == 100);
    CHECK(logs.read(key, {}, 1'000)->piece.text == "ten\n");
    CHECK_FALSE(logs.read({.task_id = "none", .run_id = "r-1"}, 0, 10));
}

TEST_CASE("the logs of a task are listed, the newest first, and stay below their folder", "[logs]") {
    const test::TempDir folder;
    AttemptLogStore logs(folder / "logs", std::chrono::days(90));
    const auto now = std::filesystem::file_time_type::clock::now();
    const auto write = [&](const std::string& run, int number, int age) {
        logs.append({.task_id = "A/../b", .run_id = run, .number = number}, 0, "x\n");
        std::filesystem::last_write_time(attempt_log_path(task_logs_folder(folder / "logs", "A/../b") / run, number),
                                         now - std::chrono::hours(age));
    };
    write("r-0", 1, 3);
    write("r-0", 2, 2);
    write("r-1", 1, 1);
    const std::vector<AttemptLogKey> expected{{"A/../b", "r-1", 1}, {"A/../b", "r-0", 2}, {"A/../b", "r-0", 1}};
    CHECK(logs.list("A/../b") == expected);
    CHECK(logs.list("A").empty());
    for (const std::string& id : {std::string(".."), std::string("."), std::string(), std::string(10'000, 'y')}) {
        const auto path = task_logs_folder(folder / "logs", id);
        CHECK(path.parent_path() == folder / "logs");
        CHECK(path.filename() != "..");
        CHECK(path.filename() != ".");
        CHECK(path.filename().string().size() < 250);
    }
    CHECK(is_run_id("0f8a-4B"));
    for (const char* bad : {"", "..", "a/b", "a b"}) CHECK_FALSE(is_run_id(bad));
}

TEST_CASE("the logs beside the state of a run are in the store, too, without a run", "[logs]") {
    const test::TempDir folder;
    const auto logs = folder / "logs";
    std::filesystem::create_directories(task_logs_folder(logs, "A"));
    AttemptLog::open(attempt_log_path(task_logs_folder(logs, "A"), 2)).append("hello\n");
    const AttemptLogStore store(logs, std::chrono::days(90));
    REQUIRE(store.list("A") == std::vector<AttemptLogKey>{{"A", "", 2}});
    const auto view = store.read(store.list("A").front(), std::nullopt, 1000);
    REQUIRE(view);
    CHECK(view->piece.text == "hello\n");
}

TEST_CASE("old logs are removed once a day, those of a task that has newer ones stay", "[logs]") {
    const test::TempDir folder;
    const auto logs = folder / "logs";
    const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::days(91);
    AttemptLogStore store(logs, std::chrono::days(90));
    store.append({.task_id = "old", .run_id = "r"}, 0, "x\n");
    store.append({.task_id = "mixed", .run_id = "r"}, 0, "x\n");
    for (const char* path : {"old", "old/r", "mixed"}) std::filesystem::last_write_time(logs / path, long_ago);
    remove_old_logs(logs, std::chrono::days(90));
    CHECK(std::filesystem::exists(logs / "old"));
    std::filesystem::last_write_time(logs / ".pruned", long_ago);
    remove_old_logs(logs, std::chrono::days(90));
    CHECK_FALSE(std::filesystem::exists(logs / "old"));
    CHECK(std::filesystem::exists(logs / "mixed"));
}
