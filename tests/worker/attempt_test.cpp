// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/attempt.hpp"

#include "base/files.hpp"
#include "freshet/digest.hpp"
#include "support/fake_clock.hpp"
#include "target/receipt.hpp"
#include "worker/messages.hpp"
#include "worker/tasks.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace freshet;
using namespace freshet::worker;
using namespace freshet::test;

namespace {

/// A folder for attempts, with their messages.
struct AttemptFixture {
    using Names = std::vector<std::string>;

    TempDir dir{};
    FakeClock clock{};
    ProcessServices services{clock};
    std::vector<Message> messages{};

    AttemptResult attempt(const AnyTask& task) {
        MessageReporter reporter("t1", [this](Message message) { messages.push_back(std::move(message)); });
        const Attempt attempt{.task = task, .token = "t1", .number = 2, .run_id = "run", .code_version = "1.0"};
        return run_attempt(attempt, services.attempt_services(), reporter, [] { return false; });
    }
    AttemptResult act(const std::string& what) {
        return attempt(Act{.what = what, .root = dir.path(), .password = "x"});
    }
    Names names() const {
        Names found;
        for (const auto& file : files_below(dir.path())) found.push_back(file.string());
        return found;
    }
};

/// Has no output on this machine, and names its scratch folder in the log.
struct Elsewhere {
    std::string name{};
    static constexpr Parameter parameters[] = {param<&Elsewhere::name>("which")};
    bool complete() const { return false; }
    void run(Context& context) const {
        LocalTarget(context.scratch() / "table").write("rows");
        context.log(context.scratch().string());
    }
};

std::filesystem::path logged_path(const std::vector<Message>& messages) {
    return std::get<LogLine>(messages.back()).text;
}

}  // namespace

TEST_CASE("a successful attempt has staged its output and not published it", "[worker]") {
    AttemptFixture fixture;
    const auto result = fixture.act("write");
    CHECK(result.status == AttemptStatus::done);
    CHECK_FALSE(exists_at(fixture.dir / "write.out"));
    CHECK(target::publish(result.staged) == target::PublishResult::published);
    CHECK(read_file(fixture.dir / "write.out") == "content");
}

TEST_CASE("the receipt of an output names the attempt that made it, without secrets", "[worker]") {
    AttemptFixture fixture;
    const auto result = fixture.act("write");
    target::publish(result.staged);
    const auto provenance = target::read_receipt(fixture.dir / "write.out").value().provenance;
    CHECK(provenance.family == "Act");
    CHECK(provenance.parameters == Values{{"what", "write"}, {"root", fixture.dir.path().string()}});
    CHECK(provenance.attempt == 2);
    CHECK(provenance.run_id == "run");
    CHECK(provenance.code_version == "1.0");
    CHECK(provenance.started == FakeClock::start);
}

TEST_CASE("the receipt lists what a dynamic requirement produced", "[worker]") {
    AttemptFixture fixture;
    target::publish(fixture.act("write").staged);
    target::publish(fixture.attempt(Dynamic{fixture.dir.path()}).staged);
    const auto inputs = target::read_receipt(fixture.dir / "dynamic").value().provenance.inputs;
    REQUIRE(inputs.size() == 1);
    CHECK(inputs.front().content == target::Content{7, sha256("content")});
}

TEST_CASE("a task that requires an incomplete one waits and names it", "[worker]") {
    AttemptFixture fixture;
    const auto result = fixture.attempt(Dynamic{fixture.dir.path()});
    CHECK(result.status == AttemptStatus::waiting);
    CHECK(result.missing == std::vector<AnyTask>{Act{.what = "write", .root = fixture.dir.path()}});
}

TEST_CASE("outputs are published in the declared order, others before them", "[worker]") {
    AttemptFixture fixture;
    std::vector<std::string> order;
    for (const auto& output : fixture.attempt(Several{fixture.dir.path()}).staged)
        order.push_back(output.target.filename());
    CHECK(order == std::vector<std::string>{"undeclared", "first", "last"});
}

