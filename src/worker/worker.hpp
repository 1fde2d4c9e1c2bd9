// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/build.hpp"
#include "freshet/clock.hpp"
#include "freshet/registry.hpp"

#include "worker/attempt.hpp"
#include "worker/long_poll.hpp"
#include "worker/messages.hpp"
#include "worker/observer.hpp"
#include "worker/plan.hpp"
#include "worker/scheduler_client.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace freshet::worker {

/// What a worker works with. All of it outlives the worker.
struct WorkerParts {
    const Clock& clock;
    SchedulerClient& scheduler;
    Runner& threads;
    Runner& processes;          ///< for tasks that want a process of their own
    Mailbox<Message>& mailbox;  ///< the runners' messages; a Wakeup when something else wants attention
    Observer& observer;
    std::function<int()> stop_requests;  ///< how often somebody asked to stop: once drains, twice aborts
    /// Called in every round on the worker's thread, for deliveries and housekeeping; says when it wants to be again.
    std::function<std::optional<Time>()> on_tick;
    LongPollClient* long_poll = nullptr;  ///< asks for work while there is none; none: the worker asks now and then
    std::function<double()> jitter = [] { return 0.5; };  ///< from 0 to 1: workers that wait do not ask in step
};

/// What is different for a worker that is not alone with its scheduler.
struct SharedSchedulerOptions {
    bool has_leases = true;
    std::vector<std::string> families{};  ///< served whoever registered their tasks; none: only the plan's
    std::optional<std::chrono::seconds> idle_timeout{};  ///< goes on until there was nothing to do for so long
};

struct WorkerOptions {
    std::string id;
    int slots = 1;  ///< attempts at once
    std::string run_id{};
    std::string traceparent{};
    std::string code_version{};
    Json::Object info{};               ///< what the scheduler shows of the worker
    std::optional<Time> wait_until{};  ///< how long to wait for what is not there yet; none: one look
    std::chrono::seconds full_disk_pause{10};
    std::optional<std::chrono::seconds> ping_interval{10};     ///< none: somebody else gives the signs of life
    std::optional<SharedSchedulerOptions> shared_scheduler{};  ///< none: nobody else uses the scheduler
};

/// Brings a plan up to date: registers it, asks for work, runs it, puts outputs in place while it holds the lease, and
/// reports. Whatever is in doubt is resolved by looking at the target again. Belongs to one thread.
class Worker {
public:
    Worker(const Registry& registry, Plan& plan, const WorkerParts& parts, WorkerOptions options);

    /// Returns when everything is complete, or nothing more can be done now. Throws StoreError when the scheduler
    /// cannot remember what happened.
    void run();

    /// What became of each task of the plan.
    std::vector<TaskResult> reports() const;

private:
    /// What is known of a task since the run began.
    struct TaskState {
        int attempts = 0;
        bool is_done = false;
        bool is_done_elsewhere = false;       ///< done, by another worker
        bool has_failed_permanently = false;  ///< failed, and is not tried again
        bool is_foreign = false;              ///< registered by another worker: served, and not waited for
        bool requirements_reported = true;    ///< the scheduler knows what it requires
        bool had_lost_input = false;
        rpc::LeaseToken last_lease = 0;  ///< under which it was handed out
        std::optional<FinishedAttempt> last{};
    };
    struct RunningAttempt {
        std::size_t node;
        rpc::LeaseToken lease;
        int number;
        std::deque<std::string> log_tail{};  ///< of its log
    };
    /// A task's next try, and what it waits for.
    struct Retry {
        Time at;
        FailureClass reason;
    };
    /// What the scheduler is to be told of an attempt.
    struct Report {
        std::size_t node;
        rpc::AddTask request;
        FinishedAttempt end;
    };

    /// What the scheduler made of it that an output is gone: of what was done moments ago it is not believed.
    enum class Reregistration { accepted, cooling_down, still_cooling_down };
    /// The requirements of a task of which the output is gone.
    struct MissingInputs {
        std::vector<std::size_t> nodes{};
        bool all_accepted = true;  ///< of all of them
        bool any_new = false;      ///< of any of them
    };

