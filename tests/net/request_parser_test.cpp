// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/request_parser.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::http;

namespace {

/// Feeds the bytes to the parser in pieces of that size and returns how many it consumed.
std::size_t feed(RequestParser& parser, std::string_view bytes, std::size_t piece) {
    std::size_t taken = 0;
    while (taken < bytes.size() && !parser.is_done()) taken += parser.take(bytes.substr(taken, piece));
    return taken;
}

Request parsed(std::string_view bytes, std::size_t piece = std::string_view::npos) {
    RequestParser parser{{}};
    CHECK(feed(parser, bytes, piece) == bytes.size());
    REQUIRE(parser.is_done());
    return parser.release();
}

/// Returns the status and reason of the rejection, else "accepted" or "incomplete".
std::string rejection(std::string_view bytes, RequestLimits limits = {}) {
    RequestParser parser{limits};
    try {
        feed(parser, bytes, std::string_view::npos);
    } catch (const RequestError& error) {
        return fmt::format("{} {}", error.status(), error.what());
    }
    return parser.is_done() ? "accepted" : "incomplete";
}

std::string with_headers(std::string_view lines) { return fmt::format("POST /a HTTP/1.1\r\nHost: x\r\n{}\r\n", lines); }

constexpr std::string_view chunked = "Transfer-Encoding: chunked\r\n";

}  // namespace

TEST_CASE("a request is parsed alike however its bytes are split", "[net]") {
    const auto text = with_headers("X-A:  b c\t\r\nContent-Length: 4\r\n") + "\r\nab";
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 1000U}) {
        const auto request = parsed(text, piece);
        CHECK(request.method == "POST");
        CHECK(request.url == "/a");
        CHECK(request.headers == Headers{{"Host", "x"}, {"X-A", "b c"}, {"Content-Length", "4"}});
        CHECK(request.body == "\r\nab");
    }
}

TEST_CASE("chunks form one body, without extensions and trailers", "[net]") {
    const auto text = with_headers(chunked) + "3\r\nabc\r\n00A;name=value\r\n0123456789\r\n0\r\nX-Late: 1\r\n\r\n";
    for (const std::size_t piece : {1U, 2U, 5U, 1000U}) {
        const auto request = parsed(text, piece);
        CHECK(request.body == "abc0123456789");
        CHECK(find_header(request.headers, "X-Late") == std::nullopt);
    }
}

TEST_CASE("bytes after a request are not consumed", "[net]") {
    for (const auto& first : {with_headers(""), with_headers("Content-Length: 0\r\n"),
                              with_headers("Content-Length: 2\r\n") + "ab", with_headers(chunked) + "0\r\n\r\n"}) {
        RequestParser parser{{}};
        CHECK(parser.take(first + "GET / HTTP/1.1\r\n") == first.size());
        CHECK(parser.is_done());
    }
}

TEST_CASE("any method may have a body", "[net]") {
    CHECK(parsed("GET /api HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab").body == "ab");
}

TEST_CASE("conflicting lengths are rejected", "[net]") {
    CHECK(rejection(with_headers("Content-Length: 1\r\nContent-Length: 1\r\n")) ==
          "400 duplicate header 'Content-Length'");
    CHECK(rejection(with_headers("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")) ==
          "400 both Content-Length and Transfer-Encoding are set");
    CHECK(rejection(with_headers("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")) ==
          "400 duplicate header 'Transfer-Encoding'");
}

TEST_CASE("Content-Length consists of digits", "[net]") {
    for (const auto* length : {"", "-1", "+1", "1 ", "0x1", "1,1", "1 1", "a", "1a", "18446744073709551616"}) {
        CAPTURE(length);
        const bool is_trimmed = length == std::string_view{"1 "};
        const auto expected = is_trimmed ? "incomplete" : "400 invalid Content-Length";
        CHECK(rejection(with_headers(fmt::format("Content-Length: {}\r\n", length))) == expected);
    }
}

TEST_CASE("unknown transfer codings are rejected", "[net]") {
    for (const auto* coding : {"gzip", "gzip, chunked", "xchunked", "chunked, chunked", "identity", "\"chunked\""}) {
        CHECK(rejection(with_headers(fmt::format("Transfer-Encoding: {}\r\n", coding))) ==
              fmt::format("501 unsupported transfer coding '{}'", coding));
    }
    CHECK(rejection("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") ==
          "400 Transfer-Encoding is not allowed in HTTP/1.0");
}

TEST_CASE("bare line feeds are rejected", "[net]") {
    const std::string why = "400 line without a carriage return";
    CHECK(rejection("GET / HTTP/1.1\n") == why);
    CHECK(rejection(with_headers("A: b\n")) == why);
    CHECK(rejection(with_headers(chunked) + "1\n") == why);
    CHECK(rejection(with_headers(chunked) + "1\r\na\n") == why);
    CHECK(rejection(with_headers(chunked) + "0\r\n\n") == why);
}

