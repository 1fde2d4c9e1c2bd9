// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/messages.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

namespace {

/// A message of `size` bytes whose section 0 states `stated`.
std::string message(std::size_t size, unsigned char stated, const std::string& end = "7777") {
    std::string bytes("GRIB\0\0\0\2\0\0\0\0\0\0\0", 15);
    bytes += static_cast<char>(stated);
    bytes.resize(size - end.size(), 'x');
    return bytes + end;
}

}  // namespace

TEST_CASE("a whole message passes", "[gfs]") { CHECK_NOTHROW(gfs::check_message(message(40, 40), 7, "f")); }

TEST_CASE("each way of not being whole has its sentence", "[gfs]") {
    const auto check_rejected = [](const std::string& bytes, const std::string& why) {
        CHECK_THROWS_WITH(gfs::check_message(bytes, 7, "f"), "the message at byte 7 of 'f' is not whole: " + why);
    };
    check_rejected("GRIB", "its 4 bytes are too few");
    check_rejected("<html>" + message(40, 40), "it does not start with 'GRIB'");
    check_rejected(message(40, 41), "it states 41 bytes, but the inventory gives it 40");
    check_rejected(message(40, 40, "777x"), "it does not end with '7777'");
}
