// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/build.hpp"

#include "freshet/http.hpp"
#include "freshet/task.hpp"
#include "support/temp_dir.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>

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

/// Records the calls of an observer, line by line.
class Diary final : public RunObserver {
public:
    void started(const AnyTask& task, int attempt) override { note("{} starts attempt {}", task, attempt); }
    void progressed(const AnyTask& task, double fraction) override { note("{} is at {}", task, fraction); }
    void succeeded(const AnyTask& task, const EndedAttempt& attempt) override {
        note("{} succeeds at attempt {}", task, attempt.number);
    }
    void failed(const AnyTask& task, const Failure& failure, const EndedAttempt& attempt) override {
        note("{} fails at attempt {}: {}", task, attempt.number, failure.message);
    }
    void retried(const AnyTask& task, const Failure& failure, const EndedAttempt& attempt) override {
        note("{} is retried after attempt {}: {}{}", task, attempt.number, failure.message,
             attempt.retry_at ? "" : ", no one knows when");
    }
    void skipped(const TaskResult& result) override { note("{} is skipped", result.task); }
    void run_ended(const BuildResult& result) override {
        lines.push_back(fmt::format("the run ends with {} tasks", result.tasks.size()));
        throw std::runtime_error("a broken observer");  // which ends neither the run nor the program
    }

    std::vector<std::string> lines;

private:
    template <class... Arguments>
    void note(fmt::format_string<std::string, Arguments...> format, const AnyTask& task, Arguments... arguments) {
        lines.push_back(fmt::format(format, std::string(task.type().family), std::forward<Arguments>(arguments)...));
    }
};

std::mutex told_mutex;
std::vector<std::string> told;  ///< by the tasks below

void tell(const std::string& line) {
    const std::lock_guard lock(told_mutex);
    told.push_back(line);
}

/// Fails once, or for good, in a process of its own or not.
struct Shaky {
    std::filesystem::path folder;
    bool is_hopeless = false;
    static constexpr Isolation isolation = Isolation::process;
    static constexpr Parameter parameters[] = {param<&Shaky::folder>("of the file"),
                                               param<&Shaky::is_hopeless>("fails always")};

    LocalTarget output() const { return LocalTarget(folder / "shaky"); }
    RetryPolicy retry() const { return {.attempts = 2, .first_pause = std::chrono::milliseconds(1)}; }
    void run(Context& context) const {
        if (is_hopeless || context.attempt() == 1) throw TransientError("not at the first try");
        output().write("done");
    }
    void on_failure(const Failure& failure, const EndedAttempt& attempt) const {
        tell(fmt::format("attempt {} failed{}: {}", attempt.number, attempt.is_last ? " for good" : "",
                         failure.message));
    }
    void on_success() const { tell("succeeded, with its output " + output().read()); }
};

struct AfterShaky {
    std::filesystem::path folder;
    bool is_hopeless = false;
    static constexpr Parameter parameters[] = {param<&AfterShaky::folder>("of the file"),
                                               param<&AfterShaky::is_hopeless>("requires what fails always")};

    Shaky requirements() const { return {folder, is_hopeless}; }
    LocalTarget output() const { return LocalTarget(folder / "after"); }
    void run(Context& context) const {
        context.progress(0.5);
        output().write("done");
    }
};

/// Counts how many run at once.
std::atomic<int> at_once = 0, most_at_once = 0;
std::stop_source stop;

struct Needy {
    int number = 0;
    bool stops = false;
    static constexpr Parameter parameters[] = {param<&Needy::number>("which"), param<&Needy::stops>("stops the run")};
    bool complete() const {
        const std::lock_guard lock(told_mutex);
        return std::ranges::count(told, std::to_string(number)) > 0;
    }
    Resources resources() const { return {{"seats", 1}}; }
    void run() const {
        const int now = ++at_once;
        for (int most = most_at_once; most < now && !most_at_once.compare_exchange_weak(most, now);) continue;
        while (!stops && most_at_once < 2) std::this_thread::yield();  // until another one runs, too
        if (stops) stop.request_stop();
        --at_once;
        tell(std::to_string(number));
    }
};

/// Holds all the memory, and gives it back once it has loaded; ends after the other one, which needs it.
template <Isolation where>
struct Load {
    std::filesystem::path folder;
    bool is_first = true;
    static constexpr std::string_view family = "Load";
    static constexpr Isolation isolation = where;
    static constexpr Parameter parameters[] = {param<&Load::folder>("of the files"),
                                               param<&Load::is_first>("gives back what it holds")};

    LocalTarget output() const { return LocalTarget(folder / (is_first ? "first" : "second")); }
    Resources resources() const { return {{"memory", 3}, {"seats", is_first ? 0 : 1}}; }
    void run(Context& context) const {
        if (is_first) {
            context.decrease_running_resources({{"memory", 2}});
            const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
            while (!Load{folder, false}.output().exists()) {
                if (std::chrono::steady_clock::now() > deadline) throw Error("the other one did not run");
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            }
        }
        output().write("done");
    }
};

