// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/gzip.hpp"

#include "net/loopback.hpp"

#include <zlib.h>
#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::http;
using test::Loopback;

namespace {

std::string text_of(const std::string& gzip) {
    std::string text(1u << 20U, '\0');
    z_stream stream{};
    REQUIRE(::inflateInit2(&stream, 15 + 16) == Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
    stream.avail_in = static_cast<uInt>(gzip.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    CHECK(::inflate(&stream, Z_FINISH) == Z_STREAM_END);
    text.resize(stream.total_out);
    ::inflateEnd(&stream);
    return text;
}

Response json(std::size_t size) {
    return {.headers = {{"Content-Type", "application/json; charset=UTF-8"}}, .body = std::string(size, ' ')};
}

bool is_compressed(Response response, std::string_view accept_encoding = "gzip") {
    compress(response, accept_encoding);
    return response.header("Content-Encoding") == "gzip";
}

}  // namespace

TEST_CASE("a client that accepts gzip gets the same text compressed", "[net]") {
    const Loopback loopback{[](const Request&) { return json(100'000); }};
    const Request request{.url = loopback.url(), .headers = {{"Accept-Encoding", "gzip, deflate"}}};
    const auto response = loopback.client->send(request);
    CHECK(response.header("Content-Encoding") == "gzip");
    CHECK(response.header("Vary") == "Accept-Encoding");
    CHECK(response.body.size() < 2000);
    CHECK(response.header("Content-Length") == std::to_string(response.body.size()));
    CHECK((text_of(response.body) == json(100'000).body));
    const auto plain = loopback.get();
    CHECK((plain.body == json(100'000).body));
    CHECK(plain.header("Content-Encoding") == std::nullopt);
    CHECK(plain.header("Vary") == "Accept-Encoding");
}

TEST_CASE("HEAD has the Content-Length of GET, compressed or not", "[net]") {
    const Loopback loopback{[](const Request&) { return json(100'000); }};
    for (const auto* encoding : {"gzip", "identity"}) {
        const auto length = [&](std::string method) {
            const Headers headers{{"Accept-Encoding", encoding}};
            return loopback.client->send({.method = method, .url = loopback.url(), .headers = headers})
                .header("Content-Length");
        };
        CHECK(length("HEAD") == length("GET"));
    }
}

TEST_CASE("random bytes survive compression", "[net]") {
    std::string bytes;
    for (unsigned i = 0, seed = 1; i < 100'000; ++i, seed = seed * 1103515245 + 12345)
        bytes += static_cast<char>(seed >> 16U);
    CHECK((text_of(gzipped(bytes)) == bytes));
    CHECK(text_of(gzipped("")).empty());
}

TEST_CASE("small bodies, ranges, files and binary content are not compressed", "[net]") {
    CHECK(is_compressed(json(1024)));
    CHECK_FALSE(is_compressed(json(1023)));
    auto response = json(5000);
    response.status = 206;
    CHECK_FALSE(is_compressed(response));
    response = json(5000);
    response.headers = {{"Content-Type", "application/x-netcdf"}};
    CHECK_FALSE(is_compressed(response));
    response = json(5000);
    response.file = FileRegion{};
    CHECK_FALSE(is_compressed(response));
    response = json(5000);
    response.fault.cut_after = 1;
    CHECK_FALSE(is_compressed(response));
}

TEST_CASE("gzip is accepted by name, unless its weight is zero", "[net]") {
    for (const auto* accepted : {"gzip", "GZip", "deflate, gzip;q=0.5", "br;q=1.0, gzip ; q=0.001"}) {
        CAPTURE(accepted);
        CHECK(accepts_gzip(accepted));
    }
    for (const auto* refused : {"", "identity", "deflate", "gzip;q=0", "gzip; q=0.000", "xgzip"}) {
        CAPTURE(refused);
        CHECK_FALSE(accepts_gzip(refused));
    }
}
