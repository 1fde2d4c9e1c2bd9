// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/sections.hpp"

#include "freshet/error.hpp"
#include "made_up_grib.hpp"
#include "real_data.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using gfs::test::encode;

namespace {

std::vector<gfs::FieldLocation> fields_of(const std::string& bytes) {
    const freshet::test::TempDir folder;
    gfs::test::write(folder / "a.grib2", bytes);
    gfs::FileReader file(folder / "a.grib2");
    return gfs::find_fields(file).fields;
}

std::uint64_t foreign_bytes_of(const std::string& bytes) {
    const freshet::test::TempDir folder;
    gfs::test::write(folder / "a.grib2", bytes);
    gfs::FileReader file(folder / "a.grib2");
    return gfs::find_fields(file).foreign_bytes;
}

const std::string temperature = encode({});
const std::string humidity = encode({.category = 1, .number = 1});

/// A message of `size` bytes whose section 0 states `stated`.
std::string framed_message(std::size_t size, unsigned char stated, const std::string& end = "7777") {
    std::string bytes("GRIB\0\0\0\2\0\0\0\0\0\0\0", 15);
    bytes += static_cast<char>(stated);
    bytes.resize(size - end.size(), 'x');
    return bytes + end;
}

}  // namespace

TEST_CASE("messages are counted from 1 and found at their offsets", "[grib]") {
    const auto fields = fields_of(temperature + humidity);
    REQUIRE(fields.size() == 2);
    CHECK(fields[0].number == "1");
    CHECK(fields[0].offset == 0);
    CHECK(fields[1].number == "2");
    CHECK(fields[1].offset == temperature.size());
    CHECK(fields[1].length == humidity.size());
}

TEST_CASE("a message with two fields yields both, numbered as inventories number them", "[grib]") {
    const auto fields = fields_of(temperature + gfs::test::join_fields(temperature, humidity));
    REQUIRE(fields.size() == 3);
    CHECK(fields[1].number == "2.1");
    CHECK(fields[2].number == "2.2");
    CHECK(fields[2].offset == temperature.size());
}

TEST_CASE("a file that ends inside a message is refused with the message, its byte and what is missing", "[grib]") {
    const std::string cut = (temperature + humidity).substr(0, temperature.size() + humidity.size() - 10);
    CHECK_THROWS_WITH(fields_of(cut), Contains("message 2 at byte " + std::to_string(temperature.size()) +
                                               ": it is truncated: it states " + std::to_string(humidity.size()) +
                                               " bytes, and " + std::to_string(humidity.size() - 10) + " are there"));
    CHECK_THROWS_WITH(fields_of("GRIB"),
                      Contains("message 1 at byte 0: it is truncated: only 4 bytes of it are there"));
}

TEST_CASE("what is not GRIB is refused with its first bytes", "[grib]") {
    CHECK_THROWS_WITH(fields_of("<html><body>Access denied</body></html>"),
                      Contains("message 1 at byte 0: it does not begin with 'GRIB' but with '<html><body>Acce'"));
}

TEST_CASE("bytes before, between and after messages are skipped and counted", "[grib]") {
    const std::string header = "\r\r\n123\r\r\nMUSA41 KWBC 150000\r\r\n", padding(5000, '\0');
    const std::string bytes = header + temperature + "G" + humidity + padding + humidity + "\n";
    const auto fields = fields_of(bytes);
    REQUIRE(fields.size() == 3);
    CHECK(fields[0].offset == header.size());
    CHECK(fields[1].offset == header.size() + temperature.size() + 1);
    CHECK(fields[2].number == "3");
    CHECK(foreign_bytes_of(bytes) == header.size() + 1 + padding.size() + 1);
    CHECK(foreign_bytes_of(temperature + humidity) == 0);
}

TEST_CASE("a message after foreign bytes that straddle the blocks of the search is found", "[grib]") {
    for (const std::size_t gap : {4087, 4088, 4089, 4092, 4093, 4095, 4096, 4097, 8192}) {
        INFO(gap << " bytes");
        CHECK(fields_of(temperature + std::string(gap, 'G') + humidity).size() == 2);
    }
}

TEST_CASE("the word GRIB among foreign bytes is not taken for a message", "[grib]") {
    CHECK(fields_of(temperature + "MDLGRIB2 of today" + humidity).size() == 2);
}

TEST_CASE("a message that is cut after foreign bytes is still an error", "[grib]") {
    const std::string cut = temperature + "\r\n" + humidity.substr(0, 50);
    CHECK_THROWS_WITH(fields_of(cut),
                      Contains("message 2 at byte " + std::to_string(temperature.size() + 2) + ": it is truncated"));
    CHECK_THROWS_WITH(fields_of(temperature + "\n" + "GRIB"), Contains("message 2 at byte") && Contains("truncated"));
}

TEST_CASE("the real file with a foreign byte between its messages has both messages", "[grib]") {
    const auto file = gfs::test::ncep_file("hrrr.sfcf12.20201214.subset.grib2");
    if (!file) return;
    gfs::FileReader bytes(*file);
    const auto found = gfs::find_fields(bytes);
    REQUIRE(found.fields.size() == 2);
    CHECK(found.fields[1].offset == 887'244);
    CHECK(found.foreign_bytes == 2);
}

TEST_CASE("GRIB edition 1 is refused by its number", "[grib]") {
    std::string old = temperature;
    old[7] = 1;
    CHECK_THROWS_WITH(fields_of(old), Contains("it is GRIB edition 1; only edition 2 is supported"));
}

TEST_CASE("a message without its end, or with a damaged section, is refused", "[grib]") {
    std::string endless = temperature;
    endless.back() = 'x';
    CHECK_THROWS_WITH(fields_of(endless), Contains("it does not end with '7777'"));
    std::string damaged = temperature;
    damaged[16] = '\x7f';  // the length of section 1
    CHECK_THROWS_WITH(fields_of(damaged), Contains("its section 1 at byte 16 is damaged"));
}

TEST_CASE("an empty file and an absent one are different errors", "[grib]") {
    CHECK_THROWS_WITH(fields_of(""), Contains("the file is empty"));
    CHECK_THROWS_WITH(gfs::FileReader("/no/such/file.grib2"), Contains("No such file"));
}

TEST_CASE("a reference to an earlier bitmap without one is an error", "[grib]") {
    CHECK_THROWS_WITH(fields_of(gfs::test::with_previous_bitmap(temperature)),
                      Contains("it refers to the bitmap of an earlier field, and there is none"));
}

TEST_CASE("a whole message passes, without the foreign bytes before the next one", "[grib]") {
    CHECK(gfs::whole_message(framed_message(40, 40), 7, "f") == framed_message(40, 40));
    CHECK(gfs::whole_message(framed_message(40, 40) + "\r\n", 7, "f") == framed_message(40, 40));
}

TEST_CASE("each defect of a message is described", "[grib]") {
    const auto check_rejected = [](const std::string& bytes, const std::string& why) {
        CHECK_THROWS_WITH(gfs::whole_message(bytes, 7, "f"), "the message at byte 7 of 'f' is not whole: " + why);
    };
    check_rejected("GRIB", "its 4 bytes are too few");
    check_rejected("<html>" + framed_message(40, 40), "it does not start with 'GRIB'");
    check_rejected(framed_message(40, 41), "it states 41 bytes, but the inventory gives it 40");
    check_rejected(framed_message(40, 40, "777x"), "it does not end with '7777'");
    check_rejected(framed_message(40, 40) + framed_message(40, 40),
                   "it states 40 bytes, but the inventory gives it 80");
}
