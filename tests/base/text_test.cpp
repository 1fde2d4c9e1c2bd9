// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/text.hpp"
#include "base/utf8.hpp"

#include <catch2/catch.hpp>

using namespace freshet;

TEST_CASE("text is escaped for XML", "[text]") {
    CHECK(xml_escaped("a < b & \"c\" > d") == "a &lt; b &amp; &quot;c&quot; > d");
    CHECK(xml_escaped("one\ntwo") == "one&#10;two");
    CHECK(xml_escaped("0.25°") == "0.25°");
}

TEST_CASE("swapped neighbours count as one edit", "[text]") {
    CHECK(nearest("rnu", {"plan", "run"}) == "run");
    CHECK(nearest("valeu", {"folder", "value"}) == "value");
    CHECK(nearest("urn", {"why"}).empty());
}

TEST_CASE("trimming removes blanks and line ends at both ends only", "[base]") {
    CHECK(trimmed(" \ta b\r\n") == "a b");
    CHECK(trimmed(" \n").empty());
}

TEST_CASE("splitting keeps empty parts, and joining undoes it", "[base]") {
    CHECK(split("a,,b,", ',') == std::vector<std::string>{"a", "", "b", ""});
    CHECK(split("", ',') == std::vector<std::string>{""});
    CHECK(joined(split("a,,b,", ','), ",") == "a,,b,");
}

TEST_CASE("split parts can be trimmed", "[base]") {
    CHECK(split_trimmed(" a ,\tb c,, ", ',') == std::vector<std::string>{"a", "b c", "", ""});
}

TEST_CASE("a misspelt name finds the nearest candidate", "[base]") {
    const std::vector<std::string> names{"IngestCycle", "Inventory", "--cycle"};
    CHECK(nearest("IngestCylce", names) == "IngestCycle");
    CHECK(nearest("ingestcycle", names) == "IngestCycle");
    CHECK(nearest("--cylce", names) == "--cycle");
    CHECK(suggestion("Inventroy", names) == "; did you mean 'Inventory'?");
}

TEST_CASE("an unrelated word has no nearest candidate", "[base]") {
    CHECK(nearest("WordCount", {"IngestCycle", "x"}).empty());
    CHECK(suggestion("WordCount", {}).empty());
}

TEST_CASE("bytes are printed in the largest unit that keeps the number at least 1", "[base]") {
    CHECK(readable_bytes(0) == "0 B");
    CHECK(readable_bytes(999) == "999 B");
    CHECK(readable_bytes(1000) == "1.0 kB");
    CHECK(readable_bytes(999'960) == "1.0 MB");
    CHECK(readable_bytes(31'310'000) == "31.3 MB");
}

TEST_CASE("a text is cut between characters, and anywhere among bytes that are none", "[text]") {
    const std::string text = "a\u00e9\u4e2d\U00010400z";  // of 1, 2, 3, 4 and 1 bytes
    const std::vector<std::size_t> expected{0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
    for (std::size_t max = 0; max < expected.size(); ++max) CHECK(whole_characters(text, max) == expected[max]);
    CHECK(whole_characters("\u4e2d\u4e2d", 0) == 0);
    CHECK(whole_characters("\u4e2d\u4e2d", 2) == 0);
    CHECK(whole_characters(std::string(9, '\x80'), 7) == 7);
}

TEST_CASE("the beginning of a character is told from a whole one and from bytes that are none", "[text]") {
    CHECK(incomplete_tail("") == 0);
    CHECK(incomplete_tail("z") == 0);
    CHECK(incomplete_tail("\u4e2d") == 0);
    CHECK(incomplete_tail("z\xe4") == 1);
    CHECK(incomplete_tail("z\xe4\xb8") == 2);
    CHECK(incomplete_tail("z\xf0\x90\x90") == 3);
    CHECK(incomplete_tail("\x80\x80\x80\x80") == 0);
}

TEST_CASE("lower_utf8 converts letters beyond ASCII", "[text]") {
    CHECK(lower_utf8("T\u00c2che(Ville=\u00c9T\u00c9, \u0394\u0416)") ==
          "t\u00e2che(ville=\u00e9t\u00e9, \u03b4\u0436)");
    CHECK(lower_utf8("\U00010400 \u4e2d\xff") == "\U00010428 \u4e2d\xff");
}

TEST_CASE("texts that differ after a zero byte are not equal", "[text]") {
    using namespace std::string_view_literals;
    CHECK(freshet::equal_ignoring_case("Accept"sv, "aCCEPT"sv));
    CHECK_FALSE(freshet::equal_ignoring_case("a\0b"sv, "a\0c"sv));
    CHECK_FALSE(freshet::equal_ignoring_case("a"sv, "ab"sv));
}
