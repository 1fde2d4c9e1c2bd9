// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/s3.hpp"
#include "support/temp_dir.hpp"
#include "target/lineage.hpp"
#include "target/s3_fixture.hpp"
#include "target/s3_staging.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <thread>

using namespace freshet;
using test::S3Attempt;
using test::S3Folder;
using Names = std::vector<std::string>;

static_assert(PublishedTarget<S3Target> && BeginsAttempt<S3Target> && BulkTarget<S3Target> && RetiredTarget<S3Target>);

namespace {

/// The folders of local copies that attempts have left.
int local_copies(const std::string& token) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::temp_directory_path()))
        if (entry.path().filename().native().starts_with("freshet-" + token)) ++count;
    return count;
}

Names sorted(Names names) {
    std::sort(names.begin(), names.end());
    return names;
}

const S3Folder* folder_of_others = nullptr;

/// An object "in" of others.
struct Foreign {
    static constexpr TaskKind kind = TaskKind::external;
    S3Target output() const { return folder_of_others->target("in"); }
};

/// Puts an object as programs do that know nothing of Freshet.
void put(const S3Target& target, const std::string& body) {
    s3::client_for(target.options())
        .require({.doing = "put", .method = "PUT", .bucket = target.bucket(), .key = target.key(), .body = body});
}

}  // namespace

TEST_CASE("outside of an attempt an object is put at once and can be read", "[s3][bucket]") {
    const S3Folder folder;
    const test::TempDir local;
    const S3Target target = folder.target("a/b.txt");
    CHECK_FALSE(target.exists());
    CHECK(target.content() == std::nullopt);
    CHECK_THROWS_WITH(target.read(), Catch::EndsWith("b.txt': it does not exist"));

    target.write("text");
    CHECK(target.exists());
    CHECK(target.read() == "text");
    CHECK(target.sha256() == sha256("text"));
    CHECK(target.content() == Content{4, sha256("text")});
    CHECK(target.receipt() == std::nullopt);
    target.download(local / "file");
    CHECK(read_file(local / "file") == "text");
}

TEST_CASE("what an attempt writes exists for it at once, for others after it was published", "[s3][bucket]") {
    const S3Folder folder;
    const S3Target target = folder.target("a/b.txt");
    S3Attempt attempt(1);
    attempt.run([&] {
        target.write("first");
        target.write("second");
        CHECK(target.exists());
        CHECK(target.read() == "second");
        CHECK(target.sha256() == sha256("second"));
    });
    const Json staged = attempt.stage(target);
    CHECK_FALSE(target.exists());
    CHECK(target.receipt() == std::nullopt);
    CHECK(attempt.commit(target, staged) == PublishResult::published);
    CHECK(target.read() == "second");
    CHECK(target.receipt().value().at("attempt").as_string() == attempt.token());
    CHECK(target.receipt().value().at("sha256").as_string() == target.content()->sha256);
    CHECK(folder.names("a/b.txt") ==
          Names{"a/.freshet/b.txt." + attempt.token() + ".json", "a/.freshet/b.txt.json", "a/b.txt"});
    CHECK(local_copies(attempt.token()) == 0);
}

TEST_CASE("an attempt that has written nothing stages nothing", "[s3][bucket]") {
    const S3Folder folder;
    S3Attempt attempt(1);
    attempt.run([] {});
    CHECK(attempt.stage(folder.target("a")).is_null());
    CHECK(folder.names("a").empty());
}

TEST_CASE("an attempt that comes too late leaves the output of the winner and nothing of its own", "[s3][bucket]") {
    const S3Folder folder;
    const S3Target target = folder.target("b");
    S3Attempt stale(1), winner(2);
    const Json late = stale.stage(target, "stale");
    CHECK(winner.commit(target, winner.stage(target, "winner")) == PublishResult::published);
    const Names before = folder.names("b");
    CHECK(stale.commit(target, late) == PublishResult::superseded);
    CHECK(stale.commit(target, late) == PublishResult::superseded);
    CHECK(target.read() == "winner");
    CHECK(target.receipt().value().at("attempt").as_string() == winner.token());
    CHECK(before.size() == 5);
    CHECK(folder.names("b") == Names{".freshet/b." + winner.token() + ".json", ".freshet/b.json", "b"});
}

TEST_CASE("a publication that is repeated after a crash has the same result", "[s3][bucket]") {
    const S3Folder folder;
    const S3Target target = folder.target("b");
    S3Attempt attempt(1);
    const Json staged = attempt.stage(target, "text");
    for (int i = 0; i < 3; ++i) CHECK(attempt.commit(target, staged) == PublishResult::published);
    CHECK(attempt.commit(target, staged, IfExists::replace) == PublishResult::published);
    CHECK(target.read() == "text");
}

TEST_CASE("a later attempt may replace the output, an earlier one may not", "[s3][bucket]") {
    const S3Folder folder;
    const S3Target target = folder.target("b");
    S3Attempt first(2), earlier(1), later(3);
    first.commit(target, first.stage(target, "first"));
    CHECK(earlier.commit(target, earlier.stage(target, "earlier"), IfExists::replace) == PublishResult::superseded);
    CHECK(target.read() == "first");
    CHECK(later.commit(target, later.stage(target, "later"), IfExists::replace) == PublishResult::published);
    CHECK(target.read() == "later");
    CHECK(folder.names("b") == Names{".freshet/b." + later.token() + ".json", ".freshet/b.json", "b"});
}

