// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/json_view.hpp"
#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using freshet::Error;
using freshet::Json;
using freshet::JsonView;

namespace {

/// The members of an object, as "name=text" lines.
std::string members(std::string_view json) {
    std::string lines;
    JsonView(json).members([&](std::string_view name, JsonView value) {
        lines += std::string(name) + "=" + std::string(value.text()) + "\n";
    });
    return lines;
}

}  // namespace

TEST_CASE("an object is split into members, whatever brackets and commas their values contain", "[json_slice]") {
    CHECK(members(R"({"a":1,"b":"x,}\"]","c":{"d":[1,{"e":2}]},"f":[],"g":null})") ==
          "a=1\nb=\"x,}\\\"]\"\nc={\"d\":[1,{\"e\":2}]}\nf=[]\ng=null\n");
    CHECK(members("{}").empty());
}

TEST_CASE("white space around the parts of a value does not belong to them", "[json_slice]") {
    CHECK(members("{\n  \"a\" : 1 ,\n  \"b\": [ 1, { } ]\n}") == "a=1\nb=[ 1, { } ]\n");
    CHECK(members("{ }").empty());
    CHECK_THROWS_AS(members("{\"a\" : 1 , }"), Error);
}

TEST_CASE("views of values are parsed by their kind", "[json_slice]") {
    CHECK(JsonView("-12").integer() == -12);
    CHECK(JsonView("1.5").number() == 1.5);
    CHECK(JsonView("Infinity").number() > 1e300);
    CHECK(JsonView("true").boolean());
    CHECK(JsonView(R"("plain")").string() == "plain");
    CHECK(JsonView(R"("\u00e9\n")").string() == "\u00e9\n");
    CHECK(JsonView("\"\u00e9\"").string() == "\u00e9");
    CHECK(JsonView(R"({"a":[1]})").value() == Json::parse(R"({"a":[1]})"));
    std::string all;
    JsonView(R"(["a","b,c"])").elements([&](JsonView element) { all += element.string() + ";"; });
    CHECK(all == "a;b,c;");
}

TEST_CASE("invalid JSON and values of the wrong kind are rejected", "[json_slice]") {
    for (const char* text : {"{torn", "{\"a\"}", "{\"a\":1,}", "{\"a\":}", "{\"a\" 1}", "{a:1}", "", "[]", "{\"a\":\"}",
                             "{\"a\":[1}", "{\"a\":1]}", "{:1}", "{,}"})
        CHECK_THROWS_AS(members(text), Error);
    for (const char* text : {"", "1.5", "\"1\"", "1x", "99999999999999999999"})
        CHECK_THROWS_AS(JsonView(text).integer(), Error);
    for (const char* text : {"", "\"", "x", "\"\\q\"", "\"\x80\""}) CHECK_THROWS_AS(JsonView(text).string(), Error);
    CHECK_THROWS_AS(JsonView("1").boolean(), Error);
}

TEST_CASE("a string is appended as JSON writes it", "[json_slice]") {
    for (const char* text : {"", "plain", "q\"\\", "tab\t", "\u00e9", "\x7f", "\x80"}) {
        std::string json = "[";
        freshet::append_json_string(json, text);
        CHECK(json == "[" + Json(text).text());
    }
}
