// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
//
// Calls a scheduler in this process, one JSON object per line: {"new": {"config": {}, "resources": {}}} creates one,
// {"method": "ping", "arguments": {"worker": "W"}, "now": 0.0} calls it. Answers each line by {"response": ...} or
// {"refused": "why"}.
#include "rpc/codec.hpp"
#include "scheduler/config.hpp"
#include "scheduler/state_machine.hpp"

#include <iostream>
#include <memory>
#include <string>

using namespace freshet;

namespace {

std::string as_text(const Json& value) { return value.is_string() ? value.as_string() : value.text(); }

scheduler::StateMachine make_machine(const Json& settings) {
    scheduler::Config config;
    for (const auto& [key, value] : settings.at("config").as_object()) scheduler::set_key(config, key, as_text(value));
    for (const auto& [name, amount] : settings.at("resources").as_object())
        config.resources[name] = amount.as_integer();
    return {std::move(config), 1};
}

Json answer(scheduler::StateMachine& machine, const Json& call) {
    const Time now{std::chrono::duration_cast<Time::duration>(scheduler::Seconds(call.at("now").as_number()))};
    try {
        const auto request = rpc::decode(call.at("method").as_string(), call.at("arguments"));
        return Json::Object{{"response", rpc::encode(machine.handle(request, now))}};
    } catch (const Error& error) {
        return Json::Object{{"refused", error.what()}};
    }
}

}  // namespace

int main() {
    auto machine = std::make_unique<scheduler::StateMachine>(scheduler::Config{}, 1);
    for (std::string line; std::getline(std::cin, line);) {
        const Json call = Json::parse(line);
        const Json* settings = call.find("new");
        if (settings) machine = std::make_unique<scheduler::StateMachine>(make_machine(*settings));
        std::cout << (settings ? Json(Json::Object{{"response", nullptr}}) : answer(*machine, call)).python_text()
                  << std::endl;
    }
}
