// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/error.hpp"
#include "freshet/testing.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace freshet;

namespace {

struct Page {
    std::string url;
    std::filesystem::path folder;
    static constexpr Parameter parameters[] = {param<&Page::url>("").required(), param<&Page::folder>("").required()};
    LocalTarget output() const { return LocalTarget(folder / "page"); }
    void run(Context& context) const {
        const http::Response response = context.http().send({.url = url, .headers = {{"Accept", "text/plain"}}});
        if (response.status == 503) throw TransientError("slow down");
        output().write(response.body + format(context.clock().now()));
    }
    static std::string format(Time now) { return std::to_string(now.time_since_epoch() / std::chrono::hours(1)); }
};

/// Needs as many pages as it is told, and a file of others.
struct Book {
    int pages = 1;
    std::filesystem::path folder;
    static constexpr bool emits_events = true;
    static constexpr Parameter parameters[] = {param<&Book::pages>("").required(), param<&Book::folder>("").required()};
    MemoryTarget output() const { return MemoryTarget("book"); }
    Outcome run(Context& context) const {
        std::vector<Page> needed;
        for (int page = 0; page < pages; ++page)
            needed.push_back({"http://press/" + std::to_string(page), folder / std::to_string(page)});
        if (!context.require(needed)) return Outcome::waiting;
        std::ofstream(context.scratch() / "draft") << "x";
        std::string text;
        for (const LocalTarget& page : outputs(needed)) text += page.read();
        output().write(text);
        context.warn("no index");
        context.emit({.id = "1", .source = "/s", .type = "t", .subject = "book", .key = "k", .data = Json::object()});
        return Outcome::done;
    }
};

struct Foreign {
    static constexpr auto kind = TaskKind::external;
    MemoryTarget output() const { return MemoryTarget("foreign"); }
};

struct Reader {
    Foreign requirements() const { return {}; }
    MemoryTarget output() const { return MemoryTarget("reader"); }
    void run() const {}
};

/// Repeats what it is told.
struct Parrot {
    static constexpr bool accepts_messages = true;
    MemoryTarget output() const { return MemoryTarget("parrot"); }
    void run(Context& context) const {
        for (const TaskMessage& message : context.messages()) message.respond(message.content());
        output().write("");
    }
};

struct Deaf {
    MemoryTarget output() const { return MemoryTarget("deaf"); }
    void run(Context& context) const { (void)context.messages(); }
};

}  // namespace

TEST_CASE("a tested task gets the messages of the test, if its class accepts any", "[testing]") {
    TaskTester tester;
    tester.send("hello");
    tester.run(Parrot{});
    CHECK(tester.responses() == std::vector<std::string>{"hello"});
    CHECK_THROWS_WITH(tester.run(Deaf{}), Catch::Contains("accepts_messages = true"));
}

TEST_CASE("a task tester gives a task its clock and its upstream, which records the requests", "[testing]") {
    TaskTester tester;
    const Page page{"http://press/0?token=x", tester.root()};
    tester.http().answer(page.url, {.status = 503});
    tester.http().answer(page.url, {.body = "words "});
    CHECK_THROWS_AS(tester.run(page), TransientError);
    CHECK_FALSE(page.output().exists());
    tester.clock().advance(std::chrono::hours(2));
    CHECK(tester.run(page) == Outcome::done);
    CHECK(page.output().read() == "words 490898");
    REQUIRE(tester.http().requests().size() == 2);
    CHECK(tester.http().requests()[1].headers.front().second == "text/plain");
}

TEST_CASE("a task tester builds a graph with dynamic requirements, and nothing twice", "[testing]") {
    MemoryTarget::clear();
    TaskTester tester;
    tester.http().answer("http://press/0", {.body = "a"});
    tester.http().answer("http://press/1", {.body = "b"});
    const Book book{2, tester.root()};
    tester.build(book);
    CHECK(book.output().read() == "a490896b490896");
    CHECK(tester.attempts().size() == 4);  // the book, its pages, the book again
    CHECK(tester.warnings() == std::vector<std::string>{"no index"});
    REQUIRE(tester.events().size() == 1);
    CHECK(tester.events().front().subject == "book");
    tester.build(book);
    CHECK(tester.attempts().size() == 4);
}

TEST_CASE("a task tester refuses what it cannot build, and a URL that is not in the script", "[testing]") {
    MemoryTarget::clear();
    TaskTester tester;
    CHECK_THROWS_WITH(tester.build(Reader{}), "Foreign() is external and missing");
    Foreign{}.output().write("x");
    CHECK_THROWS_WITH(tester.build(Reader{}), "Reader() has not made its output 'memory:reader'");
    CHECK_THROWS_WITH(tester.run(Page{"http://press/9?key=x", tester.root()}),
                      Catch::Contains("the script has no answer") && !Catch::Contains("key=x"));
    tester.http().answer("http://press/9", {.status = 0});
    CHECK_THROWS_AS(tester.http().send({.url = "http://press/9"}), TransientError);
}

TEST_CASE("the folder of a task tester disappears with it", "[testing]") {
    std::filesystem::path root;
    {
        const TaskTester tester;
        root = tester.root();
        CHECK(is_empty(root));
    }
    CHECK_FALSE(exists(root));
}
