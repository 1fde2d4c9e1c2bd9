// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
//
// A day of programs that are started by the clock, run for a while and exit, against one scheduler with its defaults.
#include "dashboard/front_page.hpp"
#include "dashboard/prometheus.hpp"
#include "html_reader.hpp"
#include "scheduler/explanation.hpp"
#include "scheduler/scheduler.hpp"
#include "scheduler/scheduler_harness.hpp"
#include "store/state_file.hpp"
#include "support/fake_log.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;
using rpc::Status;
using std::chrono::minutes;

namespace {

enum class Ending { good, failed, not_ready };

const std::string reason = "message 214 is cut off";

/// Minutes after which a failed task is removed: its worker times out, then remove_delay passes.
constexpr minutes removed_after{12};

class OperationDay {
public:
    void run() {
        for (minutes minute{0}; minute < minutes(24 * 60); ++minute) {
            INFO("at " << scheduler::format_time(FakeClock::start + minute));
            now_ = FakeClock::start + minute;
            if (minute == minutes(13 * 60 + 1)) scheduler_.emplace(file_, log_, options(), now_);  // a restart
            end_programs();
            start_programs(minute);
            act_as_operator(minute);
            send(rpc::Prune{});
            check();
        }
        CHECK(failed_.size() == 10);  // those that nobody cared for
        CHECK(late_.empty());
    }

private:
    struct Program {
        std::string worker, root, part;
        Ending ending{};
        Time ends{};
    };

    static scheduler::SchedulerOptions options() { return {.run_id = "r"}; }
    const scheduler::SchedulerState& state() const { return scheduler_->machine().state(); }
    rpc::Response send(rpc::Request request) { return scheduler_->execute({&request, 1}, now_).front(); }

    void start(const std::string& family, int number, Ending ending, minutes takes) {
        Program program{.worker = fmt::format("W{}", ++programs_),
                        .root = fmt::format("{}_{}", family, number),
                        .part = fmt::format("{}Part_{}", family, number),
                        .ending = ending,
                        .ends = now_ + takes};
        send(rpc::AddTask{
            .worker = program.worker, .task_id = program.root, .deps = {{program.part}}, .family = family});
        send(rpc::AddTask{.worker = program.worker, .task_id = program.part, .family = family + "Part"});
        REQUIRE(gets(program.worker) == program.part);
        running_.push_back(std::move(program));
    }

    std::string gets(const std::string& worker) {
        const auto work = std::get<rpc::Work>(send(rpc::GetWork{.worker = worker}));
        const auto* given = std::get_if<rpc::Assignment>(&work.assignment);
        return given ? given->task_id : "";
    }

    void start_programs(minutes minute) {
        const int count = static_cast<int>(minute.count());
        const int hour = count / 60;
        if (count % 30 == 0) start("Good", count / 30, Ending::good, minutes(3));
        if (count % 60 == 5) start("Bad", hour, Ending::failed, minutes(2));
        if (count % 60 == 15 && hour >= 2 && (hour - 2) % 3 == 0) start("Bad", hour - 2, Ending::good, minutes(4));
        const int cycle = hour / 6;
        const bool is_there = hour % 6 >= 4;
        if (count % 10 == 1 && !complete_.contains(fmt::format("Late_{}", cycle)))
            start("Late", cycle, is_there ? Ending::good : Ending::not_ready, minutes(1));
    }

    void end_programs() {
        std::vector<Program> ended;
        std::erase_if(running_, [&](const Program& program) {
            if (program.ends > now_) return send(rpc::Ping{program.worker}), false;
            return ended.push_back(program), true;
        });
        for (const Program& program : ended) end(program);
    }

