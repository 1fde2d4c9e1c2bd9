// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/file.hpp"
#include "support/temp_dir.hpp"
#include "target/receipt.hpp"
#include "target/verify.hpp"
#include "worker/attempt.hpp"
#include "worker/context_fixture.hpp"
#include "worker/fake_store.hpp"
#include "worker/finish_attempt.hpp"
#include "worker/messages.hpp"
#include "worker/staleness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::worker;

namespace {

using Lines = std::vector<std::string>;

/// Puts an object and writes a file, which is declared before or after it.
struct PutBoth {
    std::filesystem::path file{};
    bool file_first = true;
    static constexpr Parameter parameters[] = {param<&PutBoth::file>("the file"),
                                               param<&PutBoth::file_first>("is declared first")};
    std::vector<AnyTarget> output() const {
        std::vector<AnyTarget> targets{test::FakeObject{"a"}, test::FakeObject{"b"}};
        targets.insert(file_first ? targets.begin() : targets.end(), LocalTarget(file));
        return targets;
    }
    void run() const {
        LocalTarget(file).write("new");
        test::FakeObject{"a"}.put("new a");
        test::FakeObject{"b"}.put("new b");
    }
};

/// Puts an object and writes a file that it does not declare.
struct PutWithLog {
    std::filesystem::path log{};
    static constexpr Parameter parameters[] = {param<&PutWithLog::log>("the file")};
    test::FakeObject output() const { return {"a"}; }
    void run() const {
        LocalTarget(log).write("new");
        output().put("new a");
    }
};

/// A target made of a file, of a class without receipts.
struct Wrapped {
    LocalTarget file;
    std::string address() const { return file.address(); }
    bool exists() const { return file.exists(); }
};

struct Wrap {
    std::filesystem::path file{};
    static constexpr Parameter parameters[] = {param<&Wrap::file>("which")};
    Wrapped output() const { return {LocalTarget(file)}; }
    void run() const { LocalTarget(file).write("zipped"); }
};

struct StoreFixture {
    StoreFixture() { fake_store.clear(); }

    AttemptResult attempt(const AnyTask& task, const std::string& token = "t1", std::int64_t lease = 5) {
        MessageReporter reporter(token, [](const Message&) {});
        const Attempt attempt{.task = task, .token = token, .lease = lease, .number = 2, .run_id = "run " + token};
        return run_attempt(attempt, services.attempt_services(), reporter, [] { return false; });
    }

    static PublishResult publish(const AnyTask& task, AttemptResult result, std::int64_t lease = 5) {
        TargetAttempt attempt{.token = result.token, .lease = lease};
        return publish_outputs(task, result, attempt);
    }

    void make(const AnyTask& task) { REQUIRE(publish(task, attempt(task)) == PublishResult::published); }

    FakeClock clock{};
    ProcessServices services{clock};
};

struct FinishStoreFixture : StoreFixture {
    explicit FinishStoreFixture(const AnyTask& task = Put{.name = "a"}) : context({task}, SchedulerKind::freshetd) {}

    AttemptFinisher::Finished finish(bool holds_lease = true) {
        context.start(context.plan[0].task);  // lease 7
        auto running = context.states.end_attempt("token").value();
        return finisher.finish(running, attempt(context.plan[0].task, "token", 7), holds_lease, false);
    }

    ContextFixture context;
    AttemptFinisher finisher{context.context};
};

}  // namespace

TEST_CASE("a target is begun before run(), staged after it and published by the worker, under one lease", "[worker]") {
    FinishStoreFixture fixture;
    const auto report = fixture.finish().reports.at(0);
    CHECK(report.request.status == rpc::Status::done);
    CHECK(fake_store.take_diary() == Lines{"begin a token 7", "stage a token 7", "commit a token 7"});
    CHECK(report.request.attempt.at("outputs").as_array().at(0) ==
          Json::Object{{"address", "store:a"}, {"size", 12}, {"sha256", sha256("content of a")}});
}

TEST_CASE("what an attempt has staged does not exist before the worker publishes it", "[worker]") {
    StoreFixture fixture;
    const AnyTask task = Put{.name = "a"};
    const auto result = fixture.attempt(task);
    CHECK(result.status == AttemptStatus::done);
    CHECK_FALSE(task.complete());
    fixture.publish(task, result);
    CHECK(task.complete());
}