TEST_CASE("a task that did not create its output fails permanently, naming the output", "[worker]") {
    AttemptFixture fixture;
    const auto result = fixture.act("nothing");
    CHECK(result.status == AttemptStatus::failed);
    CHECK(result.failure.failure_class == FailureClass::permanent);
    CHECK_THAT(result.failure.message,
               Catch::StartsWith("Act(what=nothing") &&
                   Catch::EndsWith("ran but did not create '" + (fixture.dir / "nothing.out").string() + "'"));
}

TEST_CASE("a failed attempt leaves no files, and calls on_failure", "[worker]") {
    AttemptFixture fixture;
    const auto result = fixture.act("throw");
    CHECK(result.status == AttemptStatus::failed);
    CHECK(result.failure.message == "a bad day");
    CHECK(result.staged.empty());
    CHECK(fixture.names() == AttemptFixture::Names{"failed"});
    CHECK(read_file(fixture.dir / "failed") == "a bad day");
}

TEST_CASE("a failed attempt's output in place is moved aside, and the failure names it", "[worker]") {
    AttemptFixture fixture;
    const auto result = fixture.act("write in place and throw");
    const std::string name = "write in place and throw.out";
    CHECK(result.failure.message == "a bad day; '" + (fixture.dir / name).string() +
                                        "' is unfinished and was moved to '" + (fixture.dir / ".freshet").string() +
                                        "/" + name + ".unfinished'");
    CHECK_FALSE(exists_at(fixture.dir / name));
    CHECK(read_file(fixture.dir / ".freshet" / (name + ".unfinished")) == "half");
    CHECK(read_file(fixture.dir / "failed") == result.failure.message);
}

TEST_CASE("an output in place of an attempt that ends well gets its receipt", "[worker]") {
    AttemptFixture fixture;
    target::publish(fixture.act("write in place").staged);
    const auto receipt = target::read_receipt(fixture.dir / "write in place.out").value();
    CHECK(receipt.content == target::Content{5, sha256("whole")});
    CHECK(receipt.provenance.attempt == 2);
}

TEST_CASE("what an attempt wrote in place before it waits is moved aside with a warning", "[worker]") {
    AttemptFixture fixture;
    CHECK(fixture.act("write in place and wait").status == AttemptStatus::waiting);
    CHECK_FALSE(exists_at(fixture.dir / "write in place and wait.out"));
    REQUIRE(fixture.messages.size() == 1);
    CHECK_THAT(std::get<LogLine>(fixture.messages.front()).text, Catch::Contains("is unfinished and was moved to"));
}

TEST_CASE("an attempt that ends leaves no staged receipt", "[worker]") {
    AttemptFixture fixture;
    for (const char* what : {"nothing", "throw", "wait for nothing", "write in place and throw"}) fixture.act(what);
    target::publish(fixture.act("write").staged);
    target::publish(fixture.act("write in place").staged);
    CHECK(files_below(fixture.dir / ".freshet/staged").empty());
}

TEST_CASE("a program that is given an output's path creates it staged, and can change it", "[worker]") {
    AttemptFixture fixture;
    const auto result = fixture.act("run a program");
    CHECK(result.failure.message.empty());
    REQUIRE(result.staged.size() == 1);
    CHECK_FALSE(result.staged.front().is_in_place());
    CHECK_FALSE(exists_at(fixture.dir / "run a program.out"));
    target::publish(result.staged);
    CHECK_THAT(read_file(fixture.dir / "run a program.out"), Catch::EndsWith(".part/run a program.out\n"));
}

TEST_CASE("a program that fails leaves nothing of an output", "[worker]") {
    AttemptFixture fixture;
    CHECK(fixture.act("run a program that fails").status == AttemptStatus::failed);
    CHECK(fixture.names() == AttemptFixture::Names{"failed"});
}

TEST_CASE("the class of a failure and its retry_after are kept", "[worker]") {
    AttemptFixture fixture;
    const auto throttled = fixture.act("slow down").failure;
    CHECK(throttled.failure_class == FailureClass::throttled);
    CHECK(throttled.retry_after == std::chrono::seconds(7));
    CHECK(fixture.act("exhaust memory").failure.failure_class == FailureClass::transient);
    CHECK(fixture.act("throw").failure.failure_class == FailureClass::permanent);
}

