// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "net/gzip.hpp"
#include "net/loopback.hpp"
#include "net/raw_socket.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <stdexcept>
#include <tuple>

using namespace freshet;
using namespace freshet::http;
using test::Loopback;

namespace {

/// The most memory that this process has had at once since the last call, in bytes.
std::size_t peak_memory() {
    std::ifstream status("/proc/self/status");
    std::size_t kilobytes = 0;
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) kilobytes = std::stoul(line.substr(6));
    std::ofstream("/proc/self/clear_refs") << "5";
    return kilobytes * 1024;
}

constexpr std::uint64_t large = 300'000'000;
constexpr std::size_t few = 30'000'000;

/// A file of so many zeros, which takes no room on the disk.
void make_large_file(const std::filesystem::path& path) {
    std::ofstream{path};
    std::filesystem::resize_file(path, large);
}

/// A server that redirects "/N" to "/N-1", down to "/0", and keeps a diary.
struct RedirectingServer {
    Response answer(const Request& request) {
        const std::lock_guard lock{mutex};
        asked.push_back(fmt::format("{} {} {}", request.method, request.url, request.body));
        authorization = find_header(request.headers, "Authorization").value_or("none");
        if (request.url == "/0") return {.body = "arrived"};
        return {.status = status,
                .headers = {{"Location", location.value_or(fmt::format("{}", std::stoi(request.url.substr(1)) - 1))}},
                .body = "moved"};
    }
    Response send(Request request) {
        request.url = loopback.url(request.url);
        return loopback.client->send(request);
    }

    int status = 302;
    std::optional<std::string> location{};
    std::mutex mutex{};
    std::vector<std::string> asked{};
    std::string authorization{};
    Loopback loopback{[this](const Request& request) { return answer(request); }};
};

using Asked = std::vector<std::string>;
using Validator = std::pair<std::string, std::string>;

/// A server of one file, which answers ranges and breaks connections.
struct RangeServer {
    Response answer(const Request& request) {
        const std::lock_guard lock{mutex};
        if (!asked.empty() && next) std::tie(content, validator.second, cut_after) = *std::exchange(next, {});
        const auto range = find_header(request.headers, "Range");
        asked.push_back(range.value_or("all"));
        const bool is_rest = range && find_header(request.headers, "If-Range") == validator.second;
        const std::size_t from = is_rest ? std::stoul(range->substr(std::string_view("bytes=").size())) : 0;
        Response response{.headers = {validator, {"Date", "Mon, 01 Jun 2026 12:00:10 GMT"}},
                          .body = content.substr(from),
                          .fault = {.cut_after = cut_after}};
        if (!is_rest) return response;
        response.status = 206;
        response.headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", is_confused ? 0 : from,
                                                                   content.size() - 1, content.size()));
        return response;
    }
    int download_to(const std::filesystem::path& file, Request request = {}) {
        request.url = loopback.url();
        return download(*loopback.client, request, file).status;
    }

    std::string content = "0123456789";
    Validator validator{"ETag", "\"1\""};
    std::optional<std::uint64_t> cut_after = 4;
    using Version = std::tuple<std::string, std::string, std::optional<std::uint64_t>>;
    std::optional<Version> next{};  ///< from the second request on
    bool is_confused = false;       ///< about the part that it sends
    std::mutex mutex{};
    std::vector<std::string> asked{};
    Loopback loopback{[this](const Request& request) { return answer(request); }};
};

}  // namespace

TEST_CASE("the body of a response is received piece by piece, that of an error is not", "[net]") {
    const Loopback loopback{[](const Request& request) {
        if (request.url == "/gone") return Response{.status = 404, .body = "gone"};
        return Response{.body = std::string(1'000'000, 'x')};
    }};
    std::size_t received = 0, pieces = 0;
    const auto receive = [&](std::string_view bytes) { received += bytes.size(), ++pieces; };
    const auto response = loopback.client->send({.url = loopback.url("/"), .receive = receive});
    CHECK(received == 1'000'000);
    CHECK(pieces > 1);
    CHECK(response.body.empty());
    CHECK(loopback.client->send({.url = loopback.url("/gone"), .receive = receive}).body == "gone");
    CHECK(received == 1'000'000);
}

