// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "freshet/http.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

using namespace freshet;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr std::string_view body = R"({"response": {"n_pending_tasks": 0, "task_id": null, "running_tasks": []}})";

/// Sends one request after the other, as a worker does.
class BenchmarkClient {
public:
    explicit BenchmarkClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        const int on = 1;
        ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }

    int descriptor() const { return socket_.get(); }

    void ask() {
        static constexpr std::string_view request =
            "POST /api/get_work HTTP/1.1\r\nHost: localhost:8082\r\nUser-Agent: python-requests/2.31.0\r\n"
            "Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\nContent-Length: 38\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\ndata=%7B%22worker%22%3A+%22W%22%7D++++";
        asked_ = SteadyClock::now();
        if (::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) throw std::runtime_error("send");
    }

    /// Reads once and returns true if the response is complete. It is small enough to arrive in one piece.
    bool receive() {
        std::array<char, 4096> part{};
        const auto size = ::recv(socket_.get(), part.data(), part.size(), 0);
        if (size <= 0) throw std::runtime_error("the server has closed a connection");
        return std::string_view{part.data(), static_cast<std::size_t>(size)}.ends_with(body);
    }

    SteadyClock::time_point asked() const { return asked_; }

private:
    FileDescriptor socket_;
    SteadyClock::time_point asked_{};
};

struct Result {
    double requests_per_second = 0;
    double p99_milliseconds = 0;
};

/// Many connections, each with one request in progress at any time.
Result load(std::uint16_t port, int connections, SteadyClock::duration duration) {
    const FileDescriptor poll{::epoll_create1(EPOLL_CLOEXEC)};
    std::vector<BenchmarkClient> clients;
    for (int i = 0; i < connections; ++i) clients.emplace_back(port);
    for (std::size_t i = 0; i < clients.size(); ++i) {
        epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
        ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, clients[i].descriptor(), &event);
        clients[i].ask();
    }
    std::vector<double> milliseconds;
    const auto began = SteadyClock::now();
    for (auto now = began; now < began + duration; now = SteadyClock::now()) {
        std::array<epoll_event, 256> events{};
        const int ready = ::epoll_wait(poll.get(), events.data(), static_cast<int>(events.size()), 1000);
        for (int i = 0; i < ready; ++i) {
            BenchmarkClient& client = clients[events[static_cast<std::size_t>(i)].data.u64];
            if (!client.receive()) continue;
            milliseconds.push_back(
                std::chrono::duration<double, std::milli>(SteadyClock::now() - client.asked()).count());
            client.ask();
        }
    }
    const double seconds = std::chrono::duration<double>(SteadyClock::now() - began).count();
    std::ranges::sort(milliseconds);
    return {.requests_per_second = static_cast<double>(milliseconds.size()) / seconds,
            .p99_milliseconds = milliseconds.at(milliseconds.size() * 99 / 100)};
}

http::Response answer() {
    return {.headers = {{"Content-Type", "application/json; charset=UTF-8"}}, .body = std::string{body}};
}

/// Answers on a thread of its own, all waiting requests in one batch, as a scheduler does.
class OtherThread {
public:
    void answer_later(http::Responder reply) {
        const std::lock_guard lock{mutex_};
        waiting_.push_back(std::move(reply));
        arrived_.notify_one();
    }

private:
    void run(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            std::vector<http::Responder> taken;
            {
                std::unique_lock lock{mutex_};
                arrived_.wait(lock, stop, [this] { return !waiting_.empty(); });
                taken.swap(waiting_);
            }
            for (const auto& reply : taken) reply(answer);
        }
    }

    std::mutex mutex_;
    std::condition_variable_any arrived_;
    std::vector<http::Responder> waiting_;  // guarded by mutex_
    std::jthread thread_{[this](const std::stop_token& stop) { run(stop); }};
};

void report(std::string_view what, const Result& result) {
    std::cout << fmt::format("{}: {:.0f} requests/s, p99 {:.2f} ms\n", what, result.requests_per_second,
                             result.p99_milliseconds);
}

}  // namespace

TEST_CASE("a server answers many small requests a second, at once or from another thread", "[benchmark]") {
    constexpr auto duration = 3s;
    OtherThread other;
    for (const int connections : {1, 50, 200}) {
        const http::Server at_once({}, [](const http::Request&, const http::Responder& reply) { reply(answer); });
        report(fmt::format("{} connections, answered at once", connections),
               load(at_once.port(), connections, duration));
        const http::Server later(
            {}, [&](const http::Request&, http::Responder reply) { other.answer_later(std::move(reply)); });
        report(fmt::format("{} connections, answered later", connections), load(later.port(), connections, duration));
    }
}
