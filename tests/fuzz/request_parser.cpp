// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/request_parser.hpp"

#include "fuzz/target.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <optional>

using namespace freshet;
using namespace freshet::http;

namespace freshet::fuzz {

namespace {

namespace bhttp = boost::beast::http;

constexpr RequestLimits limits{.header = 4096, .body = 4096};

struct Outcome {
    int status = 0;  // HTTP status of a rejected request, or 0
    std::optional<Request> request{};
    std::size_t taken = 0;
};

Outcome read(std::string_view bytes, std::size_t piece) {
    RequestParser parser{limits};
    Outcome outcome;
    try {
        while (outcome.taken < bytes.size() && !parser.is_done()) {
            const auto part = bytes.substr(outcome.taken, piece);
            const auto taken = parser.take(part);
            require(taken == part.size() || parser.is_done(), "all bytes are taken until a request is complete");
            outcome.taken += taken;
        }
        if (parser.is_done()) outcome.request = parser.release();
    } catch (const RequestError& error) {
        outcome = {.status = error.status()};
    }
    return outcome;
}

bool same(const Request& left, const Request& right) {
    return left.method == right.method && left.url == right.url && left.headers == right.headers &&
           left.body == right.body;
}

/// The request as a client would write it: what was read as one is read as the same again.
std::string written(const Request& request) {
    std::string text = request.method + " " + request.url + " HTTP/1.1\r\n";
    for (const auto& [name, value] : request.headers) text.append(name).append(": ").append(value).append("\r\n");
    text += "\r\n";
    if (!find_header(request.headers, "Transfer-Encoding")) return text + request.body;
    if (request.body.empty()) return text + "0\r\n\r\n";
    char size[20];
    std::snprintf(size, sizeof size, "%zx", request.body.size());
    return text + size + "\r\n" + request.body + "\r\n0\r\n\r\n";
}

/// A proxy in front of us may read as Beast does. Where both accept, they must see the same request, ending at the same
/// byte; a fold or a coding that one of them knows alone would let a request be smuggled past the proxy.
void compare_with_beast(std::string_view bytes, const Outcome& ours) {
    bhttp::request_parser<bhttp::string_body> parser;
    parser.header_limit(limits.header);
    parser.body_limit(limits.body);
    parser.eager(true);
    boost::system::error_code error;
    const auto taken = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error || !parser.is_done()) return;
    const auto& theirs = parser.get();
    const auto text = [](auto view) { return std::string_view{view.data(), view.size()}; };
    require(taken == ours.taken, "a request ends where Beast ends it");
    require(text(theirs.method_string()) == ours.request->method, "the method is the one that Beast reads");
    require(text(theirs.target()) == ours.request->url, "the target is the one that Beast reads");
    require(theirs.body() == ours.request->body, "the body is the one that Beast reads");
}

void run(std::string_view bytes) {
    const auto whole = read(bytes, bytes.size() + 1);
    for (const std::size_t piece : {1U, 3U, 17U}) {
        const auto cut = read(bytes, piece);
        require(cut.status == whole.status, "a refusal does not depend on how the bytes are cut");
        require(cut.request.has_value() == whole.request.has_value() && cut.taken == whole.taken,
                "the end of a request does not depend on how the bytes are cut");
        require(!cut.request || same(*cut.request, *whole.request),
                "a request does not depend on how its bytes are cut");
    }
    if (!whole.request) return;
    require(whole.request->body.size() <= limits.body, "a body keeps to its limit");
    const bool is_current = find_header(whole.request->headers, "Host").has_value();  // 1.0 can do without
    if (is_current) {
        const auto again = read(written(*whole.request), limits.header);
        const bool has_room = again.status != 431;  // the spaces around a value may have been fewer than one
        require(!has_room || (again.request && same(*again.request, *whole.request)),
                "a request that is written down reads as itself");
    }
    compare_with_beast(bytes, whole);
}

std::vector<std::string> seeds() {
    const std::string head = " /api/get_work?data=%7B%7D HTTP/1.1\r\nHost: localhost:8082\r\n";
    const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";
    return {"GET" + head + "\r\n",
            "POST" + head + form + "Content-Length: 7\r\n\r\ndata=%7BGET" + head + "\r\n",
            "POST" + head + "Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n1f\r\n" + std::string(31, 'x') +
                "\r\n0\r\nX-Late: 1\r\n\r\n",
            "HEAD" + head + "Connection: keep-alive, close\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nhost:\t[::1] \r\nX: \xc3\xa4\r\n\r\n",
            "POST" + head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET" + head + "A: b\r\n c\r\n\r\n"};
}

std::vector<std::string_view> dictionary() {
    return {"\r\n",
            "\n",
            "\r",
            "\r\n\r\n",
            " ",
            "\t",
            ":",
            ",",
            "0\r\n\r\n",
            "Content-Length: 1\r\n",
            "Host: x",
            "GET ",
            "POST ",
            " HTTP/1.1",
            " HTTP/1.0",
            "chunked",
            "Transfer-Encoding: chunked\r\n",
            "ffffffffffffffff",
            "Connection: close\r\n",
            "Expect: 100-continue\r\n",
            "18446744073709551615",
            "-1",
            ";"};
}

}  // namespace

const Target target{.run = run, .seeds = seeds, .dictionary = dictionary};

}  // namespace freshet::fuzz
