// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/python_float.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>

using freshet::python_float;

TEST_CASE("floats look as Python prints them", "[base]") {
    CHECK(python_float(0) == "0.0");
    CHECK(python_float(-0.0) == "-0.0");
    CHECK(python_float(1) == "1.0");
    CHECK(python_float(0.1) == "0.1");
    CHECK(python_float(123456.789) == "123456.789");
    CHECK(python_float(-2.5e-7) == "-2.5e-07");
    CHECK(python_float(5e-324) == "5e-324");
    CHECK(python_float(1.7976931348623157e308) == "1.7976931348623157e+308");
}

TEST_CASE("the exponent form begins at 1e16 and below 1e-4", "[base]") {
    CHECK(python_float(9999999999999998) == "9999999999999998.0");
    CHECK(python_float(1e16) == "1e+16");
    CHECK(python_float(0.0001) == "0.0001");
    CHECK(python_float(0.00001) == "1e-05");
}

TEST_CASE("what is not finite has Python's names", "[base]") {
    CHECK(python_float(std::numeric_limits<double>::infinity()) == "inf");
    CHECK(python_float(-std::numeric_limits<double>::infinity()) == "-inf");
    CHECK(python_float(std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("any float reads back as itself", "[base]") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 10'000; ++i) {
        const auto bits = random();
        double value;
        static_assert(sizeof value == sizeof bits);
        std::memcpy(&value, &bits, sizeof value);
        if (value != value) continue;  // NaN equals nothing
        const auto text = python_float(value);
        CAPTURE(text);
        REQUIRE(std::strtod(text.c_str(), nullptr) == value);
    }
}
