// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "rpc/codec.hpp"
#include "scheduler/state_machine.hpp"
#include "support/skip.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace freshet;

namespace {

/// The folder of the recorded calls, or "".
std::filesystem::path recordings() {
    const char* told = std::getenv("FRESHET_REFERENCE");
    const std::filesystem::path folder =
        (told ? std::filesystem::path(told) : std::filesystem::path(FRESHET_SOURCE_DIR) / "../shared/reference") /
        "luigi_golden";
    return std::filesystem::exists(folder / "calls.jsonl") ? folder : std::filesystem::path();
}

bool is_instant_or_chance(const std::string& name) {
    static const std::vector<std::string> names = {"time_running", "start_time", "last_updated",
                                                   "last_active",  "started",    "message_id"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Normalizes an answer: without instants and random ids, members and Luigi's sets sorted.
Json comparable(const Json& json, const std::string& name = {}) {
    if (json.is_object()) {
        Json::Object members;
        for (const auto& [key, value] : json.as_object())
            if (!is_instant_or_chance(key) || value.is_null()) members.emplace_back(key, comparable(value, key));
        std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        return members;
    }
    if (!json.is_array()) return json;
    Json::Array items;
    for (const Json& item : json.as_array()) items.push_back(comparable(item));
    if (name == "deps" || name == "running_tasks")
        std::sort(items.begin(), items.end(), [](const Json& a, const Json& b) { return a.text() < b.text(); });
    return items;
}

/// The configuration of the luigid that the calls were recorded with.
scheduler::Config recorded_config() {
    scheduler::Config config;
    config.retry_delay = scheduler::Seconds(1);
    config.prune_on_get_work = true;
    config.record_task_history = false;
    config.resources = {{"db", 2}};
    return config;
}

void replay(scheduler::StateMachine& machine, const Json& call) {
    const Time start{std::chrono::seconds(1'795'299'361)};
    const Time now = start + std::chrono::duration_cast<Time::duration>(scheduler::Seconds(call.at("t").as_number()));
    const Json arguments = Json::parse(call.at("request_json").as_string());
    INFO("call " << call.at("seq").as_integer() << " " << call.at("method").as_string() << " " << arguments.text());
    const Json answer = rpc::encode(machine.handle(rpc::decode(call.at("method").as_string(), arguments), now));
    const Json expected = Json::parse(call.at("response_body").as_string()).at("response");
    CHECK(comparable(answer).text() == comparable(expected).text());
}

}  // namespace

TEST_CASE("recorded calls of Luigi's workers are answered as luigid answered them", "[scheduler][golden]") {
    const auto folder = recordings();
    if (folder.empty()) {
        freshet::test::skip("there are no recorded calls; FRESHET_REFERENCE names their folder");
        return;
    }
    std::vector<Json> calls;
    for (const char* file : {"calls.jsonl", "calls_extra.jsonl"}) {
        std::ifstream in(folder / file);
        for (std::string line; std::getline(in, line);) calls.push_back(Json::parse(line));
    }
    std::sort(calls.begin(), calls.end(),
              [](const Json& a, const Json& b) { return a.at("seq").as_integer() < b.at("seq").as_integer(); });
    scheduler::StateMachine machine(recorded_config(), 1);
    for (const Json& call : calls) replay(machine, call);
    CHECK(calls.size() == 204);
}
