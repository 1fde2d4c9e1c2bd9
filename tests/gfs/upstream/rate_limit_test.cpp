// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/rate_limit.hpp"

#include "simulated_clock.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using freshet::test::FakeClock;
using freshet::test::TempDir;
using gfs::test::SimulatedClock;
using std::chrono::milliseconds;

namespace {

milliseconds wait_of(const std::variant<gfs::Reservation, milliseconds>& answer) {
    return std::get<milliseconds>(answer);
}

/// Sends single requests until one has to wait and returns their number.
int count_sent(const gfs::RateLimit& limit, int tries) {
    int count = 0;
    gfs::Reservation none;
    while (tries-- > 0 && limit.acquire(none) == 0ms) ++count;
    return count;
}

/// Responds to every request and records its time.
class CountingSource final : public gfs::Source {
public:
    CountingSource(const freshet::Clock& clock, std::vector<freshet::Time>& times, std::mutex& mutex)
        : clock_(clock), times_(times), mutex_(mutex) {}

    gfs::FileInfo head(const std::string&) override { return count(), gfs::FileInfo{}; }
    gfs::WholeFile get(const std::string&) override { return count(), gfs::WholeFile{}; }
    std::string get(const std::string&, gfs::ByteRange) override { return count(), ""; }
    std::string address(const std::string& path) const override { return path; }

private:
    void count() {
        const std::lock_guard lock(mutex_);
        times_.push_back(clock_.now());
    }

    const freshet::Clock& clock_;
    std::vector<freshet::Time>& times_;
    std::mutex& mutex_;
};

/// Returns the maximum number of requests in any minute, both its ends included.
std::size_t max_per_minute(const std::vector<freshet::Time>& sorted) {
    std::size_t most = 0;
    for (auto first = sorted.begin(); first != sorted.end(); ++first) {
        const auto end = std::upper_bound(first, sorted.end(), *first + 60s);
        most = std::max(most, static_cast<std::size_t>(end - first));
    }
    return most;
}

/// Downloads a file with 21 requests, retrying after each rejection.
void download_one(gfs::RateLimitedSource& source, SimulatedClock& time) {
    for (;;) {
        try {
            source.reserve(21);
            source.head("f");
            for (int i = 0; i < 19; ++i) source.get("f", {0, 1});
            source.head("f");
            return;
        } catch (const gfs::SkippedMirror& error) {
            time.sleep(*error.retry_after());
        }
    }
}

}  // namespace

TEST_CASE("the rate limit holds in any window of a minute", "[gfs]") {
    const TempDir folder;
    FakeClock clock;
    const gfs::RateLimit limit(folder / "host", 10, clock);
    clock.advance(59s);
    CHECK(count_sent(limit, 100) == 10);
    clock.advance(2s);  // a new minute
    CHECK(count_sent(limit, 100) == 0);
    clock.advance(58s);
    CHECK(count_sent(limit, 100) == 0);
    clock.advance(1ms);
    CHECK(count_sent(limit, 100) == 10);
}

TEST_CASE("rate limits with the same file share the limit", "[gfs]") {
    const TempDir folder;
    FakeClock clock;
    CHECK(count_sent(gfs::RateLimit(folder / "host", 10, clock), 6) == 6);
    CHECK(count_sent(gfs::RateLimit(folder / "host", 10, clock), 6) == 4);
    CHECK(count_sent(gfs::RateLimit(folder / "other", 10, clock), 6) == 6);
}

TEST_CASE("processes share the rate limit", "[gfs]") {
    const TempDir folder;
    const FakeClock clock;
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
        const auto child = fork();
        if (child == 0) _exit(count_sent(gfs::RateLimit(folder / "host", 10, clock), 8));
        children.push_back(child);
    }
    int all = 0;
    for (const auto child : children) {
        int status = 0;
        REQUIRE(waitpid(child, &status, 0) == child);
        all += WEXITSTATUS(status);
    }
    CHECK(all == 10);
}

TEST_CASE("requests are reserved all or none", "[gfs]") {
    const TempDir folder;
    FakeClock clock;
    const gfs::RateLimit limit(folder / "host", 10, clock);
    auto mine = std::get<gfs::Reservation>(limit.reserve(7));
    CHECK(wait_of(limit.reserve(4)) == 60'001ms);
    CHECK(count_sent(limit, 9) == 3);
    for (int i = 0; i < 7; ++i) CHECK(limit.acquire(mine) == 0ms);
    CHECK(limit.acquire(mine) == 60'001ms);
}

TEST_CASE("a reservation is renewed during a long download and expires after it", "[gfs]") {
    const TempDir folder;
    FakeClock clock;
    const gfs::RateLimit limit(folder / "host", 10, clock);
    auto mine = std::get<gfs::Reservation>(limit.reserve(10));
    for (int i = 0; i < 5; ++i) {
        clock.advance(50s);
        CHECK(limit.acquire(mine) == 0ms);
        CHECK(wait_of(limit.reserve(7)) > 0ms);
    }
    clock.advance(61s);
    CHECK(std::get<gfs::Reservation>(limit.reserve(10)).remaining == 10);
}

TEST_CASE("the rate limit recovers from a torn file and from a clock that was set back", "[gfs]") {
    const TempDir folder;
    FakeClock clock;
    std::ofstream(folder / "host") << "\0garbage";
    const gfs::RateLimit limit(folder / "host", 10, clock);
    CHECK(count_sent(limit, 20) == 10);
    clock.advance(-24h);
    CHECK(count_sent(limit, 20) == 10);
}

TEST_CASE("a download waits some seconds for the rate limit and is rejected when the wait is longer", "[gfs]") {
    const TempDir folder;
    FakeClock clock;
    const gfs::RateLimit limit(folder / "host", 10, clock);
    std::vector<freshet::Time> times;
    std::mutex mutex;
    gfs::RateLimitedSource source(std::make_unique<CountingSource>(clock, times, mutex), limit, "host.example",
                                  [&clock](milliseconds time) { clock.advance(time); });
    CHECK(count_sent(limit, 10) == 10);
    try {
        source.reserve(5);
        FAIL("the reservation was granted");
    } catch (const gfs::SkippedMirror& error) {
        CHECK(error.what() ==
              std::string("rate limit of 'host.example' (10 requests a minute) reached: next request in 61 s"));
        CHECK(error.failure_class() == freshet::FailureClass::throttled);
        CHECK(error.retry_after() == 61s);
    }
    clock.advance(58s);
    source.reserve(5);
    source.head("f");
    CHECK(times.size() == 1);
    CHECK(clock.now() == FakeClock::start + 60'001ms);
}

TEST_CASE("fifty workers never exceed the rate limit of a host in any minute", "[gfs]") {
    constexpr int workers = 50;
    const TempDir folder;
    SimulatedClock time(workers);
    std::vector<freshet::Time> times;
    std::mutex mutex;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < workers; ++i) {
            threads.emplace_back([&] {
                const SimulatedClock::Participant participant(time);
                gfs::RateLimitedSource source(std::make_unique<CountingSource>(time, times, mutex),
                                              gfs::RateLimit(folder / "host", 100, time), "host",
                                              [&time](milliseconds wait) { time.sleep(wait); });
                for (int file = 0; file < 2; ++file) download_one(source, time);
            });
        }
    }
    std::ranges::sort(times);
    CHECK(times.size() == workers * 2 * 21);
    CHECK(max_per_minute(times) <= 100);
    // The limit is used up, too: 2,100 requests, 84 at a time (four files), need 25 windows.
    CHECK(times.back() - times.front() < 26 * 61s);
}
