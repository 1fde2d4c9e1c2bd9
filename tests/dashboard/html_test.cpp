// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/html.hpp"
#include "dashboard/page_layout.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::dashboard;
using namespace std::chrono_literals;

TEST_CASE("text is escaped", "[dashboard]") {
    CHECK(tag("p", "<script>alert('x') & \"y\"</script>").text() ==
          "<p>&lt;script&gt;alert(&#39;x&#39;) &amp; &quot;y&quot;&lt;/script&gt;</p>");
}

TEST_CASE("attribute values are escaped", "[dashboard]") {
    CHECK(tag("a", {{"href", "\" onclick=\"x"}}, "go").text() == "<a href=\"&quot; onclick=&quot;x\">go</a>");
}

TEST_CASE("HTML is not escaped twice", "[dashboard]") {
    CHECK(tag("p", tag("b", "1 < 2"), " & ", std::string("3")).text() == "<p><b>1 &lt; 2</b> &amp; 3</p>");
}

TEST_CASE("invalid UTF-8 is replaced byte by byte", "[dashboard]") {
    const std::string mark = "\xEF\xBF\xBD";
    CHECK(Html("a\xff"
               "b")
              .text() == "a" + mark + "b");
    CHECK(Html("\xc0\xaf").text() == mark + mark);             // overlong '/'
    CHECK(Html("\xe2\x82").text() == mark + mark);             // truncated
    CHECK(Html("\xed\xa0\x80").text() == mark + mark + mark);  // half of a UTF-16 pair
    CHECK(Html("µ€😀").text() == "µ€😀");
}

TEST_CASE("control and bidirectional characters are replaced", "[dashboard]") {
    const std::string mark = "\xEF\xBF\xBD";
    using namespace std::string_view_literals;
    CHECK(Html("a\0b\x1b[31m\x7f"sv).text() == "a" + mark + "b" + mark + "[31m" + mark);
    CHECK(Html("a\u202Eb\u2066c\u200Fd").text() == "a" + mark + "b" + mark + "c" + mark + "d");
    CHECK(Html("two\nlines\tand a tab").text() == "two\nlines\tand a tab");
}

TEST_CASE("durations are rounded", "[dashboard]") {
    CHECK(format_duration(0s) == "0 s");
    CHECK(format_duration(59s) == "59 s");
    CHECK(format_duration(60s) == "1 min");
    CHECK(format_duration(59min + 59s) == "59 min");
    CHECK(format_duration(125min) == "2 h 05 min");
    CHECK(format_duration(49h) == "2 d 1 h");
}

TEST_CASE("a time of today has no date, and a future one is relative to now", "[dashboard]") {
    const Time now = Time(1'787'292'000s);  // 06:00:00 UTC
    CHECK(time_and_age(now - 90s, now).text() ==
          "<time datetime=\"2026-08-21T05:58:30Z\">05:58:30</time> <span class=\"age\">1 min ago</span>");
    CHECK(time_and_age(now + 5min, now).text() ==
          "<time datetime=\"2026-08-21T06:05:00Z\">06:05:00</time> <span class=\"age\">in 5 min</span>");
    CHECK(time_and_age(now - 7h, now).text() ==
          "<time datetime=\"2026-08-20T23:00:00Z\">2026-08-20 23:00</time> <span class=\"age\">7 h 00 min ago</span>");
}

TEST_CASE("large numbers are grouped by thousands", "[dashboard]") {
    CHECK(with_thousands(0) == "0");
    CHECK(with_thousands(999) == "999");
    CHECK(with_thousands(1000) == "1,000");
    CHECK(with_thousands(1234567) == "1,234,567");
}

TEST_CASE("a link to a task has its id as one path segment", "[dashboard]") {
    const dashboard::TaskRef task{.id = "A/../b?c#d%\"<", .name = "A"};
    CHECK(link_to(task, "task/").text() == "<a class=\"task\" href=\"task/A%2F..%2Fb%3Fc%23d%25%22%3C\">A</a>");
}

TEST_CASE("a task whose id is a dot segment is not linked", "[dashboard]") {
    for (const char* id : {"", ".", ".."})
        CHECK(link_to({.id = id, .name = "odd"}, "task/").text() == "<span class=\"task\">odd</span>");
}
