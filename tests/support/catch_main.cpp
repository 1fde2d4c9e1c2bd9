// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "support/skip.hpp"

#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include <iostream>

namespace {

// Catch's listeners are made by Catch: what they count must lie outside of them.
int started = 0;
int skipped = 0;
bool is_skipped = false;

struct Counter final : Catch::TestEventListenerBase {
    using TestEventListenerBase::TestEventListenerBase;
    void testCaseStarting(const Catch::TestCaseInfo&) override {
        ++started;
        is_skipped = false;
    }
    void testCaseEnded(const Catch::TestCaseStats&) override { skipped += is_skipped ? 1 : 0; }
};
CATCH_REGISTER_LISTENER(Counter)

constexpr int skip_code = 77;  // as SKIP_RETURN_CODE of each test says

}  // namespace

void freshet::test::skip(std::string_view reason) {
    std::cout << "skipped: " << reason << std::endl;
    is_skipped = true;
}

int main(int argc, char** argv) {
    // Catch's own code is the number of failures, which may be any.
    if (Catch::Session().run(argc, argv) != 0) return 1;
    return started > 0 && skipped == started ? skip_code : 0;
}
