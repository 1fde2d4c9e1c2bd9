// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/json.hpp"

#include "base/json_write.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>

#include <cmath>
#include <limits>

using namespace freshet;

TEST_CASE("infinity and NaN have neither fraction nor exponent", "[base]") {
    for (const auto* text : {"Infinity.5", "-Infinitye4", "[1, NaN.5]", "NaNE1", R"({"a\"NaN.5": NaNe1})"}) {
        CAPTURE(text);
        CHECK_THROWS_WITH(Json::parse(text), Catch::Contains("is not a number"));
    }
    CHECK(Json::parse(R"(["NaN.5\"Infinity.5", Infinity, "NaNe1"])").as_array().size() == 3);
}

TEST_CASE("invalid UTF-8 is escaped so that the output can be parsed", "[base]") {
    CHECK(Json("a\xff"
               "b")
              .text() == R"("a\udcffb")");
    for (const auto* text : {R"("a\udc00b")", R"("\udcff")"}) {
        CHECK(Json::parse(text).text() == text);
        CHECK(Json::parse(text).python_text() == text);
    }
}

TEST_CASE("a text that is no UTF-8 has the same bytes after writing and reading", "[base]") {
    const Json name("a\xff\x80z\xed\x9f\xbf\xc3\xa9");
    CHECK(Json::parse(name.text()) == name);
    CHECK(Json::parse(name.python_text()) == name);
    const Json object(Json::Object{{"\xe9", 1}});
    CHECK(Json::parse(object.text()) == object);
}

TEST_CASE("parsed JSON is written back unchanged", "[base]") {
    const std::string text = R"({"b":1,"a":[null,true,-2,2.5,1e+100,"é\n",{}],"c":[]})";
    CHECK(Json::parse(text).text() == text);
}

TEST_CASE("Python's text is reproduced to the byte", "[base]") {
    const auto json = Json::parse(R"({"a": "é☃/\"q\"\\ \n\t\u007f\u0001", "b": "𝄞", "c": [1, 1e16, 1e-5, 0.1]})");
    CHECK(json.python_text() ==
          R"({"a": "\u00e9\u2603/\"q\"\\ \n\t\u007f\u0001", "b": "\ud834\udd1e", "c": [1, 1e+16, 1e-05, 0.1]})");
}

TEST_CASE("invalid UTF-8 gets Python's surrogate escapes", "[base]") {
    CHECK(Json("a\xe9z\xc0\x80\xf0\x9f").python_text() == R"("a\udce9z\udcc0\udc80\udcf0\udc9f")");
    CHECK(Json::parse(R"("\udce9")").python_text() == R"("\udce9")");
}

TEST_CASE("infinity and NaN are read and written as Python does", "[base]") {
    const auto json = Json::parse("[Infinity, -Infinity, NaN]");
    CHECK(std::isinf(json.as_array()[0].as_number()));
    CHECK(std::isnan(json.as_array()[2].as_number()));
    CHECK(json.text() == "[Infinity,-Infinity,NaN]");
}

TEST_CASE("integers keep all 64 bits, and larger ones become doubles", "[base]") {
    CHECK(Json::parse("-9223372036854775808").as_integer() == std::numeric_limits<std::int64_t>::min());
    CHECK(Json::parse("9223372036854775808").as_number() == 9223372036854775808.0);
    CHECK_FALSE(Json::parse("9223372036854775808").is_integer());
}

TEST_CASE("a number is read to its nearest double", "[base]") {
    CHECK(Json::parse("0.1").as_number() == 0.1);
    CHECK(Json::parse("5e-324").as_number() == 5e-324);
    CHECK(Json::parse("0e-34").as_number() == 0.0);
    CHECK(Json::parse("1e-400").as_number() == 0.0);
    CHECK(Json::parse("1.7976931348623157e308").as_number() == 1.7976931348623157e308);
    CHECK(Json::parse("2.2250738585072011e-308").as_number() == 2.2250738585072011e-308);
}

TEST_CASE("the last of several members with one name is kept", "[base]") {
    CHECK(Json::parse(R"({"a":1,"a":2})").at("a") == Json(2));
}

TEST_CASE("invalid JSON is rejected with byte offset and reason", "[base]") {
    CHECK_THROWS_WITH(Json::parse(R"({"a":})"), "parse JSON: at byte 5: invalid value");
    CHECK_THROWS_WITH(Json::parse(""), "parse JSON: at byte 0: the document is empty");
    CHECK_THROWS_AS(Json::parse("[1] x"), Error);
    CHECK_THROWS_AS(Json::parse("\"\xff\""), Error);
    CHECK_THROWS_AS(Json::parse(std::string_view("[1]\0", 4)), Error);
}

TEST_CASE("JSON nested too deeply is rejected without overflowing the stack", "[base]") {
    CHECK_NOTHROW(Json::parse(std::string(100, '[') + std::string(100, ']')));
    CHECK_THROWS_WITH(Json::parse(std::string(2'000'000, '[')), Catch::EndsWith("it is nested more than 100 deep"));
}

TEST_CASE("a value of the wrong kind or a missing member is an error that names it", "[base]") {
    CHECK_THROWS_WITH(Json("x").as_integer(), "read JSON: found a string where an integer was expected");
    CHECK_THROWS_WITH(Json::object().at("id"), "read JSON: there is no member 'id'");
    const Json number = 1;
    CHECK_THROWS_AS(number.find("a"), Error);
}

TEST_CASE("null becomes an object or an array when a member is added", "[base]") {
    Json json;
    json["list"].push_back(1);
    json["list"].push_back("two");
    json["a"] = nullptr;
    json["a"] = 2.0;
    CHECK(json.text() == R"({"list":[1,"two"],"a":2.0})");
    CHECK_THROWS_AS(json.push_back(1), Error);
}

TEST_CASE("pretty text is indented and ends with a line feed", "[base]") {
    CHECK(Json::parse(R"({"a":[1,{"b":[]}]})").pretty() ==
          "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ]\n}\n");
}

TEST_CASE("floats are formatted as Python formats them", "[base]") {
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

TEST_CASE("infinity and NaN have Python's names", "[base]") {
    CHECK(python_float(std::numeric_limits<double>::infinity()) == "inf");
    CHECK(python_float(-std::numeric_limits<double>::infinity()) == "-inf");
    CHECK(python_float(std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("every float survives formatting and parsing", "[base]") {
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

TEST_CASE("what is read from a temporary outlives it", "[base]") {
    const std::string text = R"({"items":[["a long text that no small string holds"],["b"]]})";
    std::string joined;
    for (const Json& item : Json::parse(text).at("items").as_array()) joined += item.as_array().at(0).as_string();
    CHECK(joined == "a long text that no small string holdsb");
    const Json& items = Json::parse(text).at("items");
    CHECK(items.as_array().size() == 2);
    CHECK(Json::parse(text).as_object().front().first == "items");
    CHECK_THROWS_AS(Json(1).as_array(), Error);
}
