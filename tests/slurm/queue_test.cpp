// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "slurm/queue.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace freshet;
using slurm::ListedJob;

namespace {

using Words = std::vector<std::string>;

struct Heavy {
    static constexpr Isolation isolation = Isolation::slurm;
    void run() const {}
    bool complete() const { return false; }
    Resources resources() const { return {{"cpus", 4}, {"memory", 2000}, {"gpus", 1}, {"database", 3}}; }
    std::chrono::milliseconds timeout() const { return std::chrono::seconds(61); }
};

struct Light {
    void run() const {}
    bool complete() const { return false; }
};

Words command_for(const AnyTask& task, const SlurmOptions& options = {}) {
    slurm::JobRequest request = slurm::request_for({.task = task, .token = "abc"});
    request.script = "/shared/run/script";
    request.folder = "/shared/100%/abc";
    return slurm::sbatch_command(request, options);
}

bool has(const Words& words, const std::string& word) { return std::ranges::count(words, word) == 1; }

bool has_ended(const std::string& state) {
    return ListedJob{.id = "1", .state = state, .reason = {}, .token = {}}.has_ended();
}

}  // namespace

TEST_CASE("a job asks for the cpus, the memory and the gpus among the resources of its task", "[slurm]") {
    const Words command = command_for(Heavy{});
    for (const char* word : {"--cpus-per-task=4", "--mem=2000M", "--gpus=1"}) CHECK(has(command, word));
    CHECK(command_for(Light{}).size() + 4 == command.size());
}

TEST_CASE("the time limit of a job is more than the timeout of its task, in whole minutes", "[slurm]") {
    CHECK(has(command_for(Heavy{}), "--time=3"));
}

TEST_CASE("a job is named by the token of its attempt and says which task it is for", "[slurm]") {
    CHECK(has(command_for(Light{}), "--job-name=Light.abc"));
    CHECK(has(command_for(Light{}), "--comment=" + AnyTask(Light{}).id()));
}

TEST_CASE("a percent sign in a path is none of Slurm's patterns", "[slurm]") {
    CHECK(has(command_for(Light{}), "--output=/shared/100%%/abc/output"));
    CHECK(command_for(Light{}).back() == "/shared/100%/abc");
}

TEST_CASE("partition, account and further arguments come before the script", "[slurm]") {
    const Words command =
        command_for(Light{}, {.partition = "long", .account = "weather", .arguments = {"--qos=low", "--nice=5"}});
    const Words last(command.end() - 6, command.end());
    CHECK(last == Words{"--partition=long", "--account=weather", "--qos=low", "--nice=5", "/shared/run/script",
                        "/shared/100%/abc"});
}

TEST_CASE("the id of a job is found among what a site prints", "[slurm]") {
    CHECK(slurm::parse_job_id({"123"}) == "123");
    CHECK(slurm::parse_job_id({"sbatch: your project has 3 hours left", "", "124;cluster"}) == "124");
    CHECK(slurm::parse_job_id({"sbatch: error: no"}).empty());
}

TEST_CASE("the jobs of squeue are known by the token in their names", "[slurm]") {
    const auto jobs = slurm::parse_jobs({"12|PENDING|Priority|Load<a.b|c>.t1", "slurm_load_jobs: a warning",
                                         "13|RUNNING|None|somebody's script", "14|CANCELLED|None|Load.t2"});
    CHECK(jobs == std::vector<ListedJob>{{.id = "12", .state = "PENDING", .reason = "Priority", .token = "t1"},
                                         {.id = "14", .state = "CANCELLED", .reason = "None", .token = "t2"}});
}

TEST_CASE("a job has ended in the states that nothing follows, and in none that is unknown", "[slurm]") {
    for (const char* state : {"COMPLETED", "FAILED", "CANCELLED", "NODE_FAIL", "TIMEOUT", "OUT_OF_MEMORY", "PREEMPTED"})
        CHECK(has_ended(state));
    for (const char* state : {"PENDING", "RUNNING", "COMPLETING", "SUSPENDED", "REQUEUED", "STAGE_OUT", "NEW_STATE"})
        CHECK_FALSE(has_ended(state));
}
