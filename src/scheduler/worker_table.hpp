// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "rpc/responses.hpp"
#include "scheduler/task.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::scheduler {

/// Rule by which a worker combines several tasks of a family.
struct Batcher {
    std::vector<std::string> parameters;
    std::optional<std::int64_t> max_size{};  ///< unlimited if absent
};

/// A connected worker.
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
    bool is_disconnected = false;                            ///< only its batchers and its run are kept
};

/// Information that the worker gave about itself; null without any of that name.
const Json& info_value(const Json::Object& info, std::string_view name);
const Json& info_value(const Worker& worker, std::string_view name);
/// The same as a text; "" for what is none.
std::string info_text(const Json::Object& info, std::string_view name);
void set_info(Worker& worker, const std::string& name, Json value);

/// The id of the run that the worker belongs to; "" if it named none.
std::string run_id(const Json::Object& info);

/// Tells from what a worker said about itself whether its process has ended.
using IsDead = std::function<bool(const Json::Object& info)>;

/// Returns true if the worker runs tasks that others registered.
bool is_assistant(const Worker& worker);

/// Returns true if the worker asks for tasks of the family, whoever registered them.
bool serves_family(const Worker& worker, const std::string& family);

/// Number of tasks that the worker runs in parallel; 1 unless it said so.
std::int64_t slots(const Worker& worker);

/// Connected workers, and what is kept of disconnected ones.
class WorkerTable {
public:
    explicit WorkerTable(Interner<std::string>& symbols) : symbols_(symbols) {}

    Worker* find(std::string_view name);
    const Worker* find(std::string_view name) const;
    /// Returns the worker, adding it if necessary.
    Worker& get(const std::string& name, Time now);
    /// get(), and records a heartbeat.
    Worker& record_heartbeat(const std::string& name, Time now);
    void restore(Worker worker);
    /// Removes a worker but keeps its batchers and its run: it tells them only once, and may come back.
    void remove(const std::string& name);
    /// Removes a worker that cannot come back.
    void forget(const std::string& name);
    /// Adds a batcher of a worker that may not be connected yet.
    void add_batcher(const std::string& name, const std::string& family, Batcher batcher, Time now);

    const std::map<std::string, Worker, std::less<>>& all() const { return workers_; }
    /// The earliest last heartbeat; `never` without workers.
    Time oldest_heartbeat() const;
    /// Moves the last heartbeats and requests for work of all workers by `silence`.
    void shift_heartbeats(Time::duration silence);

    /// Records a heartbeat of each worker.
    void record_heartbeats(Time now);
    /// Moves all times of workers by the change of a clock that was set.
    void shift_times(Time::duration change);

    /// Marks the worker to be saved.
    void mark_dirty(const Worker& worker);
    /// Workers to be saved, including disconnected ones.
    std::vector<const Worker*> take_dirty();
    std::set<std::string> take_removed();

private:
    Interner<std::string>& symbols_;
    void evict_oldest();

    std::map<std::string, Worker, std::less<>> workers_;
    std::map<std::string, Worker, std::less<>> disconnected_;
    std::set<std::string> dirty_;
    std::set<std::string> removed_;
};

}  // namespace freshet::scheduler