TEST_CASE("a header has a name at the start of its line and no control characters", "[net]") {
    for (const auto* line :
         {" folded", "\tfolded", "no colon", ": no name", "space : x", "a b: x", "a\"b: x", "\x80: x"}) {
        CAPTURE(line);
        CHECK(rejection(with_headers(fmt::format("A: b\r\n{}\r\n", line))) ==
              "400 malformed header: expected 'Name: value'");
    }
    for (const char c : {'\0', '\r', '\x01', '\x7f'}) {
        CHECK(rejection(with_headers(std::string{"A: b"} + c + "c\r\n")) ==
              "400 header 'A' contains a control character");
    }
    CHECK(rejection(with_headers("A: \xc3\xa4\tb\r\n")) == "accepted");
}

TEST_CASE("a request line is a method, a target and a version, with one space between", "[net]") {
    for (const auto* line :
         {"", "GET", "GET /", "GET  / HTTP/1.1", "GET /a b HTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1.1 ",
          "G(T / HTTP/1.1", "GET /\x7f HTTP/1.1", "GET /\xc3\xa4 HTTP/1.1", "GET\t/\tHTTP/1.1"}) {
        CAPTURE(line);
        CHECK_THAT(rejection(fmt::format("{}\r\nHost: x\r\n\r\n", line)),
                   Catch::StartsWith("400 malformed request line"));
    }
    for (const auto* version : {"HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.10", "HTTPS/1.1"}) {
        CHECK(rejection(fmt::format("GET / {}\r\nHost: x\r\n\r\n", version)) == "400 unsupported HTTP version");
    }
}

TEST_CASE("a request has exactly one Host header", "[net]") {
    CHECK(rejection("GET / HTTP/1.1\r\n\r\n") == "400 missing header 'Host'");
    CHECK(rejection(with_headers("host: x\r\n")) == "400 duplicate header 'host'");
    CHECK(rejection("GET / HTTP/1.0\r\n\r\n") == "accepted");
}

TEST_CASE("a chunk has a hexadecimal size and matches it", "[net]") {
    const auto head = with_headers(chunked);
    for (const auto* size : {"", "z", "-1", "+1", "0x1", "1 ", " 1", "1 ;a", "FFFFFFFFFFFFFFFFF", "1;\x01"}) {
        CAPTURE(size);
        CHECK(rejection(head + size + "\r\na\r\n0\r\n\r\n") == "400 invalid chunk size");
    }
    CHECK(rejection(head + "1\r\nabc\r\n0\r\n\r\n") == "400 chunk longer than its size");
    CHECK(rejection(head + "1;" + std::string(2000, 'x')) == "400 chunk header too long");
}

TEST_CASE("a body over the limit is rejected as soon as its length is known", "[net]") {
    const RequestLimits limits{.body = 10};
    CHECK(rejection(with_headers("Content-Length: 11\r\n"), limits) == "413 body exceeds 10 bytes");
    CHECK(rejection(with_headers("Content-Length: 10\r\n"), limits) == "incomplete");
    CHECK(rejection(with_headers(chunked) + "6\r\nabcdef\r\n5\r\n", limits) == "413 body exceeds 10 bytes");
    CHECK(rejection(with_headers(chunked) + "FFFFFFFFFFFFFFFF\r\n", limits) == "413 body exceeds 10 bytes");
}

TEST_CASE("headers over the limit are rejected, in one line, in many and in trailers", "[net]") {
    const RequestLimits limits{.header = 200};
    const std::string why = "431 headers exceed 200 bytes";
    CHECK(rejection("GET /" + std::string(300, 'a'), limits) == why);
    std::string lines;
    for (int i = 0; i < 100; ++i) lines += "A: b\r\n";
    CHECK(rejection(with_headers(lines), limits) == why);
    CHECK(rejection(with_headers(chunked) + "0\r\n" + lines, limits) == why);
}

TEST_CASE("a header of many short lines is rejected", "[net]") {
    std::string lines;
    for (int i = 0; i < 99; ++i) lines += "A:\r\n";  // Host is one more
    CHECK(rejection(with_headers(lines)) == "accepted");
    CHECK(rejection(with_headers(lines + "A:\r\n")) == "431 more than 100 headers");
}

TEST_CASE("a connection is kept alive unless the client asks to close it", "[net]") {
    const auto keeps = [](std::string_view bytes) {
        RequestParser parser{{}};
        parser.take(bytes);
        REQUIRE(parser.is_done());
        return parser.keep_alive();
    };
    CHECK(keeps(with_headers("")));
    CHECK(keeps(with_headers("Connection: keep-alive\r\n")));
    CHECK_FALSE(keeps(with_headers("Connection: Close\r\n")));
    CHECK_FALSE(keeps(with_headers("connection: te , close\r\n")));
    CHECK_FALSE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}
