// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/url_encoding.hpp"

#include <catch2/catch.hpp>

using namespace freshet;

TEST_CASE("percent codes are decoded in upper and lower case", "[base]") {
    CHECK(percent_decoded("a%20b%2Fc%2f%C3%A4") == "a b/c/\u00e4");
    CHECK(percent_decoded("%00") == std::string(1, '\0'));
}

TEST_CASE("a percent sign that does not begin a code is kept", "[base]") {
    for (const auto* text : {"%", "100%", "%2", "%zz", "%2g", "%%", "%u0041"}) CHECK(percent_decoded(text) == text);
    CHECK(percent_decoded("%%41") == "%A");
}

TEST_CASE("a plus is a space in a form and a plus elsewhere", "[base]") {
    CHECK(form_decoded("a+b=c+d%2B") == FormFields{{"a b", "c d+"}});
    CHECK(percent_decoded("a+b") == "a+b");
}

TEST_CASE("form fields keep their order and repeated names", "[base]") {
    CHECK(form_decoded("b=1&a=2&b=3") == FormFields{{"b", "1"}, {"a", "2"}, {"b", "3"}});
}

TEST_CASE("a form field without a value has an empty one, and empty fields are skipped", "[base]") {
    CHECK(form_decoded("a&b=&&=c&") == FormFields{{"a", ""}, {"b", ""}, {"", "c"}});
    CHECK(form_decoded("").empty());
}

TEST_CASE("the value of a form field begins after the first equals sign", "[base]") {
    CHECK(form_decoded("a=b=c") == FormFields{{"a", "b=c"}});
}

TEST_CASE("form encoding and decoding round-trips any bytes", "[base]") {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
    const FormFields fields{{"data", R"({"a": "b&c=d+e%20"})"}, {bytes, bytes}, {"", "x"}, {"x", ""}};
    CHECK(form_decoded(form_encoded(fields)) == fields);
    CHECK(percent_decoded(percent_encoded(bytes)) == bytes);
    CHECK(form_encoded({{"a b", "c/d"}}) == "a%20b=c%2Fd");
}
