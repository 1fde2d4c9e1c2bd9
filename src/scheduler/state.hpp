// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/changes.hpp"
#include "scheduler/config.hpp"
#include "wire/request.hpp"
#include "wire/response.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace freshet::scheduler {

struct Board;

using VisitRecord = std::function<void(const Record&)>;

/// What an earlier life left: records as take_changes() gave them, one after another, since a million would not fit.
struct Memory {
    std::size_t count = 0;  ///< of tasks, about
    std::function<void(const VisitRecord&)> tasks;
    std::function<void(const VisitRecord&)> workers;
    std::vector<Record> families{};
    std::optional<Record> settings{};
};

/// The scheduler as one pure state machine: what it answers follows from what it was told, the instants and the seed.
class State {
public:
    State(Config config, std::uint64_t seed);
    State(State&&) noexcept;
    ~State();

    /// A request that is wrong is answered by a Refusal and changes nothing.
    wire::Response handle(const wire::Request& request, Time now);

    /// To be called once, on an empty state. A record that cannot be read is given to `quarantine` with the reason.
    void restore(const Memory& memory, Time now,
                 const std::function<void(const Record&, const std::string&)>& quarantine);
    /// All workers so far belonged to processes that are known to be dead: their tasks are PENDING again.
    void abandon_workers(Time now);
    /// Other limits and rates were configured. What an operator changed stays, but where the configuration says something new.
    void configure(wire::Resources limits, std::set<std::string> rates);
    /// For so long nobody was listened to: that does not count as the workers' silence.
    void excuse(Time::duration silence);

    /// Whether a question for work that was asked in vain would bring some. No, while openings() stays the same.
    bool has_work_for(const wire::GetWork& question, Time now) const;
    std::uint64_t openings() const;
    /// Whether the worker should learn that nothing is left for it, or that it was disabled or forgotten. What was no
    /// stays so while endings() stays the same.
    bool has_news_for(const wire::GetWork& question) const;
    std::uint64_t endings() const;
    /// How many tasks could be handed out at once, resources aside.
    std::size_t ready() const;

    /// When handle() of anything that prunes changes something by itself, if nothing else happens before.
    std::optional<Time> next_wakeup() const;

    /// Everything that happened since the last call. Whoever fails to keep it must keep it later: it is not told again.
    Changes take_changes();

    const Board& board() const { return *board_; }

private:
    std::unique_ptr<Board> board_;
};

}  // namespace freshet::scheduler
