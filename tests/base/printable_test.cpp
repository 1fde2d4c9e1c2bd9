// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace freshet;

TEST_CASE("nothing in a printable text is obeyed by a terminal", "[base]") {
    CHECK(printable("a\x1b[2J\x07\rb\x7f") == "a\\x1b[2J\\x07\\x0db\\u007f");
    CHECK(printable("\u009b2J") == "\\u009b2J");  // CSI as one character
    CHECK(printable("\x9b\xff") == "\\x9b\\xff");
    CHECK(printable("abc\u202Etxt.exe") == "abc\\u202etxt.exe");
    CHECK(printable("é ☃ 𝄞\tx\n") == "é ☃ 𝄞\tx\n");
}

TEST_CASE("a printable line is one line", "[base]") { CHECK(printable_line("a\nb\u2028c\td") == "a\\nb\\u2028c\td"); }

TEST_CASE("a word of a shell's command is in quotes where a shell would expand it", "[base]") {
    CHECK(shell_word("/data/a-b_1.sqlite") == "/data/a-b_1.sqlite");
    CHECK(shell_word("A_1; curl evil|sh") == "'A_1; curl evil|sh'");
    CHECK(shell_word("it's $HOME") == R"('it'\''s $HOME')");
    CHECK(shell_word("") == "''");
}

TEST_CASE("a printable stream passes characters on whole, however they arrive", "[base]") {
    std::ostringstream out;
    PrintableStream stream(out);
    stream << "\xe2"
           << "\x98"
           << "\x83\x1b" << '\n'
           << std::flush;
    CHECK(out.str() == "☃\\x1b\n");
    stream << "\xe2" << std::flush;
    CHECK(out.str() == "☃\\x1b\n\\xe2");
}
