// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/build.hpp"
#include "freshet/clock.hpp"
#include "freshet/registry.hpp"

#include "worker/held_question.hpp"
#include "worker/mailbox.hpp"
#include "worker/message.hpp"
#include "worker/observer.hpp"
#include "worker/plan.hpp"
#include "worker/runner.hpp"
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
    Runner& processes;              ///< for tasks that want a process of their own
    Mailbox<Message>& mailbox;      ///< the runners' messages; a Nudge when something else wants attention
    Observer& observer;
    std::function<int()> stops;     ///< how often somebody asked to stop: once drains, twice aborts
    /// Called in every round on the worker's thread, for deliveries and housekeeping; says when it wants to be again.
    std::function<std::optional<Time>()> between;
    HeldQuestion* held = nullptr;   ///< asks for work while there is none; none: the worker asks now and then
    std::function<double()> chance = [] { return 0.5; };  ///< from 0 to 1: workers that wait do not ask in step
};

/// What is different for a worker that is not alone with its scheduler.
struct Sharing {
    bool has_leases = true;
    std::vector<std::string> families{};            ///< served whoever registered their tasks; none: only the plan's
    std::optional<std::chrono::seconds> serves{};   ///< goes on until there was nothing to do for so long
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
    std::optional<std::chrono::seconds> ping_interval{10};  ///< none: somebody else gives the signs of life
    std::optional<Sharing> sharing{};                       ///< none: nobody else uses the scheduler
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
    std::vector<TaskReport> reports() const;

private:
    /// What is known of a task since the run began.
    struct Standing {
        int attempts = 0;
        bool is_done = false;
        bool is_made_elsewhere = false;  ///< done, by another worker
        bool is_given_up = false;        ///< failed, and is not tried again
        bool is_foreign = false;         ///< registered by another worker: served, and not waited for
        bool needs_are_told = true;      ///< the scheduler knows what it requires
        bool lost_a_requirement = false;
        wire::LeaseToken last_lease = 0;  ///< under which it was handed out
        std::optional<AttemptEnd> last{};
    };
    struct Running {
        std::size_t node;
        wire::LeaseToken lease;
        int number;
        std::deque<std::string> last_words{};  ///< of its log
    };
    /// A task's next try, and what it waits for.
    struct Retry {
        Time at;
        FailureClass why;
    };
    /// What the scheduler is to be told of an attempt.
    struct Report {
        std::size_t node;
        wire::AddTask request;
        AttemptEnd end;
    };

    /// What the scheduler made of it that an output is gone: of what was done moments ago it is not believed.
    enum class Belief { believed, not_yet, still_not_yet };
    /// The requirements of a task of which the output is gone.
    struct Vanished {
        std::vector<std::size_t> nodes{};
        bool is_believed = true;  ///< of all of them
        bool is_news = false;     ///< of any of them
    };

    // The loop (worker.cpp).
    void work();
    void tell_unfinished() const;
    bool has_more_to_do() const;
    bool waits_for(const Retry& retry) const;
    std::chrono::steady_clock::time_point deadline() const;
    void notice_stops();
    void notice_time();
    void hear(const std::vector<Message>& messages);
    void keep_words(Running& running, const LogLine& line) const;
    std::vector<wire::Response> call(const std::vector<wire::Request>& requests);
    void pause_for_full_disk(const std::string& reason);

    // Registering and asking for work (hand_out.cpp).
    void register_from(std::size_t first);
    void exchange();
    void ask(std::vector<wire::Request>& requests) const;
    wire::GetWork question() const;
    int free_slots() const;
    void forget_retries_due_before(Time asked);
    void start(const wire::Assignment& assignment);
    bool uses_more_than_known(std::size_t node, wire::LeaseToken lease);

    AnyTask task_of(const wire::Assignment& assignment) const;
    std::optional<std::size_t> node_of(const wire::Assignment& assignment);
    bool has_again(std::size_t node, wire::LeaseToken lease);
    bool is_complete_already(std::size_t node, wire::LeaseToken lease);
    void refuse(const wire::Assignment& assignment, const std::string& why);
    wire::AddTask returned(const wire::Assignment& assignment, wire::Status status);

    // When an output has gone that was there (vanished.cpp).
    bool lacks_a_requirement(std::size_t node, wire::LeaseToken lease);
    bool waits_for_vanished(std::size_t node, wire::LeaseToken lease);
    Vanished vanished_requirements(std::size_t node);
    Belief register_anew(std::size_t node);

