// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/receipt.hpp"

#include "freshet/digest.hpp"
#include "freshet/task.hpp"
#include "target/lineage.hpp"
#include "target/target_paths.hpp"
#include "target/workbench.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::target;
using freshet::test::FakeClock;
using freshet::test::StagingFixture;

namespace {

Provenance full_provenance() {
    return {.family = "gfs.Convert",
            .task_id = "gfs.Convert_6_1f",
            .parameters = {{"lead", "6"}},
            .inputs = {{"Download_6_2e", "/data/6.grib2", Content{3, "abc"}},
                       {"Table", "/data/table", std::nullopt, FakeClock::start},
                       {"Archive", "/data/archive", Content{1'000'000'000'000, ""}, FakeClock::start}},
            .code_version = "1.2.3",
            .attempt = 2,
            .run_id = "run",
            .host = "host",
            .started = FakeClock::start,
            .ended = FakeClock::start + std::chrono::milliseconds(1500),
            .events = {{.id = "e1",
                        .source = "/s",
                        .type = "t",
                        .subject = "x",
                        .time = FakeClock::start,
                        .key = "k",
                        .data = Json(1)}},
            .metadata = Json::Object{{"checks", Json::Object{{"passed", 3}}}}};
}

struct Part {
    std::filesystem::path root{};
    int number = 0;
    static constexpr Parameter parameters[] = {param<&Part::root>("folder"), param<&Part::number>("which")};
    LocalTarget output() const { return LocalTarget(root / std::to_string(number)); }
    void run() const {}
};

struct Parts {
    std::filesystem::path root{};
    static constexpr Parameter parameters[] = {param<&Parts::root>("folder")};
    static constexpr TaskKind kind = TaskKind::wrapper;
    auto requirements() const { return std::vector{Part{root, 1}, Part{root, 2}}; }
};

}  // namespace

TEST_CASE("a receipt is read back as it was written", "[target]") {
    const Receipt receipt{{12, "f00"}, full_provenance()};
    CHECK(receipt_from_json(Json::parse(to_json(receipt).pretty())) == receipt);
}

TEST_CASE("a receipt has the size and the SHA-256 of its output", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"x.nc"}, "hello"));
    const auto receipt = read_receipt(bench / "x.nc");
    REQUIRE(receipt);
    CHECK(receipt->content == Content{5, sha256("hello")});
    CHECK(read_recorded_content(bench / "x.nc") == receipt->content);
}

TEST_CASE("the content that a receipt records is read without the sizes and digests of its inputs", "[target]") {
    StagingFixture bench;
    const Content content{.size = 12, .sha256 = "f00", .validator = "\"v\""};
    write_file_atomically(receipt_path(bench / "x"), to_json(Receipt{content, full_provenance()}).pretty());
    CHECK(read_recorded_content(bench / "x") == content);
}

TEST_CASE("the receipt of a folder covers all of its files", "[target]") {
    StagingFixture bench;
    write_file_atomically(bench / "out/a", "12");
    write_file_atomically(bench / "out/b/c", "345");
    CHECK(content_of(bench / "out") == Content{5, sha256_of_file(bench / "out")});
}

TEST_CASE("digests of small and large files are plain SHA-256", "[target]") {
    StagingFixture bench;
    for (const std::size_t size : {0u, 1u, 65536u, 65537u, 1000000u}) {
        const std::string bytes(size, 'x');
        write_file_atomically(bench / "x", bytes);
        CHECK(content_of(bench / "x") == Content{size, sha256(bytes)});
    }
}

TEST_CASE("an output that was made without Freshet has no receipt", "[target]") {
    StagingFixture bench;
    LocalTarget(bench / "x").write("");
    CHECK_FALSE(read_receipt(bench / "x"));
    CHECK_FALSE(read_recorded_content(bench / "x"));
}

TEST_CASE("a damaged receipt is an error that names its file", "[target]") {
    StagingFixture bench;
    write_file_atomically(receipt_path(bench / "x"), "{\"size\":1}");
    CHECK_THROWS_WITH(read_receipt(bench / "x"), Catch::Contains(".freshet/x.json"));
    for (const char* damaged : {"", "{\"size\":1", "{\"sha256\":\"f00\"}", "{\"size\":\"1\"}"}) {
        write_file_atomically(receipt_path(bench / "x"), damaged);
        CHECK_THROWS_WITH(read_recorded_content(bench / "x"), Catch::Contains(".freshet/x.json"));
    }
}

TEST_CASE("inputs are what wrappers require, each once, with the digests of their receipts", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"1"}, "one"));
    LocalTarget(bench / "2").write("two, by hand");
    const Part one{bench.dir.path(), 1}, two{bench.dir.path(), 2};
    const auto inputs = lineage_of({Parts{bench.dir.path()}, one});
    REQUIRE(inputs.size() == 2);
    CHECK(inputs[0] ==
          Input{AnyTask(one).id(), one.output().address(), Content{3, sha256("one")}, modified_at(bench / "1")});
    CHECK(inputs[1].content == Content{12, ""});
}