TEST_CASE("what takes a body may refuse it with an exception of its own", "[net]") {
    const Loopback loopback{[](const Request&) { return Response{.body = "text"}; }};
    const auto refuse = [](std::string_view) { throw std::domain_error("enough"); };
    CHECK_THROWS_AS(loopback.client->send({.url = loopback.url(), .receive = refuse}), std::domain_error);
    CHECK(loopback.get().body == "text");
}

TEST_CASE("a body of 300 MB that is downloaded to a file or sent from one takes few of memory", "[net]") {
    const test::TempDir folder;
    make_large_file(folder / "sent");
    const FileRegion region{.path = folder / "sent", .length = large};
    // Discards the bodies of requests as they arrive.
    const ServerOptions options{.body_limit = large, .check_header = [](const Request&) {
                                    return HeaderCheck{.refusal = Response{.status = 200, .body = "discarded"}};
                                }};
    const Loopback loopback{[&](const Request&) { return Response{.file = region}; }, options};
    const Loopback sending{[&](const Request&) { return Response{.file = region}; }};

    peak_memory();
    const auto before = peak_memory();
    CHECK(download(*sending.client, {.url = sending.url()}, folder / "received").status == 200);
    CHECK(peak_memory() < before + few);
    CHECK(std::filesystem::file_size(folder / "received") == large);
    const auto response = loopback.client->send({.method = "PUT", .url = loopback.url(), .body_file = region});
    CHECK(response.body == "discarded");
    CHECK(peak_memory() < before + few);
}

TEST_CASE("a download that is cut short or refused leaves the file that was there", "[net]") {
    const test::TempDir folder;
    const Loopback loopback{[](const Request& request) {
        if (request.url == "/cut") return Response{.body = "0123456789", .fault = {.cut_after = 4}};
        return Response{.status = 500, .body = "broken"};
    }};
    write_file_atomically(folder / "file", "before");
    CHECK_THROWS_AS(download(*loopback.client, {.url = loopback.url("/cut")}, folder / "file"), TransientError);
    CHECK(download(*loopback.client, {.url = loopback.url("/broken")}, folder / "file").body == "broken");
    CHECK(read_file(folder / "file") == "before");
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a download goes on where the connection broke", "[net]") {
    const test::TempDir folder;
    RangeServer server;
    server.validator =
        GENERATE(Validator("ETag", "\"1\""), Validator("Last-Modified", "Mon, 01 Jun 2026 12:00:00 GMT"));
    CHECK(server.download_to(folder / "file") == 206);
    CHECK(server.asked == Asked{"all", "bytes=4-", "bytes=8-"});
    CHECK(read_file(folder / "file") == "0123456789");
}

TEST_CASE("a download begins anew when the server has another content", "[net]") {
    const test::TempDir folder;
    RangeServer server;
    const std::string content = GENERATE("another", "");
    server.next = {content, "\"2\"", std::nullopt};
    CHECK(server.download_to(folder / "file") == 200);
    CHECK(server.asked == Asked{"all", "bytes=4-"});
    CHECK(read_file(folder / "file") == content);
}

TEST_CASE("a download that brings nothing more is given up, and leaves nothing", "[net]") {
    const test::TempDir folder;
    RangeServer server;
    server.next = {server.content, server.validator.second, 0};
    SECTION("the connection breaks at once") {}
    SECTION("the server sends another part") {
        server.is_confused = true;
        std::get<2>(*server.next) = std::nullopt;
    }
    CHECK_THROWS_AS(server.download_to(folder / "file"), TransientError);
    CHECK(server.asked == Asked{"all", "bytes=4-", "bytes=4-", "bytes=4-"});
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a download does not go on where the bytes may be others", "[net]") {
    const test::TempDir folder;
    RangeServer server;
    Request request;
    SECTION("a weak ETag") { server.validator.second = "W/\"1\""; }
    SECTION("no ETag, no date") { server.validator = {"Server", "test"}; }
    SECTION("decoded gzip") { request.decodes_gzip = true; }
    SECTION("a range was asked for") { request.headers = {{"Range", "bytes=0-"}}; }
    CHECK_THROWS_AS(server.download_to(folder / "file", request), TransientError);
    CHECK(server.asked.size() == 1);
}

