// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "base/url_encoding.hpp"
#include "freshet/error.hpp"
#include "net/loopback.hpp"
#include "support/temp_dir.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <catch2/catch.hpp>

#include <fstream>

using namespace freshet;
using namespace freshet::http;
namespace fs = std::filesystem;

namespace {

Response echo(const Request& request) {
    return {.body = fmt::format("{} {} {} {}", request.peer, request.url,
                                find_header(request.headers, "Host").value_or("none"),
                                find_header(request.headers, "Authorization").value_or("none"))};
}

ServerOptions at(const fs::path& file) { return {.unix_socket = file}; }

std::string url(const fs::path& file, std::string_view path = "/", std::string_view credentials = "") {
    return fmt::format("http+unix://{}{}{}", credentials, percent_encoded(file.native()), path);
}

std::string failure(const fs::path& file) {
    return test::message_of<Error>([&] { const Server server(at(file), echo); });
}

/// Creates the socket file that a killed server leaves behind.
void make_stale_socket(const fs::path& file) {
    const FileDescriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    file.native().copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

}  // namespace

TEST_CASE("a unix socket is accessible to its own user only, and removed at the end", "[net]") {
    const test::TempDir folder;
    const auto file = folder / "a b.sock";
    const auto client = make_client();
    {
        const Server server(at(file), echo);
        CHECK(server.port() == 0);
        CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
        for (int i = 0; i < 2; ++i) CHECK(client->send({.url = url(file, "/x?y")}).body == "unix /x?y localhost none");
    }
    CHECK_FALSE(fs::exists(file));
    CHECK_THROWS_AS(client->send({.url = url(file)}), TransientError);
}

TEST_CASE("one client talks to several unix sockets", "[net]") {
    const test::TempDir folder;
    const Server first(at(folder / "1"), Handler{[](const Request&) { return Response{.body = "first"}; }});
    const Server second(at(folder / "2"), Handler{[](const Request&) { return Response{.body = "second"}; }});
    const auto client = make_client();
    for (int i = 0; i < 3; ++i) {
        CHECK(client->send({.url = url(folder / "1")}).body == "first");
        CHECK(client->send({.url = url(folder / "2")}).body == "second");
    }
}

TEST_CASE("credentials go through a unix socket too", "[net]") {
    const test::TempDir folder;
    const Server server(at(folder / "s"), echo);
    CHECK_THAT(make_client()->send({.url = url(folder / "s", "/", "user:token@")}).body,
               Catch::EndsWith("Basic dXNlcjp0b2tlbg=="));
}

TEST_CASE("a stale unix socket is replaced", "[net]") {
    const test::TempDir folder;
    make_stale_socket(folder / "s");
    const Server server(at(folder / "s"), echo);
    CHECK(make_client()->send({.url = url(folder / "s")}).status == 200);
}

TEST_CASE("a socket in use and a regular file are not replaced", "[net]") {
    const test::TempDir folder;
    const Server server(at(folder / "s"), echo);
    CHECK(failure(folder / "s") == fmt::format("listen on '{}': Address already in use", (folder / "s").native()));
    CHECK(make_client()->send({.url = url(folder / "s")}).status == 200);
    std::ofstream(folder / "file") << "text";
    CHECK(failure(folder / "file") ==
          fmt::format("listen on '{}': Address already in use", (folder / "file").native()));
    CHECK(fs::file_size(folder / "file") == 4);
}

TEST_CASE("an invalid unix socket path is named in the error", "[net]") {
    const fs::path none = "/nowhere/s";
    CHECK(failure(none) == "listen on '/nowhere/s': No such file or directory");
    const auto file = "/tmp/" + std::string(200, 'x');
    CHECK(failure(file) == fmt::format("listen on '{}': File name too long", file));
}

TEST_CASE("a unix socket may lie in a folder with a path of any length", "[net]") {
    const test::TempDir folder;
    const auto client = make_client();
    for (const char* name : {"first", "second"}) {
        const auto deep = folder / name / std::string(200, 'x');
        fs::create_directories(deep);
        const Server server(at(deep / "s"), [name](const Request&) { return Response{.body = name}; });
        // A client that mistook one short name for another would ask the first server again.
        for (int i = 0; i < 2; ++i) CHECK(client->send({.url = url(deep / "s")}).body == name);
    }
}

TEST_CASE("an http+unix URL keeps credentials, path and query", "[net]") {
    const test::TempDir folder;
    const Server server(at(folder / "s"), echo);
    const auto client = make_client();
    CHECK(client->send({.url = url(folder / "s", "/sub/x?y#z", "a:b@")}).body == "unix /sub/x?y localhost Basic YTpi");
    CHECK(client->send({.url = url(folder / "s", "")}).body == "unix / localhost none");
}

TEST_CASE("an http+unix URL without an absolute path is rejected", "[net]") {
    CHECK(test::message_of<Error>([] { make_client()->send({.url = "http+unix://run/s"}); }) ==
          "get 'http+unix://run/s': a unix socket path must start with '%2F'");
}
