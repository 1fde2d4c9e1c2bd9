// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/http.hpp"

#include <catch2/catch.hpp>

using namespace freshet::http;
using namespace std::chrono_literals;

TEST_CASE("headers are found case-insensitively", "[net]") {
    const Headers headers{{"ETag", "\"1\""}, {"etag", "\"2\""}};
    CHECK(find_header(headers, "eTaG") == "\"1\"");
    CHECK(find_header(headers, "ETag2") == std::nullopt);
}

TEST_CASE("Retry-After is parsed as seconds", "[net]") {
    CHECK(retry_after({.headers = {{"retry-after", "120"}}}) == 120s);
}

TEST_CASE("a Retry-After date is relative to the Date of the response", "[net]") {
    const Response response{
        .headers = {{"Date", "Fri, 21 Aug 2026 06:00:00 GMT"}, {"Retry-After", "Fri, 21 Aug 2026 06:01:30 GMT"}}};
    CHECK(retry_after(response) == 90s);
}

TEST_CASE("a past Retry-After date means no wait", "[net]") {
    const Response response{
        .headers = {{"Date", "Fri, 21 Aug 2026 06:00:00 GMT"}, {"Retry-After", "Fri, 21 Aug 2026 05:00:00 GMT"}}};
    CHECK(retry_after(response) == 0s);
}

TEST_CASE("an invalid Retry-After is ignored", "[net]") {
    for (const auto* text : {"", "-5", "soon", "12 parsecs", "Fri, 21 Aug 2026 06:01:30 GMT"}) {
        CAPTURE(text);
        CHECK(retry_after({.headers = {{"Retry-After", text}}}) == std::nullopt);
    }
    CHECK(retry_after({}) == std::nullopt);
}

TEST_CASE("a redacted URL has neither password nor query", "[net]") {
    CHECK(redacted_url("https://user:p@ss@host:1/a/b?token=c#d") == "https://host:1/a/b");
    CHECK(redacted_url("http://host/a@b") == "http://host/a@b");
    CHECK(redacted_url("http://host?x=http://u@v/") == "http://host");
    CHECK(redacted_url("nonsense") == "nonsense");
}