    void end(const Program& program) {
        auto report = SchedulerHarness::report(program.worker, program.part,
                                               program.ending == Ending::good ? Status::done : Status::failed);
        report.family = SchedulerHarness::family(program.part);
        report.expl = Json(reason).text();
        if (program.ending == Ending::not_ready) report.failure = rpc::Failure{FailureClass::not_ready};
        send(report);
        if (program.ending == Ending::failed) failed_[program.root] = now_;
        if (program.ending == Ending::not_ready) late_.insert(program.root);
        if (program.ending != Ending::good) return;
        REQUIRE(gets(program.worker) == program.root);
        send(SchedulerHarness::report(program.worker, program.root, Status::done));
        failed_.erase(program.root);
        late_.erase(program.root);
        complete_.insert(program.root);
    }

    /// Acknowledges every third failure, five hours later.
    void act_as_operator(minutes minute) {
        const auto count = minute.count();
        const auto hour = count / 60 - 5;
        if (count % 60 != 40 || hour < 0 || hour % 3 != 1) return;
        const std::string root = fmt::format("Bad_{}", hour);
        send(rpc::AcknowledgeFailures{.task_id = root, .principal = "alice"});
        failed_.erase(root);
    }

    bool is_running(const std::string& root) const { return std::ranges::count(running_, root, &Program::root) > 0; }

    void check() {
        const Snapshot snapshot = take_snapshot(state(), now_);
        std::size_t red = 0, amber = 0;
        for (const auto& [root, since] : failed_) ++(is_running(root) || now_ - since < removed_after ? amber : red);
        CHECK(HtmlReader(front_page(snapshot, {})).inside("h1") == headline(red, amber));
        check_metrics(red, amber);
        for (const auto& [root, since] : failed_) CHECK(is_explained(root));
    }

    std::string headline(std::size_t red, std::size_t amber) const {
        if (red > 0) return fmt::format("{} problem{} attention", red, red == 1 ? " needs" : "s need");
        if (amber > 0) return fmt::format("{} warning{}", amber, amber == 1 ? "" : "s");
        const bool is_late = std::ranges::any_of(late_, [&](const std::string& root) { return !is_running(root); });
        return is_late ? "Waiting for inputs that are not ready" : "All is well";
    }

    void check_metrics(std::size_t red, std::size_t amber) const {
        const std::string metrics = prometheus_text(take_metrics_snapshot(state(), now_), {});
        const auto sum = [&](const std::string& label) {
            std::size_t number = 0;
            for (const char* family : {"Good", "GoodPart", "Bad", "BadPart", "Late", "LatePart"}) {
                const std::string series =
                    fmt::format("\nfreshet_unresolved_failures{{task=\"{}\",state=\"{}\"}} ", family, label);
                const auto at = metrics.find(series);
                if (at != metrics.npos) number += std::stoul(metrics.substr(at + series.size(), 10));
            }
            return number;
        };
        CHECK(sum("needs_operator") == red);
        CHECK(sum("retrying") == amber);
    }

    /// True if the reason is given with the root, or with the task that failed.
    bool is_explained(const std::string& root) const {
        if (const auto kept = state().root_failures.all().find(root); kept != state().root_failures.all().end())
            return kept->second.why.find(reason) != std::string::npos;
        const auto id = state().tasks.find(root);
        const std::string why = id ? explain(state(), *id, now_) : "";
        return is_running(root) ? why.find("has been running since") != std::string::npos
                                : why.find(reason) != std::string::npos;
    }

    store::StateFile file_ = store::StateFile::in_memory();
    FakeLog log_;
    Time now_ = FakeClock::start;
    std::optional<scheduler::Scheduler> scheduler_{std::in_place, file_, log_, options(), now_};
    int programs_ = 0;
    std::vector<Program> running_;
    std::map<std::string, Time> failed_;  // roots whose last run failed, unless acknowledged
    std::set<std::string> late_;
    std::set<std::string> complete_;
};

}  // namespace

TEST_CASE("at every minute of a day headline, metrics and reasons agree with what happened", "[dashboard]") {
    OperationDay().run();
}
