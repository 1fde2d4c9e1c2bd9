// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/messages.hpp"

#include "base/utf8.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::worker;

namespace {

std::vector<std::string> logged(std::string_view text) {
    std::vector<std::string> pieces;
    MessageReporter reporter("t", [&](const Message& message) { pieces.push_back(std::get<LogLine>(message).text); });
    reporter.log(text);
    return pieces;
}

}  // namespace

TEST_CASE("a long text is logged in pieces that end between characters", "[worker]") {
    std::string text = "a";
    while (text.size() < 100'000) text += "\u00e9";  // two bytes, at odd places
    std::string joined;
    for (const std::string& piece : logged(text)) {
        CHECK(piece.size() <= 16 * 1024);
        CHECK(valid_utf8(piece) == piece);
        joined += piece;
    }
    CHECK(joined == text);
    CHECK(logged("") == std::vector<std::string>{""});
    CHECK(logged(std::string(20'000, '\x80')).size() == 2);
}

TEST_CASE("a mailbox has room again once its messages are taken, and tells who waits", "[worker]") {
    Mailbox<Message> mailbox;
    int told = 0;
    mailbox.on_room([&] { ++told; });
    mailbox.put(Wakeup{});
    mailbox.put(LogLine{"t", "a line"}, mailbox.capacity);
    CHECK_FALSE(mailbox.has_room());
    std::stop_source stopped;
    stopped.request_stop();
    CHECK_FALSE(mailbox.wait_for_room(stopped.get_token()));
    mailbox.put(AttemptResult{.token = "t"});
    CHECK(mailbox.take_all().size() == 3);
    CHECK(mailbox.has_room());
    CHECK(mailbox.wait_for_room({}));
    mailbox.put(Wakeup{});
    mailbox.take_all();
    CHECK(told == 1);
}

TEST_CASE("messages that are taken without waiting make room too", "[worker]") {
    Mailbox<Message> mailbox;
    int told = 0;
    mailbox.on_room([&] { ++told; });
    mailbox.put(LogLine{"t", "a line"}, mailbox.capacity);
    CHECK(mailbox.try_take_all().size() == 1);
    CHECK(mailbox.has_room());
    CHECK(told == 1);
    CHECK(mailbox.try_take_all().empty());
}

TEST_CASE("of an attempt's messages only its result takes no room", "[worker]") {
    CHECK(memory_of(LogLine{"t", std::string(1000, 'a')}) > 1000);
    CHECK(memory_of(StatusMessage{"t", std::string(1000, 'a')}) > 1000);
    CHECK(memory_of(Progress{"t", 0.5}) > 0);
    CHECK(memory_of(AttemptResult{.token = "t"}) == 0);
}
