// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/json.hpp"
#include "scheduler/reason.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using scheduler::error_summary;

namespace {

const std::string frames = "Traceback (most recent call last):\n  File \"x.py\", line 3, in run\n    connect()\n";

}  // namespace

TEST_CASE("the summary of a traceback is the line after its frames", "[dashboard]") {
    CHECK(error_summary(frames + "RuntimeError: could not connect: refused\n\tIs the server running?\n") ==
          "RuntimeError: could not connect: refused");
    CHECK(error_summary(frames + "psycopg2.OperationalError: refused\nHINT: is it there?\n\n") ==
          "psycopg2.OperationalError: refused");
    CHECK(error_summary(Json("Runtime error:\n" + frames + "ValueError: a\n  b\nc: d").text()) == "ValueError: a");
}

TEST_CASE("the summary of an exception without text is its type", "[dashboard]") {
    CHECK(error_summary(frames + "KeyboardInterrupt\n") == "KeyboardInterrupt");
}

TEST_CASE("the summary includes text that begins on the next line", "[dashboard]") {
    CHECK(error_summary(frames + "ImportError: \n\n  numpy is broken\nso it is\n") == "ImportError: numpy is broken");
}

TEST_CASE("the summary of chained exceptions is the last one", "[dashboard]") {
    CHECK(error_summary(frames +
                        "KeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\n" +
                        frames + "ValueError: no 'a'\nand no 'b'\n") == "ValueError: no 'a'");
}

TEST_CASE("the summary of a syntax error is the line that names it", "[dashboard]") {
    CHECK(error_summary(frames + "  File \"y.py\", line 1\n    a b\n      ^\nSyntaxError: invalid syntax\n") ==
          "SyntaxError: invalid syntax");
}

TEST_CASE("the summary of an exception group is the line that names the group", "[dashboard]") {
    CHECK(error_summary("  + Exception Group Traceback (most recent call last):\n  |   File \"x.py\", line 3\n"
                        "  |     run()\n  | ExceptionGroup: two tasks (2 sub-exceptions)\n  +-+---------------- 1 ---\n"
                        "    | ValueError: a\n    +------------------------------------\n") ==
          "ExceptionGroup: two tasks (2 sub-exceptions)");
}

TEST_CASE("the summary of a truncated traceback is its last line", "[dashboard]") {
    CHECK(error_summary(frames) == "connect()");
    CHECK(error_summary("Traceback (most recent call last):") == "Traceback (most recent call last):");
}

TEST_CASE("the summary of a message that quotes a traceback is its last line", "[dashboard]") {
    CHECK(error_summary("run 'x.py': exit code 1: " + frames + "ValueError: no") == "ValueError: no");
}

TEST_CASE("the summary of any other message is its first line", "[dashboard]") {
    CHECK(error_summary("\n read 'part': no such file \nthe rest") == "read 'part': no such file");
    CHECK(error_summary("null").empty());
    CHECK(error_summary("\"\"").empty());
    CHECK(error_summary(std::string(10'000, 'x')).size() <= scheduler::max_summary_length);
}
