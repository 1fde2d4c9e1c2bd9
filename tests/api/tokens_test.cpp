// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/tokens.hpp"
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace freshet;
using api::Role;
using api::Tokens;
namespace fs = std::filesystem;

namespace {

const std::string token(40, 't');

fs::path write_token_file(const test::TempDir& folder, const std::string& text, fs::perms mode) {
    const fs::path file = folder.path() / "tokens";
    std::ofstream(file) << text;
    fs::permissions(file, mode);
    return file;
}

}  // namespace

TEST_CASE("a token is found whether stored plain or as its digest", "[tokens]") {
    const Tokens tokens = Tokens::parse(
        "# who\n\n  alice view,work " + token + "  # her laptop\nbob operate sha256:" + sha256(token + "2") + "\n",
        "tokens");
    CHECK(tokens.find(token) == api::Principal{"alice", Role::view | Role::work});
    CHECK(tokens.find(token + "2") == api::Principal{"bob", Role::operate | Role::view});
    CHECK_FALSE(tokens.find(token + "3"));
    CHECK_FALSE(tokens.find(sha256(token + "2")));
}

TEST_CASE("an invalid token line is rejected with its number", "[tokens]") {
    CHECK_THROWS_WITH(Tokens::parse("\nalice view", "tokens"),
                      "read tokens 'tokens', line 2: expected NAME ROLE[,ROLE...] TOKEN");
    CHECK_THROWS_WITH(Tokens::parse("alice admin " + token, "tokens"),
                      "read tokens 'tokens', line 1: unknown role 'admin': expected view, work or operate");
    CHECK_THROWS_WITH(Tokens::parse("alice view short", "tokens"),
                      "read tokens 'tokens', line 1: the token is shorter than 32 characters");
    CHECK_THROWS_WITH(Tokens::parse("alice view sha256:abc", "tokens"),
                      "read tokens 'tokens', line 1: 'sha256:' is not followed by a SHA-256 digest");
}

TEST_CASE("no message contains a token", "[tokens]") {
    try {
        Tokens::parse("alice view secret-but-short", "tokens");
        FAIL("it was taken");
    } catch (const ParameterError& error) {
        CHECK(std::string(error.what()).find("secret") == std::string::npos);
    }
}

TEST_CASE("a plain token file readable by others is rejected, one of digests is not", "[tokens]") {
    const test::TempDir folder;
    const auto readable = fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read;
    CHECK_THROWS_WITH(Tokens::read(write_token_file(folder, "a view " + token, readable)),
                      Catch::Contains("readable by others"));
    CHECK_FALSE(Tokens::read(write_token_file(folder, api::token_line("a", "view", token), readable)).empty());
    CHECK_FALSE(
        Tokens::read(write_token_file(folder, "a view " + token, fs::perms::owner_read | fs::perms::owner_write))
            .empty());
}

TEST_CASE("a token file that is empty or writable by others is rejected", "[tokens]") {
    const test::TempDir folder;
    const std::string line = api::token_line("a", "view", token);
    CHECK_THROWS_WITH(Tokens::read(write_token_file(folder, line, fs::perms::owner_read | fs::perms::others_write)),
                      Catch::Contains("writable by others"));
    CHECK_THROWS_WITH(Tokens::read(write_token_file(folder, "# none yet\n", fs::perms::owner_all)),
                      Catch::Contains("no tokens in the file"));
    CHECK_THROWS_AS(Tokens::read(folder.path() / "missing"), Error);
}

TEST_CASE("new tokens are long and unique", "[tokens]") {
    const std::string one = api::new_token();
    CHECK(one.size() == 69);
    CHECK(one != api::new_token());
    CHECK(Tokens::parse(api::token_line("a", "work", one), "line").find(one));
}