TEST_CASE("what other libraries throw is transient, what a mistake in the program throws is permanent", "[worker]") {
    AttemptFixture fixture;
    for (const char* what : {"throw runtime error", "list nothing", "throw int"})
        CHECK(fixture.act(what).failure.failure_class == FailureClass::transient);
    CHECK(fixture.act("throw logic error").failure.failure_class == FailureClass::permanent);
}

TEST_CASE("a full disk is distinguished from other failures", "[worker]") {
    AttemptFixture fixture;
    const auto result = fixture.act("fill the disk");
    CHECK(result.disk_full);
    CHECK(result.failure.failure_class == FailureClass::transient);
    CHECK_FALSE(fixture.act("throw").disk_full);
}

TEST_CASE("an exception without a message, even thrown twice, does not escape", "[worker]") {
    AttemptFixture fixture;
    const auto result = fixture.act("throw int");
    CHECK(result.failure.message == "threw something other than a std::exception");
    REQUIRE(fixture.messages.size() == 1);
    CHECK(std::get<LogLine>(fixture.messages.front()).text.ends_with("on_failure failed too"));
}

TEST_CASE("a task that waits although all is complete fails instead of running for ever", "[worker]") {
    AttemptFixture fixture;
    CHECK_THAT(fixture.act("wait for nothing").failure.message, Catch::Contains("all its requirements are complete"));
}

TEST_CASE("events that a task emits are in its result and in its receipt", "[worker]") {
    AttemptFixture fixture;
    const auto result = fixture.act("talk");
    REQUIRE(result.events.size() == 1);
    target::publish(result.staged);
    CHECK(target::read_receipt(fixture.dir / "talk.out").value().provenance.events == result.events);
}

TEST_CASE("metadata that a task adds is in the receipts of its outputs", "[worker]") {
    AttemptFixture fixture;
    target::publish(fixture.act("talk").staged);
    target::publish(fixture.act("write").staged);
    CHECK(LocalTarget(fixture.dir / "talk.out").metadata() == Json::Object{{"mood", "better"}});
    CHECK(LocalTarget(fixture.dir / "write.out").metadata() == Json::object());
    CHECK(LocalTarget(fixture.dir / "nowhere").metadata() == Json::object());
}

TEST_CASE("very many progress reports are reduced to a hundred, the last among them", "[worker]") {
    AttemptFixture fixture;
    fixture.act("talk");
    double last = 0;
    std::size_t count = 0;
    for (const Message& message : fixture.messages)
        if (const auto* progress = std::get_if<Progress>(&message)) last = progress->fraction, ++count;
    CHECK(last == 1);
    CHECK(count <= 102);
}

TEST_CASE("what a task writes to its scratch folder is there at once, is never staged, and disappears", "[worker]") {
    AttemptFixture fixture;
    const auto result = fixture.act("use scratch");
    REQUIRE(result.status == AttemptStatus::done);
    CHECK(result.staged.size() == 1);
    target::publish(result.staged);
    CHECK(read_file(fixture.dir / "use scratch.out") == "rows");
    CHECK(fixture.names() == AttemptFixture::Names{".freshet/use scratch.out.json", "use scratch.out"});
    fixture.act("use scratch and throw");
    const auto names = fixture.names();
    CHECK(std::ranges::none_of(names, [](const std::string& name) { return name.find("tables") != name.npos; }));
}

TEST_CASE("a task without outputs on this machine has its scratch folder among temporary files", "[worker]") {
    AttemptFixture fixture;
    CHECK(fixture.attempt(Elsewhere{fixture.dir.path().string()}).status == AttemptStatus::done);
    const std::filesystem::path folder = logged_path(fixture.messages);
    CHECK(folder.native().starts_with(std::filesystem::temp_directory_path().native()));
    CHECK_FALSE(exists_at(folder));
}