    // The loop (worker.cpp).
    void run_loop();
    void log_unfinished() const;
    bool has_more_to_do() const;
    bool waits_for(const Retry& retry) const;
    std::chrono::steady_clock::time_point deadline() const;
    void check_stop_requests();
    void check_timers();
    void on_messages(const std::vector<Message>& messages);
    void append_log_tail(RunningAttempt& running, const LogLine& line) const;
    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests);
    void pause_for_full_disk(const std::string& reason);

    // Registering and asking for work (hand_out.cpp).
    void register_from(std::size_t first);
    void sync_with_scheduler();
    void add_work_requests(std::vector<rpc::Request>& requests) const;
    rpc::GetWork work_request() const;
    int free_slots() const;
    void erase_due_retries(Time asked_at);
    void dispatch(const rpc::Assignment& assignment);
    bool has_unreported_resources(std::size_t node, rpc::LeaseToken lease);

    AnyTask make_task(const rpc::Assignment& assignment) const;
    std::optional<std::size_t> find_or_add_node(const rpc::Assignment& assignment);
    bool is_redelivered(std::size_t node, rpc::LeaseToken lease);
    bool report_if_complete(std::size_t node, rpc::LeaseToken lease);
    void reject(const rpc::Assignment& assignment, const std::string& reason);
    rpc::AddTask assignment_report(const rpc::Assignment& assignment, rpc::Status status);

    // When an output has gone that was there (vanished.cpp).
    bool has_missing_inputs(std::size_t node, rpc::LeaseToken lease);
    bool report_missing_inputs(std::size_t node, rpc::LeaseToken lease);
    MissingInputs find_missing_inputs(std::size_t node);
    Reregistration reregister(std::size_t node);

    // Among other workers (among_others.cpp).
    bool is_pending(std::size_t node) const;
    bool is_ready(std::size_t node) const;
    bool is_running(std::size_t node) const;
    std::vector<std::size_t> ready_nodes() const;
    bool expects_work() const;
    std::int64_t count_pending_tasks() const;
    void reconcile(const rpc::Pending& pending);
    std::vector<std::size_t> recheck_ready_nodes();
    bool output_exists(std::size_t node) const;
    void check_target(std::size_t node);
    std::vector<rpc::TaskAdded> register_tasks(rpc::RegisterTasks request);
    using ApplyState = void (Worker::*)(std::size_t node, const rpc::TaskAdded& state);
    void query_tasks(std::vector<std::size_t> nodes, ApplyState apply = &Worker::apply_state);
    void apply_state(std::size_t node, const rpc::TaskAdded& state);
    void reregister_all();
    void add_complete_requirements(rpc::RegisterTasks& request) const;
    void poll_for_work();
    void log_wait();
    void on_poll_result(const PollResult& result);
    void shut_down();
    void set_slots(int slots);

    // What others make (given.cpp).
    bool is_external(std::size_t node) const;
    std::vector<std::size_t> missing_external() const;
    bool awaits_external() const;
    void check_external();
    void mark_done_elsewhere(std::size_t node);
    void query_external(const std::vector<std::size_t>& nodes);
    void apply_external_state(std::size_t node, const rpc::TaskAdded& state);
    void add_external(const std::vector<std::size_t>& nodes, rpc::RegisterTasks& request) const;

    // What was done moments ago and is not there (cooldown.cpp).
    bool start_cooldown(std::size_t node, std::optional<Time> when);
    void register_cooled_down();
    void apply_cooldown_state(std::size_t node, const rpc::TaskAdded& state);
    std::chrono::seconds longest_cooldown(const std::vector<std::size_t>& nodes) const;

    // Beside a luigid (beside_luigid.cpp).
    Json query_graph(std::size_t node);
    rpc::TaskAdded query_state(std::size_t node);
    std::map<std::size_t, rpc::TaskAdded> pending_at_luigid();
    bool is_pending_in(const Json& task, std::size_t node) const;
    std::vector<std::size_t> poll_luigid(std::vector<std::size_t> nodes, std::size_t& next);

    // After an attempt (settle.cpp).
    void finish_attempts();
    std::vector<bool> check_leases(const std::vector<AttemptResult>& results);
    void finish_done(const RunningAttempt& running, AttemptResult& result, bool holds_lease);
    void discard(const RunningAttempt& running, FinishedAttempt end);
    void finish_waiting(const RunningAttempt& running, const AttemptResult& result);
    void finish_failed(const RunningAttempt& running, const AttemptResult& result);
    void report_failure(const RunningAttempt& running, const Failure& failure, std::chrono::milliseconds took);
    void on_reported(Report report, const rpc::Response& response);

    const Registry& registry_;
    Plan& plan_;
    WorkerParts parts_;
    WorkerOptions options_;

    std::vector<TaskState> task_states_;                       // by node
    std::unordered_map<std::string, RunningAttempt> running_;  // by the attempt's token
    std::map<std::size_t, Retry> retries_;                     // by node
    std::vector<AttemptResult> results_;                       // heard, not yet finished
    std::vector<Report> unsent_reports_;                       // finished, not yet told to the scheduler
    bool may_be_work_ = true;                                  // something changed since the scheduler had none
    int stop_requests_seen_ = 0;
    std::optional<Time> paused_until_;
    std::optional<Time> next_tick_;
    Time last_call_{};

    std::map<std::size_t, std::string> running_elsewhere_;  // nodes that other workers run now, and who
    std::set<std::size_t> offered_external_;                // external nodes that some worker offers to run
    std::map<std::size_t, Time> cooldowns_;  // nodes that the scheduler takes for done, and when they can be registered
    std::int64_t unknown_to_scheduler_ = 0;  // how many tasks the scheduler counted less than this worker, at last
    bool is_disabled_ = false;               // an operator has disabled this worker
    bool is_polling_ = false;                // a question is on its way
    std::optional<Time> next_poll_;
    Time next_reconcile_{};       // of questions about what is ready and not handed out
    Time next_external_check_{};  // at what others make
    bool logged_external_wait_ = false;
    bool logged_cooldown_ = false;
    std::size_t next_queried_ = 0;   // the node that is next to be asked about at a luigid
    std::size_t next_external_ = 0;  // of those that others make
    Time last_busy_{};
    std::chrono::milliseconds poll_pause_{0};
    bool logged_wait_ = false;
};

}  // namespace freshet::worker
