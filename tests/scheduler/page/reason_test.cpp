// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/reason.hpp"
#include "freshet/json.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using scheduler::reason_in;

namespace {

const std::string frames = "Traceback (most recent call last):\n  File \"x.py\", line 3, in run\n    connect()\n";

}  // namespace

TEST_CASE("of a traceback the line after its frames is the reason, whatever lines follow", "[page]") {
    CHECK(reason_in(frames + "RuntimeError: could not connect: refused\n\tIs the server running?\n") ==
          "RuntimeError: could not connect: refused");
    CHECK(reason_in(frames + "psycopg2.OperationalError: refused\nHINT: is it there?\n\n") ==
          "psycopg2.OperationalError: refused");
    CHECK(reason_in(Json("Runtime error:\n" + frames + "ValueError: a\n  b\nc: d").text()) == "ValueError: a");
}

TEST_CASE("an exception without a text is its own reason", "[page]") {
    CHECK(reason_in(frames + "KeyboardInterrupt\n") == "KeyboardInterrupt");
}

TEST_CASE("an exception whose text begins on the next line is told with it", "[page]") {
    CHECK(reason_in(frames + "ImportError: \n\n  numpy is broken\nso it is\n") == "ImportError: numpy is broken");
}

TEST_CASE("of chained exceptions the last is the reason", "[page]") {
    CHECK(reason_in(frames +
                    "KeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\n" +
                    frames + "ValueError: no 'a'\nand no 'b'\n") == "ValueError: no 'a'");
}

TEST_CASE("of a syntax error the line that names it is the reason", "[page]") {
    CHECK(reason_in(frames + "  File \"y.py\", line 1\n    a b\n      ^\nSyntaxError: invalid syntax\n") ==
          "SyntaxError: invalid syntax");
}

TEST_CASE("of a group of exceptions the line that names the group is the reason", "[page]") {
    CHECK(reason_in("  + Exception Group Traceback (most recent call last):\n  |   File \"x.py\", line 3\n"
                    "  |     run()\n  | ExceptionGroup: two tasks (2 sub-exceptions)\n  +-+---------------- 1 ---\n"
                    "    | ValueError: a\n    +------------------------------------\n") ==
          "ExceptionGroup: two tasks (2 sub-exceptions)");
}

TEST_CASE("a traceback that is cut off shows its last line", "[page]") {
    CHECK(reason_in(frames) == "connect()");
    CHECK(reason_in("Traceback (most recent call last):") == "Traceback (most recent call last):");
}

TEST_CASE("a reason that quotes a traceback within its first line is told as before, by the last line", "[page]") {
    CHECK(reason_in("run 'x.py': exit code 1: " + frames + "ValueError: no") == "ValueError: no");
}

TEST_CASE("of any other message the first line is the reason", "[page]") {
    CHECK(reason_in("\n read 'part': no such file \nthe rest") == "read 'part': no such file");
    CHECK(reason_in("null").empty());
    CHECK(reason_in("\"\"").empty());
    CHECK(reason_in(std::string(10'000, 'x')).size() <= scheduler::longest_reason);
}
