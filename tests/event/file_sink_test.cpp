// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/sinks.hpp"

#include "base/files.hpp"
#include "event/sample_event.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <csignal>
#include <set>
#include <thread>

using namespace freshet;
using event::FileSink;
using test::sample_event;

namespace {

std::string line(const Event& event) { return to_json(event).text() + "\n"; }

/// Lets files of this process grow to `bytes` and no further, as a full disk would.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

private:
    rlimit before_{};
    void (*handler_)(int) = nullptr;
};

std::string failure(FileSink& sink) {
    try {
        sink.deliver(sample_event("1"));
    } catch (const TransientError& error) {
        return error.what();
    }
    return "delivered";
}

}  // namespace

TEST_CASE("each event becomes one line, in a folder made for it", "[event]") {
    const test::TempDir dir;
    const auto path = dir.path() / "a" / "events.jsonl";
    FileSink sink{path};
    sink.deliver(sample_event("1"));
    sink.deliver(sample_event("2"));
    sink.deliver(sample_event("2"));
    CHECK(read_file(path) == line(sample_event("1")) + line(sample_event("2")) + line(sample_event("2")));
    CHECK(sink.name() == "file " + path.native());
}

TEST_CASE("a line torn by a crash is ended before the next event", "[event]") {
    const test::TempDir dir;
    const auto path = dir.path() / "events.jsonl";
    write_file_atomically(path, R"({"specversion":"1.0","id":"to)");
    FileSink{path}.deliver(sample_event());
    CHECK(read_file(path) == "{\"specversion\":\"1.0\",\"id\":\"to\n" + line(sample_event()));
}

TEST_CASE("events of many writers do not mix", "[event]") {
    const test::TempDir dir;
    const auto path = dir.path() / "events.jsonl";
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 4; ++writer) {
        writers.emplace_back([&, writer] {
            FileSink sink{path};
            for (int i = 0; i < 10; ++i) sink.deliver(sample_event(std::to_string(writer * 10 + i)));
        });
    }
    for (auto& writer : writers) writer.join();
    std::set<std::string> ids;
    for (const auto& text : split(trimmed(read_file(path)), '\n')) ids.insert(event_from_json(Json::parse(text)).id);
    CHECK(ids.size() == 40);
}

TEST_CASE("a full disk delays the event and leaves no part of it", "[event]") {
    const test::TempDir dir;
    const auto path = dir.path() / "events.jsonl";
    FileSink sink{path};
    sink.deliver(sample_event("0"));
    {
        const FileSizeLimit limit{line(sample_event("0")).size() + 10};
        CHECK_THAT(failure(sink), Catch::StartsWith("deliver event '1' to file " + path.native() + ": ") &&
                                      Catch::EndsWith("File too large"));
        CHECK(read_file(path) == line(sample_event("0")));
    }
    sink.deliver(sample_event("1"));
    CHECK(read_file(path) == line(sample_event("0")) + line(sample_event("1")));
}

TEST_CASE("a file that cannot be opened delays the event", "[event]") {
    const test::TempDir dir;
    FileSink sink{dir.path()};
    CHECK_THAT(failure(sink), Catch::Contains("Is a directory"));
}

TEST_CASE("a file sink is made from its table", "[event]") {
    const auto type = event::file_sink_type();
    CHECK(type.make(test::table(R"({"type":"file","path":"/x/e.jsonl"})"))->name() == "file /x/e.jsonl");
    CHECK_THROWS_WITH(type.make(test::table(R"({"type":"file"})")),
                      "[[sink]] of type 'file': the key 'path' is missing");
    CHECK_THROWS_AS(type.make(test::table(R"({"type":"file","path":5})")), ParameterError);
}
