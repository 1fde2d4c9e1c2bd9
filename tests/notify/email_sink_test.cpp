// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/email_sink.hpp"

#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/text.hpp"
#include "notify/notification.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::notify;
using Catch::Matchers::Contains;

namespace {

Event event_about(const std::string& name) {
    const Problem problem{.id = "A_1", .family = "A", .name = name, .why = "failed", .since = test::FakeClock::start};
    return make_notification({.source = "/freshetd", .rule = "ops", .id = "id-1", .time = test::FakeClock::start},
                             {.begun = {problem}}, {});
}

std::string line_of(const std::string& content, const std::string& header) {
    const auto begin = content.find("\r\n" + header + ": ");
    REQUIRE(begin != std::string::npos);
    return content.substr(begin + 2, content.find("\r\n", begin + 2) - begin - 2);
}

}  // namespace

TEST_CASE("a mail has the headers that a reader and a filter want", "[notify]") {
    const auto mail = mail_content({.sender = "freshet@x.org"}, {"a@x.org", "b@x.org"}, event_about("A(x=1)"));
    CHECK_THAT(mail, Catch::Matchers::StartsWith("From: freshet@x.org\r\nTo: a@x.org, b@x.org\r\n"));
    CHECK(line_of(mail, "Subject") == "Subject: [freshet] A(x=1) failed");
    CHECK(line_of(mail, "Message-ID") == "Message-ID: <id-1@freshet>");
    CHECK_THAT(line_of(mail, "Date"), Catch::Matchers::Matches("Date: \\w{3}, \\d\\d \\w{3} \\d{4} [0-9:]{8} \\+0000"));
    std::string lines = mail.substr(mail.find("\r\n\r\n"));
    std::erase_if(lines, [](char c) { return c == '\r' || c == '\n'; });
    const auto body = base64_decoded(lines);
    REQUIRE(body);
    CHECK_THAT(*body, Contains("failed: A(x=1) failed (since "));
}

TEST_CASE("a subject that is not ASCII is encoded in words that are whole characters", "[notify]") {
    std::string name;
    for (int i = 0; i < 45; ++i) name += "ö";
    const auto mail = mail_content({.sender = "s"}, {"a"}, event_about(name));
    std::string decoded;
    auto header = mail.substr(mail.find("Subject: ") + 9, mail.find("\r\nDate:") - mail.find("Subject: ") - 9);
    for (const std::string& line : split(header, '\n')) {
        const auto word = trimmed(line);
        CHECK(word.size() <= 75);
        const auto part = base64_decoded(word.substr(10, word.size() - 12));
        REQUIRE(part);
        decoded += *part;
    }
    CHECK(decoded == "[freshet] " + name + " failed");
}

TEST_CASE("a login wants TLS unless it is forbidden, and the password may be in a file", "[notify]") {
    const test::TempDir folder;
    write_file_atomically(folder / "password", "secret\n");
    CHECK(smtp_server({}).tls == smtp::Tls::if_offered);
    CHECK(smtp_server({.username = "u"}).tls == smtp::Tls::required);
    CHECK(smtp_server({.ssl = true, .username = "u"}).tls == smtp::Tls::implicit);
    CHECK(smtp_server({.no_tls = true, .username = "u"}).tls == smtp::Tls::none);
    CHECK(smtp_server({.password_file = folder / "password"}).password == "secret");
    CHECK_THROWS_AS(smtp_server({.password_file = folder / "none"}), Error);
}

TEST_CASE("a mail waits while no server answers", "[notify]") {
    EmailSink sink({.sender = "s@x", .port = 1, .timeout = 5}, {"a@x"});
    CHECK_THROWS_AS(sink.deliver(event_about("A")), TransientError);
}
