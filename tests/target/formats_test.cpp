// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/formats.hpp"
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/testing.hpp"
#include "workbench.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <random>

using namespace freshet;
using namespace freshet::test;
using Catch::Matchers::Contains;

static_assert(BulkTarget<Gzip<MemoryTarget>> && PublishedTarget<Gzip<MemoryTarget>> && RetiredTarget<MemoryTarget>);
static_assert(Target<Gzip<LocalTarget>> && !BulkTarget<Gzip<LocalTarget>>);

TEST_CASE("compressed targets are outputs as others are", "[formats]") {
    CHECK_FALSE(AnyTarget(Gzip<LocalTarget>("/nowhere/table.csv.gz")).exists());
    CHECK_FALSE(AnyTarget(Zstd<MemoryTarget>("nothing")).exists());
}

namespace {

/// Text, and bytes that cannot be compressed.
std::vector<std::string> contents() {
    std::mt19937 random(1);
    std::string noise(3'000'000, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    std::string text;
    for (int i = 0; i < 300'000; ++i) text += std::to_string(i) + ",value\n";
    return {"", "a", std::string(1, '\0'), text, noise};
}

void check_tool(const std::string& tool, const std::filesystem::path& file, const std::string& content) {
    if (std::system(("command -v " + tool + " > /dev/null").c_str()) != 0) return;
    const std::filesystem::path plain = file.string() + ".plain";
    REQUIRE(std::system((tool + " -dc < '" + file.string() + "' > '" + plain.string() + "'").c_str()) == 0);
    CHECK(LocalTarget(plain).sha256() == sha256(content));
    std::filesystem::remove(plain);
}

}  // namespace

TEMPLATE_TEST_CASE("compressed content is read back as it was written, also by other programs", "[formats]", GzipFormat,
                   ZstdFormat) {
    const TempDir dir;
    int number = 0;
    for (const std::string& content : contents()) {
        const CompressedTarget<TestType, LocalTarget> file(dir / std::to_string(number++));
        file.write(content);
        CHECK(file.exists());
        CHECK(sha256(file.read()) == sha256(content));
        CHECK(LocalTarget(file.path()).read().size() <= content.size() + content.size() / 1000 + 64);
        check_tool(std::is_same_v<TestType, GzipFormat> ? "gzip" : "zstd", file.path(), content);
        const CompressedTarget<TestType, MemoryTarget> in_memory(file.path().string());
        in_memory.create([&](const AppendBytes& append) {
            for (std::size_t i = 0; i < content.size(); i += 99'999)
                append(std::string_view(content).substr(i, 99'999));
        });
        CHECK(sha256(MemoryTarget(in_memory.name()).read()) == file.sha256());  // whatever the pieces
    }
    MemoryTarget::clear();
}

TEMPLATE_TEST_CASE("content that is cut short, damaged or of another format is an error", "[formats]", GzipFormat,
                   ZstdFormat) {
    const std::string content = contents()[3];
    const CompressedTarget<TestType, MemoryTarget> target("one");
    const MemoryTarget raw("one");
    target.write(content);
    const std::string bytes = raw.read();
    for (const std::size_t size : {std::size_t{0}, std::size_t{5}, bytes.size() / 2, bytes.size() - 1}) {
        raw.write(bytes.substr(0, size));
        CHECK_THROWS_WITH(target.read(), Contains("the content is cut short"));
    }
    std::string damaged = bytes;
    damaged[bytes.size() / 2] = static_cast<char>(damaged[bytes.size() / 2] ^ 1);
    raw.write(damaged);
    CHECK_THROWS_WITH(target.read(), Contains("the content is damaged"));
    raw.write("day,value\n1,2\n");
    CHECK_THROWS_WITH(target.read(), Contains("the content is damaged"));
    raw.write(bytes + bytes);
    CHECK(target.read() == content + content);
    MemoryTarget::clear();
}

TEST_CASE_METHOD(StagingFixture, "a compressed file is staged and published as any file, or left out", "[formats]") {
    const Gzip<LocalTarget> file(dir / "table.csv.gz");
    target::Staging staging("t1", sweeper);
    {
        const target::StagingScope scope(staging);
        CHECK_THROWS_AS(file.create([](const AppendBytes& append) {
            append("a,b\n");
            throw TransientError("a bad day");
        }),
                        TransientError);
        CHECK(staging.outputs().empty());
        file.write("a,b\n1,2\n");
        CHECK(file.read() == "a,b\n1,2\n");
    }
    CHECK_FALSE(file.exists());
    target::stage_receipts(staging.outputs(), {.family = "Make", .task_id = "t1"});
    CHECK(target::publish(staging.release()) == target::PublishResult::published);
    CHECK(file.read() == "a,b\n1,2\n");
    CHECK(target::read_receipt(file.path())->content.sha256 == sha256(LocalTarget(file.path()).read()));
}

TEST_CASE_METHOD(StagingFixture, "a target in memory is published by one attempt", "[formats]") {
    const Gzip<MemoryTarget> memory("one");
    const auto receipt_of = [](const Content& content) { return Json(Json::Object{{"sha256", content.sha256}}); };
    TargetAttempt first{.token = "a", .lease = 1}, second{.token = "b", .lease = 2};
    const auto staged_by = [&](TargetAttempt& attempt, const std::string& content) {
        memory.begin(attempt);
        CHECK(memory.stage(attempt, receipt_of).is_null());
        target::Staging staging(attempt.token, sweeper);
        const target::StagingScope scope(staging, &attempt);
        memory.write(content);
        CHECK(memory.exists());
        CHECK(memory.read() == content);
        return memory.stage(attempt, receipt_of);
    };
    const Json one = staged_by(first, "one"), two = staged_by(second, "two");
    CHECK_FALSE(memory.exists());
    CHECK(memory.receipt() == std::nullopt);
    memory.abort(second);  // another process may commit, without what was kept here
    CHECK(memory.commit(second, two, IfExists::keep) == PublishResult::published);
    CHECK(memory.commit(second, two, IfExists::keep) == PublishResult::published);
    CHECK(memory.commit(first, one, IfExists::keep) == PublishResult::superseded);
    CHECK(memory.commit(first, one, IfExists::replace) == PublishResult::superseded);
    CHECK(memory.read() == "two");
    CHECK(memory.receipt() == receipt_of(*memory.content()));
    CHECK(Gzip<MemoryTarget>::exist({memory, Gzip<MemoryTarget>("none")}) == std::vector<bool>{true, false});
    CHECK(memory.retire() == "memory:one.stale");
    CHECK_FALSE(memory.exists());
    CHECK(memory.retire().empty());
    CHECK(memory.commit(first, one, IfExists::keep) == PublishResult::published);
    CHECK(memory.read() == "one");
    MemoryTarget::clear();
    CHECK_THROWS_WITH(memory.read(), "read 'memory:one': it does not exist");
}