TEST_CASE("the receipt of a published target has content, inputs, events and attempt", "[worker]") {
    StoreFixture fixture;
    const Put task{.name = "b", .from = {"a"}};
    fixture.make(Put{.name = "a"});
    fixture.make(task);
    const auto receipt = target::receipt_from_json(fake_store.published.at("b").receipt);
    CHECK(receipt.content == Content{12, sha256("content of b")});
    REQUIRE(receipt.provenance.inputs.size() == 1);
    CHECK(receipt.provenance.inputs[0].address == "store:a");
    CHECK(receipt.provenance.inputs[0].content == Content{12, sha256("content of a")});
    CHECK(receipt.provenance.events.at(0).id == "run t1 b");
    CHECK(receipt.provenance.attempt == 2);
    CHECK(worker::receipt_events(task) == receipt.provenance.events);
}

TEST_CASE("an attempt that writes nothing fails, unless its output exists", "[worker]") {
    StoreFixture fixture;
    const AnyTask task = Put{.name = "a", .what = "write nothing"};
    CHECK_THAT(fixture.attempt(task).failure.message, Catch::EndsWith("ran but did not create 'store:a'"));
    CHECK(fake_store.diary.back() == "abort a t1 5");
    fake_store.published["a"];
    CHECK(fixture.attempt(task).status == AttemptStatus::done);
}

TEST_CASE("an attempt that fails or waits removes what it has staged", "[worker]") {
    StoreFixture fixture;
    const std::string what = GENERATE("throw", "wait");
    fixture.attempt(Put{.name = "a", .what = what});
    CHECK(fake_store.diary == Lines{"begin a t1 5", "abort a t1 5"});
}

TEST_CASE("a target whose store does not answer makes the attempt fail for the time being", "[worker]") {
    StoreFixture fixture;
    fake_store.refused = GENERATE("begin a", "stage a");
    const auto result = fixture.attempt(Put{.name = "a"});
    CHECK(result.failure.failure_class == FailureClass::transient);
    CHECK(fake_store.diary.back() == "abort a t1 5");
}

TEST_CASE("without its lease the worker removes what is staged and publishes nothing", "[worker]") {
    FinishStoreFixture fixture;
    CHECK(fixture.finish(false).reports.empty());
    CHECK(fake_store.diary.back() == "abort a token 7");
    CHECK(fake_store.published.empty());
    CHECK(fake_store.staged.empty());
}

TEST_CASE("a publication that fails for the time being fails the attempt so, and removes what is staged", "[worker]") {
    FinishStoreFixture fixture;
    fake_store.refused = "commit a";
    const auto report = fixture.finish().reports.at(0);
    CHECK(report.request.failure->failure_class == FailureClass::transient);
    CHECK(report.end.message == "store: no answer");
    CHECK(fake_store.diary.back() == "abort a token 7");
}

TEST_CASE("the events of an attempt that was superseded are those of the one that completed the task", "[worker]") {
    FinishStoreFixture fixture;
    fixture.make(Put{.name = "a"});
    const auto report = fixture.finish().reports.at(0);
    CHECK(report.request.status == rpc::Status::done);
    REQUIRE(report.request.events.size() == 1);
    CHECK(report.request.events[0].id == "run t1 a");
    CHECK(fake_store.staged.empty());
}

TEST_CASE("the events of an attempt that has found all outputs there are those of the one that made them", "[worker]") {
    FinishStoreFixture fixture(Put{.name = "a", .what = "write nothing"});
    fixture.make(Put{.name = "a"});
    const auto report = fixture.finish().reports.at(0);
    CHECK(report.request.status == rpc::Status::done);
    REQUIRE(report.request.events.size() == 1);
    CHECK(report.request.events[0].id == "run t1 a");
}

TEST_CASE("an attempt that has found an output of others there keeps its events", "[worker]") {
    FinishStoreFixture fixture(Put{.name = "a", .what = "write nothing"});
    fake_store.published["a"];  // without a receipt
    CHECK(fixture.finish().reports.at(0).request.events.at(0).id == "run token a");
}

TEST_CASE("the last declared output is published last, be it a file or not", "[worker]") {
    StoreFixture fixture;
    const TempDir dir;
    const AnyTask task = PutBoth{dir / "file", GENERATE(true, false)};
    fake_store.refused = "replace b";
    CHECK_THROWS_WITH(fixture.publish(task, fixture.attempt(task)), "store: no answer");
    CHECK(std::filesystem::exists(dir / "file") == task.values().at("file_first").starts_with("T"));
    CHECK(fake_store.published.contains("a"));
}

