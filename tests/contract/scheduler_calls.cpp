// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
//
// The scheduler in this process, one JSON object a line: {"new": {"config": {}, "resources": {}}} makes a fresh one,
// {"method": "ping", "arguments": {"worker": "W"}, "now": 0.0} calls it. Each line is answered by {"response": ...} or
// {"refused": "why"}.
#include "scheduler/config_keys.hpp"
#include "scheduler/state.hpp"
#include "wire/codec.hpp"

#include <iostream>
#include <memory>
#include <string>

using namespace freshet;

namespace {

std::string as_text(const Json& value) { return value.is_string() ? value.as_string() : value.text(); }

scheduler::State fresh(const Json& settings) {
    scheduler::Config config;
    for (const auto& [key, value] : settings.at("config").as_object()) scheduler::set_key(config, key, as_text(value));
    for (const auto& [name, amount] : settings.at("resources").as_object()) config.resources[name] = amount.as_integer();
    return {std::move(config), 1};
}

Json answer(scheduler::State& state, const Json& call) {
    const Time now{std::chrono::duration_cast<Time::duration>(scheduler::Seconds(call.at("now").as_number()))};
    try {
        const auto request = wire::decode(call.at("method").as_string(), call.at("arguments"));
        return Json::Object{{"response", wire::encode(state.handle(request, now))}};
    } catch (const Error& error) {
        return Json::Object{{"refused", error.what()}};
    }
}

}  // namespace

int main() {
    auto state = std::make_unique<scheduler::State>(scheduler::Config{}, 1);
    for (std::string line; std::getline(std::cin, line);) {
        const Json said = Json::parse(line);
        const Json* settings = said.find("new");
        if (settings) state = std::make_unique<scheduler::State>(fresh(*settings));
        std::cout << (settings ? Json(Json::Object{{"response", nullptr}}) : answer(*state, said)).python_text()
                  << std::endl;
    }
}
