// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/admin_commands.hpp"
#include "api/tokens.hpp"
#include "base/files.hpp"
#include "freshet/error.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using std::filesystem::perms;

TEST_CASE("a token is written with mode 600, and never over an existing file", "[daemon]") {
    const test::TempDir dir;
    const auto token = daemon::new_token("ada", "work");
    daemon::write_token(dir / "token", token);
    CHECK(read_file(dir / "token") == token.secret + "\n");
    CHECK(std::filesystem::status(dir / "token").permissions() == (perms::owner_read | perms::owner_write));
    CHECK_THROWS_AS(daemon::write_token(dir / "token", daemon::new_token("bob", "work")), Error);
    CHECK(read_file(dir / "token") == token.secret + "\n");
}

TEST_CASE("lines are appended to the token file without the secrets", "[daemon]") {
    const test::TempDir dir;
    const auto ada = daemon::new_token("ada", "work"), bob = daemon::new_token("bob", "view,operate");
    daemon::add_token_line(dir / "tokens", ada);
    daemon::add_token_line(dir / "tokens", bob);
    const auto tokens = api::Tokens::read(dir / "tokens");
    CHECK(tokens.find(ada.secret)->name == "ada");
    CHECK(tokens.find(bob.secret)->name == "bob");
    CHECK(read_file(dir / "tokens").find(ada.secret) == std::string::npos);
}

TEST_CASE("a missing final newline is added before the new line", "[daemon]") {
    const test::TempDir dir;
    const auto ada = daemon::new_token("ada", "work"), bob = daemon::new_token("bob", "view");
    write_file_atomically(dir / "tokens", std::string_view(ada.line).substr(0, ada.line.size() - 1));
    std::filesystem::permissions(dir / "tokens", perms::owner_read | perms::owner_write);
    daemon::add_token_line(dir / "tokens", bob);
    CHECK(read_file(dir / "tokens") == ada.line + bob.line);
}

TEST_CASE("a name with a comment sign, space or newline is refused", "[daemon]") {
    for (const char* name : {"#ada", "a#da", "ada lovelace", "", "#\nada", "ada\nwork"})
        CHECK_THROWS_AS(daemon::new_token(name, "work"), ParameterError);
}

TEST_CASE("two tokens differ, and unknown roles are refused", "[daemon]") {
    CHECK(daemon::new_token("ada", "work").secret != daemon::new_token("ada", "work").secret);
    CHECK_THROWS_AS(daemon::new_token("ada", "admin"), ParameterError);
}
