// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/build.hpp"

#include "freshet/http.hpp"
#include "freshet/task.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <memory>
#include <mutex>
#include <set>

using namespace freshet;

namespace {

/// A server of objects: PUT makes one, GET finds it.
class ObjectServer {
public:
    std::uint16_t port() const { return server_.port(); }
    std::set<std::string> objects() const {
        const std::lock_guard lock(mutex_);
        return objects_;
    }

private:
    http::Response respond(const http::Request& request) {
        const std::lock_guard lock(mutex_);
        if (request.method == "PUT") objects_.insert(request.url);
        return {.status = objects_.contains(request.url) ? 200 : 404};
    }

    mutable std::mutex mutex_;
    std::set<std::string> objects_;
    http::Server server_{{}, http::Handler([this](const http::Request& request) { return respond(request); })};
};

/// A connection that is kept for the life of the process, as clients of databases keep theirs, and made again when the
/// server has closed it.
class KeptConnection {
public:
    int status_of(std::string_view method, std::uint16_t port, const std::string& name) {
        const std::string request =
            fmt::format("{} /{} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", method, name);
        if (socket_ < 0) connect(port);
        std::string answer = exchange(request);
        if (answer.empty()) connect(port), answer = exchange(request);
        return std::stoi(answer.substr(answer.find(' ')));
    }

private:
    void connect(std::uint16_t port) {
        if (socket_ >= 0) ::close(socket_);
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw Error("connect: " + std::to_string(errno));
    }

    /// The head of the response; "" when the server has closed the connection.
    std::string exchange(const std::string& request) const {
        if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) < 0) {
            if (errno == EPIPE) return {};
            throw Error("send: " + std::to_string(errno));
        }
        std::string head;
        std::array<char, 1024> buffer;
        while (head.find("\r\n\r\n") == head.npos) {
            const auto count = ::recv(socket_, buffer.data(), buffer.size(), 0);
            if (count < 0) throw Error("receive: " + std::to_string(errno));
            if (count == 0) return {};
            head.append(buffer.data(), static_cast<std::size_t>(count));
        }
        return head;
    }

    int socket_ = -1;
};

/// Asks over a connection of its own.
int ask_connection(std::string_view method, std::uint16_t port, const std::string& name) {
    static KeptConnection connection;
    return connection.status_of(method, port, name);
}

/// Asks with a client that keeps its connections.
int ask_client(std::string_view method, std::uint16_t port, const std::string& name) {
    static const std::unique_ptr<http::Client> client = http::make_client();
    return client->send({.method = std::string(method), .url = fmt::format("http://127.0.0.1:{}/{}", port, name)})
        .status;
}

using Ask = int (*)(std::string_view, std::uint16_t, const std::string&);

/// An object on the server.
template <Ask ask>
struct ObjectTarget {
    int port;
    std::string name;

    bool exists() const { return ask("GET", static_cast<std::uint16_t>(port), name) == 200; }
    std::string address() const { return fmt::format("object {}", name); }
    void put() const { ask("PUT", static_cast<std::uint16_t>(port), name); }
};

/// Puts an object in a process of its own.
template <Ask ask>
struct PutTask {
    int port = 0;
    std::string name = "";
    static constexpr std::string_view family = ask == &ask_client ? "PutByClient" : "PutByConnection";
    static constexpr Isolation isolation = Isolation::process;
    static constexpr Parameter parameters[] = {param<&PutTask::port>("of the server"),
                                               param<&PutTask::name>("its name")};

    ObjectTarget<ask> output() const { return {port, name}; }
    RetryPolicy retry() const {
        RetryPolicy policy;
        policy.attempts = 1;
        return policy;
    }
    void run() const { output().put(); }
};

template <Ask ask>
std::string build_message(const ObjectServer& server, const std::string& name) {
    const auto result = build(Registry::of<PutTask<ask>>(), {PutTask<ask>{server.port(), name}});
    return result.tasks.at(0).status == TaskStatus::done ? "done" : result.tasks.at(0).message;
}

}  // namespace

TEST_CASE("a target that keeps a connection from the plan works in the processes of attempts, also of a second build",
          "[build]") {
    ObjectServer server;
    CHECK(build_message<&ask_connection>(server, "a") == "done");
    CHECK(build_message<&ask_client>(server, "b") == "done");
    CHECK(build_message<&ask_connection>(server, "c") == "done");
    CHECK(build_message<&ask_client>(server, "d") == "done");
    CHECK(server.objects() == std::set<std::string>{"/a", "/b", "/c", "/d"});
}