TEST_CASE("an attempt discards what earlier ones have staged, and leaves what is published or later", "[s3][bucket]") {
    const S3Folder folder;
    const S3Target target = folder.target("b"), other = folder.target("b.c");
    S3Attempt published(1), killed(2), other_killed(2), beginning(3), later(4);
    published.commit(target, published.stage(target, "published"));
    const Json lost = killed.stage(target, "killed");
    other_killed.stage(other, "other");
    later.stage(target, "later");
    beginning.begin(target);
    CHECK(folder.names("b") ==
          sorted({".freshet/b." + published.token() + ".json", ".freshet/b." + later.token() + ".json",
                  ".freshet/b.c." + other_killed.token() + ".json", ".freshet/b.json", "b", "b (upload)",
                  "b.c (upload)"}));
    CHECK(target.read() == "published");
    CHECK_THROWS_AS(killed.commit(target, lost, IfExists::replace), TransientError);
}

TEST_CASE("an attempt discards what many earlier ones have staged", "[s3][bucket]") {
    const S3Folder folder;
    const S3Target target = folder.target("b");
    std::vector<S3Attempt> killed;
    for (int lease = 1; lease <= 7; ++lease) killed.emplace_back(lease).stage(target, "killed");
    CHECK(folder.names("b").size() == 2 * killed.size());
    S3Attempt(8).begin(target);
    CHECK(folder.names("b").empty());
}

TEST_CASE("of attempts that publish at the same time one wins", "[s3][bucket]") {
    const S3Folder folder;
    for (int round = 0; round < 5; ++round) {
        const S3Target target = folder.target("b" + std::to_string(round));
        std::vector<S3Attempt> attempts;
        std::vector<Json> staged;
        for (int i = 0; i < 4; ++i) {
            attempts.emplace_back(i + 1);
            staged.push_back(attempts.back().stage(target, std::to_string(i)));
        }
        std::mutex mutex;
        std::vector<std::size_t> winners;
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < attempts.size(); ++i) {
            threads.emplace_back([&, i] {
                if (attempts[i].commit(target, staged[i]) != PublishResult::published) return;
                const std::lock_guard lock{mutex};
                winners.push_back(i);
            });
        }
        for (auto& thread : threads) thread.join();
        REQUIRE(winners.size() == 1);
        CHECK(target.read() == std::to_string(winners.front()));
        CHECK(folder.names().size() == 3 * static_cast<std::size_t>(round + 1));
    }
}

TEST_CASE("an attempt is discarded by its token alone, as often as one likes", "[s3][bucket]") {
    const S3Folder folder;
    const S3Target target = folder.target("b");
    S3Attempt attempt(1), killed(1);
    attempt.stage(target, "text");
    killed.run([&] { target.write("text"); });
    CHECK(folder.names("b").size() == 4);
    CHECK(local_copies(killed.token()) == 1);
    for (int i = 0; i < 2; ++i) {
        attempt.abort(target);
        killed.abort(target);
    }
    CHECK(folder.names("b").empty());
    CHECK(local_copies(killed.token()) == 0);
}

TEST_CASE("discarding an attempt leaves what it has published", "[s3][bucket]") {
    const S3Folder folder;
    const S3Target target = folder.target("b");
    S3Attempt attempt(1);
    attempt.commit(target, attempt.stage(target, "text"));
    const Names before = folder.names("b");
    attempt.abort(target);
    CHECK(folder.names("b") == before);
    CHECK(target.receipt().has_value());
}

TEST_CASE("the receipt of an object that others have replaced tells of the one before", "[s3][bucket]") {
    const S3Folder folder;
    const S3Target target = folder.target("b");
    S3Attempt attempt(1);
    attempt.commit(target, attempt.stage(target, "text"));
    target.write("other");
    CHECK(target.receipt().value().at("sha256").as_string() == sha256("text"));
    CHECK(target.content()->sha256 == sha256("other"));
}

TEST_CASE("a retired object is moved aside and has no receipt any more", "[s3][bucket]") {
    const S3Folder folder;
    const S3Target target = folder.target("f/b");
    target.write("by others");
    CHECK(target.retire().empty());
    S3Attempt attempt(1);
    attempt.commit(target, attempt.stage(target, "text"), IfExists::replace);
    const std::string stale = "f/.freshet/b." + attempt.token() + ".stale";
    CHECK(target.retire() == folder.target(stale).address());
    CHECK(folder.names("f/b") == Names{stale});
    CHECK(folder.target(stale).read() == "text");
    CHECK(target.retire().empty());
}

TEST_CASE("each retired object is kept", "[s3][bucket]") {
    const S3Folder folder;
    const S3Target target = folder.target("b");
    Names stale;
    for (const char* text : {"first", "second"}) {
        S3Attempt attempt(1);
        attempt.commit(target, attempt.stage(target, text));
        target.retire();
        stale.push_back(".freshet/b." + attempt.token() + ".stale");
        CHECK(folder.target(stale.back()).read() == text);
    }
    CHECK(folder.names("b") == sorted(stale));
}

