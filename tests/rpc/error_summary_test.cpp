// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "rpc/error_summary.hpp"

#include "freshet/json.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using rpc::error_summary;

namespace {

const std::string frames = "Traceback (most recent call last):\n  File \"x.py\", line 3, in run\n    connect()\n";

}  // namespace

TEST_CASE("of a traceback the line after its frames is the reason, whatever lines follow", "[page]") {
    CHECK(error_summary(frames + "RuntimeError: could not connect: refused\n\tIs the server running?\n") ==
          "RuntimeError: could not connect: refused");
    CHECK(error_summary(frames + "psycopg2.OperationalError: refused\nHINT: is it there?\n\n") ==
          "psycopg2.OperationalError: refused");
    CHECK(error_summary(Json("Runtime error:\n" + frames + "ValueError: a\n  b\nc: d").text()) == "ValueError: a");
}

TEST_CASE("an exception without a text is its own reason", "[page]") {
    CHECK(error_summary(frames + "KeyboardInterrupt\n") == "KeyboardInterrupt");
}

TEST_CASE("an exception whose text begins on the next line is told with it", "[page]") {
    CHECK(error_summary(frames + "ImportError: \n\n  numpy is broken\nso it is\n") == "ImportError: numpy is broken");
}

TEST_CASE("of chained exceptions the last is the reason", "[page]") {
    CHECK(error_summary(frames +
                        "KeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\n" +
                        frames + "ValueError: no 'a'\nand no 'b'\n") == "ValueError: no 'a'");
}

TEST_CASE("of a syntax error the line that names it is the reason", "[page]") {
    CHECK(error_summary(frames + "  File \"y.py\", line 1\n    a b\n      ^\nSyntaxError: invalid syntax\n") ==
          "SyntaxError: invalid syntax");
}

TEST_CASE("of a group of exceptions the line that names the group is the reason", "[page]") {
    CHECK(error_summary("  + Exception Group Traceback (most recent call last):\n  |   File \"x.py\", line 3\n"
                        "  |     run()\n  | ExceptionGroup: two tasks (2 sub-exceptions)\n  +-+---------------- 1 ---\n"
                        "    | ValueError: a\n    +------------------------------------\n") ==
          "ExceptionGroup: two tasks (2 sub-exceptions)");
}

TEST_CASE("a traceback that is cut off shows its last line", "[page]") {
    CHECK(error_summary(frames) == "connect()");
    CHECK(error_summary("Traceback (most recent call last):") == "Traceback (most recent call last):");
}

TEST_CASE("a reason that quotes a traceback within its first line is told as before, by the last line", "[page]") {
    CHECK(error_summary("run 'x.py': exit code 1: " + frames + "ValueError: no") == "ValueError: no");
}

TEST_CASE("of any other message the first line is the reason", "[page]") {
    CHECK(error_summary("\n read 'part': no such file \nthe rest") == "read 'part': no such file");
    CHECK(error_summary("null").empty());
    CHECK(error_summary("\"\"").empty());
    CHECK(error_summary(std::string(10'000, 'x')).size() <= rpc::max_summary_length);
}