    // Among other workers (among_others.cpp).
    bool is_open(std::size_t node) const;
    bool is_ready(std::size_t node) const;
    bool is_running(std::size_t node) const;
    std::vector<std::size_t> ready_nodes() const;
    bool expects_work() const;
    std::int64_t open_tasks() const;
    void see(const wire::Pending& pending);
    std::vector<std::size_t> doubtful_nodes();
    bool is_there(std::size_t node) const;
    void look_at_target(std::size_t node);
    std::vector<wire::TaskAdded> register_tasks(wire::RegisterTasks request);
    using Learn = void (Worker::*)(std::size_t node, const wire::TaskAdded& state);
    void ask_about(std::vector<std::size_t> nodes, Learn learn_of = &Worker::learn);
    void learn(std::size_t node, const wire::TaskAdded& state);
    void register_again();
    void add_complete_requirements(wire::RegisterTasks& request) const;
    void wait_for_work();
    void tell_wait();
    void take_offer(const Offer& offer);
    void leave();
    void resize(int slots);

    // What others make (given.cpp).
    bool is_external(std::size_t node) const;
    std::vector<std::size_t> missing_given() const;
    bool awaits_given() const;
    void look_for_given();
    void take_as_made(std::size_t node);
    void ask_about_given(const std::vector<std::size_t>& nodes);
    void learn_of_given(std::size_t node, const wire::TaskAdded& state);
    void add_given(const std::vector<std::size_t>& nodes, wire::RegisterTasks& request) const;

    // What was done moments ago and is not there (cooldown.cpp).
    bool wait_to_be_believed(std::size_t node, std::optional<Time> when);
    void register_believed();
    void learn_of_cooled(std::size_t node, const wire::TaskAdded& state);
    std::chrono::seconds longest_cooldown(const std::vector<std::size_t>& nodes) const;

    // Beside a luigid (beside_luigid.cpp).
    Json graph_of(std::size_t node);
    wire::TaskAdded state_of(std::size_t node);
    std::map<std::size_t, wire::TaskAdded> waiting_at_luigid();
    bool waits_in(const Json& task, std::size_t node) const;
    std::vector<std::size_t> unclear_at_luigid(std::vector<std::size_t> nodes, std::size_t& next);

    // After an attempt (settle.cpp).
    void settle();
    std::vector<bool> leases_held(const std::vector<AttemptResult>& results);
    void settle_done(const Running& running, AttemptResult& result, bool holds_lease);
    void lose(const Running& running, AttemptEnd end);
    void settle_waiting(const Running& running, const AttemptResult& result);
    void settle_failed(const Running& running, const AttemptResult& result);
    void report_failure(const Running& running, const Failure& failure, std::chrono::milliseconds took);
    void acknowledge(Report report, const wire::Response& answer);

    const Registry& registry_;
    Plan& plan_;
    WorkerParts parts_;
    WorkerOptions options_;

    std::vector<Standing> standings_;                    // by node
    std::unordered_map<std::string, Running> running_;   // by the attempt's token
    std::map<std::size_t, Retry> retries_;               // by node
    std::vector<AttemptResult> results_;                 // heard, not yet settled
    std::vector<Report> unsent_;                         // settled, not yet told to the scheduler
    bool may_be_work_ = true;                            // something changed since the scheduler had none
    int stops_noticed_ = 0;
    std::optional<Time> paused_until_;
    std::optional<Time> next_between_;
    Time last_call_{};

    std::map<std::size_t, std::string> elsewhere_;  // nodes that other workers run now, and who
    std::set<std::size_t> made_by_others_;          // external nodes that some worker offers to run
    std::map<std::size_t, Time> cooling_;           // nodes that the scheduler takes for done, and when they can be registered
    std::int64_t missed_ = 0;                       // how many tasks the scheduler counted less than this worker, at last
    bool is_dismissed_ = false;                     // an operator has disabled this worker
    bool is_held_ = false;                          // a question is on its way
    std::optional<Time> next_poll_;
    Time next_round_{};                             // of questions about what is ready and not handed out
    Time next_look_{};                              // at what others make
    bool has_told_given_ = false;
    bool has_told_cooling_ = false;
    std::size_t next_asked_ = 0;                    // the node that is next to be asked about at a luigid
    std::size_t next_given_ = 0;                    // of those that others make
    Time last_busy_{};
    std::chrono::milliseconds poll_pause_{0};
    bool has_told_waiting_ = false;
};

}  // namespace freshet::worker