template <Isolation where>
bool build_loads() {
    const test::TempDir folder;
    BuildOptions options;
    options.workers = 2;
    options.resources = {{"memory", 4}};
    return build(Registry::of<Load<where>>(), {Load<where>{folder.path()}, Load<where>{folder.path(), false}}, options)
        .succeeded();
}

/// Runs until it is stopped.
struct Patient {
    std::filesystem::path folder;
    static constexpr Parameter parameters[] = {param<&Patient::folder>("where nothing goes")};
    LocalTarget output() const { return LocalTarget(folder / "patience"); }
    RetryPolicy retry() const { return {.attempts = 1}; }
    void run(Context& context) const {
        while (!context.cancelled()) std::this_thread::yield();
        throw Error("gave up");
    }
};

/// Has no timeout of its own, whatever that of the run: ends by itself once that is over.
struct Unlimited {
    std::filesystem::path folder;
    static constexpr Isolation isolation = Isolation::thread;
    static constexpr Parameter parameters[] = {param<&Unlimited::folder>("where the file goes")};
    LocalTarget output() const { return LocalTarget(folder / "unlimited"); }
    std::chrono::seconds timeout() const { return std::chrono::seconds(0); }
    void run(Context& context) const {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
        while (std::chrono::steady_clock::now() < end)
            if (context.cancelled()) throw Error("was cancelled");
        output().write("done");
    }
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

TEST_CASE("an observer is told what has become of each attempt, and the task itself whether it was the last",
          "[build]") {
    told.clear();
    const test::TempDir folder;
    const auto diary = std::make_shared<Diary>();
    BuildOptions options;
    options.observer = diary;
    CHECK(build(Registry::of<Shaky, AfterShaky>(), {AfterShaky{folder.path()}}, options).succeeded());
    CHECK(diary->lines == std::vector<std::string>{
                              "Shaky starts attempt 1", "Shaky is retried after attempt 1: not at the first try",
                              "Shaky starts attempt 2", "Shaky succeeds at attempt 2", "AfterShaky starts attempt 1",
                              "AfterShaky is at 0.5", "AfterShaky succeeds at attempt 1", "the run ends with 2 tasks"});
    CHECK(told ==
          std::vector<std::string>{"attempt 1 failed: not at the first try", "succeeded, with its output done"});
}

TEST_CASE("an observer is told of the last failure as such, and of what was not run for it", "[build]") {
    told.clear();
    const test::TempDir folder;
    const auto diary = std::make_shared<Diary>();
    BuildOptions options;
    options.observer = diary;
    CHECK_FALSE(build(Registry::of<Shaky, AfterShaky>(), {AfterShaky{folder.path(), true}}, options).succeeded());
    REQUIRE(diary->lines.size() == 6);
    CHECK(std::vector(diary->lines.begin() + 2, diary->lines.end()) ==
          std::vector<std::string>{"Shaky starts attempt 2", "Shaky fails at attempt 2: not at the first try",
                                   "AfterShaky is skipped", "the run ends with 2 tasks"});
    CHECK(told == std::vector<std::string>{"attempt 1 failed: not at the first try",
                                           "attempt 2 failed for good: not at the first try"});
}

TEST_CASE("a build keeps the limits of its resources", "[build]") {
    told.clear();
    most_at_once = 0;
    BuildOptions options;
    options.workers = 4;
    options.resources = {{"seats", 2}};
    std::vector<AnyTask> roots;
    for (int number = 0; number < 6; ++number) roots.push_back(Needy{number});
    CHECK(build(Registry::of<Needy>(), roots, options).succeeded());
    CHECK(most_at_once == 2);
}

TEST_CASE("what a task gives back while it runs is there for another one", "[build]") {
    CHECK(build_loads<Isolation::thread>());
    CHECK(build_loads<Isolation::process>());
}

TEST_CASE("an attempt ends after the timeout of the build, unless its task has one of its own", "[build]") {
    const test::TempDir folder;
    BuildOptions options;
    options.default_timeout = std::chrono::milliseconds(10);
    const auto stopped = build(Registry::of<Patient>(), {Patient{folder.path()}}, options);
    CHECK(stopped.tasks.front().message == "took longer than 10 ms: gave up");
    CHECK(build(Registry::of<Unlimited>(), {Unlimited{folder.path()}}, options).succeeded());
}

TEST_CASE("a build that is asked to stop finishes what it runs", "[build]") {
    told.clear();
    stop = {};
    BuildOptions options;
    options.stop = stop.get_token();
    const auto result = build(Registry::of<Needy>(), {Needy{0, true}, Needy{1, true}, Needy{2, true}}, options);
    CHECK_FALSE(result.succeeded());
    CHECK(told == std::vector<std::string>{"0"});
    CHECK(result.tasks.at(1).status == TaskStatus::not_run);
}
