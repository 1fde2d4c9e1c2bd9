// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/mirror_selection.hpp"

#include <catch2/catch.hpp>

using freshet::FailureClass;
using freshet::TransientError;
using namespace std::chrono_literals;

TEST_CASE("the error of a single mirror is returned unchanged", "[gfs]") {
    gfs::CombinedErrors errors;
    errors.add("aws", TransientError("GET x: status 429", FailureClass::throttled, 7s));
    const auto error = errors.combined("lead 6");
    CHECK(error.what() == std::string("GET x: status 429"));
    CHECK(error.retry_after() == 7s);
}

TEST_CASE("the combined error has the most hopeful class and every mirror's message", "[gfs]") {
    gfs::CombinedErrors errors;
    errors.add("aws", TransientError("broken", FailureClass::transient));
    errors.add("gcs", TransientError("busy", FailureClass::throttled, 30s));
    CHECK(errors.combined("lead 6").failure_class() == FailureClass::throttled);
    CHECK(errors.combined("lead 6").retry_after() == 30s);
    errors.add("azure", TransientError("absent", FailureClass::not_ready));
    errors.add("nomads", TransientError("blocked", FailureClass::permanent));
    const auto error = errors.combined("lead 6");
    CHECK(error.failure_class() == FailureClass::not_ready);
    CHECK(error.what() == std::string("no mirror has lead 6; aws: broken; gcs: busy; azure: absent; nomads: blocked"));
}

TEST_CASE("the combined error has the shortest Retry-After, unless a mirror sent none", "[gfs]") {
    gfs::CombinedErrors errors;
    errors.add("aws", TransientError("busy", FailureClass::throttled, 30s));
    errors.add("gcs", TransientError("busy", FailureClass::throttled, 20s));
    CHECK(errors.combined("f").retry_after() == 20s);
    errors.add("nomads", TransientError("busy", FailureClass::throttled));
    CHECK(errors.combined("f").retry_after() == std::nullopt);
}