TEST_CASE("a part of a file is sent as the body of a request", "[net]") {
    const test::TempDir folder;
    std::ofstream(folder / "file") << "0123456789";
    const Loopback loopback{[](const Request& request) {
        return Response{.body = request.method + find_header(request.headers, "Content-Length").value_or("") + ' ' +
                                request.body};
    }};
    const auto send = [&](std::uint64_t offset, std::uint64_t length) {
        return loopback.client->send(
            {.method = "PUT", .url = loopback.url(), .body_file = FileRegion{folder / "file", offset, length}});
    };
    CHECK(send(3, 4).body == "PUT4 3456");
    CHECK(send(0, 0).body == "PUT0 ");
    CHECK_THAT(test::message_of<Error>([&] { send(8, 4); }),
               Catch::EndsWith("it ends 2 bytes before the end of what is to be sent"));
}

TEST_CASE("a file is sent again from its start when the server has closed the connection", "[net]") {
    const test::TempDir folder;
    std::ofstream(folder / "file") << "0123456789";
    test::RawServer server{[](test::RawSocket& socket) {
        socket.read_until("\r\n\r\n0123456789");
        socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }};
    const auto client = make_client();
    const Request request{.method = "PUT", .url = server.url(), .body_file = FileRegion{folder / "file", 0, 10}};
    for (int i = 0; i < 3; ++i) CHECK(client->send(request).body == "ok");
}

TEST_CASE("redirects are followed when they are asked for, up to a limit", "[net]") {
    RedirectingServer server;
    CHECK(server.send({.url = "/3", .max_redirects = 3}).body == "arrived");
    CHECK(server.asked == std::vector<std::string>{"GET /3 ", "GET /2 ", "GET /1 ", "GET /0 "});
    CHECK_THAT(test::message_of<Error>([&] { server.send({.url = "/3", .max_redirects = 2}); }),
               Catch::EndsWith("/3': more than 2 redirects"));
    CHECK(server.send({.url = "/3"}).status == 302);
}

TEST_CASE("a redirect keeps the method and the body unless its status says otherwise", "[net]") {
    RedirectingServer server;
    const auto last = [&](int status, const std::string& method) {
        server.status = status;
        server.send({.method = method, .url = "/1", .body = method == "HEAD" ? "" : "text", .max_redirects = 1});
        return server.asked.back();
    };
    CHECK(last(302, "POST") == "GET /0 ");
    CHECK(last(301, "PUT") == "PUT /0 text");
    CHECK(last(303, "PUT") == "GET /0 ");
    CHECK(last(303, "HEAD") == "HEAD /0 ");
    CHECK(last(307, "POST") == "POST /0 text");
    CHECK(last(308, "POST") == "POST /0 text");
}

TEST_CASE("another host gets no Authorization by a redirect, the same one does", "[net]") {
    RedirectingServer server;
    const Request request{.url = "/1", .headers = {{"authorization", "Bearer secret"}}, .max_redirects = 1};
    server.send(request);
    CHECK(server.authorization == "Bearer secret");

    RedirectingServer other;
    server.location = other.loopback.url("/0");
    CHECK(server.send(request).body == "arrived");
    CHECK(other.authorization == "none");
}

TEST_CASE("a redirect to something other than HTTP is an error", "[net]") {
    RedirectingServer server;
    server.location = "file:///etc/passwd";
    CHECK_THAT(test::message_of<Error>([&] { server.send({.url = "/1", .max_redirects = 1}); }),
               Catch::Contains("expected an http://, https:// or http+unix:// URL"));
    server.location = "http://[";
    CHECK_THAT(test::message_of<Error>([&] { server.send({.url = "/1", .max_redirects = 1}); }),
               Catch::EndsWith("it redirects to 'http://[', which is not a URL"));
}

TEST_CASE("gzip is asked for and decoded when the request says so", "[net]") {
    const Loopback loopback{[](const Request& request) {
        if (!accepts_gzip(find_header(request.headers, "Accept-Encoding").value_or(""))) return Response{.body = "no"};
        return Response{.headers = {{"Content-Encoding", "gzip"}}, .body = gzipped(std::string(5000, 'x'))};
    }};
    CHECK(loopback.get().body == "no");
    const auto response = loopback.client->send({.url = loopback.url(), .decodes_gzip = true});
    CHECK(response.body == std::string(5000, 'x'));
    CHECK(response.header("Content-Encoding") == std::nullopt);
}