TEST_CASE("what a task has left of an earlier attempt is replaced together with what is missing", "[worker]") {
    StoreFixture fixture;
    const TempDir dir;
    const AnyTask task = PutBoth{dir / "file", GENERATE(true, false)};
    fixture.make(task);
    const std::string old = fake_store.published.at("a").receipt.text();
    fake_store.published.erase("b");
    fixture.clock.advance(std::chrono::seconds(1));
    fake_store.take_diary();
    fixture.make(task);
    const auto diary = fake_store.take_diary();
    CHECK(std::vector(diary.end() - 2, diary.end()) == Lines{"replace a t1 5", "commit b t1 5"});
    CHECK(fake_store.published.at("a").receipt.text() != old);
    CHECK(LocalTarget(dir / "file").receipt() == [] {
        auto receipt = target::receipt_from_json(fake_store.published.at("a").receipt);
        receipt.content = {3, sha256("new")};
        return to_json(receipt);
    }());
}

TEST_CASE("an undeclared file that a lost attempt has published is replaced with the output", "[worker]") {
    StoreFixture fixture;
    const TempDir dir;
    const AnyTask task = PutWithLog{dir / "log"};
    LocalTarget(dir / "log").write("of a lost attempt");
    write_file_atomically(dir / ".freshet/log.json", "{}");
    fixture.make(task);
    CHECK(LocalTarget(dir / "log").read() == "new");
    CHECK(task.complete());
}

TEST_CASE("what is published stays when the rest of the outputs cannot be", "[worker]") {
    StoreFixture fixture;
    const TempDir dir;
    const AnyTask task = PutBoth{dir / "file"};
    auto result = fixture.attempt(task);
    TargetAttempt attempt{.token = "t1", .lease = 5};
    fake_store.refused = "replace b";
    CHECK_THROWS(publish_outputs(task, result, attempt));
    fake_store.take_diary();
    abandon_outputs(task, result, attempt);
    CHECK(fake_store.take_diary() == Lines{"abort b t1 5"});
}

TEST_CASE("a published target is stale when an input was replaced, and is retired to be made again", "[worker]") {
    StoreFixture fixture;
    const AnyTask task = Put{.name = "b", .from = {"a"}};
    fixture.make(Put{.name = "a"});
    fixture.make(task);
    CHECK(find_stale({task}).empty());
    fake_store.published["a"].receipt["sha256"] = sha256("other");
    const auto stale = find_stale({task});
    REQUIRE(stale.size() == 1);
    CHECK(stale[0].will_rerun);
    CHECK_THAT(stale[0].reason, Catch::StartsWith("'store:b' was made from 'store:a', which has changed since: its"));
    CHECK(retire(task) == "'store:b' was moved to 'store:b.old'");
    CHECK_FALSE(task.complete());
}

TEST_CASE("verify names a published target that was replaced, is gone, or whose store does not answer", "[worker]") {
    StoreFixture fixture;
    const AnyTask task = Put{.name = "a"};
    fixture.make(task);
    const auto verify = [&] { return target::verify({task}, Registry::of<Put>()); };
    CHECK(verify().intact == 1);
    fake_store.published["a"].content = "replaced";
    CHECK_THAT(verify().findings.at(0).text, Catch::StartsWith("'store:a' has 8 bytes, but 12 were published"));
    fake_store.published["a"].content = "CONTENT OF A";
    CHECK_THAT(verify().findings.at(0).text, Catch::StartsWith("'store:a' has changed: its SHA-256 is "));
    fake_store.published.clear();
    CHECK(verify().absent == 1);
}

TEST_CASE("a target of a class without receipts cannot be verified, but a file that was created for it can",
          "[worker]") {
    StoreFixture fixture;
    const TempDir dir;
    const AnyTask task = Wrap{dir / "x"};
    const auto verify = [&] { return target::verify({task}, Registry::of<Wrap>()); };
    CHECK(verify().absent == 1);
    write_file_atomically(dir / "x", "by hand");
    CHECK(verify().findings.at(0).text ==
          "'" + (dir / "x").string() + "' cannot be verified: its class keeps no receipts");
    std::filesystem::remove(dir / "x");
    fixture.make(task);
    CHECK(verify().intact == 1);
    write_file_atomically(dir / "x", "replaced");
    CHECK_THAT(verify().findings.at(0).text, Catch::EndsWith("has 8 bytes, but 6 were published"));
}
