// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
//
// deliver_events BROKERS TOPIC: delivers each line of its input, an event in JSON, and prints the result.
#include "freshet/error.hpp"
#include "freshet/kafka.hpp"

#include <fmt/format.h>

#include <iostream>

using namespace freshet;

namespace {

std::string delivery_result(Sink& sink, const std::string& line) {
    try {
        sink.deliver(event_from_json(Json::parse(line)));
        return "delivered";
    } catch (const TransientError& error) {
        return fmt::format("delayed: {}", error.what());
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: deliver_events BROKERS TOPIC\n";
        return 64;
    }
    const auto sink = kafka_sink_type().make(Json::Object{{"type", "kafka"}, {"brokers", argv[1]}, {"topic", argv[2]}});
    for (std::string line; std::getline(std::cin, line);) std::cout << delivery_result(*sink, line) << std::endl;
    return 0;
}
