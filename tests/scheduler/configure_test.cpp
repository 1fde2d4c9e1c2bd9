// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;

namespace {

/// A scheduler with limits for two resources, one of which an operator changed.
struct Limited {
    Conversation talk{{.resources = {{"db", 2}, {"net", 3}}}};

    Limited() { talk.say(wire::UpdateResource{.resource = "db", .amount = 7}); }
    const wire::Resources& limits() const { return talk.state.board().limits; }
};

}  // namespace

TEST_CASE_METHOD(Limited, "new limits of the configuration hold, and a resource that is no longer in it has none",
                 "[scheduler]") {
    talk.state.configure({{"net", 9}, {"new", 1}});
    CHECK(limits() == wire::Resources{{"net", 9}, {"new", 1}});
}

TEST_CASE_METHOD(Limited, "what an operator changed stays when the configuration says what it said", "[scheduler]") {
    talk.state.configure({{"db", 2}, {"net", 4}});
    CHECK(limits() == wire::Resources{{"db", 7}, {"net", 4}});
}

TEST_CASE_METHOD(Limited, "what an operator changed goes when the configuration says something new", "[scheduler]") {
    talk.state.configure({{"db", 1}, {"net", 3}});
    CHECK(limits() == wire::Resources{{"db", 1}, {"net", 3}});
}