TEST_CASE("a file of several parts arrives whole, in an attempt and outside", "[s3][bucket]") {
    const S3Folder folder;
    const S3Target target = folder.target("large.bin"), staged = folder.target("staged.bin");
    constexpr std::size_t size = 17'000'001;
    const auto write = [](const std::filesystem::path& path) {
        CHECK(path.filename().extension() == ".bin");
        std::ofstream file(path);
        std::string block(1'000'000, '\0');
        for (std::size_t i = 0; i < 17; ++i) file << (block[i] = static_cast<char>(i), block);
        file << 'x';
    };
    target.create(write);
    S3Attempt attempt(1);
    attempt.run([&] { staged.create(write); });
    attempt.commit(staged, attempt.stage(staged));
    const auto content = target.content().value();
    CHECK(content.size == size);
    CHECK(target.sha256() == content.sha256);
    CHECK(staged.content() == content);
}

TEST_CASE("what a writer leaves undone is an error and uploads nothing", "[s3][bucket]") {
    const S3Folder folder;
    const S3Target target = folder.target("b");
    CHECK_THROWS_WITH(target.create([](const auto&) {}), Catch::EndsWith("no file was made at the path"));
    CHECK_THROWS_WITH(target.create([](const auto& path) { std::filesystem::create_directory(path); }),
                      Catch::EndsWith("a folder was made; an object is a file"));
    CHECK_THROWS_WITH(target.create([](const auto&) { throw std::runtime_error("enough"); }), "enough");
    CHECK(folder.names("b").empty());
}

TEST_CASE("an empty object is published like any other", "[s3][bucket]") {
    const S3Folder folder;
    S3Attempt attempt(1);
    const S3Target target = folder.target("b");
    CHECK(attempt.commit(target, attempt.stage(target, "")) == PublishResult::published);
    CHECK(target.content() == Content{0, sha256("")});
}

TEST_CASE("a key may hold any characters", "[s3][bucket]") {
    const S3Folder folder;
    for (const std::string name :
         {"a b", "a+b", "a%20b", "ä/ö/ü", "a&b=c?d#e", "a'b\"c", "a~b*c(d)!", "a:b;c,d@e$", "<a>", "日本"}) {
        CAPTURE(name);
        const S3Target target = folder.target(name);
        S3Attempt attempt(1);
        CHECK(attempt.commit(target, attempt.stage(target, name)) == PublishResult::published);
        CHECK(target.read() == name);
        CHECK(attempt.commit(target, Json::Object{{"upload", "none"}, {"etags", Json::array()}}) ==
              PublishResult::published);
    }
}

TEST_CASE("many targets are looked up at once, and each gets its own answer", "[s3][bucket]") {
    const S3Folder folder;
    const std::vector<std::string> all{"x/a",  "x/a b", "x/a-b", "x/a/b", "x/a/c", "x/ab", "x/b&c",
                                       "x/b<", "x/é",   "x/ö/1", "x/ö/2", "y/1",   "z",    "zz"};
    const std::set<std::string> there{"x/a b", "x/a-b", "x/a/c", "x/b<", "x/é", "x/ö/2", "y/1", "zz"};
    for (const auto& name : there) folder.target(name).write("text");
    for (int i = 0; i < 10; ++i) folder.target("x/other" + std::to_string(i)).write("text");

    std::vector<S3Target> targets;
    std::vector<bool> expected;
    for (const auto& name : all) {
        targets.insert(targets.begin(), folder.target(name));
        expected.insert(expected.begin(), there.contains(name));
    }
    if (folder.fake) folder.fake->take_asked();
    CHECK(S3Target::exist(targets) == expected);
    if (folder.fake) CHECK(folder.fake->take_asked().size() < targets.size());
    CHECK(S3Target::exist({folder.target("x/a"), folder.target("x/a-b")}) == std::vector<bool>{false, true});
    CHECK(S3Target::exist({}).empty());
}

TEST_CASE("what is made from an object of others is stale when that was replaced", "[s3][bucket]") {
    const S3Folder folder;
    folder_of_others = &folder;
    const S3Target in = Foreign{}.output();
    put(in, "first");
    const target::Receipt made{{}, {.family = "Make", .task_id = "t", .inputs = target::lineage_of({Foreign{}})}};
    const auto stale = [receipt = target::receipt_from_json(target::to_json(made))] {
        target::DigestCache digests;
        return target::stale_inputs("out", receipt, target::Reading::always, digests,
                                    target::find_among([] { return std::vector<AnyTask>{Foreign{}}; }));
    };
    CHECK(stale().empty());
    put(in, "other");
    CHECK_THAT(stale().at(0), Catch::Contains("which has changed since: it had ETag "));
    put(in, "a longer one");
    CHECK_THAT(stale().at(0), Catch::EndsWith("it had 5 bytes and has 12"));
    s3::object_at(in, in.key()).remove("remove");
    CHECK(stale().empty());
}
