// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "operate/state_copy.hpp"

#include "freshet/error.hpp"
#include "scheduler/sliced_query.hpp"
#include "scheduler/state_writer.hpp"
#include "store/state_file.hpp"

#include <system_error>
#include <utility>

namespace freshet::operate {

namespace {

using namespace std::chrono_literals;

constexpr auto look_interval = 1s;
constexpr int longest_share = 10;  // a large state is read for a tenth of the time at most

}  // namespace

StateCopy::StateCopy(std::filesystem::path state, scheduler::Config limits, const Clock& clock)
    : state_(std::move(state)), limits_(std::move(limits)), clock_(clock) {
    read(clock_.now());
}

void StateCopy::inspect(const std::function<void(const scheduler::StateMachine&, Time)>& visitor) {
    const std::lock_guard lock(mutex_);
    const Time now = clock_.now();
    visitor(fresh_copy(now), now);
}

Time StateCopy::last_change() {
    const std::lock_guard lock(mutex_);
    fresh_copy(clock_.now());
    return last_change_;
}

/// The roles of the pages' viewers let no change through to here.
void StateCopy::submit(std::vector<rpc::Request> requests, scheduler::OnReply on_reply, scheduler::IsConnected) {
    std::vector<rpc::Response> responses;
    {
        const std::lock_guard lock(mutex_);
        const Time now = clock_.now();
        for (const rpc::Request& request : requests) {
            auto response = fresh_copy(now).handle_unstored(request, now);
            responses.push_back(response ? *std::move(response)
                                         : rpc::ErrorResponse{"this copy of a state is only read"});
        }
    }
    on_reply(std::move(responses));
}

void StateCopy::query(scheduler::QueryFactory query, scheduler::OnQueryDone on_done, scheduler::IsConnected) {
    auto result = std::make_shared<scheduler::QueryResult>();
    {
        const std::lock_guard lock(mutex_);
        const Time now = clock_.now();
        const scheduler::SchedulerState& state = fresh_copy(now).state();
        const auto sliced = query.make(state, now);
        while (!sliced->step(state, scheduler::Budget(1'000'000))) {
        }
        *result = sliced->take_result();
    }
    on_done(std::move(result));
}

/// Changes with each commit, which SQLite writes to the log beside the file or to the file itself.
StateCopy::Stamp StateCopy::stamp() const {
    Stamp stamp;
    for (const char* suffix : {"", "-wal"}) {
        std::filesystem::path file = state_;
        file += suffix;
        std::error_code absent;
        const auto written = std::filesystem::last_write_time(file, absent);
        const auto size = std::filesystem::file_size(file, absent);
        if (!absent) stamp.emplace_back(written, size);
    }
    return stamp;
}

void StateCopy::read(Time now) {
    const auto began = clock_.steady_now();
    stamp_ = stamp();  // before it is read: what is written meanwhile is read the next time
    auto file = store::StateFile::open_read_only(state_);
    machine_.emplace(scheduler::restore_machine(file, limits_, now));
    last_change_ = now;
    const auto took = clock_.steady_now() - began;
    next_look_ =
        clock_.steady_now() + std::max<std::chrono::steady_clock::duration>(look_interval, longest_share * took);
}

scheduler::StateMachine& StateCopy::fresh_copy(Time now) {
    if (clock_.steady_now() < next_look_) return *machine_;
    next_look_ = clock_.steady_now() + look_interval;
    try {
        if (stamp() != stamp_) read(now);
    } catch (const Error&) {
        // The last copy is shown while a run that ends moves its files.
    }
    return *machine_;
}

}  // namespace freshet::operate
