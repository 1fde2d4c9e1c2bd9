// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "rpc/responses.hpp"
#include "scheduler/task.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::scheduler {

/// How a worker runs several tasks of a family as one.
struct Batcher {
    std::vector<std::string> parameters;
    std::optional<std::int64_t> max_size{};  ///< none: unlimited
};

/// A process that asks for work.
struct Worker {
    Symbol name;
    Time started{};
    Time last_active{};
    std::optional<Time> last_get_work{};
    bool disabled = false;
    std::string host{};
    Json::Object info{};
    std::vector<rpc::Messages::Message> messages{};          ///< for its next ping
    std::map<std::string, Batcher, std::less<>> batchers{};  ///< by family
    bool is_disconnected = false;                            ///< nothing is known of it but its batchers
};

/// A fact the worker told about itself; null when it did not.
const Json& info_value(const Worker& worker, std::string_view name);
void set_info(Worker& worker, const std::string& name, Json value);

/// It runs tasks that others registered, too.
bool is_assistant(const Worker& worker);

/// How many tasks it runs at once, as far as known.
std::int64_t slots(const Worker& worker);

/// The workers that have been heard of lately.
class WorkerTable {
public:
    explicit WorkerTable(Interner<std::string>& symbols) : symbols_(symbols) {}

    Worker* find(std::string_view name);
    const Worker* find(std::string_view name) const;
    /// Makes one that is not known.
    Worker& get(const std::string& name, Time now);
    /// get(), and notes a sign of life.
    Worker& record_heartbeat(const std::string& name, Time now);
    void restore(Worker worker);
    /// What it said of batches is remembered: it says so only once, and may come back.
    void remove(const std::string& name);
    /// Takes what a worker says of batches, whether it is known or not.
    void add_batcher(const std::string& name, const std::string& family, Batcher batcher, Time now);

    const std::map<std::string, Worker, std::less<>>& all() const { return workers_; }
    /// The earliest sign of life of all; never when there is no worker.
    Time oldest_heartbeat() const;
    /// As if all had given their last sign of life, and asked for work, so much later.
    void shift_heartbeats(Time::duration silence);

    /// The worker is to be written.
    void mark_dirty(const Worker& worker);
    /// Those to be written; some may be away.
    std::vector<const Worker*> take_dirty();
    std::set<std::string> take_removed();

private:
    Interner<std::string>& symbols_;
    void evict_oldest();

    std::map<std::string, Worker, std::less<>> workers_;
    std::map<std::string, Worker, std::less<>> disconnected_;  ///< with nothing but what they said of batches
    std::set<std::string> dirty_;
    std::set<std::string> removed_;
};

}  // namespace freshet::scheduler
