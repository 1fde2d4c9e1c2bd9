// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/staleness.hpp"

#include "base/files.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"
#include "target/publish.hpp"
#include "worker/attempt.hpp"
#include "worker/messages.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace freshet;
using namespace freshet::worker;
using namespace freshet::test;

namespace {

using std::filesystem::path;

struct Given {
    path root;
    static constexpr TaskKind kind = TaskKind::external;
    static constexpr Parameter parameters[] = {param<&Given::root>("folder").required()};
    LocalTarget output() const { return LocalTarget(root / "given"); }
};

/// Copies the file that others give.
template <Staleness policy>
struct Copy {
    path root;
    static constexpr std::string_view family = "Copy";
    static constexpr Staleness staleness = policy;
    static constexpr Parameter parameters[] = {param<&Copy::root>("folder").required()};
    Given requirements() const { return {root}; }
    LocalTarget output() const { return LocalTarget(root / "copy"); }
    void run() const { output().write(requirements().output().read()); }
};

/// Requires the copy; has its own policy.
template <Staleness its, Staleness policy>
struct Sum {
    path root;
    static constexpr std::string_view family = "Sum";
    static constexpr Staleness staleness = policy;
    static constexpr Parameter parameters[] = {param<&Sum::root>("folder").required()};
    Copy<its> requirements() const { return {root}; }
    LocalTarget output() const { return LocalTarget(root / "sum"); }
    void run() const { output().write(requirements().output().read()); }
};

/// A manifest of the copy.
struct List {
    path root;
    static constexpr bool is_manifest = true;
    static constexpr Parameter parameters[] = {param<&List::root>("folder").required()};
    Copy<Staleness::warn> requirements() const { return {root}; }
    LocalTarget output() const { return LocalTarget(root / "list"); }
    void run() const { output().write("copy"); }
};

struct StalenessFixture {
    StalenessFixture() { give("one"); }

    void give(const std::string& content) const {
        std::ofstream(dir / "given") << content;
        std::filesystem::last_write_time(
            dir / "given", std::filesystem::file_time_type::clock::now() - std::chrono::hours(content.size()));
    }

    void run(const AnyTask& task) {
        MessageReporter reporter("t1", [](const Message&) {});
        const Attempt attempt{.task = task, .token = "t1"};
        auto result = run_attempt(attempt, services.attempt_services(), reporter, [] { return false; });
        REQUIRE(result.failure.message.empty());
        target::publish(result.staged);
    }

    /// Makes both tasks from one content and finds what is stale after another has been given: "Copy, Sum again".
    template <Staleness its, Staleness policy>
    std::string stale_families() {
        const Sum<its, policy> sum{dir.path()};
        run(Copy<its>{dir.path()});
        run(sum);
        CHECK(find_stale({sum}).empty());
        give("another");
        std::string text;
        for (const StaleTask& stale : find_stale({sum}))
            text += std::string(stale.task.type().family) + (stale.will_rerun ? " again " : " ");
        return text;
    }

    static std::string reason(const AnyTask& task) {
        target::DigestCache digests;
        return worker::staleness_reason(task, digests);
    }

    TempDir dir{};
    FakeClock clock{};
    ProcessServices services{clock};
};

}  // namespace

TEST_CASE("a class without a policy is stale when an external input changes, and does not run again", "[worker]") {
    CHECK(TaskType::of<List>().staleness == Staleness::warn);
    CHECK(StalenessFixture().stale_families<Staleness::warn, Staleness::warn>() == "Copy ");
}

TEST_CASE("a class that ignores staleness is never stale", "[worker]") {
    CHECK(StalenessFixture().stale_families<Staleness::ignore, Staleness::warn>().empty());
}

TEST_CASE("a stale task of a class with rerun runs again, without those that require it", "[worker]") {
    CHECK(StalenessFixture().stale_families<Staleness::rerun, Staleness::warn>() == "Copy again ");
}

TEST_CASE("a class with rerun runs again together with what it requires", "[worker]") {
    CHECK(StalenessFixture().stale_families<Staleness::rerun, Staleness::rerun>() == "Copy again Sum again ");
}

TEST_CASE("a stale task of a class with rerun_downstream takes along those that require it", "[worker]") {
    CHECK(StalenessFixture().stale_families<Staleness::rerun_downstream, Staleness::ignore>() ==
          "Copy again Sum again ");
}

TEST_CASE("a retired task is not complete, and its output is kept aside", "[worker]") {
    StalenessFixture fixture;
    const AnyTask copy = Copy<Staleness::rerun>{fixture.dir.path()};
    fixture.run(copy);
    CHECK_THAT(retire(copy), Catch::EndsWith(".freshet/copy.stale'"));
    CHECK_FALSE(copy.complete());
    CHECK(read_file(fixture.dir / ".freshet/copy.stale") == "one");
    fixture.give("another");
    fixture.run(copy);
    CHECK(read_file(fixture.dir / "copy") == "another");
    CHECK(fixture.reason(copy).empty());
}

TEST_CASE("a manifest is stale when what it lists is missing", "[worker]") {
    StalenessFixture fixture;
    const List list{fixture.dir.path()};
    fixture.run(list.requirements());
    fixture.run(list);
    CHECK(fixture.reason(list).empty());
    std::filesystem::remove(fixture.dir / "copy");
    CHECK(fixture.reason(list) == "'" + (fixture.dir / "list").string() + "' lists '" +
                                      (fixture.dir / "copy").string() + "', which is missing");
}
