// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/attempt.hpp"

#include "base/files.hpp"
#include "freshet/digest.hpp"
#include "support/fake_clock.hpp"
#include "target/receipt.hpp"
#include "worker/message_reporter.hpp"
#include "worker/tasks.hpp"
#include "worker/toolbox.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::worker;
using namespace freshet::test;

namespace {

/// A folder in which tasks are attempted, with a diary of what they said.
struct Place {
    using Names = std::vector<std::string>;

    TempDir dir{};
    FakeClock clock{};
    Toolbox toolbox{clock};
    std::vector<Message> said{};

    AttemptResult attempt(const AnyTask& task) {
        MessageReporter reporter("t1", [this](Message message) { said.push_back(std::move(message)); });
        const Attempt attempt{.task = task, .token = "t1", .number = 2, .run_id = "run", .code_version = "1.0"};
        return run_attempt(attempt, toolbox.tools(), reporter, [] { return false; });
    }
    AttemptResult act(const std::string& what) { return attempt(Act{.what = what, .root = dir.path(), .password = "x"}); }
    Names names() const {
        Names found;
        for (const auto& file : files_below(dir.path())) found.push_back(file.string());
        return found;
    }
};

}  // namespace

TEST_CASE("an attempt that succeeds has staged its output, which is not there yet", "[worker]") {
    Place place;
    const auto result = place.act("write");
    CHECK(result.ending == Ending::done);
    CHECK_FALSE(exists_at(place.dir / "write.out"));
    CHECK(target::publish(result.staged) == target::Published::yes);
    CHECK(read_file(place.dir / "write.out") == "content");
}

TEST_CASE("the receipt of an output tells which attempt made it, without secrets", "[worker]") {
    Place place;
    const auto result = place.act("write");
    target::publish(result.staged);
    const auto origin = target::read_receipt(place.dir / "write.out").value().origin;
    CHECK(origin.family == "Act");
    CHECK(origin.parameters == Values{{"what", "write"}, {"root", place.dir.path().string()}});
    CHECK(origin.attempt == 2);
    CHECK(origin.run_id == "run");
    CHECK(origin.code_version == "1.0");
    CHECK(origin.started == FakeClock::start);
}

TEST_CASE("the receipt lists what a dynamic requirement produced", "[worker]") {
    Place place;
    target::publish(place.act("write").staged);
    target::publish(place.attempt(Dynamic{place.dir.path()}).staged);
    const auto inputs = target::read_receipt(place.dir / "dynamic").value().origin.inputs;
    REQUIRE(inputs.size() == 1);
    CHECK(inputs.front().content == target::Content{7, sha256("content")});
}

TEST_CASE("a task that needs something incomplete waits and says what for", "[worker]") {
    Place place;
    const auto result = place.attempt(Dynamic{place.dir.path()});
    CHECK(result.ending == Ending::waiting);
    CHECK(result.missing == std::vector<AnyTask>{Act{.what = "write", .root = place.dir.path()}});
}

TEST_CASE("outputs are published in the declared order, others before them", "[worker]") {
    Place place;
    std::vector<std::string> order;
    for (const auto& output : place.attempt(Several{place.dir.path()}).staged) order.push_back(output.target.filename());
    CHECK(order == std::vector<std::string>{"undeclared", "first", "last"});
}

TEST_CASE("a task that did not make its output fails for good, naming the output", "[worker]") {
    Place place;
    const auto result = place.act("nothing");
    CHECK(result.ending == Ending::failed);
    CHECK(result.failure.failure_class == FailureClass::permanent);
    CHECK_THAT(result.failure.message, Catch::StartsWith("Act(what=nothing") &&
                                           Catch::EndsWith("ran but did not make '" + (place.dir / "nothing.out").string() + "'"));
}

TEST_CASE("a failed attempt leaves nothing, and on_failure was told", "[worker]") {
    Place place;
    const auto result = place.act("throw");
    CHECK(result.ending == Ending::failed);
    CHECK(result.failure.message == "a bad day");
    CHECK(result.staged.empty());
    CHECK(place.names() == Place::Names{"failed"});
    CHECK(read_file(place.dir / "failed") == "a bad day");
}

TEST_CASE("the class of a failure and the wait that was asked for are kept", "[worker]") {
    Place place;
    const auto throttled = place.act("slow down").failure;
    CHECK(throttled.failure_class == FailureClass::throttled);
    CHECK(throttled.retry_after == std::chrono::seconds(7));
    CHECK(place.act("exhaust memory").failure.failure_class == FailureClass::transient);
    CHECK(place.act("throw").failure.failure_class == FailureClass::permanent);
}

TEST_CASE("a full disk is told from other failures", "[worker]") {
    Place place;
    const auto result = place.act("fill the disk");
    CHECK(result.disk_full);
    CHECK(result.failure.failure_class == FailureClass::transient);
    CHECK_FALSE(place.act("throw").disk_full);
}

TEST_CASE("what throws without a message, even twice, does not escape", "[worker]") {
    Place place;
    const auto result = place.act("throw int");
    CHECK(result.failure.message == "it threw something that is not a std::exception");
    REQUIRE(place.said.size() == 1);
    CHECK(std::get<LogLine>(place.said.front()).text.ends_with("on_failure failed too"));
}

TEST_CASE("a task that waits although all is complete fails instead of running for ever", "[worker]") {
    Place place;
    CHECK_THAT(place.act("wait for nothing").failure.message, Catch::Contains("all that it needs is complete"));
}

TEST_CASE("what a task announces comes with its result and stands in its receipt", "[worker]") {
    Place place;
    const auto result = place.act("talk");
    REQUIRE(result.events.size() == 1);
    target::publish(result.staged);
    CHECK(target::read_receipt(place.dir / "talk.out").value().origin.events == result.events);
}

TEST_CASE("what a task notes stands in the receipts of its outputs", "[worker]") {
    Place place;
    target::publish(place.act("talk").staged);
    target::publish(place.act("write").staged);
    CHECK(LocalTarget(place.dir / "talk.out").notes() == Json::Object{{"mood", "better"}});
    CHECK(LocalTarget(place.dir / "write.out").notes() == Json::object());
    CHECK(LocalTarget(place.dir / "nowhere").notes() == Json::object());
}

TEST_CASE("of very many reports of progress a hundred are handed on, the end among them", "[worker]") {
    Place place;
    place.act("talk");
    double last = 0;
    std::size_t count = 0;
    for (const Message& message : place.said)
        if (const auto* progress = std::get_if<Progress>(&message)) last = progress->fraction, ++count;
    CHECK(last == 1);
    CHECK(count <= 102);
}
